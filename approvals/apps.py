"""The approvals app: deciding what leaves, and serving it."""

from __future__ import annotations

from django.apps import AppConfig

from core import guards


class ApprovalsConfig(AppConfig):
    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from approvals.models.guards import GUARDS
        from approvals.models.touches import TOUCHES
        from approvals.releases import notices
        from approvals.reviews import notifications  # needs the models
        from core.outbox import topics

        topics.register(*notifications.TOPICS, *notices.TOPICS)
        guards.declare(*GUARDS, *TOUCHES)
