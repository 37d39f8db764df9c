"""What a template is likely to look like: the local draftsman's sketch of its defaults, drawn once and kept."""

from __future__ import annotations

import uuid

from assets.imaging import rendering
from core import storage
from generation.catalogue import registry
from generation.models import TemplateRevision
from generation.prompt_templates import prompts
from generation.providers.base import Finished, ImageSpec
from generation.providers.models import ModelSpec, Sizes

SPECIMEN = ModelSpec(id="specimen", name="Specimen", sizes=Sizes(target_pixels=640 * 480, multiple=2))


def of(revision: TemplateRevision) -> str:
    """SHA-256 of the stored sketch of a revision, in WebP; drawn now if it was not before."""
    if revision.preview_sha256 and storage.exists(revision.preview_sha256):
        return revision.preview_sha256
    sha256 = storage.put(_draw(revision))
    TemplateRevision.objects.filter(pk=revision.pk).update(preview_sha256=sha256)
    return sha256


def _draw(revision: TemplateRevision) -> bytes:
    fields = prompts.parse_fields(revision.fields)
    defaults = {field.name: field.default for field in fields}
    spec = ImageSpec(
        prompt=prompts.resolve(revision.body, fields, defaults, revision.house_voice),
        model=SPECIMEN,
        ratio="4:3",
        seed=7,
        hints=prompts.said(fields, defaults),
    )
    drawn = registry.draftsman().start(spec, attempt=uuid.uuid4())
    if not isinstance(drawn, Finished):
        raise TypeError("A sketch is finished at once.")
    return rendering.render(drawn.pictures[0].data, rendering.SPECS["thumb"]).data
