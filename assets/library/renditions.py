"""Copies of versions for the portal's own pages, made when they are first asked for."""

from __future__ import annotations

from assets.imaging import rendering
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
    made, _ = Rendition.objects.update_or_create(
        version=version,
        spec=spec.name,
        defaults={
            "sha256": copy.sha256,
            "media_type": copy.media_type,
            "width": copy.width,
            "height": copy.height,
            "size": len(copy.data),
        },
    )
    return made
