"""The writer of templates: new ones, new revisions, and which revision is in use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from assets import audit
from assets.lifecycle import InvalidTransition
from generation import prompts
from generation.models import Template, TemplateRevision

RIGHT = "generation.manage_templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a revision says. Fields and rules are JSON rows, as `prompts` reads them."""

    body: str
    fields: list[dict[str, Any]]
    negative: str = ""
    house_voice: str = ""
    forbidden: list[Any] = field(default_factory=list)
    ratio: str = "3:2"


def revise(template: Template, wording: Wording, *, by: User) -> TemplateRevision:
    """Add a revision. It is not in use until it is published. Raises prompts.BadTemplate."""
    _check(by)
    prompts.check_body(wording.body, prompts.parse_fields(wording.fields))
    with transaction.atomic():
        held = Template.objects.select_for_update().get(pk=template.pk)
        number = (held.revisions.aggregate(highest=Max("number"))["highest"] or 0) + 1
        revision = TemplateRevision.objects.create(
            template=held,
            number=number,
            body=wording.body.replace("\r\n", "\n"),
            fields=wording.fields,
            negative=wording.negative,
            house_voice=wording.house_voice,
            forbidden=wording.forbidden,
            ratio=wording.ratio,
            created_by=by,
        )
        audit.record(by, "template.revised", held, f"Revision {number} of “{held.name}” was written.")
    return revision


def publish(revision: TemplateRevision, *, by: User) -> Template:
    """Put a revision in use. Briefs that were sent keep the one they were written with."""
    _check(by)
    with transaction.atomic():
        held = Template.objects.select_for_update().get(pk=revision.template_id)
        if held.published_id == revision.pk:
            raise InvalidTransition(f"Revision {revision.number} is in use already.")
        held.published = revision
        held.save(update_fields=["published"])
        audit.record(by, "template.published", held, f"Revision {revision.number} of “{held.name}” is in use.")
    return held


def _check(by: User) -> None:
    if not by.has_perm(RIGHT):
        raise PermissionDenied("You may use templates, but not change them.")
