"""The approvals app: deciding what leaves, and serving it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ApprovalsConfig(AppConfig):
    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from approvals.reviews import notifications  # needs the models
        from core.outbox import topics

        topics.register(*notifications.TOPICS)
        post_migrate.connect(_install_guards, sender=self, dispatch_uid="approvals.models.guards")


def _install_guards(using: str, **kwargs: Any) -> None:
    from approvals.models import guards

    guards.install(using)
