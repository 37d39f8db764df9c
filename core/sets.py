"""Working through large sets a handful at a time, so that neither memory nor a statement grows with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 500
"""Rows in one statement."""


def batches(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """The items in their order, a list of at most `size` at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
