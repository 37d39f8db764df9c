"""Snapshots of terms: whose, as of which day, and what they answer. They are data with a source and a date."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from assets.models import Answer, Question, Terms, Version
from core import audit
from core.audit import Change


def current_terms(key: str) -> Terms | None:
    """The newest snapshot of somebody's terms."""
    return Terms.objects.filter(key=key).order_by("-read_on", "-id").first()


def newer_terms(version: Version) -> Terms | None:
    """A newer snapshot than the one the version's license was answered from, if there is one."""
    held = version.license.terms if version.license else None
    current = current_terms(held.key) if held else None
    return current if current and held and current.pk != held.pk else None


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

    @property
    def sha256(self) -> str:
        """Of everything that makes a difference; the same words on the same day are the same snapshot."""
        return sha256_of(self)


def sha256_of(terms: TermsSheet | Terms) -> str:
    """Of what a snapshot says, as the sheet has it or as it is stored."""
    said = [terms.key, terms.read_on.isoformat(), terms.summary, terms.answers]
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
    }
    terms, is_new = Terms.objects.get_or_create(sha256=sheet.sha256, defaults=facts)
    return terms if is_new else None


def _sheet(key: str, entry: Any) -> TermsSheet:
    if not isinstance(entry, dict):
        raise BadTerms(f"“{key}” is not a table of terms.")
    answers = {str(name): _written_answer(key, str(name), given) for name, given in entry.get("answers", {}).items()}
    try:
        return TermsSheet(
            key=key,
            title=entry["title"],
            publisher=entry["publisher"],
            url=entry.get("url", ""),
            read_on=date.fromisoformat(str(entry["read_on"])),
            summary=entry["summary"],
            answers=answers,
        )
    except (KeyError, ValueError) as error:
        raise BadTerms(f"The terms of “{key}” lack {error}.") from error


def _written_answer(key: str, name: str, given: Any) -> dict[str, str]:
    if name not in Question.values:
        raise BadTerms(f"“{key}” answers “{name}”, which is not one of the eight questions.")
    if not isinstance(given, dict) or given.get("answer") not in Answer.values:
        raise BadTerms(f"“{key}” answers “{name}” with something other than yes, no or unknown.")
    return {part: str(given.get(part, "")) for part in ("answer", "detail", "source")}
