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


def figure(name: str, value: float, goal: float, unit: str = "") -> str:
    """One line: name, value, goal, and whether it is met, which is when the value is not above the goal."""
    return f"{name}\t{value:.2f}{unit}\t{goal:g}{unit}\t{'met' if value <= goal else 'missed'}"


def missing(name: str, goal: float) -> str:
    """The line of a figure that could not be taken here."""
    return f"{name}\t–\t{goal:g}\tmissed"


def say(*lines: str) -> None:
    """Print figures, and whatever else is told behind a mark; `pytest -s` lets them through."""
    sys.stdout.write("\n" + "\n".join(map(behind_a_mark, lines)) + "\n")


def behind_a_mark(line: str) -> str:
    """A figure as it is, anything else behind `# `."""
    is_figure = line.count("\t") == 3 and line.endswith(("\tmet", "\tmissed"))
    return line if is_figure or line.startswith("#") else f"# {line}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
