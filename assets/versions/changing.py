"""The steps that every change of versions shares: the right, the lock, the seal, who contributed, and what changed.

A verb holds the versions it changes, writes what changes beside them, lets `Held.write` do the rest, and adds the log
entry last. One version is a set of one. Changing an approved version is possible and loud: its hash changes, so its
releases stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects

from assets.models import EarlierSeal, Part, Version
from assets.models.version import Status
from assets.versions import contributors, dossier, renewal
from assets.versions.traces import SEAL
from core import sets
from core.audit import Change, values_of
from core.errors import InvalidTransition
from core.models import User
from core.sets import batches

RIGHT = "assets.edit_library"
CLOSED = (Status.ARCHIVED,)
"""States in which nothing about a version changes any more."""


def check_right(by: User) -> None:
    if not by.has_perm(RIGHT):
        raise PermissionDenied("You can view the library, but not change it.")


@dataclass(frozen=True, slots=True)
class Held:
    """Versions that one verb changes, locked until the transaction ends, with their dossiers as they were found."""

    versions: list[Version]
    by: User
    before: Mapping[UUID, dict[str, Any]]
    seals: Mapping[UUID, dict[str, Any]]

    def __iter__(self) -> Iterator[Version]:
        return iter(self.versions)

    def write(self, part: Part, *fields: str, reread: Sequence[str] = (), looked_at: str = "") -> list[Change[Version]]:
        """Write these columns and the seals of the versions; returns what became different, where anything did.

        `reread` names what was written beside them, such as `translations`; all else is known, since whoever changes it
        holds the version too, or the listing of one that comes in. Whoever did it contributed this part to what became
        different, and to nothing else: saving the same words again makes nobody a contributor. Of what was carried over
        from another version they say something by it: `looked_at` is no longer only carried over.
        """
        fields = (*fields, *self._confirm(looked_at))
        changes = [change for batch in batches(self.versions) for change in self._write(batch, fields, reread)]
        contributors.contribute([change.subject for change in changes], part, by=self.by)
        return changes

    def _confirm(self, looked_at: str) -> Sequence[str]:
        """The column to write where somebody has looked at what was carried over."""
        carried = [version for version in self.versions if looked_at in version.carried_over]
        for version in carried:
            version.carried_over = [each for each in version.carried_over if each != looked_at]
        return ["carried_over"] if carried else []

    def _write(self, batch: list[Version], fields: Sequence[str], reread: Sequence[str]) -> Iterator[Change[Version]]:
        _forget(batch, reread)
        prefetch_related_objects(batch, *reread)
        now = seal(batch, *fields)
        for version in batch:
            change = Change.between(version, self.before[version.pk], dossier.flat(now[version.pk]))
            if change:
                yield with_seal(change, self.seals[version.pk])


def hold(versions: Iterable[Version], *, by: User, and_archived: bool = False) -> Held:
    """The versions as they are now, held until the transaction ends. Raises PermissionDenied and InvalidTransition.

    Everybody takes them in the same order, so that two sets with the same versions do not wait for each other. Those
    that are archived are only held for what many share, which says the same of each.
    """
    check_right(by)
    keys = sorted({version.pk for version in versions})
    held = [each for batch in batches(keys) for each in _locked(batch)]
    if not and_archived and (closed := [version for version in held if version.status in CLOSED]):
        name = "This version" if len(held) == 1 else f"“{closed[0]}”"
        raise InvalidTransition(f"{name} is archived, so it can no longer be changed. Add a new version.")
    before = {version.pk: dossier.flat(dossier.facts(version)) for version in held}
    return Held(held, by, before, {version.pk: values_of(version, *SEAL) for version in held})


def with_seal(change: Change[Version], before: Mapping[str, Any]) -> Change[Version]:
    """The change with what the seal was and became: a dossier that is rewritten with its hash differs from it."""
    return replace(
        change, before={**change.before, **before}, after={**change.after, **values_of(change.subject, *SEAL)}
    )


def seal(versions: Iterable[Version], *fields: str) -> dict[UUID, dict[str, Any]]:
    """Write these columns with the hash over everything a reviewer judges, which is returned.

    The versions have their dossiers fresh.
    """
    sealed = list(versions)
    _keep_earlier_seals(sealed)
    judged = {version.pk: dossier.facts(version) for version in sealed}
    for version in sealed:
        version.dossier_hash, version.dossier_format = dossier.digest_of(judged[version.pk]), dossier.NEWEST
    sets.update_each(sealed, *fields, "dossier_hash", "dossier_format")
    renewal.look_again(sealed, judged)
    return judged


def _forget(versions: list[Version], relations: Sequence[str]) -> None:
    """Let what was prefetched be asked for again."""
    for version, relation in product(versions, relations):
        version.__dict__.get("_prefetched_objects_cache", {}).pop(relation, None)


def _keep_earlier_seals(versions: list[Version]) -> None:
    """What was decided under an earlier format that still stands is held against the dossier in that format."""
    kept = {(seal.version_id, seal.format) for seal in EarlierSeal.objects.filter(version__in=versions)}
    kept |= {(version.pk, version.dossier_format) for version in versions if version.dossier_hash}
    by_key = {version.pk: version for version in versions}
    seals = [
        EarlierSeal(version_id=key, format=format, digest=dossier.digest(by_key[key], format))
        for key, format in kept
        if format != dossier.NEWEST and format in dossier.standing()
    ]
    EarlierSeal.objects.bulk_create(
        seals, update_conflicts=True, unique_fields=("version", "format"), update_fields=("digest",)
    )


def _locked(keys: list[UUID]) -> list[Version]:
    """Locked first and read afterwards: what a lock waited for is then among what is read, of other tables too.

    Without the key, which nobody changes: a row that names one of them, such as an altered picture, need not wait.
    """
    versions = Version.objects.filter(pk__in=keys).order_by("pk")
    list(versions.select_for_update(no_key=True).values_list("pk"))
    return list(versions.with_dossier())
