"""Reads of the library, in the words people use for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from assets.lifecycle import Status

if TYPE_CHECKING:
    from assets.models import Asset, Version


class AssetQuerySet(models.QuerySet["Asset"]):
    """Assets."""


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions."""

    def approved(self) -> VersionQuerySet:
        """Those whose approval stands."""
        return self.filter(status=Status.APPROVED)
