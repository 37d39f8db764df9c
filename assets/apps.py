"""The assets app: library of pictures and everything known about them."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

FROZEN = (
    "id",
    "asset_id",
    "number",
    "sha256",
    "media_type",
    "width",
    "height",
    "size",
    "origin",
    "maker",
    "parent_id",
    "created_by_id",
    "created_at",
)
"""Columns of a version that are written once: the file, and where it came from."""


class AssetsConfig(AppConfig):
    name = "assets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assets import checks  # noqa: F401 - registers itself once the apps are there

        post_migrate.connect(_install_guards, sender=self, dispatch_uid="assets.guards")


def _install_guards(using: str, **kwargs: Any) -> None:
    from core import guards  # needs the database, which apps.py is loaded without

    guards.append_only("assets_contributor", using)
    guards.append_only("assets_provenance", using)
    guards.freeze_columns("assets_version", FROZEN, using)
    guards.never_deleted("assets_version", using)
    guards.only_from("assets_version", "status", "in_review", "approved", using)
