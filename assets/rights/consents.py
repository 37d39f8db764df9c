"""Who and what a version shows, and the consents of people and owners, each kept once for all pictures of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from assets.models import Answer, Consent, ConsentUse, Listing, Medium, Part, Purpose, Reach, Shown, Version, WiderSeal
from assets.rights import withdrawals
from assets.rights.licenses import _stop
from assets.versions import contributors, dossier
from assets.versions.changing import Held, check_right, hold
from core import audit, clock, dispatch
from core.audit import Change
from core.errors import Blocked, Finding, InvalidTransition, Severity
from core.models import User
from core.sets import AT_ONCE

SWEEP = "approvals.tasks.sweep"
"""What ends releases whose rights are gone. They answer 410 before it comes."""
REREAD = ("consents", "asset__listing__consents")
REAL = (Shown.REAL, Shown.BOTH)
"""Answers by which a real person can be seen, who must agree."""
PURPOSES_OF: Mapping[str, tuple[Purpose, ...]] = {
    Medium.LISTING_SITE: (Purpose.LISTING,),
    Medium.WEBSITE: (Purpose.MARKETING,),
    Medium.BROCHURE: (Purpose.MARKETING, Purpose.PRINT),
    Medium.REPORT: (Purpose.MARKETING,),
    Medium.SOCIAL: (Purpose.SOCIAL,),
}
"""Kind of channel → the purposes of which a consent must name one."""


# What stands in the way


def findings(version: Version, on: date) -> Iterator[Finding]:
    """What is wrong with who is shown and with the consents on a day, whatever the channel."""
    kinds = {consent.kind for consent in version.all_consents}
    yield from _people(version.shows_people, kinds)
    yield from _property(version.shows_property, kinds)
    for consent in version.all_consents:
        yield from _of_consent(consent, on)
        if version.is_altered and not consent.is_revoked:
            yield from _alteration(consent)
    yield from withdrawals.findings(version)


def findings_in(version: Version, medium: str, names: Collection[str]) -> Iterator[Finding]:
    """What the limits of the consents say about a channel, by its kind and by the names that it goes by."""
    for consent in version.all_consents:
        if consent.reach == Reach.LIMITED and not consent.is_revoked:
            yield from _limits(consent, medium, {name.casefold() for name in names})


def _people(shown: str, kinds: Collection[str]) -> Iterator[Finding]:
    if shown == Shown.UNKNOWN:
        words = "Nobody has said whether it shows people, real or made by AI."
        yield _stop("shows_people_unknown", words, "consents")
    elif shown in REAL and Consent.Kind.PERSON not in kinds:
        yield _stop("consent_people_missing", "It shows real people, but no consent of theirs is recorded.", "consents")


def _property(shown: str, kinds: Collection[str]) -> Iterator[Finding]:
    if shown == Answer.UNKNOWN:
        yield _stop("shows_property_unknown", "Nobody has said whether it shows a private property.", "consents")
    elif shown == Answer.YES and not {Consent.Kind.PROPERTY, Consent.Kind.LISTING} & {*kinds}:
        words = "It shows a private property, but no consent is recorded."
        yield _stop("consent_property_missing", words, "consents")


def _of_consent(consent: Consent, on: date) -> Iterator[Finding]:
    if consent.revoked_at:
        words = f"{consent.name} revoked the consent on {clock.written(consent.revoked_at)}."
        yield _stop("consent_revoked", words, "consents")
    elif consent.given != Answer.YES:
        yield _stop("consent_not_given", f"{consent.name} has not given consent.", "consents")
    elif consent.valid_until and consent.valid_until < on:
        words = f"The consent of {consent.name} ended on {clock.written(consent.valid_until)}."
        yield _stop("consent_ended", words, "consents")
    elif consent.reach == Reach.UNKNOWN:
        words = f"Nobody has said how far the consent of {consent.name} goes."
        yield _stop("consent_reach_unknown", words, "consents")


def _alteration(consent: Consent) -> Iterator[Finding]:
    if consent.may_alter == Answer.NO:
        words = f"{consent.name} does not allow altered pictures, and this one is altered."
        yield _stop("consent_no_alteration", words, "consents")
    elif consent.may_alter == Answer.UNKNOWN:
        words = f"This picture is altered, and nobody has said whether {consent.name} allows that."
        yield _stop("consent_alteration_unknown", words, "consents")


def _limits(consent: Consent, medium: str, names: Collection[str]) -> Iterator[Finding]:
    channels = {name.casefold() for name in consent.channels}
    is_named = medium in consent.channel_kinds or bool(channels & {*names})
    if (consent.channel_kinds or channels) and not is_named:
        words = f"The consent of {consent.name} does not cover this channel."
        yield _stop("consent_channel_refused", words, "consents")
    if consent.purposes and not {*consent.purposes} & {*PURPOSES_OF.get(medium, ())}:
        words = f"The consent of {consent.name} does not cover what this channel is for."
        yield _stop("consent_purpose_refused", words, "consents")
    if consent.territories:
        words = f"The consent of {consent.name} is for {', '.join(consent.territories)} only."
        yield Finding("consent_territory_limited", words, Severity.WARNS, "consents")


# Saying who is shown


def say_who_is_shown(versions: Iterable[Version], *, people: str, property: str, by: User) -> list[Version]:
    """Say whether people, real or made by AI, or a private property can be seen."""
    with transaction.atomic():
        held = hold(versions, by=by)
        for version in held:
            version.shows_people, version.shows_property = Shown(people), Answer(property)
        changes = held.write(Part.RIGHTS, "shows_people", "shows_property", looked_at="consents")
        if changes:
            words = f"People: {Shown(people).label}. Private property: {Answer(property).label}."
            audit.record(by, "version.shows", changes, words, part=Part.RIGHTS)
    return held.versions


# Consents


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenConsent:
    """A release by a person, by a property's owner, or by a listing's owner, as it was given."""

    kind: str
    name: str
    listing: Listing | None = None
    guardian_name: str = ""
    guardian_relation: str = ""
    given: str = Answer.UNKNOWN
    scope: str = ""
    reach: str = Reach.UNKNOWN
    channel_kinds: Sequence[str] = ()
    channels: Sequence[str] = ()
    territories: Sequence[str] = ()
    purposes: Sequence[str] = ()
    may_alter: str = Answer.UNKNOWN
    to_providers: str = Answer.UNKNOWN
    valid_until: date | None = None
    files: Sequence[Mapping[str, Any]] = ()
    """What was signed: {sha256, name, media_type, size}, of files that are in the store."""

    @classmethod
    def of(cls, consent: Consent) -> GivenConsent:
        """What a record says now."""
        return cls(**{name: getattr(consent, name) for name in FIELDS})

    def columns(self) -> dict[str, Any]:
        """As the record keeps it."""
        return {name: _plain(getattr(self, name)) for name in FIELDS}


FIELDS = tuple(GivenConsent.__dataclass_fields__)


def record_consent(versions: Iterable[Version], given: GivenConsent, *, by: User) -> Consent:
    """Keep a consent once, for all of the versions; that of a listing's owner is for every picture of the listing."""
    check_right(by)
    with transaction.atomic():
        held = hold(_pictures_of(given.listing) if given.listing else versions, by=by, and_archived=bool(given.listing))
        consent = Consent.objects.create(recorded_by=by, **given.columns())
        if not given.listing:
            _add(consent, held.versions)
        about = [*_write(held), Change.made(consent)]
        audit.record(by, "consent.recorded", about, _in_words(given), consent=consent.pk, part=Part.RIGHTS)
    return consent


