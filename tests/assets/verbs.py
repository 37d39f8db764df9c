"""The library's verbs for a set of one, as most tests want them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from assets.alt_texts import writing
from assets.alt_texts.checking import Words
from assets.library import collection
from assets.models import Asset, Consent, Question, Version
from assets.models.limits import Limits
from assets.models.version import Status
from assets.provenance import disclosure
from assets.rights import consents, licenses
from assets.rights.consents import GivenConsent
from assets.rights.licenses import GivenAnswer, LicenseFacts
from assets.versions import transitions
from core.models import User


def describe(
    version: Version,
    *,
    text: str,
    decorative: bool = False,
    language: str = "en",
    further: Mapping[str, str] | None = None,
    long: str | None = None,
    by: User,
) -> Version:
    said = Words(text, language, decorative=decorative, further=further or {}, long=long)
    [described] = writing.describe({version: said}, by=by)
    return described


def mark(
    version: Version,
    *,
    digital_source: str,
    alterations: Collection[str] = (),
    original: Version | None = None,
    same_view: bool | None = None,
    disclosure_note: str = "",
    by: User,
) -> Version:
    """With an original, that it shows the same view is confirmed, unless it is said otherwise."""
    said = disclosure.Disclosure(
        digital_source=digital_source,
        alterations=alterations,
        original=original,
        same_view=original is not None if same_view is None else same_view,
        disclosure_note=disclosure_note,
    )
    [marked] = disclosure.mark([version], said, by=by)
    return marked


def answer_license(
    version: Version,
    answers: Mapping[Question, GivenAnswer],
    *,
    by: User,
    **facts: Any,
) -> Version:
    """A license that says nothing of altering allows it: most tests are about something else."""
    said = LicenseFacts(**{"limits": Limits(may_alter="yes")} | facts)
    [answered] = licenses.answer_license([version], answers, said, by=by)
    return answered


def say_who_is_shown(version: Version, *, people: str, property: str, by: User) -> Version:
    [said] = consents.say_who_is_shown([version], people=people, property=property, by=by)
    return said


def record_consent(version: Version, given: GivenConsent, *, by: User, instead_of: Consent | None = None) -> Consent:
    if instead_of:
        return consents.change_consent(instead_of, given, by=by)
    return consents.record_consent([version], given, by=by)


def rename(asset: Asset, title: str, *, by: User) -> Asset:
    [renamed] = collection.rename({asset: title}, by=by)
    return renamed


def archive(version: Version, *, by: User) -> Version:
    [archived] = collection.archive([version], by=by)
    return archived


def move(version: Version, status: Status, *, approved_by: User | None = None) -> None:
    with transaction.atomic():
        transitions.move([version], status, approved_by=approved_by)
