"""An asset: a picture the team cares about, over time."""

from __future__ import annotations

import re
import uuid
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from assets.models.listing import BETWEEN
from assets.models.version import Version, VersionQuerySet
from core.models import User


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

    def titled(self, text: str) -> AssetQuerySet:
        """Those in whose title every word is found, newest first."""
        found = self
        for word in text.split():
            found = found.filter(title__icontains=word)
        return found.order_by("-created_at", "id")

    def named(self, text: str, most: int = 3) -> list[Asset]:
        """The one whose label a text is, or whose title no other has; else up to so many in which its words are."""
        title, _, key = text.rpartition(BETWEEN)
        if title and re.fullmatch(r"[0-9a-f]{8}", key):
            first, last = UUID(key.ljust(32, "0")), UUID(key.ljust(32, "f"))
            if labeled := list(self.filter(pk__range=(first, last))[:most]):
                return labeled
        return list(self.filter(title__iexact=text)[:most]) or list(self.titled(text)[:most])

    def with_version(self, **wanted: object) -> AssetQuerySet:
        """Those that have a version of this kind."""
        return self.filter(Exists(_versions().filter(**wanted)))


def _versions() -> VersionQuerySet:
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


class Asset(models.Model):
    """The lasting name of a picture. What it looks like, and whether it may be used, is said by its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200)
    listing = models.ForeignKey(
        "assets.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="assets"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "id")
        permissions = (
            ("edit_library", "Can add pictures and describe them"),
            ("download_original", "Can download originals, released or not"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assets:asset", args=(self.pk,))

    @property
    def label(self) -> str:
        """Its title with the beginning of its id, which tells it from others of the same title."""
        return f"{self.title}{BETWEEN}{str(self.pk)[:8]}"

    @property
    def latest(self) -> Version | None:
        """The newest version; None for the instant before the first is stored."""
        return self.versions.order_by("-number").first()