def apply_consent(consent: Consent, versions: Iterable[Version], *, by: User) -> list[Version]:
    """Let further versions rest on a consent. Whoever answered for it contributed to them, too."""
    check_right(by)
    with transaction.atomic():
        kept = _locked(consent)
        if kept.listing_id:
            raise InvalidTransition("A listing’s consent is for every picture of the listing, and for no other.")
        held = hold(versions, by=by)
        _add(kept, held.versions)
        changes, hands = _write(held), {Part.RIGHTS: [kept.recorded_by]}
        contributors.note([change.subject for change in changes], hands)
        if changes:
            words = f"Rests on the consent of {kept.name}."
            said = {"consent": kept.pk, "part": Part.RIGHTS, "hands": contributors.as_keys(hands)}
            audit.record(by, "consent.applied", [*changes, Change(kept)], words, **said)
    return held.versions


def remove_consent(consent: Consent, versions: Iterable[Version], *, by: User) -> list[Version]:
    """Let versions rest on a consent no longer, which was chosen for them by mistake."""
    check_right(by)
    with transaction.atomic():
        kept = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
        held = hold(versions, by=by)
        ConsentUse.objects.filter(consent=kept, version__in=held.versions).delete()
        if changes := _write(held):
            words = f"Rests on the consent of {kept.name} no longer."
            about = [*changes, Change(kept)]
            audit.record(by, "consent.removed", about, words, consent=kept.pk, part=Part.RIGHTS)
    return held.versions


