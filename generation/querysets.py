"""Reads of briefs and jobs, in the words people use for them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models

from core.models import User

if TYPE_CHECKING:
    from generation.models import Brief, Job, Output, Template  # noqa: F401 - names the querysets' rows

Row = TypeVar("Row", bound=models.Model)


class VisibleQuerySet(models.QuerySet[Row]):
    """Rows that whoever may see the library may see."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What this person may see: all of it, or nothing."""
        return self.all() if user.has_perm("assets.view_asset") else self.none()


class BriefQuerySet(VisibleQuerySet["Brief"]):
    """Briefs."""

    def with_story(self) -> BriefQuerySet:
        """With everything that a brief's own facts are told with."""
        return self.select_related("asked_by", "listing", "revision__template")

    def saying(self, text: str) -> BriefQuerySet:
        """Those in whose prompt or title every word is found."""
        found = self
        for word in text.split():
            found = found.filter(models.Q(prompt__icontains=word) | models.Q(title__icontains=word))
        return found

    def with_job(self, **wanted: object) -> BriefQuerySet:
        """Those that were sent as a job of this kind."""
        return self.filter(models.Exists(_jobs().filter(**wanted)))


class JobQuerySet(VisibleQuerySet["Job"]):
    """Jobs."""

    def with_story(self) -> JobQuerySet:
        """With everything that the page of a brief tells about each job."""
        return self.select_related("model", "terms", "brief").prefetch_related("outputs__version__asset", "attempts")

    def due(self, now: datetime) -> JobQuerySet:
        """Those whose time to be looked at has come."""
        return self.filter(models.Q(not_before=None) | models.Q(not_before__lte=now))


class OutputQuerySet(VisibleQuerySet["Output"]):
    """Outputs."""


def _jobs() -> JobQuerySet:
    from generation.models import Job  # the models are built from this module

    return Job.objects.filter(brief=models.OuterRef("pk"))


class TemplateQuerySet(models.QuerySet["Template"]):
    """Templates."""

    def in_use(self) -> TemplateQuerySet:
        """Those that people may write with today."""
        return self.exclude(published=None).filter(retired_at=None)
