"""The dossier of a review: what is judged, in plain words, with one hash; and how two dossiers differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing

from approvals.models import Channel, Review
from approvals.policy import EDITS
from assets.models import Answer, Consent, DigitalSource, Origin, Provenance, Question, Version
from assets.provenance.alterations import in_plain_words
from assets.versions import contributors
from assets.versions import dossier as library_dossier
from core import audit
from core.languages import name_of

SALT = "approvals.dossier"


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that is judged: the facts of the version, and the channels it is meant for."""

    facts: dict[str, Any]
    hash: str

    def sealed(self) -> str:
        """The facts, signed, for a form to carry: what comes back is what was shown."""
        return signing.dumps(self.facts, salt=SALT, compress=True)


def of(version: Version, channels: Iterable[Channel]) -> Dossier:
    """The dossier as it is now."""
    names = {channel.slug: channel.name for channel in channels}
    return Dossier(library_dossier.facts(version) | {"channels": names}, hash_of(version.words_hash, names))


def of_review(review: Review) -> Dossier:
    """The dossier of what a review is about, as it is now."""
    return of(review.version, review.channels.all())


def hash_of(words_hash: str, slugs: Iterable[str]) -> str:
    """SHA-256 of the version's own hash and the channels, in order."""
    return hashlib.sha256("\n".join((words_hash, *sorted(slugs))).encode()).hexdigest()


def unseal(sealed: str) -> dict[str, Any]:
    """The facts that a form carried; empty when they are missing or not ours."""
    try:
        facts = signing.loads(sealed, salt=SALT, max_age=30 * 24 * 3600)
    except signing.BadSignature:
        return {}
    return facts if isinstance(facts, dict) else {}


# Who had a hand in it


def hands_in(version: Version, submitter: int | None = None) -> dict[int, list[str]]:
    """Whoever had a part in what is judged, and which part, in words that follow “You”."""
    parts: dict[int, list[str]] = {}
    for person, part in _parts(version, submitter):
        if person is not None and part not in parts.setdefault(person, []):
            parts[person].append(part)
    for person in contributors.people_behind(version) - set(parts):
        parts[person] = ["had a hand in the picture"]
    return parts


def _parts(version: Version, submitter: int | None) -> Iterator[tuple[int | None, str]]:
    made: Provenance | None = getattr(version, "provenance", None)
    if made:
        yield made.prompt_by_id, "wrote the prompt"
        yield made.requested_by_id, "asked for the picture"
    yield version.created_by_id, "brought the picture into the library"
    yield submitter, "submitted it"
    editors = audit.history(version).filter(action__in=EDITS).order_by().values_list("actor", flat=True).distinct()
    for editor in editors:
        yield editor, "wrote its words or answered for its rights"


# Differences

LABELS = {
    "file.sha256": "The file",
    "alt_text.decorative": "Decorative",
    "alt_text.language": "Language of the alt text",
    "licence.holder": "Who owns the picture",
    "licence.attribution": "Credit line",
    "licence.valid_until": "Last day of the licence",
    "licence.url": "Address of the licence",
    "licence.terms": "Terms that the licence rests on",
    "consents.shows_people": "Shows people",
    "consents.shows_property": "Shows a property",
    "consents.given": "Consents",
    "disclosure.digital_source": "How the picture was made",
    "disclosure.alterations": "What was altered",
    "disclosure.original": "Original",
    "disclosure.note": "Note on the alteration",
}


