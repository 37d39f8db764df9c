"""Rows that whoever may see the library may see."""

from __future__ import annotations

from typing import Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models

from core.models import User

Row = TypeVar("Row", bound=models.Model)


class VisibleQuerySet(models.QuerySet[Row]):
    """Rows that whoever may see the library may see."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What this person may see: all of it, or nothing."""
        return self.all() if user.has_perm("assets.view_asset") else self.none()
