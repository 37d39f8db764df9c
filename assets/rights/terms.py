"""Snapshots of terms: whose, as of which day, and what they answer. They are data with a source and a date."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from assets.models import Answer, License, Origin, Part, Question, Terms, Version
from assets.models.rights import Indemnity
from assets.rights.licenses import answers_of, answers_under, sheet_of, write_each
from assets.versions.changing import CLOSED, check_right, hold
from core import audit, clock
from core.audit import Change
from core.errors import Blocked, Finding, Severity
from core.models import User


def current_terms(key: str) -> Terms | None:
    """The newest snapshot of somebody's terms."""
    return Terms.objects.filter(key=key).order_by("-read_on", "-id").first()


def all_current() -> dict[str, Terms]:
    """The newest snapshot of everybody's terms, by key."""
    return {terms.key: terms for terms in Terms.objects.order_by("read_on", "id")}


def terms_of(maker: str) -> Terms | None:
    """The newest snapshot of whoever made a picture, by what they are called: as a maker, or as a publisher."""
    return current_terms(slugify(maker)) or _newest_by(maker.strip())


def _newest_by(publisher: str) -> Terms | None:
    """Nothing where a publisher has several terms, as for a program and its interface: somebody must say which."""
    found = Terms.objects.filter(publisher__iexact=publisher).order_by("-read_on", "-id")
    keys = set(found.values_list("key", flat=True))
    return found.first() if len(keys) == 1 else None


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
    inputs: dict[str, str] = field(default_factory=dict)
    text_sha256: str = ""
    text_name: str = ""

    @property
    def sha256(self) -> str:
        """Of everything that makes a difference; the same words on the same day are the same snapshot."""
        return sha256_of(self)


def sha256_of(terms: TermsSheet | Terms) -> str:
    """Of what a snapshot says, as the sheet has it or as it is stored."""
    said: list[Any] = [terms.key, terms.read_on.isoformat(), terms.summary, terms.answers]
    later = {"plans": terms.plans, "indemnity": terms.indemnity, "inputs": terms.inputs, "text": terms.text_sha256}
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


def keep_terms(sheet: TermsSheet, *, by: User) -> Terms:
    """Keep terms as they stand: new words are a new snapshot. Raises Blocked for one that is kept already."""
    check_right(by)
    with transaction.atomic():
        kept = _keep(sheet)
        if kept is None:
            words = "These terms are kept already, with the same day, summary, answers and text."
            raise Blocked([Finding("terms_kept", words, field="summary")])
        audit.record(by, "terms.kept", Change.made(kept), f"Terms were kept as they stood: {kept}.")
    return kept


def resting_on(terms: Terms) -> QuerySet[Version]:
    """Versions whose own license was answered from these terms; those of a set change with their set."""
    found = Version.objects.filter(license__terms=terms, license__set=None).exclude(status__in=CLOSED)
    return found.select_related("asset").order_by("asset__title", "number")


def answer_again(versions: Iterable[Version], newer: Terms, *, by: User) -> list[Version]:
    """Answer licenses from newer terms. What somebody answered otherwise than the older terms stays as it is."""
    with transaction.atomic():
        held = hold(versions, by=by)
        write_each([each.license for each in held if each.license], lambda license: _again(license, newer), by=by)
        if changes := held.write(Part.RIGHTS):
            count = "1 license was" if len(changes) == 1 else f"{len(changes)} licenses were"
            audit.record(by, "license.answered_again", changes, f"{count} answered from {newer}.", part=Part.RIGHTS)
    return held.versions


def _again(license: License, newer: Terms) -> dict[str, Any]:
    """The sheet's answers in the place of those that came from the older sheet."""
    given, older = answers_of(license), answers_under(license.terms, license.plan)
    now = answers_under(newer, license.plan)
    answers = {question: now[question] if each == older[question] else each for question, each in given.items()}
    return {"answers": sheet_of(answers), "terms": newer}


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
        "inputs": sheet.inputs,
        "text_sha256": sheet.text_sha256,
        "text_name": sheet.text_name,
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
            inputs=_inputs(key, entry.get("inputs", {})),
        )
    except (KeyError, ValueError) as error:
        raise BadTerms(f"The terms of “{key}” lack {error}.") from error


def _inputs(key: str, given: Any) -> dict[str, str]:
    if not given:
        return {}
    if not isinstance(given, dict) or given.get("answer") not in Answer.values:
        raise BadTerms(f"“{key}” answers “inputs” with something other than yes, no or unknown.")
    return {part: str(given.get(part, "")) for part in ("answer", "detail", "source")}


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
