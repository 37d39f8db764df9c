"""What a figure was measured on: without it no figure means anything."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import django


def facts() -> str:
    """Processor, cores, load, and versions, in one line."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    versions = f"Python {platform.python_version()}, Django {django.__version__}"
    return f"{_processor()}, {os.cpu_count()} cores, load before {load}; {versions}"


def say(*lines: str) -> None:
    """Print the figures of a run; `pytest -s` lets them through."""
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
