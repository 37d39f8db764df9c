"""What belongs into a pack: pictures with all that they were made from, and all that was decided about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db import models

from approvals.models import Decision, Event, Release, Review
from assets.models import Asset, Listing, Terms, Version

Rows = list[models.Model]


@dataclass
class Gathered:
    """The rows of a pack. Originals and what a version was made from belong to it, of whichever picture they are."""

    subject: Asset | Listing
    assets: list[Asset]

    @classmethod
    def of(cls, subject: Asset | Listing) -> Gathered:
        """All about one picture, or about each picture of a listing."""
        return cls(subject, [subject] if isinstance(subject, Asset) else list(subject.assets.order_by("created_at")))

    @cached_property
    def versions(self) -> list[Version]:
        found = _versions(asset__in=self.assets)
        while wanted := {key for each in found.values() for key in (each.original_id, each.parent_id)} - {None, *found}:
            found |= _versions(pk__in=wanted)
        return sorted(found.values(), key=lambda version: (version.created_at, str(version.pk)))

    @cached_property
    def reviews(self) -> list[Review]:
        found = Review.objects.prefetch_related("channels")
        return list(found.filter(version__in=self.versions).order_by("submitted_at", "pk"))

    @cached_property
    def decisions(self) -> list[Decision]:
        found = Decision.objects.select_related("by", "review")
        return list(found.filter(review__version__in=self.versions).order_by("decided_at", "pk"))

    @cached_property
    def releases(self) -> list[Release]:
        found = Release.objects.select_related("channel", "decision", "version__asset")
        return list(found.filter(version__in=self.versions).order_by("released_at", "pk"))

    @cached_property
    def events(self) -> list[Event]:
        found = Event.objects.filter(release__in=self.releases).select_related("channel")
        return list(found.order_by("channel", "sequence"))

    @cached_property
    def terms(self) -> list[Terms]:
        """Those that a license or a path names now, and those that a dossier was decided under."""
        named = {text for each in self.decisions for text in texts_of(each.dossier)}
        now = {each.license.terms_id for each in self.versions if each.license}
        made = {each.provenance.terms_id for each in self.versions if hasattr(each, "provenance")}
        wanted = models.Q(pk__in={*now, *made} - {None}) | models.Q(sha256__in=named)
        return list(Terms.objects.filter(wanted).order_by("pk"))

    @cached_property
    def rows(self) -> Rows:
        """Everything that the log may tell of."""
        listings = {each.asset.listing for each in self.versions if each.asset.listing}
        assets = {each.asset for each in self.versions}
        judged: Rows = [*self.versions, *self.reviews, *self.decisions, *self.releases, *self.events, *self.terms]
        return [*judged, *assets, *listings]

    @property
    def bytes(self) -> int:
        """How large the pictures are together."""
        return sum(each.size for each in self.versions) + sum(each.file_size for each in self.releases)


def _versions(**wanted: object) -> dict[object, Version]:
    return {each.pk: each for each in Version.objects.with_details().filter(**wanted)}


def texts_of(said: object) -> Iterable[str]:
    """Every text in plain JSON values."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for value in said.values():
            yield from texts_of(value)
    elif isinstance(said, list):
        for value in said:
            yield from texts_of(value)
