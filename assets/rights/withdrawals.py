"""Rights that ended: the same bytes share their fate, and come back only by a right that somebody names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from assets.models import Consent, Part, RightsWithdrawal, Version
from assets.versions.changing import hold
from core import audit, clock
from core.audit import Change
from core.errors import Blocked, Finding, Severity
from core.models import User

FIELD = "consents"


def of_bytes(sha256: str) -> list[RightsWithdrawal]:
    """Every time that rights to these bytes ended, newest first."""
    found = RightsWithdrawal.objects.filter(sha256=sha256).select_related("version__asset", "consent")
    return list(found.order_by("-at", "-id"))


def findings(version: Version) -> Iterator[Finding]:
    """What stands in the way of bytes that were withdrawn for rights; once answered, what to look at."""
    for ended in of_bytes(version.sha256):
        said = f"“{ended.version}” was withdrawn for rights on {clock.written(ended.at)}. {ended.reason}"
        if ended.version_id != version.pk:
            said = f"The same picture, {said}"
        if answer := version.new_rights.get(str(ended.pk)):
            words = f"{said} It may be used again: {answer}"
            yield Finding("rights_withdrawn_answered", words, Severity.WARNS, FIELD)
        else:
            words = f"{said} Name the license or consent by which it may be used again."
            yield Finding("rights_withdrawn_elsewhere", words, field=FIELD)


def hold_bytes(versions: Iterable[Version]) -> None:
    """Lock every version of the same bytes, so that none of them is approved meanwhile."""
    sha256 = {version.sha256 for version in versions}
    rows = Version.objects.filter(sha256__in=sha256).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def note(
    versions: Iterable[Version], reason: str, *, consent: Consent | None = None, by: User
) -> list[Change[RightsWithdrawal]]:
    """Say of the versions' bytes that the rights to them have ended, in the transaction of whoever holds them.

    From then on nothing is served that shows them and was released before.
    """
    first = {version.sha256: version for version in versions}
    at = clock.instant()
    rows = [
        RightsWithdrawal(sha256=sha256, version=version, consent=consent, reason=reason[:300], by=by, at=at)
        for sha256, version in first.items()
    ]
    return [Change.made(row) for row in RightsWithdrawal.objects.bulk_create(rows)]


def name_new_rights(version: Version, words: str, *, by: User) -> Version:
    """Say by which right the same bytes may be used again. Raises Blocked unless such a right came afterwards."""
    with transaction.atomic():
        held = hold([version], by=by)
        [kept] = held.versions
        ended = of_bytes(kept.sha256)
        _check(kept, words.strip(), ended)
        kept.new_rights = {str(each.pk): words.strip() for each in ended}
        if changes := held.write(Part.RIGHTS, "new_rights"):
            said = f"May be used again: {words.strip()}"
            audit.record(by, "version.new_rights", changes, said, part=Part.RIGHTS)
    return kept


def _check(version: Version, words: str, ended: list[RightsWithdrawal]) -> None:
    if not words:
        raise Blocked([Finding("new_rights_missing", "Name the license or consent, and its date.", field="words")])
    if ended and not _has_rights_since(version, ended[0].at):
        said = "Neither its license nor a consent was answered since. Answer the new one first, then name it here."
        raise Blocked([Finding("new_rights_not_there", said, field="words")])


def _has_rights_since(version: Version, at: datetime) -> bool:
    consents = [consent.changed_at for consent in version.all_consents if not consent.is_revoked]
    license = [version.license.updated_at] if version.license else []
    return any(moment > at for moment in (*consents, *license))
