"""The four roles and what each may do. Groups in the database; this is what a fresh portal starts with."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission

STAFF = "Staff"
REVIEWERS = "Reviewers"
MANAGERS = "Managers"
ADMINISTRATORS = "Administrators"

_MAKES = ("assets.view_asset", "assets.edit_library", "generation.make_images", "approvals.submit_version")
_DECIDES = ("assets.view_asset", "approvals.decide_review", "approvals.withdraw_release")
_MANAGES = (
    "generation.manage_templates",
    "generation.manage_money",
    "approvals.manage_channels",
    "assets.download_original",
    "approvals.take_evidence",
)

ROLES: dict[str, tuple[str, ...]] = {
    STAFF: _MAKES,
    REVIEWERS: _DECIDES,
    MANAGERS: ("assets.view_asset", *_MANAGES, "approvals.withdraw_release"),
    ADMINISTRATORS: tuple(dict.fromkeys((*_MAKES, *_DECIDES, *_MANAGES))),
}


def create_roles() -> None:
    """Make the groups that are missing. A group that exists keeps what an administrator gave it."""
    for name, rights in ROLES.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set([_permission(right) for right in rights])


def _permission(right: str) -> Permission:
    app, codename = right.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
