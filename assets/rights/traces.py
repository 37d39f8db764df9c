"""What the log holds of license sets: the verbs write it, and `manage.py verify` reads it back."""

from __future__ import annotations

from typing import Any

from assets.models import LicenseSet
from core.audit import Change, columns_of


def of_license_set(kept: LicenseSet) -> dict[str, Any]:
    """Every column of a set, and who answered it: they contribute to each picture of it."""
    return columns_of(kept) | {"answered_by": sorted(person.pk for person in kept.answered_by.all())}


def made(kept: LicenseSet) -> Change[LicenseSet]:
    return Change(kept, {}, of_license_set(kept))
