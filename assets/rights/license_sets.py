"""License sets: one license that many pictures share, answered once and renewed for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from assets.models import Grant, License, LicenseSet, Part, Question, Version
from assets.rights.licenses import GivenAnswer, LicenseFacts, give_licenses, sheet_of, write_each
from assets.rights.traces import made, of_license_set
from assets.versions import contributors
from assets.versions.changing import CLOSED, Held, check_right, hold
from assets.versions.dossier import license_facts
from core import audit
from core.audit import Change
from core.errors import Blocked, Finding
from core.models import User

SHARED = tuple(each.name for each in Grant._meta.local_fields)
"""What a set says and each license of it repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFacts:
    """What a set says, as it was filled in. `evidence` names files that are kept already."""

    name: str
    answers: Mapping[Question, GivenAnswer] = field(default_factory=dict)
    facts: LicenseFacts = field(default_factory=LicenseFacts)
    evidence: tuple[Mapping[str, str], ...] = ()
    active: bool = True

    def values(self) -> dict[str, Any]:
        """As the columns of a set hold them."""
        evidence = [dict(each) for each in self.evidence]
        said = {"answers": sheet_of(self.answers), **self.facts.values(), "evidence": evidence}
        return {"name": self.name, "active": self.active} | said


def create_set(facts: SetFacts, *, by: User) -> LicenseSet:
    """A license for many pictures. Raises Blocked when its name is taken."""
    check_right(by)
    with transaction.atomic():
        _refuse_taken(facts.name)
        kept = LicenseSet.objects.create(**facts.values())
        kept.answered_by.add(by)
        audit.record(by, "license_set.made", made(kept), f"The license set {kept} was made.")
    return kept


def change_set(kept: LicenseSet, facts: SetFacts, *, by: User) -> LicenseSet:
    """Change what a set says, for all of its pictures at once. What allows more takes nothing down."""
    check_right(by)
    with transaction.atomic():
        locked = LicenseSet.objects.select_for_update(no_key=True).get(pk=kept.pk)
        _refuse_taken(facts.name, but=locked)
        before, held = of_license_set(locked), hold(versions_of(locked), by=by)
        if audit.write(locked, **facts.values()):
            locked.answered_by.add(by)
        judged = _share(locked, held, by)
        if change := Change.between(locked, before, of_license_set(locked)):
            words = f"The license set {locked} of {_pictures(len(held.versions))} was changed: {_named(change)}."
            audit.record(by, "license_set.changed", [change, *judged], words, part=Part.RIGHTS)
    return locked


def add_evidence(kept: LicenseSet, name: str, sha256: str, *, by: User) -> LicenseSet:
    """Name one more file that proves the license; it is kept already. Nothing that is live stops for it."""
    check_right(by)
    with transaction.atomic():
        locked = LicenseSet.objects.select_for_update(no_key=True).get(pk=kept.pk)
        before, held = of_license_set(locked), hold(versions_of(locked), by=by)
        if all(each["sha256"] != sha256 for each in locked.evidence):
            audit.write(locked, evidence=[*locked.evidence, {"name": name, "sha256": sha256}])
            locked.answered_by.add(by)
            judged = _share(locked, held, by)
            change = Change.between(locked, before, of_license_set(locked))
            words = f"“{name}” proves the license set {locked}."
            audit.record(by, "license_set.proven", [change, *judged], words, part=Part.RIGHTS)
    return locked


def apply_set(versions: Iterable[Version], kept: LicenseSet, *, by: User) -> list[Version]:
    """Give a set's license to each version. Whoever answered the set has answered for each of them."""
    with transaction.atomic():
        locked = LicenseSet.objects.select_for_update(no_key=True).get(pk=kept.pk)
        _refuse_put_away(locked)
        held = hold(versions, by=by)
        judged, behind = _share(locked, held, by, looked_at="license"), {Part.RIGHTS: list(locked.answered_by.all())}
        if judged:
            contributors.note([change.subject for change in judged], behind)
            words = f"The license of {_pictures(len(judged))} is that of the set {locked}."
            told = {"part": Part.RIGHTS, "behind": contributors.as_keys(behind), "license_set": locked.pk}
            audit.record(by, "license_set.applied", judged, words, **told)
    return held.versions


def versions_of(kept: LicenseSet) -> Iterable[Version]:
    """The versions that share a set, as long as they can change."""
    return Version.objects.filter(license__set=kept).exclude(status__in=CLOSED).only("pk").iterator()


def count_of(kept: LicenseSet) -> int:
    """How many pictures a change of the set changes."""
    return Version.objects.filter(license__set=kept).exclude(status__in=CLOSED).count()


def facts_now(kept: LicenseSet) -> dict[str, Any]:
    """What the set says, as the dossier of a picture tells it."""
    return license_facts(kept)


def facts_of(facts: SetFacts) -> dict[str, Any]:
    """What was filled in, as the dossier of a picture would tell it."""
    return license_facts(LicenseSet(**facts.values()))


def _share(kept: LicenseSet, held: Held, by: User, *, looked_at: str = "") -> list[Change[Version]]:
    """The set's words as those of each license."""
    give_licenses(held.versions, by=by)
    said = {name: getattr(kept, name) for name in SHARED} | {"set_id": kept.pk}
    licenses: list[License] = [version.license for version in held if version.license]
    write_each(licenses, lambda license: said, by=by)
    return held.write(Part.RIGHTS, looked_at=looked_at)


def _named(change: Change[LicenseSet]) -> str:
    return ", ".join(name.replace("_", " ") for name in change.after if name != "answered_by") or "who answered it"


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _refuse_taken(name: str, but: LicenseSet | None = None) -> None:
    taken = LicenseSet.objects.filter(name__iexact=name).first()
    if taken and taken != but:
        raise Blocked([Finding("license_set_taken", f"There is a license set “{taken}” already.", field="name")])


def _refuse_put_away(kept: LicenseSet) -> None:
    if not kept.active:
        words = f"The license set “{kept}” is not in use any more. Choose another one."
        raise Blocked([Finding("license_set_inactive", words, field="license_set")])
