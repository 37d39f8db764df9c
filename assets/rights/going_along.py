"""Whether a photograph of a listing may be sent to a service outside: its owner's consent, and the service's terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assets.models import Answer, Consent, Terms
from core.errors import Finding, Severity

OWNERS = (Consent.Kind.PROPERTY, Consent.Kind.LISTING)
FIELD = "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one consent says about sending, in plain values."""

    kind: str
    name: str
    given: str = Answer.UNKNOWN
    to_providers: str = Answer.UNKNOWN
    valid_until: date | None = None
    revoked: bool = False

    @classmethod
    def by(cls, consent: Consent) -> Said:
        return cls(
            kind=consent.kind,
            name=consent.name,
            given=consent.given,
            to_providers=consent.to_providers,
            valid_until=consent.valid_until,
            revoked=consent.is_revoked,
        )

    def holds(self, on: date) -> bool:
        """Whether it was given, and neither revoked nor over."""
        return self.given == Answer.YES and not self.revoked and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a service's terms say of what is sent, in plain values."""

    publisher: str
    answer: str = Answer.UNKNOWN
    detail: str = ""

    @classmethod
    def of(cls, terms: Terms | None, otherwise: str) -> Inputs:
        """Of the terms that are kept; unknown where none are, of whoever is meant."""
        if terms is None:
            return cls(publisher=otherwise)
        return cls(publisher=terms.publisher, answer=terms.takes_inputs, detail=terms.inputs.get("detail", ""))


def may_go_along(consents: Iterable[Said], terms: Inputs, *, listing: str, on: date) -> list[Finding]:
    """What keeps a photograph of a listing from being sent on a day; nothing where it may go. Unknown is not yes."""
    return [*_consents(list(consents), listing, on), *_terms(terms)]


def _consents(consents: Sequence[Said], listing: str, on: date) -> Iterator[Finding]:
    for each in consents:
        if each.to_providers == Answer.NO and not each.revoked:
            yield _stop("send_refused", f"{each.name} does not allow that photographs are sent to an AI service.")
    holding = [each for each in consents if each.holds(on)]
    agreed = [each for each in holding if each.kind in OWNERS and each.to_providers == Answer.YES]
    if not agreed and not any(each.kind in OWNERS and each.to_providers == Answer.NO for each in consents):
        words = f"No consent says that photographs of {listing} may go to an AI service. Record its owner’s consent."
        yield _stop("send_consent_missing", words)
    for each in consents:
        if each.kind == Consent.Kind.PERSON and each.to_providers == Answer.UNKNOWN and not each.revoked:
            words = f"Nobody has said whether {each.name} allows that photographs are sent to an AI service."
            yield _stop("send_person_unknown", f"{words} Say so in the consent.")


def _terms(terms: Inputs) -> Iterator[Finding]:
    detail = f" {terms.detail}" if terms.detail else ""
    if terms.answer == Answer.NO:
        words = f"The terms of {terms.publisher} do not fit photographs of a listing.{detail} Choose another model."
        yield _stop("send_terms_refuse", words)
    elif terms.answer != Answer.YES:
        words = f"Nobody has said whether the terms of {terms.publisher} fit photographs of a listing.{detail}"
        yield _stop("send_terms_unknown", f"{words} Read them, and answer it under Licenses, Terms.")


def _stop(code: str, words: str) -> Finding:
    return Finding(code, words, Severity.BLOCKS, FIELD)
