"""Reads of reviews and releases, in the words people use for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from approvals.models import Release, Review


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews."""


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Releases."""
