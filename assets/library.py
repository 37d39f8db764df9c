"""The writer of the library: the only place that adds versions or changes their words, rights and status.

Each verb checks the right, locks the version, writes what changed together with the hash of everything a reviewer
judges, and adds the log entry last. Changing an approved version is possible and loud: its hash changes, so its
releases stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from assets import dossier, metadata, pictures, rights
from assets.lifecycle import Status, check_move
from assets.models import (
    AltText,
    Answer,
    Asset,
    Consent,
    DigitalSource,
    Licence,
    LicenceAnswer,
    Listing,
    Origin,
    Provenance,
    Question,
    Rendition,
    Terms,
    Version,
)
from assets.rights import GivenAnswer
from core import audit, languages, storage
from core.errors import Blocked, Finding, InvalidTransition
from core.models import User

__all__ = ["GivenAnswer", "ProvenanceFacts"]

RIGHT = "assets.edit_library"
CLOSED = (Status.RETIRED,)
"""States in which nothing about a version changes any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceFacts:
    """How a picture was made, in plain values; the fields of `Provenance`. Costs are micro-units of `currency`."""

    provider: str = ""
    provider_name: str = ""
    model_asked: str = ""
    model_reported: str = ""
    prompt: str = ""
    negative: str = ""
    revised_prompt: str = ""
    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    in_effect: Mapping[str, Any] = field(default_factory=dict)
    dropped: Sequence[str] = ()
    seed: str = ""
    request_id: str = ""
    generated_at: datetime | None = None
    cost_micros: int | None = None
    currency: str = ""
    cost_basis: str = ""
    brief_id: UUID | None = None
    job_id: UUID | None = None
    prompt_by: User | None = None
    requested_by: User | None = None
    terms: Terms | None = None
    found: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenConsent:
    """A release by a person or a property owner, as it was given."""

    kind: str
    name: str
    given: str = Answer.UNKNOWN
    scope: str = ""
    valid_until: date | None = None
    document_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFacts:
    """What is known about a listing. `facts` are plain values by name, such as bedrooms."""

    reference: str
    title: str
    address: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


# Taking in


def take_in(
    data: bytes,
    *,
    title: str,
    by: User,
    origin: Origin,
    maker: str,
    listing: Listing | None = None,
    asset: Asset | None = None,
    parent: Version | None = None,
    original: Version | None = None,
    digital_source: str = "",
    alterations: Iterable[str] = (),
    provenance: ProvenanceFacts | None = None,
    disclosure_note: str = "",
) -> Version:
    """Keep the bytes as the next version of `asset`, or as the first of a new one. Raises pictures.Unreadable.

    The licence starts with what the provenance's terms answer, and with Unknown for the rest.
    """
    _check_right(by)
    facts, made = look_at(data), provenance or ProvenanceFacts()
    found = dict(made.found) or metadata.read(data)
    found |= {"trailing_bytes": facts.trailing} if facts.trailing else {}
    storage.put(data)
    with transaction.atomic():
        asset, number = _place(asset, title, listing, by)
        version = Version.objects.create(
            asset=asset,
            number=number,
            sha256=facts.sha256,
            media_type=facts.media_type,
            width=facts.width,
            height=facts.height,
            size=facts.size,
            origin=origin,
            maker=maker,
            parent=parent,
            original=original,
            digital_source=digital_source,
            alterations=list(alterations),
            disclosure_note=disclosure_note,
            created_by=by,
            licence=_first_licence(made.terms, by),
        )
        _keep_provenance(version, made, found)
        _seal(version)
        words = f"{version.label} of “{asset.title}” was added."
        audit.record(by, "version.created", version, words, sha256=facts.sha256)
    return version


def look_at(data: bytes) -> pictures.Facts:
    """What a file is, if the library takes it. Raises pictures.Unreadable with words for the person who brought it."""
    facts = pictures.inspect(data)
    if facts.animated:
        raise pictures.Unreadable("This is a moving picture. Save the frame you want as PNG or JPEG, and bring that.")
    return facts


