"""What the portal remembers of how it runs: when its worker last answered, and which store belongs to this database."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a part of the portal last said that it lives, by the database's clock. Written by `core.heartbeat` alone."""

    part = models.CharField(max_length=32, primary_key=True, help_text="Such as `worker`.")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.part} at {self.at}"


class StoreMark(models.Model):
    """What is written in the store that belongs to this database. One row. Written by `core.store_mark` alone."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mark = models.CharField(max_length=64)

    class Meta:
        constraints = (models.CheckConstraint(name="one_store_mark", condition=models.Q(id=1)),)

    def __str__(self) -> str:
        return self.mark
