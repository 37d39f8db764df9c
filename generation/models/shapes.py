"""Shapes that pictures can be asked for, and how many at once."""

from __future__ import annotations

RATIOS = ("1:1", "4:3", "3:2", "16:9", "3:4", "2:3", "9:16")


COUNTS = (1, 2, 3, 4, 6, 8)
