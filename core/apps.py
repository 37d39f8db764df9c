"""The core app: what every other app stands on."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from core import folding, guards


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        guards.declare(
            *guards.append_only("core_logentry", "core_logsubject"),
            *guards.never_deleted("core_loghead"),
            guards.never_lower("core_loghead", "count"),
        )
        pre_migrate.connect(_lift_guards, sender=self, dispatch_uid="core.guards")
        post_migrate.connect(_install_guards, dispatch_uid="core.guards")
        _keep_account_logs()
        connection_created.connect(folding.teach, dispatch_uid="core.folding")


def _lift_guards(using: str, **kwargs: Any) -> None:
    guards.lift_all(using)


def _install_guards(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Of each app, after every migration: Django tells of all apps, also when only one was migrated."""
    guards.install(sender.label, using)


def _keep_account_logs() -> None:
    from core.outbox import topics
    from core.people import account_log, account_mail, factor_log, rights_log, sign_in_log  # need the models

    for log in (account_log, rights_log, factor_log, sign_in_log):
        log.connect()
    topics.register(*account_mail.TOPIC_OF.values())