def _place(asset: Asset | None, title: str, listing: Listing | None, by: User) -> tuple[Asset, int]:
    """The asset, locked, and the next free number in it."""
    if asset is None:
        return Asset.objects.create(title=title, listing=listing, created_by=by), 1
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    highest: int | None = locked.versions.aggregate(highest=Max("number"))["highest"]
    return locked, (highest or 0) + 1


def _first_licence(terms: Terms | None, by: User) -> Licence:
    licence = Licence.objects.create(terms=terms, url=terms.source_url if terms else "", updated_by=by)
    _write_answers(licence, rights.prefill(terms))
    return licence


def _keep_provenance(version: Version, made: ProvenanceFacts, found: Mapping[str, Any]) -> None:
    plain = {each.name: getattr(made, each.name) for each in fields(made)}
    plain |= {"found": dict(found), "dropped": list(made.dropped)}
    Provenance.objects.create(version=version, **plain)


# Words and rights


def describe(
    version: Version,
    *,
    text: str,
    decorative: bool,
    language: str,
    further: Mapping[str, str] | None = None,
    by: User,
) -> Version:
    """Write the alt text, or say that the picture is decorative and has none.

    `further` says it in further languages, by tag; an empty text removes one, and those not named stay as they are.
    """
    with transaction.atomic():
        locked = _locked(version, by)
        locked.alt_text, locked.decorative, locked.alt_language = text.strip(), decorative, language
        _refuse_unless_complete(locked)
        said = "Marked as decorative." if decorative else f"Alt text: “{locked.alt_text}”"
        words = " ".join([said, *_translate(locked, further or {})])
        _seal(locked, "alt_text", "decorative", "alt_language")
        audit.record(by, "version.described", locked, words, language=language)
    return locked


def _translate(version: Version, further: Mapping[str, str]) -> list[str]:
    """Write the texts in further languages that differ; returns them in words. Raises Blocked for one said twice."""
    kept = {each.language: each.text for each in version.translations.all()}
    wanted = {tag: text for tag, text in {**kept, **_stripped(further)}.items() if text}
    if version.alt_language in wanted:
        words = f"There is an alt text in {languages.name_of(version.alt_language)} already. Change that one."
        raise Blocked([Finding("alt_text_twice", words, field="alt_text")])
    changed = []
    for tag in [tag for tag in {**kept, **wanted} if kept.get(tag) != wanted.get(tag)]:
        if tag in wanted:
            AltText.objects.update_or_create(version=version, language=tag, defaults={"text": wanted[tag]})
            changed.append(f"{languages.name_of(tag)}: “{wanted[tag]}”")
        else:
            AltText.objects.filter(version=version, language=tag).delete()
            changed.append(f"{languages.name_of(tag)}: removed.")
    return changed


def _stripped(texts: Mapping[str, str]) -> dict[str, str]:
    return {tag: text.strip() for tag, text in texts.items()}


def answer_licence(
    version: Version,
    answers: Mapping[Question, GivenAnswer],
    *,
    holder: str = "",
    attribution: str = "",
    valid_until: date | None = None,
    url: str = "",
    terms: Terms | None = None,
    by: User,
) -> Version:
    """Answer licence questions. Questions that are not among the answers keep the answer they have."""
    with transaction.atomic():
        locked = _locked(version, by)
        licence = locked.licence or _first_licence(None, by)
        licence.holder, licence.attribution, licence.valid_until = holder, attribution, valid_until
        licence.url, licence.terms, licence.updated_by = url, terms, by
        licence.save()
        changed = _write_answers(licence, answers)
        locked.licence = licence
        _seal(locked, "licence")
        words = "Licence: " + (" ".join(changed) if changed else "facts changed, answers kept.")
        audit.record(by, "licence.answered", locked, words, terms=terms.sha256 if terms else "")
    return locked


