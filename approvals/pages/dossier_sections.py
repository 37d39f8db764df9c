"""A version told in sections and rows, for whoever judges it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assets.models import Answer, Consent, DigitalSource, Origin, Provenance, Question, Version
from assets.provenance.alterations import in_plain_words
from core import clock
from core.languages import name_of


@dataclass(frozen=True, slots=True)
class DossierRow:
    """One fact for a page."""

    name: str
    value: str
    source: str = ""
    copied: bool = False
    """Whether people want to copy it: an id or a hash."""


@dataclass(frozen=True, slots=True)
class DossierSection:
    """Facts that belong together."""

    title: str
    rows: tuple[DossierRow, ...]
    anchor: str = ""


def sections(version: Version) -> list[DossierSection]:
    """The dossier as a reviewer reads it."""
    return [
        DossierSection("Text", tuple(_words(version)), "alt_text"),
        DossierSection("License", tuple(_license(version)), "license"),
        DossierSection("People and property", tuple(_shown_rows(version)), "consents"),
        DossierSection("How it was made", tuple(_made(version)), "disclosure"),
        DossierSection("File", tuple(_file(version)), "file"),
    ]


def _words(version: Version) -> Iterator[DossierRow]:
    if version.decorative:
        yield DossierRow("Alt text", "Decorative. Screen readers skip it.")
    else:
        yield DossierRow("Alt text", version.alt_text or "Missing", name_of(version.alt_language))
    for translation in version.translations.all():
        yield DossierRow(f"In {translation.language_name}", translation.text)
    if version.asset.listing:
        yield DossierRow("Listing", str(version.asset.listing))


def _license(version: Version) -> Iterator[DossierRow]:
    license = version.license
    if license is None:
        yield DossierRow("License", "Nothing answered yet")
        return
    given = {answer.question: answer for answer in license.answers.all()}
    for question in Question:
        answer = given.get(question.value)
        label = Answer(answer.answer).label if answer else Answer.UNKNOWN.label
        detail = f"{label}: {answer.detail}" if answer and answer.detail else str(label)
        yield DossierRow(str(question.label), detail, answer.source if answer else "")
    yield DossierRow("Owner", license.holder or "Not stated")
    yield DossierRow("Credit line", license.attribution or "None")
    yield DossierRow("Expires", clock.written(license.valid_until) if license.valid_until else "Never")
    if license.terms:
        yield DossierRow("Terms", str(license.terms), license.terms.source_url)


def _shown_rows(version: Version) -> Iterator[DossierRow]:
    yield DossierRow("Recognizable people", str(Answer(version.shows_people).label))
    yield DossierRow("Private property", str(Answer(version.shows_property).label))
    for consent in version.consents.all():
        until = f", until {clock.written(consent.valid_until)}" if consent.valid_until else ""
        given = Answer(consent.given).label
        yield DossierRow(str(Consent.Kind(consent.kind).label), f"{consent.name}: {given}{until}", consent.scope)


def _made(version: Version) -> Iterator[DossierRow]:
    yield DossierRow("Source", str(Origin(version.origin).label))
    yield DossierRow("Kind of picture", str(DigitalSource(version.digital_source).label))
    if version.alterations:
        yield DossierRow(
            "Altered", "; ".join(in_plain_words(name) for name in version.alterations), version.disclosure_note
        )
    if version.original:
        yield DossierRow("Original", version.original.label)
    yield from _provenance(getattr(version, "provenance", None))


def _provenance(made: Provenance | None) -> Iterator[DossierRow]:
    if made is None:
        return
    if made.provider:
        yield DossierRow("Provider", made.provider_name or made.provider)
    if made.model_asked:
        reported = f"Reports itself as {made.model_reported}" if made.model_reported else ""
        yield DossierRow("Model", made.model_asked, reported)
    if made.prompt:
        yield DossierRow("Prompt", made.prompt, made.template)
    if made.negative:
        yield DossierRow("Exclude", made.negative)
    if made.purpose:
        yield DossierRow("Purpose", made.purpose)


def _file(version: Version) -> Iterator[DossierRow]:
    yield DossierRow("Size", f"{version.width} × {version.height} pixels", version.media_type)
    yield DossierRow("SHA-256", version.sha256, copied=True)
