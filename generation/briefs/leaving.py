"""What leaves the house with a brief: which private words go to which provider. It is said and never forbidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.text import get_text_list

from assets.models import Consent, Listing
from core.models import User
from generation.briefs.private_words import Found, Known, found_in
from generation.models import Brief, GenerationModel
from generation.providers.base import Provider

PEOPLE_IN_FACTS = ("owner", "seller", "landlord", "tenant", "resident", "agent", "contact", "client", "photographer")
"""Parts of the names of a listing's facts that say who somebody is."""
PROMPT, NEGATIVE, OPTION = "The prompt", "The text to exclude", "An option"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A private word in one of the texts that are sent, and which providers get it."""

    where: str
    found: Found
    providers: tuple[str, ...]

    @property
    def words(self) -> str:
        to = get_text_list(list(self.providers), "and")
        return f"{self.where} holds {self.found.what}: {self.found.words}. It goes to {to}."


def leaving(brief: Brief, sent: Iterable[tuple[GenerationModel, Provider, str]]) -> list[Leaving]:
    """What private words the texts hold that these models get, with the prompt as each of them gets it."""
    outside = [(row, provider, text) for row, provider, text in sent if not provider.is_inside]
    if not outside:
        return []
    known = known_of(brief)
    getting: dict[tuple[str, Found], dict[str, None]] = {}
    for row, provider, text in outside:
        for where, found in _private(brief, row, text, known):
            getting.setdefault((where, found), {})[provider.label] = None
    return [Leaving(where, found, tuple(labels)) for (where, found), labels in getting.items()]


def known_of(brief: Brief) -> Known:
    """Who and what is known of the team and of the brief's listing."""
    team = User.objects.filter(is_active=True, display_name__contains=" ").values_list("display_name", flat=True)
    if brief.listing is None:
        return Known(frozenset(team))
    names = {*team, *_consenting(brief.listing), *_people_in(brief.listing.facts)}
    return Known(frozenset(names), brief.listing.address, brief.listing.reference)


def _private(brief: Brief, row: GenerationModel, prompt: str, known: Known) -> Iterator[tuple[str, Found]]:
    texts = [(PROMPT, prompt), (NEGATIVE, brief.negative)]
    texts += [(OPTION, str(value)) for value in brief.extra.get(row.slot, {}).values()]
    for where, text in texts:
        yield from ((where, found) for found in found_in(text, known))


def _consenting(listing: Listing) -> Iterable[str]:
    of_it = Q(listing=listing) | Q(uses__version__asset__listing=listing)
    return Consent.objects.filter(of_it).values_list("name", flat=True).distinct()


def _people_in(facts: Mapping[str, object]) -> Iterator[str]:
    for name, value in facts.items():
        if any(part in name.casefold() for part in PEOPLE_IN_FACTS) and isinstance(value, str):
            yield value
