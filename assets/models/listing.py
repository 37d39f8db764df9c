"""A listing: the property or job that pictures are made for, known by its reference."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Case, Value, When
from django.db.models.functions import Concat

BETWEEN = " · "
"""Between a listing's reference and its title, wherever both are named."""


class ListingQuerySet(models.QuerySet["Listing"]):
    """Listings."""

    def saying(self, text: str) -> ListingQuerySet:
        """Those in which every word is found: in the reference, the title or the address. A dot or dash is no word."""
        found = self.alias(words=Concat("reference", Value(" "), "title", Value(" "), "address"))
        for word in text.split():
            if any(map(str.isalnum, word)):
                found = found.filter(words__icontains=word)
        return found

    def best(self, text: str) -> ListingQuerySet:
        """Those that match a text which somebody still types, the likeliest first."""
        likely = Case(
            When(reference__iexact=text, then=Value(0)),
            When(reference__istartswith=text, then=Value(1)),
            When(title__istartswith=text, then=Value(2)),
            default=Value(3),
        )
        return self.saying(text).order_by(likely, "reference") if text else self.order_by("reference")

    def named(self, text: str, most: int = 3) -> list[Listing]:
        """The one whose reference a text says, alone or before a title; else up to so many in which its words are."""
        parts = text.split(BETWEEN)
        starts = [BETWEEN.join(parts[:count]) for count in range(1, len(parts) + 1)]
        said = list(self.filter(reference__in=starts)) or list(self.filter(reference__iexact=text))
        longest = sorted(said, key=lambda listing: len(listing.reference))[-1:]
        return longest or list(self.saying(text).order_by("reference")[:most])


class Listing(models.Model):
    """A property as the listing system knows it. Its facts fill the listing fields of a template."""

    reference = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="Plain values by name, such as bedrooms or style.")
    placed_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="+",
        blank=True,
        help_text="Who wrote its reference or address, and so contributes to every picture of it.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        ordering = ("reference",)

    def __str__(self) -> str:
        return f"{self.reference}{BETWEEN}{self.title}"