def mark(
    version: Version,
    *,
    digital_source: str,
    alterations: Iterable[str],
    original: Version | None,
    disclosure_note: str,
    by: User,
) -> Version:
    """Say how the picture came about, what was altered in it, and which photograph it was made from."""
    if original is not None and original.pk == version.pk:
        raise Blocked([Finding("original_is_itself", "A picture cannot be its own original.", field="original")])
    with transaction.atomic():
        locked = _locked(version, by)
        locked.digital_source, locked.alterations = digital_source, sorted(set(alterations))
        locked.original, locked.disclosure_note = original, disclosure_note
        _seal(locked, "digital_source", "alterations", "original", "disclosure_note")
        words = f"Disclosure: {DigitalSource(digital_source).label.lower()}."
        if locked.alterations:
            words += f" Altered: {', '.join(locked.alterations)}."
        if original:
            words += f" Made from “{original}”."
        audit.record(by, "version.marked", locked, words, original=original.sha256 if original else "")
    return locked


def pair(version: Version, original: Version, by: User) -> Version:
    """Link an altered version to the photograph it was made from; the rest of its disclosure stays as it is."""
    return mark(
        version,
        digital_source=version.digital_source,
        alterations=version.alterations,
        original=original,
        disclosure_note=version.disclosure_note,
        by=by,
    )


def say_who_is_shown(version: Version, *, people: str, property: str, by: User) -> Version:
    """Say whether recognisable people, or a private property, can be seen."""
    with transaction.atomic():
        locked = _locked(version, by)
        locked.shows_people, locked.shows_property = Answer(people), Answer(property)
        _seal(locked, "shows_people", "shows_property")
        words = f"Recognisable people: {Answer(people).label}. Private property: {Answer(property).label}."
        audit.record(by, "version.shows", locked, words)
    return locked


def record_consent(version: Version, consent: GivenConsent, *, by: User, instead_of: Consent | None = None) -> Consent:
    """Keep a consent, or what has become of one that is kept already."""
    with transaction.atomic():
        locked = _locked(version, by)
        kept = locked.consents.get(pk=instead_of.pk) if instead_of else Consent(version=locked)
        for name, value in asdict(consent).items():
            setattr(kept, name, value)
        kept.recorded_by = by
        kept.save()
        _seal(locked)
        words = f"Consent of {kept.name}: {kept.get_given_display()}."
        audit.record(by, "consent.recorded", locked, words, consent=kept.pk)
    return kept


def rename(asset: Asset, title: str, by: User) -> Asset:
    """Give an asset another title."""
    _check_right(by)
    with transaction.atomic():
        locked = Asset.objects.select_for_update().get(pk=asset.pk)
        before, locked.title = locked.title, title.strip()
        locked.save(update_fields=["title"])
        audit.record(by, "asset.renamed", locked, f"Renamed from “{before}” to “{locked.title}”.")
    return locked


# Listings


def add_listing(facts: ListingFacts, *, by: User) -> Listing:
    """Add a listing that pictures can be made for. Raises Blocked when its reference is taken."""
    _check_right(by)
    with transaction.atomic():
        _refuse_taken(facts.reference)
        listing = Listing.objects.create(**asdict(facts))
        audit.record(by, "listing.added", listing, f"The listing {listing} was added.")
    return listing


def change_listing(listing: Listing, facts: ListingFacts, *, by: User) -> Listing:
    """Change what is known about a listing. Briefs that were sent keep the words they were sent with."""
    _check_right(by)
    with transaction.atomic():
        locked = Listing.objects.select_for_update().get(pk=listing.pk)
        _refuse_taken(facts.reference, but=locked)
        changed = [name for name, value in asdict(facts).items() if getattr(locked, name) != value]
        if not changed:
            return locked
        for name in changed:
            setattr(locked, name, getattr(facts, name))
        locked.save(update_fields=changed)
        audit.record(by, "listing.changed", locked, f"The listing {locked} was changed: {', '.join(changed)}.")
    return locked


def _refuse_taken(reference: str, but: Listing | None = None) -> None:
    taken = Listing.objects.filter(reference__iexact=reference).first()
    if taken and taken != but:
        raise Blocked([Finding("listing_taken", f"{taken} has this reference already.", field="reference")])