def change_consent(consent: Consent, given: GivenConsent, *, by: User) -> Consent:
    """Write what has become of a consent, for all pictures that rest on it.

    What only grows takes nothing down. One that was given and is refused now ends what rests on it.
    """
    check_right(by)
    with transaction.atomic():
        kept = _locked(consent)
        before = GivenConsent.of(kept)
        if kept.listing_id != (given.listing.pk if given.listing else None):
            raise InvalidTransition("A consent stays with its listing. Record another one.")
        held = hold(pictures_of(kept), by=by, and_archived=True)
        standing = _standing(held) if is_wider(before, given) else {}
        change = audit.write(kept, **given.columns())
        if change:
            audit.write(kept, recorded_by=by, changed_at=clock.instant())
            ended = _end(kept, held, "was taken back", by) if before.given == "yes" and given.given == "no" else []
            about = [*_write(held), *_keep_standing(held, standing), _with_who(change, kept), *ended]
            audit.record(by, "consent.changed", about, _in_words(given), consent=kept.pk, part=Part.RIGHTS)
    return kept


def renew_consent(
    consent: Consent, until: date | None, files: Sequence[Mapping[str, Any]] = (), *, by: User
) -> Consent:
    """Let a consent last longer, by what was signed for that, for all pictures that rest on it."""
    now = GivenConsent.of(Consent.objects.select_related("listing").get(pk=consent.pk))
    return change_consent(consent, replace(now, valid_until=until, files=[*now.files, *files]), by=by)


def revoke_consent(consent: Consent, because: str, *, by: User) -> Consent:
    """End a consent for good. Whatever rests on it, and whatever shows the same bytes, is gone from all channels."""
    check_right(by)
    if not because.strip():
        raise Blocked([Finding("reason_missing", "Say who revoked it, and how you know.", field="because")])
    with transaction.atomic():
        kept = _locked(consent)
        held = hold(pictures_of(kept), by=by, and_archived=True)
        revoked = {"revoked_at": clock.instant(), "revoked_by": by, "revoked_because": because.strip()[:300]}
        change = audit.write(kept, **revoked)
        ended = _end(kept, held, "was revoked", by)
        words = f"The consent of {kept.name} was revoked. {because.strip()}"
        about = [*_write(held), change, *ended]
        audit.record(by, "consent.revoked", about, words, consent=kept.pk, part=Part.RIGHTS)
    return kept


def pictures_of(consent: Consent) -> QuerySet[Version]:
    """Every version that rests on a consent."""
    if consent.listing_id:
        return _pictures_of(consent.listing_id)
    return Version.objects.filter(consent_uses__consent=consent)


