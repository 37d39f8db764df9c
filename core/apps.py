"""The core app: what every other app stands on."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(_lift_guards, sender=self, dispatch_uid="core.guards")
        post_migrate.connect(_install_guards, sender=self, dispatch_uid="core.guards")
        _keep_account_logs()


def _lift_guards(using: str, **kwargs: Any) -> None:
    from core import guards  # needs the database, which apps.py is loaded without

    guards.lift_all(using)


def _install_guards(using: str, **kwargs: Any) -> None:
    from core import guards  # needs the database, which apps.py is loaded without

    guards.append_only("core_logentry", using)
    guards.append_only("core_logsubject", using)
    guards.never_lower("core_loghead", "count", using)
    guards.never_deleted("core_loghead", using)


def _keep_account_logs() -> None:
    from core.people import account_log, factor_log, rights_log, sign_in_log  # need the models, as above

    for log in (account_log, rights_log, factor_log, sign_in_log):
        log.connect()
