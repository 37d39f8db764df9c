"""The steps that every change of a version shares: the right, the lock, and the seal over what a reviewer judges.

A verb checks the right, locks the version, writes what changed together with the hash of everything a reviewer judges,
and adds the log entry last. Changing an approved version is possible and loud: its hash changes, so its releases stop.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from assets.models import Version
from assets.models.version import Status
from assets.versions import dossier
from core.errors import InvalidTransition
from core.models import User

RIGHT = "assets.edit_library"


CLOSED = (Status.ARCHIVED,)
"""States in which nothing about a version changes any more."""


def check_right(by: User) -> None:
    if not by.has_perm(RIGHT):
        raise PermissionDenied("You can view the library, but not change it.")


def lock(version: Version, *, by: User) -> Version:
    """The version as it is now, held until the transaction ends."""
    check_right(by)
    locked = Version.objects.select_for_update(of=("self",)).select_related("asset", "license").get(pk=version.pk)
    if locked.status in CLOSED:
        raise InvalidTransition("This version is archived, so it can no longer be changed. Add a new version.")
    return locked


def seal(version: Version, *changed: str) -> None:
    """Write the changed fields, and the hash over everything a reviewer judges."""
    fresh = Version.objects.with_dossier().get(pk=version.pk)
    for name in changed:
        setattr(fresh, name, getattr(version, name))
    version.dossier_hash = dossier.digest(fresh)
    version.save(update_fields=[*changed, "dossier_hash"])
