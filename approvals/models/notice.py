"""Notices that rights end: which last days people were told of, so that nobody is told twice."""

from __future__ import annotations

from django.db import models


class EndNotice(models.Model):
    """The pictures of one last day, told of so many days ahead."""

    last_day = models.DateField()
    ahead = models.PositiveSmallIntegerField(help_text="Days.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("last_day", "ahead"), name="end_notice_once"),)

    def __str__(self) -> str:
        return f"{self.last_day}, {self.ahead} days ahead"
