"""Files read, and private words planted in them, by ExifTool: another program than ours, which reads nearly all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests import machine

Told = dict[str, Any]
"""Group and name of a field → its value: `XMP-dc:Title`."""


def read(*files: bytes) -> list[Told]:
    """All that it tells of each file: raw values, lists as lists."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number:04d}") for number in range(len(files))]
        for path, data in zip(paths, files, strict=True):
            path.write_bytes(data)
        told: list[Told] = json.loads(_run("-j", "-G1", "-a", "-u", "-n", "-struct", *map(str, paths)))
    return told


def warnings(data: bytes) -> str:
    """What it finds wrong with the order of a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        return _run("-validate", "-warning", "-error", "-a", "-s3", str(path)).decode()


def planted(data: bytes, fields: Sequence[str], thumbnail: bytes = b"") -> bytes:
    """The file with these fields in it, such as `EXIF:OwnerName=Jo`; and a small picture of itself, if one is given."""
    with TemporaryDirectory() as folder:
        path, small = Path(folder, "file"), Path(folder, "small.jpg")
        path.write_bytes(data)
        small.write_bytes(thumbnail)
        own = [f"-ThumbnailImage<={small}"] if thumbnail else []
        _run("-overwrite_original", *own, *(f"-{field}" for field in fields), str(path))
        return path.read_bytes()


def _run(*given: str) -> bytes:
    command = [machine.exiftool() or "exiftool", *given]
    return subprocess.run(command, capture_output=True, timeout=60, check=True).stdout
