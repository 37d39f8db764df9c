"""Who and what a version shows, and the consents of people and owners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from assets.models import Answer, Consent, Version
from assets.rights.licenses import _stop
from assets.versions.changing import lock, seal
from core import audit, clock
from core.errors import Finding
from core.models import User


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


def say_who_is_shown(version: Version, *, people: str, property: str, by: User) -> Version:
    """Say whether recognizable people, or a private property, can be seen."""
    with transaction.atomic():
        locked = lock(version, by=by)
        locked.shows_people, locked.shows_property = Answer(people), Answer(property)
        seal(locked, "shows_people", "shows_property")
        words = f"Recognizable people: {Answer(people).label}. Private property: {Answer(property).label}."
        audit.record(by, "version.shows", locked, words)
    return locked


def record_consent(version: Version, consent: GivenConsent, *, by: User, instead_of: Consent | None = None) -> Consent:
    """Keep a consent, or what has become of one that is kept already."""
    with transaction.atomic():
        locked = lock(version, by=by)
        kept = locked.consents.get(pk=instead_of.pk) if instead_of else Consent(version=locked)
        for name, value in asdict(consent).items():
            setattr(kept, name, value)
        kept.recorded_by = by
        kept.save()
        seal(locked)
        words = f"Consent of {kept.name}: {kept.get_given_display()}."
        audit.record(by, "consent.recorded", locked, words, consent=kept.pk)
    return kept
