"""The generation app: making pictures with any generator."""

from __future__ import annotations

from django.apps import AppConfig

from core import guards

RECEIVED = ("id", "job_id", "index", "sha256", "media_type", "width", "height", "size", "told", "created_at")
"""Columns of an output that are written once: the bytes as they came, and what was said of them."""
ASKED = (
    "id",
    "kind",
    "parent_id",
    "root_id",
    "revision_id",
    "values",
    "prompt",
    "negative",
    "ratio",
    "count",
    "quality",
    "seed",
    "campaign",
    "asked_by_id",
    "acknowledged",
    "extra",
)
"""Columns of a brief that are written once: what was asked for, and by whom."""


class GenerationConfig(AppConfig):
    name = "generation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.outbox import topics
        from generation.catalogue import checks  # noqa: F401 - registers itself once the apps are there
        from generation.spending import alerts

        topics.register(alerts.TOPIC)
        guards.declare(
            *guards.append_only("generation_ledgerentry", "generation_briefreference", "generation_preference"),
            *guards.never_deleted("generation_job", "generation_attempt"),
            guards.freeze_columns("generation_output", *RECEIVED),
            guards.freeze_columns("generation_brief", *ASKED),
        )
