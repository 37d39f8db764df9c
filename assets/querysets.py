"""Reads of the library, in the words people use for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.models import User

if TYPE_CHECKING:
    from assets.models import Asset, Version  # noqa: F401 - named in quotes below


class AssetQuerySet(models.QuerySet["Asset"]):
    """Assets."""

    def visible_to(self, user: User | AnonymousUser) -> AssetQuerySet:
        """What this person may see: all of the library, or nothing."""
        return self.all() if user.has_perm("assets.view_asset") else self.none()

    def matching(self, text: str) -> AssetQuerySet:
        """Those in which every word is found: in the title, a prompt, a model, an alt text, a maker or the listing."""
        found = self
        for word in text.split():
            found = found.filter(_holds(word) | Exists(_versions().filter(_version_holds(word))))
        return found

    def with_version(self, **wanted: object) -> AssetQuerySet:
        """Those that have a version of this kind."""
        return self.filter(Exists(_versions().filter(**wanted)))


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions."""

    def visible_to(self, user: User | AnonymousUser) -> VersionQuerySet:
        """What this person may see: all of the library, or nothing."""
        return self.all() if user.has_perm("assets.view_asset") else self.none()

    def with_story(self) -> VersionQuerySet:
        """With everything that the page of a version or its dossier tells, in a fixed number of queries."""
        return self.select_related(
            "asset__listing",
            "created_by",
            "approved_by",
            "licence__terms",
            "licence__updated_by",
            "original__asset",
            "parent",
            "provenance__terms",
            "provenance__prompt_by",
            "provenance__requested_by",
        ).prefetch_related("licence__answers", "consents", "translations")


def _versions() -> VersionQuerySet:
    from assets.models import Version  # the models are built from this module

    return Version.objects.filter(asset=OuterRef("pk"))


def _holds(word: str) -> Q:
    return (
        Q(title__icontains=word)
        | Q(listing__reference__icontains=word)
        | Q(listing__title__icontains=word)
        | Q(listing__address__icontains=word)
    )


def _version_holds(word: str) -> Q:
    return (
        Q(alt_text__icontains=word)
        | Q(maker__icontains=word)
        | Q(provenance__prompt__icontains=word)
        | Q(provenance__model_asked__icontains=word)
        | Q(provenance__model_reported__icontains=word)
    )
