"""Licenses as they are in life, each half an hour before its last day ends where the channel is, and an hour later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from approvals.channels import verdict
from approvals.models import Channel
from approvals.models.channel import ChannelKind
from assets.models import Answer, Listing, Ownership, Question, Terms, Version
from assets.models.limits import KINDS, Limits
from assets.rights.licenses import GivenAnswer
from assets.rights.limits import limits_left
from assets.versions import dossier
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs

pytestmark = pytest.mark.django_db

LAST = date(2027, 3, 31)
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Pacific/Auckland")
NO_END = GivenAnswer(Answer.NO, "", "our contract")
STOCK = {"holder": "Stock Co.", "attribution": "Stock Co.", "valid_until": LAST}
ALL = {question.value: {"answer": "yes", "source": "section 3"} for question in Question}


def at(zone: str, after: timedelta = timedelta(0)) -> datetime:
    """Half past eleven at night of the last day in the zone, and so much later."""
    return datetime.combine(LAST, time(23, 30), ZoneInfo(zone)).astimezone(UTC) + after


def said(answer: Answer | Ownership, source: str = "our contract", detail: str = "") -> GivenAnswer:
    return GivenAnswer(answer, detail, source)


@dataclass(frozen=True)
class Situation:
    """What a license says, where its picture is to go, and what stands in the way on its last day and after it."""

    answers: Mapping[Question, GivenAnswer] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, Any] | None = None
    newer: Mapping[str, Any] | None = None
    """What the same publisher says a day later."""
    kind: str = ChannelKind.WEBSITE
    reaches: tuple[str, ...] = ("US-CA",)
    changed: bool = False
    """Whether the picture is a changed copy of one under the same license."""
    last_day: frozenset[str] = frozenset()
    warns: frozenset[str] = frozenset()
    day_after: frozenset[str] = frozenset({"license_ended"})


def found(*codes: str) -> frozenset[str]:
    return frozenset(codes)


def limited(**limits: Any) -> dict[str, Any]:
    return {"limits": Limits(**{"may_alter": "yes"} | limits)}


TERRITORY, CHANNELS, SUBLICENSE, OWNERSHIP = (
    Question.TERRITORY,
    Question.CHANNELS,
    Question.SUBLICENSE,
    Question.OWNERSHIP,
)
FREE = {"plans": {"Free": {"commercial": {"answer": "no", "source": "section 4"}}, "Pro": {}}}
SITUATIONS = {
    "terms changed": Situation(
        terms={}, newer={"answers": ALL | {"commercial": {"answer": "no"}}}, warns=found("license_terms_newer")
    ),
    "a free plan": Situation(
        terms=FREE,
        facts={"plan": "Free"},
        last_day=found("license_plan_not_commercial"),
        warns=found("license_commercial_more_than_terms"),
    ),
    "a paid plan": Situation(terms=FREE, facts={"plan": "Pro"}),
    "nobody knows which plan": Situation(terms=FREE, last_day=found("license_plan_unknown")),
    "stock for the state": Situation(
        answers={TERRITORY: said(Answer.NO)},
        facts=limited(territories=("US-CA", "US-NV")),
        warns=found("license_limited"),
    ),
    "stock for the state in a national channel": Situation(
        answers={TERRITORY: said(Answer.NO)},
        facts=limited(territories=("US-CA",)),
        reaches=("US",),
        last_day=found("license_territory_outside"),
    ),
    "stock for the state where nobody knows how far": Situation(
        facts=limited(territories=("US-CA",)), reaches=(), last_day=found("channel_territory_unknown")
    ),
    "this listing only": Situation(facts=limited(listing_only="hb-1042"), warns=found("license_limited")),
    "another listing only": Situation(facts=limited(listing_only="HB-7"), last_day=found("license_other_listing")),
    "prints only": Situation(
        answers={CHANNELS: said(Answer.NO)}, facts=limited(kinds=("brochure",)), last_day=found("license_not_for_kind")
    ),
    "one channel only": Situation(
        answers={CHANNELS: said(Answer.NO)},
        facts=limited(channels=("theirs",)),
        last_day=found("license_not_for_channel"),
    ),
    "indemnity lost": Situation(
        terms={"indemnity": "unless_changed"}, changed=True, warns=found("license_indemnity_lost")
    ),
    "credit in words and no line": Situation(
        answers={Question.ATTRIBUTION: said(Answer.YES, detail="Name her beside the picture")},
        facts={"attribution": ""},
        last_day=found("license_attribution_missing", "credit_missing"),
    ),
    "credit in its own words": Situation(facts={"attribution": "Photo: Jane Roe / Harbor"}),
    "sublicense unknown": Situation(
        answers={SUBLICENSE: said(Answer.UNKNOWN)}, last_day=found("license_sublicense_unknown")
    ),
    "no sublicense, to a listing site": Situation(
        answers={SUBLICENSE: said(Answer.NO)},
        kind=ChannelKind.LISTING_SITE,
        last_day=found("license_not_handed_on"),
    ),
    "no sublicense, on our own pages": Situation(
        answers={SUBLICENSE: said(Answer.NO)}, warns=found("license_sublicense_no")
    ),
    "nobody owns it": Situation(answers={OWNERSHIP: said(Ownership.NOBODY)}, facts={"holder": ""}),
    "nobody owns it, and yet somebody": Situation(
        answers={OWNERSHIP: said(Ownership.NOBODY)}, last_day=found("license_owner_of_nobodys")
    ),
    "no alteration": Situation(facts=limited(may_alter="no"), changed=True, last_day=found("license_no_alteration")),
    "altered, and nobody asked": Situation(
        facts=limited(may_alter="unknown"), changed=True, last_day=found("license_alteration_unknown")
    ),
    "exclusive elsewhere": Situation(
        facts=limited(exclusive_elsewhere="Coastal Living", exclusive_until=LAST.isoformat()),
        last_day=found("license_exclusive_elsewhere"),
    ),
    "more than the terms": Situation(
        terms={"answers": ALL | {"territory": {"answer": "unknown"}}},
        answers={TERRITORY: said(Answer.YES, "")},
        last_day=found("license_territory_more_than_terms"),
    ),
    "more than the terms, with a source": Situation(
        terms={"answers": ALL | {"territory": {"answer": "unknown"}}},
        answers={TERRITORY: said(Answer.YES, "Letter of March 2")},
        warns=found("license_territory_more_than_terms"),
    ),
}


def licensed(situation: Situation, ada: User) -> Version:
    """A picture of HB-1042 under this license."""
    listing, _ = Listing.objects.get_or_create(reference="HB-1042", defaults={"title": "14 Harbor Street"})
    terms = situation.terms
    kept = library.TermsFactory.create(**{"key": "stock", "answers": ALL} | dict(terms)) if terms is not None else None
    if situation.newer is not None:
        library.TermsFactory.create(key="stock", read_on=date(2026, 12, 1), **situation.newer)
    first = answered(library.ready_version(ada, listing=listing), situation, kept)
    if not situation.changed:
        return first
    changed = library.ready_version(ada, listing=listing, asset=first.asset, parent=first)
    verbs.mark(
        changed,
        digital_source="compositeWithTrainedAlgorithmicMedia",
        alterations=["VirtualStagingItemAddition"],
        disclosure_note="Sofa added",
        by=ada,
    )
    return answered(changed, situation, kept)


def answered(version: Version, situation: Situation, terms: Terms | None) -> Version:
    given = {**library.YES, Question.TERM: NO_END, **situation.answers}
    verbs.answer_license(version, given, by=version.created_by, **{**STOCK, "terms": terms, **situation.facts})
    return Version.objects.with_dossier().get(pk=version.pk)


def channel(situation: Situation, zone: str) -> Channel:
    made = factories.channel("ours", rules={"needs_credit": True})
    made.kind, made.time_zone = situation.kind, zone
    made.territory = list(situation.reaches)
    return made


def codes(version: Version, of: Channel, *, blocking: bool) -> set[str]:
    each = verdict.findings(version, of, of.today)
    return {finding.code for finding in each if finding.field in ("license", "channels") and finding.blocks == blocking}


@pytest.mark.parametrize("zone", ZONES)
def test_each_situation_on_its_last_day_and_after_it(zone: str, ada: User) -> None:
    for name, situation in SITUATIONS.items():
        version, place = licensed(situation, ada), channel(situation, zone)
        with time_machine.travel(at(zone), tick=False):
            assert codes(version, place, blocking=True) == situation.last_day, name
            assert situation.warns <= codes(version, place, blocking=False), name
        with time_machine.travel(at(zone, timedelta(hours=1)), tick=False):
            after = (situation.last_day | situation.day_after) - found("license_exclusive_elsewhere")
            assert codes(version, place, blocking=True) == after, name


def test_what_is_left_of_the_limits_goes_with_the_picture(ada: User) -> None:
    limits = Limits(territories=("US-CA",), channels=("ours", "theirs"), listing_only="HB-1042", may_alter="no")
    situation = Situation(answers={SUBLICENSE: said(Answer.NO)}, facts={"limits": limits})
    assert limits_left(dossier.facts(licensed(situation, ada)), "ours") == {
        "territories": ["US-CA"],
        "channels": ["ours"],
        "listing_only": "HB-1042",
        "may_alter": "no",
        "may_sublicense": "no",
    }
    assert limits_left(dossier.facts(licensed(Situation(), ada)), "ours") == {}


def test_limits_that_nobody_can_read_stop_everything(ada: User) -> None:
    version = licensed(Situation(), ada)
    assert version.license is not None
    version.license.limits = {"teritories": ["US"]}
    assert "license_limits_unreadable" in codes(version, channel(Situation(), ZONES[0]), blocking=True)


def test_a_license_knows_the_kinds_of_channels_that_there_are() -> None:
    assert {kind.value: kind.label for kind in ChannelKind} == KINDS
