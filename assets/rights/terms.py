"""Snapshots of terms: whose, as of which day, and what they answer. They are data with a source and a date."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from assets.models import Origin, Question, Terms, Version
from assets.models.rights import Indemnity
from core import audit, clock
from core.audit import Change
from core.errors import Finding, Severity


def current_terms(key: str) -> Terms | None:
    """The newest snapshot of somebody's terms."""
    return Terms.objects.filter(key=key).order_by("-read_on", "-id").first()


def newer_terms(version: Version) -> Terms | None:
    """A newer snapshot than the one the version's license was answered from, if there is one."""
    held = version.license.terms if version.license else None
    current = current_terms(held.key) if held else None
    return current if current and held and current.pk != held.pk else None


def findings(version: Version) -> Iterator[Finding]:
    """What is worth knowing about the terms that a version rests on."""
    if newer := newer_terms(version):
        words = f"{newer.publisher} has newer terms, read {clock.written(newer.read_on)}. These answers are older."
        yield _warn("license_terms_newer", words)
    yield from _indemnity(version)


def _indemnity(version: Version) -> Iterator[Finding]:
    """An indemnity that was there for what was made, and is gone with the change."""
    for terms in _terms_behind(version):
        if terms.indemnity == Indemnity.UNLESS_CHANGED:
            words = f"{terms.publisher} answers for its pictures as long as nobody changes them. This one was changed."
            yield _warn("license_indemnity_lost", words)
            return


def _terms_behind(version: Version) -> Iterator[Terms]:
    """The terms of pictures that this one is a changed copy of; what a provider made anew has its own."""
    if version.origin == Origin.GENERATED:
        return
    before = version.parent
    if before and before.license and before.license.terms:
        yield before.license.terms
    if version.is_altered and version.license and version.license.terms:
        yield version.license.terms


def _warn(code: str, words: str) -> Finding:
    return Finding(code, words, Severity.WARNS, "license")


STARTER = Path(__file__).parent / "data" / "terms.toml"
"""The terms of the providers that the portal knows, each as it was read on a day."""


class BadTerms(Exception):
    """A terms file that cannot be used. The message says where."""


@dataclass(frozen=True, slots=True)
class TermsSheet:
    """One entry of a terms file, checked."""

    key: str
    title: str
    publisher: str
    url: str
    read_on: date
    summary: str
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    plans: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    indemnity: str = ""

    @property
    def sha256(self) -> str:
        """Of everything that makes a difference; the same words on the same day are the same snapshot."""
        return sha256_of(self)


def sha256_of(terms: TermsSheet | Terms) -> str:
    """Of what a snapshot says, as the sheet has it or as it is stored."""
    said: list[Any] = [terms.key, terms.read_on.isoformat(), terms.summary, terms.answers]
    later = {"plans": terms.plans, "indemnity": terms.indemnity}
    if added := {name: value for name, value in later.items() if value}:
        said.append(added)  # a sheet without them keeps the hash that it had before they were known
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def load_terms(path: Path | str) -> list[Terms]:
    """Keep a snapshot of each entry of a TOML file that is not kept yet; returns the new ones. Raises BadTerms."""
    entries = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    sheets = [_sheet(key, entry) for key, entry in entries.items()]
    with transaction.atomic():
        kept = [terms for sheet in sheets if (terms := _keep(sheet))]
        if kept:
            words = f"Terms were kept as they stood: {', '.join(map(str, kept))}."
            audit.record(None, "terms.kept", map(Change.made, kept), words)
    return kept


def _keep(sheet: TermsSheet) -> Terms | None:
    facts = {
        "key": sheet.key,
        "title": sheet.title,
        "publisher": sheet.publisher,
        "source_url": sheet.url,
        "read_on": sheet.read_on,
        "summary": sheet.summary,
        "answers": sheet.answers,
        "plans": sheet.plans,
        "indemnity": sheet.indemnity,
    }
    terms, is_new = Terms.objects.get_or_create(sha256=sheet.sha256, defaults=facts)
    return terms if is_new else None


def _sheet(key: str, entry: Any) -> TermsSheet:
    if not isinstance(entry, dict):
        raise BadTerms(f"“{key}” is not a table of terms.")
    indemnity = entry.get("indemnity", "")
    if indemnity not in Indemnity.values:
        raise BadTerms(
            f"“{key}” says “{indemnity}” about its indemnity; use {', '.join(filter(None, Indemnity.values))}."
        )
    try:
        return TermsSheet(
            key=key,
            title=entry["title"],
            publisher=entry["publisher"],
            url=entry.get("url", ""),
            read_on=date.fromisoformat(str(entry["read_on"])),
            summary=entry["summary"],
            answers=_answers(key, entry),
            plans={str(plan): _answers(f"{key}, {plan}", sheet) for plan, sheet in entry.get("plans", {}).items()},
            indemnity=indemnity,
        )
    except (KeyError, ValueError) as error:
        raise BadTerms(f"The terms of “{key}” lack {error}.") from error


def _answers(key: str, entry: Any) -> dict[str, dict[str, str]]:
    if not isinstance(entry, dict):
        raise BadTerms(f"“{key}” is not a table of answers.")
    return {str(name): _written_answer(key, str(name), given) for name, given in entry.get("answers", {}).items()}


def _written_answer(key: str, name: str, given: Any) -> dict[str, str]:
    if name not in Question.values:
        raise BadTerms(f"“{key}” answers “{name}”, which is not one of the eight questions.")
    if not isinstance(given, dict) or given.get("answer") not in Question(name).possible.values:
        raise BadTerms(f"“{key}” answers “{name}” with something other than yes, no or unknown.")
    return {part: str(given.get(part, "")) for part in ("answer", "detail", "source")}