def is_wider(before: GivenConsent, after: GivenConsent) -> bool:
    """Whether a consent allows all that it allowed before, by the same person, with all that was signed for it."""
    same = ("kind", "name", "listing", "guardian_name", "guardian_relation", "given", "scope")
    return (
        all(getattr(before, name) == getattr(after, name) for name in same)
        and (after.valid_until is None or (before.valid_until is not None and before.valid_until <= after.valid_until))
        and (after.reach == Reach.ANY or after.reach == before.reach)
        and all(_holds(getattr(after, name), getattr(before, name)) for name in ("channel_kinds", "channels"))
        and all(_holds(getattr(after, name), getattr(before, name)) for name in ("territories", "purposes"))
        and all(getattr(after, name) in (Answer.YES, getattr(before, name)) for name in ("may_alter", "to_providers"))
        and all(file in after.files for file in before.files)
    )


def _holds(now: Sequence[str], before: Sequence[str]) -> bool:
    """Whether a limit is as wide as it was; one that names nothing limits nothing."""
    return not now or (bool(before) and {*before} <= {*now})


def _pictures_of(listing: Listing | int) -> QuerySet[Version]:
    return Version.objects.filter(asset__listing=listing)


def _locked(consent: Consent) -> Consent:
    """The consent, held until the transaction ends. Raises InvalidTransition for one that was revoked."""
    kept = Consent.objects.select_for_update(of=("self",), no_key=True).select_related("listing", "recorded_by")
    found = kept.get(pk=consent.pk)
    if found.is_revoked:
        raise InvalidTransition(f"The consent of {found.name} was revoked. Record the new one as a consent of its own.")
    return found


def _add(consent: Consent, versions: Iterable[Version]) -> None:
    rows = (ConsentUse(consent=consent, version=version) for version in versions)
    ConsentUse.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


def _write(held: Held) -> list[Change[Any]]:
    """Seal the versions anew, with the consents as they are now."""
    for version in held:
        if listing := version.asset.listing:
            listing.__dict__.get("_prefetched_objects_cache", {}).pop("consents", None)
    return [*held.write(Part.RIGHTS, reread=REREAD)]


def _with_who(change: Change[Consent], consent: Consent) -> Change[Consent]:
    """The change with who answers for the consent from now on, and since when."""
    return replace(change, after={**change.after, **audit.values_of(consent, "recorded_by", "changed_at")})


def _end(consent: Consent, held: Held, what: str, by: User) -> list[Change[Any]]:
    """End all rights to the bytes of these versions, and let the releases be ended soon."""
    withdrawals.hold_bytes(held.versions)
    dispatch.enqueue(SWEEP)
    return [*withdrawals.note(held.versions, f"The consent of {consent.name} {what}.", consent=consent, by=by)]


def _standing(held: Held) -> dict[Any, set[str]]:
    """The hashes under which decisions on these versions hold now. Of what was tampered with, none."""
    found = {version.pk: {version.dossier_hash} for version in held if dossier.is_intact(version)}
    for version in held:
        if version.pk in found:
            earlier = version.earlier_seals.filter(format__in=dossier.standing()).values_list("digest", flat=True)
            wider = version.wider_seals.filter(now=version.dossier_hash).values_list("decided", flat=True)
            found[version.pk] |= {*earlier, *wider}
    return found


def _keep_standing(held: Held, standing: Mapping[Any, set[str]]) -> list[Change[Any]]:
    """Note that what was decided under these hashes holds for the dossiers of now."""
    rows = [
        WiderSeal(version=version, decided=digest, now=version.dossier_hash)
        for version in held
        for digest in sorted(standing.get(version.pk, ()))
        if digest != version.dossier_hash
    ]
    there = set(WiderSeal.objects.filter(version__in=held.versions).values_list("version", "decided", "now"))
    new = [row for row in rows if (row.version_id, row.decided, row.now) not in there]
    return [Change.made(row) for row in WiderSeal.objects.bulk_create(new, batch_size=AT_ONCE)]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | list) else value


def _in_words(given: GivenConsent) -> str:
    return f"Consent of {given.name}: {Answer(given.given).label}."
