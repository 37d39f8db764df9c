"""The assets app: library of pictures and everything known about them."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from assets.imaging import credentials
from core import guards

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
REVOKED = ("given", "valid_until", "reach", "revoked_at", "revoked_by_id", "revoked_because")
"""Columns of a consent that stay as they are once it was revoked."""


class AssetsConfig(AppConfig):
    name = "assets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assets import checks  # noqa: F401 - registers itself once the apps are there

        credentials.trust(settings.C2PA_TRUST_ANCHORS)

        guards.declare(
            *guards.append_only("assets_contributor", "assets_provenance"),
            *guards.append_only("assets_rightswithdrawal", "assets_widerseal"),
            *guards.never_deleted("assets_version", "assets_consent"),
            guards.freeze_once("assets_consent", "OLD.revoked_at IS NOT NULL", *REVOKED),
            guards.freeze_columns("assets_version", *FROZEN),
            guards.only_from("assets_version", "status", "in_review", "approved"),
        )
