"""Panels of this app on other apps' pages."""

from __future__ import annotations

from typing import Any

from django import template

from assets.models import Version
from generation.models import Brief
from generation.pages import photographs
from generation.pages.links import again_url

register = template.Library()


@register.inclusion_tag("generation/panels/make_again.html", takes_context=True)
def make_again_panel(context: template.Context, version: Version) -> dict[str, Any]:
    """Where a version came from, and the ways to go on from it."""
    made = getattr(version, "provenance", None)
    brief_id = made.brief_id if made else None
    brief = Brief.objects.with_details().filter(pk=brief_id).first() if brief_id else None
    again = again_url(brief) if brief else ""
    perms = context.get("perms")
    ways_in = photographs.ways_in(version) if perms and "generation.make_images" in perms else []
    return {"version": version, "brief": brief, "again_url": again, "ways_in": ways_in, "perms": perms}
