"""Panels of approvals for the page of a version: `{% load approvals_panels %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from approvals.pages.panels import ReleasePanel, SubmitPanel
from assets.models import Version

register = template.Library()


@register.inclusion_tag("approvals/_review_panel.html", takes_context=True)
def review_panel(context: RequestContext, version: Version) -> dict[str, Any]:
    """Where the version stands, and the form that submits it."""
    return {
        "panel": SubmitPanel(version, context["request"].user),
        "version": version,
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag("approvals/_release_panel.html", takes_context=True)
def release_panel(context: RequestContext, version: Version) -> dict[str, Any]:
    """Where the version is released, and was."""
    return {"panel": ReleasePanel(version, context["request"].user), "version": version}
