"""Where bytes are kept: every file under its own SHA-256, written once and never changed.

The store is Django's default one: a folder, or a private S3 bucket.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage, Storage, storages

_SHA256 = re.compile(r"[0-9a-f]{64}")


class CorruptFile(Exception):
    """The stored bytes are no longer those that were put in. Nothing may be served or decided from them."""


def put(data: bytes) -> str:
    """Keep the bytes and return their SHA-256. Keeping the same bytes again changes nothing."""
    sha256 = hashlib.sha256(data).hexdigest()
    store = _store()
    if isinstance(store, FileSystemStorage):
        _into_folder(Path(store.path(path_of(sha256))), data, store.file_permissions_mode or 0o600)
    else:
        _into_bucket(store, path_of(sha256), data)
    return sha256


def open(sha256: str) -> IO[bytes]:
    """The file for reading, unchecked; `read` checks. Raises FileNotFoundError."""
    return _store().open(path_of(sha256))


def read(sha256: str) -> bytes:
    """All bytes, after making sure that they are still those that were put in. Raises CorruptFile."""
    with open(sha256) as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise CorruptFile(f"The stored file {sha256[:12]}… has changed where it is kept. Restore it from the backup.")
    return data


def exists(sha256: str) -> bool:
    """Whether something is kept under this hash."""
    return _store().exists(path_of(sha256))


def path_of(sha256: str) -> str:
    """The name of a file within the store. Raises ValueError for anything but a SHA-256 in lower-case hex."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("Not a SHA-256.")
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _store() -> Storage:
    return storages["default"]


def _into_folder(target: Path, data: bytes, mode: int) -> None:
    """Write beside the place, sync, then rename: a crash or a full disk leaves no half file under the name.

    What is there already is left alone when it is whole, and repaired when it is not.
    """
    if target.exists() and target.read_bytes() == data:
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, waiting = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(waiting).chmod(mode)
        Path(waiting).replace(target)
    except BaseException:
        Path(waiting).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system knows how."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _into_bucket(store: Any, name: str, data: bytes) -> None:
    """Put on condition that the key is free; a key that is taken already holds these bytes.

    The condition is S3's own (`If-None-Match: *`): asking first and writing then would be a race, and boto3's upload
    helper does not carry the condition (boto3 1.44, November 2026).
    """
    from botocore.exceptions import ClientError  # comes with the s3 extra, which a folder does not need

    client = store.connection.meta.client
    try:
        client.put_object(Bucket=store.bucket_name, Key=_key(store, name), Body=data, IfNoneMatch="*")
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
            raise


def _key(store: Any, name: str) -> str:
    """The key under which `store.open(name)` will look."""
    return str(store._normalize_name(name))
