"""Copies of versions for the portal's own pages: kept from the look at a new file, or made when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from assets.imaging import rendering
from assets.imaging.rendering import SPECS, Rendered
from assets.models import Rendition, Version
from core import audit, storage


def rendition(version: Version, spec: rendering.Spec) -> Rendition:
    """The copy of a version for the portal's own pages, made when it is first asked for.

    It carries no metadata: it never leaves. What leaves is rendered with its card when it is released.
    """
    kept = version.renditions.filter(spec=spec.name).first()
    if kept and storage.exists(kept.sha256):
        return kept
    copy = rendering.render(storage.read(version.sha256), spec)
    storage.put(copy.data)
    with transaction.atomic():
        made, _ = Rendition.objects.update_or_create(version=version, spec=spec.name, defaults=_file(copy))
        if kept is None or kept.sha256 != made.sha256:
            words = f"The copy “{spec.name}” for the portal’s pages was made."
            audit.record(None, "version.rendered", version, words, renditions={spec.name: made.sha256})
    return made


def for_looking(version: Version) -> Rendered:
    """What may be downloaded of a version that is not released: no larger than a preview, and marked across."""
    return rendering.for_looking(storage.read(rendition(version, SPECS["preview"]).sha256))


def keep(version: Version, copies: Mapping[str, Rendered]) -> None:
    """Note stored copies that were made when the version was looked at, in the caller's transaction."""
    Rendition.objects.bulk_create(Rendition(version=version, spec=name, **_file(copy)) for name, copy in copies.items())


def _file(copy: Rendered) -> dict[str, Any]:
    facts = {name: getattr(copy, name) for name in ("sha256", "media_type", "width", "height")}
    return {**facts, "size": len(copy.data)}
