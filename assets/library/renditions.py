"""Copies of versions for the portal's own pages: kept from the look at a new file, or made when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.imaging import rendering
from assets.imaging.rendering import Rendered
from assets.models import Rendition, Version
from core import storage


def rendition(version: Version, spec: rendering.Spec) -> Rendition:
    """The copy of a version for the portal's own pages, made when it is first asked for.

    It carries no metadata: it never leaves. What leaves is rendered with its card when it is released.
    """
    kept = version.renditions.filter(spec=spec.name).first()
    if kept and storage.exists(kept.sha256):
        return kept
    copy = rendering.render(storage.read(version.sha256), spec)
    storage.put(copy.data)
    made, _ = Rendition.objects.update_or_create(version=version, spec=spec.name, defaults=_file(copy))
    return made


def keep(version: Version, copies: Mapping[str, Rendered]) -> None:
    """Note stored copies that were made when the version was looked at, in the caller's transaction."""
    Rendition.objects.bulk_create(Rendition(version=version, spec=name, **_file(copy)) for name, copy in copies.items())


def _file(copy: Rendered) -> dict[str, Any]:
    facts = {name: getattr(copy, name) for name in ("sha256", "media_type", "width", "height")}
    return {**facts, "size": len(copy.data)}
