"""Photographs of listings that would go to a provider outside with a brief, and what keeps them here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from assets.models import Consent, Listing, Terms, Version
from assets.models.version import COMPOSITES, PHOTOGRAPHS, DigitalSource
from assets.rights import terms
from assets.rights.going_along import Inputs, Said, may_go_along
from core import clock
from core.errors import Blocked, Finding
from generation.briefs import lineage
from generation.briefs.references import Source
from generation.models import Brief, BriefReference, GenerationModel, Role
from generation.providers.base import ImageSpec, Provider

SHOWS_A_PLACE = (*PHOTOGRAPHS, *COMPOSITES, DigitalSource.UNKNOWN)
"""What shows a place as it is, at least in part, or may do so: nobody has said."""


@dataclass(frozen=True, slots=True)
class Photographed:
    """A photograph of a listing, with the consents that stand behind it."""

    listing: Listing
    consents: tuple[Said, ...]


class Photographs:
    """The photographs of listings that go along with a brief. They are looked up once, for any number of models."""

    def __init__(self, brief: Brief, sent: Iterable[BriefReference]) -> None:
        self.brief = brief
        self.sources = [
            Source(output=row.output, version=row.version, slot=row.slot) for row in sent if row.role == Role.REFERENCE
        ]

    def stopped(self, row: GenerationModel, provider: Provider, spec: ImageSpec) -> list[Finding]:
        """What keeps them from going to a model with this wish; nothing where it stays in the house or none goes."""
        if provider.is_inside or not spec.references or not self._found:
            return []
        inputs = Inputs.of(self._terms_of(row), provider.label)
        today = clock.today()
        found = (
            finding
            for each in self._found
            for finding in may_go_along(each.consents, inputs, listing=each.listing.reference, on=today)
        )
        return list(dict.fromkeys(found))

    def check(self, row: GenerationModel, provider: Provider, spec: ImageSpec) -> None:
        """Raise Blocked where something keeps them here."""
        if findings := self.stopped(row, provider, spec):
            raise Blocked([Finding(each.code, f"{row.name}: {each.words}", field="models") for each in findings])

    @cached_property
    def _found(self) -> list[Photographed]:
        return [
            Photographed(listing, tuple(map(Said.by, _consents(version, listing))))
            for source in self.sources
            for version in lineage.kept_behind([source])
            if (listing := self._listing_of(version, source)) and _shows_a_place(version)
        ]

    @cached_property
    def _terms(self) -> Mapping[str, Terms]:
        return terms.all_current()

    def _terms_of(self, row: GenerationModel) -> Terms | None:
        return self._terms.get(row.terms_key)

    def _listing_of(self, version: Version, source: Source) -> Listing | None:
        """A picture that is only looked at may be of anywhere; one to change is of the brief's listing if of none."""
        return version.asset.listing or (None if source.is_looked_at else self.brief.listing)


def _shows_a_place(version: Version) -> bool:
    return version.is_altered or version.digital_source in SHOWS_A_PLACE


def _consents(version: Version, listing: Listing) -> Iterable[Consent]:
    """Read anew: what was revoked a moment ago counts."""
    return Consent.objects.filter(Q(uses__version=version) | Q(listing=listing)).distinct()
