"""Reads of jobs, in the words people use for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from generation.models import Job


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs."""
