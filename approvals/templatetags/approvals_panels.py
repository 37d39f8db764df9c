"""What approvals adds to the pages of other apps: `{% load approvals_panels %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from approvals.models import Release
from approvals.pages import eligibility, pauses
from approvals.pages.panels import ReleasePanel, SubmitPanel
from assets.models import Asset, Consent, LicenseSet, Listing, Terms, Version
from assets.rights.license_sets import SetFacts

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


@register.inclusion_tag("approvals/_downloads.html", takes_context=True)
def downloads(context: RequestContext, version: Version) -> dict[str, Any]:
    """What may be downloaded of a version: the files of its releases, or else a marked preview; and the original."""
    live = Release.objects.live().filter(version=version).select_related("channel").order_by("channel__name")
    return {"version": version, "releases": list(live), "perms": context["perms"]}


@register.inclusion_tag("approvals/_eligibility.html", takes_context=True)
def eligibility_to_review(context: RequestContext, version: Version) -> dict[str, str]:
    """One line for whoever may decide on pictures and has forms before them that would bar them from this one."""
    return {"words": eligibility.before_saving(version, context["request"].user)}


@register.inclusion_tag("approvals/_eligibility.html", takes_context=True)
def eligibility_of_new(context: RequestContext, act: str) -> dict[str, str]:
    """One line for whoever may decide on pictures and is about to `upload`, `ask`, `keep`, or move a `listing`."""
    return {"words": eligibility.before_adding(act, context["request"].user)}


@register.simple_tag
def rename_pauses(asset: Asset) -> pauses.RenamePauses:
    """What another title would stop."""
    return pauses.of_renaming(asset)


@register.simple_tag
def listing_pauses(listing: Listing) -> pauses.ListingPauses:
    """What another reference or address would stop."""
    return pauses.of_moving(listing)


@register.simple_tag
def license_set_effect(kept: LicenseSet, said: SetFacts) -> pauses.LicenseEffect:
    """What another license for all pictures of a set would stop, and what would stay."""
    return pauses.of_licensing(kept, said)


@register.simple_tag
def terms_effect(terms: Terms) -> pauses.LicenseEffect:
    """What answering all licenses of these terms again would stop."""
    return pauses.of_answering_again(terms)


@register.simple_tag
def consent_effect(consent: Consent) -> str:
    """What ends when a consent is revoked."""
    return pauses.of_revoking(consent)