def differences(seen: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What changed between two dossiers' facts, a sentence each."""
    before, after = dict(_flat(seen)), dict(_flat(now))
    changed = [path for path in dict.fromkeys([*before, *after]) if before.get(path) != after.get(path)]
    return [f"{_label(path)}: was {_shown(before.get(path))}, is now {_shown(after.get(path))}." for path in changed]


def _flat(facts: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in facts.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            yield from _flat(value, here)
        else:
            yield here, value


def _label(path: str) -> str:
    if path in LABELS:
        return LABELS[path]
    kind, _, rest = path.partition(".")
    if kind == "channels":
        return f"Channel {rest}"
    if path.startswith("alt_text.texts."):
        return f"Alt text in {name_of(path.rpartition('.')[2])}"
    if path.startswith("licence.answers."):
        question, part = path.split(".")[2:4]
        asked = Question(question).label if question in Question.values else question
        return f"{asked} ({part})" if part != "answer" else asked
    return path.replace("_", " ").replace(".", ", ").capitalize()


def _shown(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_shown_item(item) for item in value)
    return f"“{_cut(str(value))}”"


def _shown_item(item: Any) -> str:
    if isinstance(item, Mapping):
        return f"{item.get('name', '')} ({item.get('given', '')})"
    return in_plain_words(str(item))


def _cut(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


# In plain words


@dataclass(frozen=True, slots=True)
class Row:
    """One fact for a page."""

    name: str
    value: str
    source: str = ""
    copied: bool = False
    """Whether people want to copy it: an id or a hash."""


@dataclass(frozen=True, slots=True)
class Section:
    """Facts that belong together."""

    title: str
    rows: tuple[Row, ...]
    anchor: str = ""


def sections(version: Version) -> list[Section]:
    """The dossier as a reviewer reads it."""
    return [
        Section("Words", tuple(_words(version)), "alt_text"),
        Section("Licence", tuple(_licence(version)), "licence"),
        Section("Who and what it shows", tuple(_shown_rows(version)), "consents"),
        Section("How it was made", tuple(_made(version)), "disclosure"),
        Section("The file", tuple(_file(version)), "file"),
    ]


def _words(version: Version) -> Iterator[Row]:
    if version.decorative:
        yield Row("Alt text", "Decorative: screen readers skip it")
    else:
        yield Row("Alt text", version.alt_text or "Missing", name_of(version.alt_language))
    for translation in version.translations.all():
        yield Row(f"In {translation.language_name}", translation.text)
    if version.asset.listing:
        yield Row("Listing", str(version.asset.listing))


def _licence(version: Version) -> Iterator[Row]:
    licence = version.licence
    if licence is None:
        yield Row("Licence", "Nothing answered yet")
        return
    given = {answer.question: answer for answer in licence.answers.all()}
    for question in Question:
        answer = given.get(question.value)
        label = Answer(answer.answer).label if answer else Answer.UNKNOWN.label
        detail = f"{label}: {answer.detail}" if answer and answer.detail else str(label)
        yield Row(str(question.label), detail, answer.source if answer else "")
    yield Row("Owner", licence.holder or "Not stated")
    yield Row("Credit line", licence.attribution or "None")
    yield Row("Last day", f"{licence.valid_until:%-d %b %Y}" if licence.valid_until else "No end")
    if licence.terms:
        yield Row("Terms", str(licence.terms), licence.terms.source_url)


def _shown_rows(version: Version) -> Iterator[Row]:
    yield Row("Recognisable people", str(Answer(version.shows_people).label))
    yield Row("Private property", str(Answer(version.shows_property).label))
    for consent in version.consents.all():
        until = f", until {consent.valid_until:%-d %b %Y}" if consent.valid_until else ""
        given = Answer(consent.given).label
        yield Row(str(Consent.Kind(consent.kind).label), f"{consent.name}: {given}{until}", consent.scope)


def _made(version: Version) -> Iterator[Row]:
    yield Row("Came in as", str(Origin(version.origin).label))
    yield Row("Kind of picture", str(DigitalSource(version.digital_source).label))
    if version.alterations:
        yield Row("Altered", "; ".join(in_plain_words(name) for name in version.alterations), version.disclosure_note)
    if version.original:
        yield Row("Original", version.original.label)
    yield from _provenance(getattr(version, "provenance", None))


def _provenance(made: Provenance | None) -> Iterator[Row]:
    if made is None:
        return
    if made.provider:
        yield Row("Provider", made.provider_name or made.provider)
    if made.model_asked:
        reported = f"Reports itself as {made.model_reported}" if made.model_reported else ""
        yield Row("Model", made.model_asked, reported)
    if made.prompt:
        yield Row("Prompt", made.prompt, made.template)
    if made.negative:
        yield Row("Not wanted", made.negative)
    if made.purpose:
        yield Row("Purpose", made.purpose)


def _file(version: Version) -> Iterator[Row]:
    yield Row("Size", f"{version.width} × {version.height} pixels", version.media_type)
    yield Row("SHA-256", version.sha256, copied=True)
