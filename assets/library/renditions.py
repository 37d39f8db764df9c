"""Copies of versions for the portal's own pages, made when they are first asked for."""

from __future__ import annotations

from assets.imaging import rendering
from assets.imaging.metadata import EmbeddedMetadata
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


def metadata_of(version: Version, *, with_prompt: bool = False) -> EmbeddedMetadata:
    """What a copy of a version says about itself, as its words and rights stand now."""
    license, made = version.license, getattr(version, "provenance", None)
    is_made = made is not None and bool(made.provider or made.provider_name)
    return EmbeddedMetadata(
        alt_text="" if version.decorative else version.alt_text,
        language=version.alt_language,
        further_alt_texts={each.language: each.text for each in version.translations.all()},
        credit=license.attribution if license else "",
        rights=license.holder if license else "",
        web_statement=license.url if license else "",
        digital_source=version.digital_source,
        ai_system=made.provider_name or made.provider if made and is_made else "",
        ai_system_version=made.model_reported or made.model_asked if made and is_made else "",
        ai_prompt=made.prompt if made and with_prompt else "",
    )
