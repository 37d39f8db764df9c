"""What people will see under a profile that somebody is typing: each kind of picture with its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from approvals.channels import disclosure
from approvals.channels.disclosure import Disclosure
from approvals.channels.forms import ChannelForm
from approvals.channels.profiles import Profile
from approvals.channels.rules import BadRules
from approvals.models.document import Kind
from assets.models import DigitalSource
from assets.provenance.alterations import ALTERATIONS

STAGED, REMOVED = "VirtualStagingItemAddition", "DeclutteredItemRemoved"


@dataclass(frozen=True, slots=True)
class Sample:
    """One kind of picture, and what the channel says with it."""

    title: str
    said: Disclosure
    limit: int

    @property
    def length(self) -> int:
        return len(self.said.caption)

    @property
    def statement(self) -> str:
        return self.said.statement_with("[link to the original]")


@dataclass(frozen=True, slots=True)
class Preview:
    """All kinds of picture; or why they cannot be shown yet."""

    samples: tuple[Sample, ...] = ()
    problem: str = ""


def preview_of(form: ChannelForm, begins_with: Mapping[str, Any]) -> Preview:
    """What people will see: from what was typed, or from the profile that the form begins with."""
    try:
        profile = Profile.parse(form.profile() if form.is_bound and form.errors is not None else begins_with)
    except BadRules as error:
        return Preview(problem=str(error))
    except KeyError:
        return Preview(problem="Correct the fields that are marked, and it appears here.")
    return Preview(tuple(_samples(profile)))


def _samples(profile: Profile) -> Iterator[Sample]:
    by_ai = DigitalSource.COMPOSITE.value
    for name, words in ALTERATIONS.items():
        yield _altered(words, profile, [name], by_ai)
    yield _altered("Added and removed in one picture", profile, [STAGED, REMOVED], by_ai)
    yield _altered("Something else, by hand", profile, ["OtherMediaModification"], DigitalSource.CAPTURE.value)
    generated = DigitalSource.GENERATED.value
    said = disclosure.disclose(profile, Kind.GENERATED, digital_source=generated, people=True)
    yield Sample("Generated, with people", said, profile.caption_limit)
    yield Sample("Drawn", disclosure.disclose(profile, Kind.DRAWN), profile.caption_limit)


def _altered(title: str, profile: Profile, alterations: list[str], source: str) -> Sample:
    said = disclosure.disclose(profile, Kind.ALTERED, alterations=alterations, digital_source=source)
    return Sample(title, said, profile.caption_limit)