# Status


def set_status(version: Version, status: Status, *, approved_by: User | None = None) -> Version:
    """Move a version, in the transaction of the caller, who also writes the log. Raises InvalidTransition.

    Only `approvals.workflow` calls this for the states of a review; `retire` is the one move of the library itself.
    """
    locked = Version.objects.select_for_update(of=("self",)).get(pk=version.pk)
    check_move(locked.status, status)
    locked.status = version.status = status
    locked.approved_by = version.approved_by = approved_by if status == Status.APPROVED else None
    locked.save(update_fields=["status", "approved_by"])
    return locked


def retire(version: Version, by: User) -> Version:
    """Put a version away for good. It stays to be looked at; nothing about it changes any more."""
    _check_right(by)
    with transaction.atomic():
        retired = set_status(version, Status.RETIRED)
        audit.record(by, "version.retired", retired, f"{retired.label} was retired.")
    return retired


# Copies


def rendition(version: Version, spec: pictures.Spec) -> Rendition:
    """The copy of a version for the portal's own pages, made when it is first asked for.

    It carries no metadata: it never leaves. What leaves is rendered with its card when it is released.
    """
    kept = version.renditions.filter(spec=spec.name).first()
    if kept and storage.exists(kept.sha256):
        return kept
    copy = pictures.render(storage.read(version.sha256), spec)
    storage.put(copy.data)
    made, _ = Rendition.objects.update_or_create(
        version=version,
        spec=spec.name,
        defaults={
            "sha256": copy.sha256,
            "media_type": copy.media_type,
            "width": copy.width,
            "height": copy.height,
            "size": len(copy.data),
        },
    )
    return made


# What a reviewer needs to know


def people_behind(version: Version) -> set[int]:
    """Ids of everybody who had a hand in the picture, and so cannot decide on it."""
    made: Provenance | None = getattr(version, "provenance", None)
    hands = {version.created_by_id, made.prompt_by_id if made else None, made.requested_by_id if made else None}
    return {person for person in hands if person is not None}


# Shared steps


def _check_right(by: User) -> None:
    if not by.has_perm(RIGHT):
        raise PermissionDenied("You may look at the library, but not change it.")


def _locked(version: Version, by: User) -> Version:
    """The version as it is now, held until the transaction ends."""
    _check_right(by)
    locked = Version.objects.select_for_update(of=("self",)).select_related("asset", "licence").get(pk=version.pk)
    if locked.status in CLOSED:
        raise InvalidTransition("This version is retired, so nothing about it changes any more. Add a new version.")
    return locked


def _refuse_unless_complete(version: Version) -> None:
    if version.status == Status.APPROVED and not version.alt_text and not version.decorative:
        words = "This version is approved, so it cannot be left without alt text."
        raise Blocked([Finding("alt_text_missing", words, field="alt_text")])


def _seal(version: Version, *changed: str) -> None:
    """Write the changed fields, and the hash over everything a reviewer judges."""
    fresh = Version.objects.with_story().get(pk=version.pk)
    for name in changed:
        setattr(fresh, name, getattr(version, name))
    version.words_hash = dossier.digest(fresh)
    version.save(update_fields=[*changed, "words_hash"])


def _write_answers(licence: Licence, answers: Mapping[Question, GivenAnswer]) -> list[str]:
    """Write the answers that differ; returns them in words."""
    kept = {answer.question: answer for answer in licence.answers.all()}
    changed = []
    for question, given in answers.items():
        before = kept.get(question)
        if before and (before.answer, before.detail, before.source) == (given.answer, given.detail, given.source):
            continue
        after, _ = LicenceAnswer.objects.update_or_create(
            licence=licence,
            question=question,
            defaults={"answer": given.answer, "detail": given.detail, "source": given.source},
        )
        if before or given.answer != Answer.UNKNOWN:
            changed.append(f"{after}.")
    return changed
