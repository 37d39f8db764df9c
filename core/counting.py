"""Counting no further than anybody leafs, so that what a page costs does not grow with what the portal holds."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import IntegerField, QuerySet, Subquery
from django.utils.functional import cached_property

MOST = 10_000
"""How far is counted. Counting a hundred thousand rows takes longer than the page they are on."""


class Pages(Paginator):  # type: ignore[type-arg] # it has no parameters at run time
    """The pages of a queryset, of which there are no more than hold MOST rows."""

    @cached_property
    def count(self) -> int:
        return counted(self.object_list)  # type: ignore[arg-type] # of querysets alone

    @property
    def count_words(self) -> str:
        """How many there are, in figures."""
        return words(self.count)


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are; MOST where there are more."""
    return rows.order_by()[:MOST].count()


def words(*counts: int) -> str:
    """The sum of what was counted, such as `1,240`, or `10,000+` where not everything was."""
    return f"{sum(counts):,}{'+' if MOST in counts else ''}"


class CountOf(Subquery):
    """`counted` for each row of another query, which the rows point to by OuterRef."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[:MOST])
