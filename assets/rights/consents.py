"""Who and what a version shows, and the consents of people and owners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from assets.models import Answer, Consent, Part, Version
from assets.rights.licenses import _stop
from assets.versions.changing import hold
from core import audit, clock
from core.errors import Finding
from core.models import User
from core.sets import AT_ONCE


def findings(version: Version, on: date) -> Iterator[Finding]:
    consents = list(version.consents.all())
    yield from _shown(version.shows_people, "people", "recognizable people", Consent.Kind.PERSON, consents)
    yield from _shown(version.shows_property, "property", "a private property", Consent.Kind.PROPERTY, consents)
    for consent in consents:
        if consent.given != Answer.YES:
            yield _stop("consent_not_given", f"{consent.name} has not given consent.", "consents")
        elif consent.valid_until and consent.valid_until < on:
            words = f"The consent of {consent.name} ended on {clock.written(consent.valid_until)}."
            yield _stop("consent_ended", words, "consents")


def _shown(answer: str, code: str, what: str, kind: Consent.Kind, consents: Iterable[Consent]) -> Iterator[Finding]:
    if answer == Answer.UNKNOWN:
        yield _stop(f"shows_{code}_unknown", f"Nobody has said whether it shows {what}.", "consents")
    elif answer == Answer.YES and not any(consent.kind == kind for consent in consents):
        yield _stop(f"consent_{code}_missing", f"It shows {what}, but no consent is recorded.", "consents")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenConsent:
    """A release by a person or a property owner, as it was given."""

    kind: str
    name: str
    given: str = Answer.UNKNOWN
    scope: str = ""
    valid_until: date | None = None
    document_sha256: str = ""


def say_who_is_shown(versions: Iterable[Version], *, people: str, property: str, by: User) -> list[Version]:
    """Say whether recognizable people, or a private property, can be seen."""
    with transaction.atomic():
        held = hold(versions, by=by)
        for version in held:
            version.shows_people, version.shows_property = Answer(people), Answer(property)
        changes = held.write(Part.RIGHTS, "shows_people", "shows_property")
        if changes:
            words = f"Recognizable people: {Answer(people).label}. Private property: {Answer(property).label}."
            audit.record(by, "version.shows", changes, words, part=Part.RIGHTS)
    return held.versions


def record_consent(versions: Iterable[Version], given: GivenConsent, *, by: User) -> list[Consent]:
    """Keep a consent for each of the versions."""
    with transaction.atomic():
        held = hold(versions, by=by)
        rows = [Consent(version=version, recorded_by=by, **asdict(given)) for version in held]
        kept = Consent.objects.bulk_create(rows, batch_size=AT_ONCE)
        changes = held.write(Part.RIGHTS, reread=["consents"])
        if changes:
            audit.record(by, "consent.recorded", changes, _in_words(given), part=Part.RIGHTS)
    return kept


def change_consent(consent: Consent, given: GivenConsent, *, by: User) -> Consent:
    """Write what has become of a consent."""
    with transaction.atomic():
        held = hold([consent.version], by=by)
        kept = Consent.objects.get(pk=consent.pk)
        if audit.write(kept, **asdict(given)):
            audit.write(kept, recorded_by=by)
            changes = held.write(Part.RIGHTS, reread=["consents"])
            audit.record(by, "consent.recorded", changes, _in_words(given), consent=kept.pk, part=Part.RIGHTS)
    return kept


def _in_words(given: GivenConsent) -> str:
    return f"Consent of {given.name}: {Answer(given.given).label}."
