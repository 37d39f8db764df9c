"""A part of the values for each case and another for the next, the same in every run: what is red is found again.

`make prove` tries every value on every case.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

WHOLE = os.environ.get("TEST_WHOLE", "") == "1"


def share(values: Sequence[T], case: object, place: int = 0, *, of: int = 3) -> Sequence[T]:
    """A part of the values for a case; at another place (that of a field in its form, say) another part of them."""
    return values if WHOLE else values[(zlib.crc32(str(case).encode()) + place) % of :: of]
