"""Channels: their rules in words, what is live there, and withdrawing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from approvals.channels import earlier, verdict
from approvals.channels.rules import BadRules
from approvals.models import Channel, ChannelChange, Event, Release
from approvals.models.document import Kind, UnreadableDocument
from approvals.pages import review_page
from approvals.pages.panels import ReleaseTile, served_state, why_paused
from approvals.pages.reviewers import reviewers_of
from approvals.policies import deciding
from approvals.releases import lifecycle, originals
from approvals.releases.forms import WithdrawForm
from assets.models import Version
from core import clock, counting, territories
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form

PER_PAGE = 24
EVENTS_SHOWN = 12
may_look = permission_required("assets.view_asset", raise_exception=True)


@require_safe
@may_look
def channels(request: SignedIn) -> HttpResponse:
    """All channels, with how much is live in each."""
    sites_active = Count("sites", filter=Q(sites__active=True), distinct=True)
    found = Channel.objects.annotate(site_count=sites_active)
    live = Release.objects.count_live()
    rows = [(channel, counting.words(live[channel.pk])) for channel in found]
    waiting = ChannelChange.objects.waiting().select_related("channel", "proposed_by")
    shown = waiting if request.user.has_perm(deciding.MANAGE) else []
    return render(request, "approvals/channels.html", {"rows": rows, "waiting": shown})


@require_safe
@may_look
def channel(request: SignedIn, slug: str) -> HttpResponse:
    """One channel: its rules, what is live in it, and what the public sees."""
    found = get_object_or_404(Channel, slug=slug)
    going_on = Release.objects.filter(channel=found, state="live")
    keys = going_on.order_by("-released_at", "-id").values_list("pk", flat=True)
    page = counting.Pages(keys, PER_PAGE).get_page(request.GET.get("page"))
    shown = _in_order(list(page))
    served = set(Release.objects.live().filter(pk__in=[release.pk for release in shown]).values_list("pk", flat=True))
    going_on_count, live = page.paginator.count, Release.objects.filter(channel=found).count_live()[found.pk]
    paused = going_on_count - live if going_on_count < counting.MOST else 0
    context = {
        "channel": found,
        "page": page,
        "not_served_words": f"{paused} paused" if paused else "",
        "rows": _tiles(shown, served, found),
        "events": Event.objects.filter(channel=found)
        .select_related("release__version__asset")
        .order_by("-sequence")[:EVENTS_SHOWN],
        "zone": clock.zone(found.time_zone).key,
        "territory": [territories.name_of(code) for code in found.territory],
        "waiting": found.changes.waiting().select_related("proposed_by")
        if request.user.has_perm(deciding.MANAGE)
        else [],
        "can_withdraw": request.user.has_perm(lifecycle.WITHDRAW),
        **_rules_in_words(found),
    }
    return render(request, "approvals/channel.html", context)


def _tiles(shown: list[Release], served: set[UUID], channel: Channel) -> list[ReleaseTile]:
    """The releases as tiles; those that carry other words than the channel says now say so."""
    otherwise = {release.pk for release in earlier.says_otherwise(shown, channel)}
    return [ReleaseTile(each, served_state(each, served), each.pk in otherwise) for each in shown]


def _in_order(keys: list[UUID]) -> list[Release]:
    """The releases with these keys; reading only keys is what makes the thousandth page as quick as the first."""
    rows = Release.objects.select_related("channel", "version__asset", "decision__by").in_bulk(keys)
    return [rows[key] for key in keys]


def _rules_in_words(found: Channel) -> dict[str, object]:
    try:
        rules, profile = verdict.read(found)
    except BadRules as error:
        return {"broken": str(error)}
    return {"rules": rules.in_words(), "profile": profile.in_words()}


@require_safe
@may_look
def release(request: SignedIn, release_id: UUID) -> HttpResponse:
    """One release as the public sees it."""
    found = _release(release_id)
    return render(request, "approvals/release.html", _about(request, found))


@takes_a_form
@may_look
@permission_required(lifecycle.WITHDRAW, raise_exception=True)
@once()
def withdraw(request: SignedIn, release_id: UUID) -> HttpResponse:
    """Ask why, and end a release."""
    found = _release(release_id)
    if request.method != "POST" and found.ended_at:
        return redirect("approvals:release", found.pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        for_rights = form.cleaned_data["kind"] == "rights"
        lifecycle.withdraw(found, form.cleaned_data["reason"], for_rights=for_rights, by=request.user)
        messages.success(
            request, f"Withdrawn from {found.channel}. Anyone who requests it is now told that it is gone."
        )
        return redirect("approvals:channel", found.channel.slug)
    status = 422 if form.is_bound else 200
    return render(request, "approvals/withdraw.html", _about(request, found) | {"form": form}, status=status)


def _release(release_id: UUID) -> Release:
    return get_object_or_404(
        Release.objects.select_related("channel", "decision__by", "decision__review", "ended_by", "original__asset"),
        pk=release_id,
    )


def _shown(found: Release) -> review_page.PublicView | None:
    """What the channel shows; None when what was released was damaged since."""
    try:
        return review_page.public_view_of(found)
    except UnreadableDocument:
        return None


def _originals_page(found: Release) -> dict[str, str] | None:
    """Address of the public originals page and of its QR codes, if it shows what this release shows."""
    if not originals.is_offered(found):
        return None
    own = (found.version.asset_id, found.version.number)
    codes = {kind: reverse(f"approvals:originals_{kind}", args=own) for kind in ("svg", "png")}
    return {"url": originals.address(*own), **codes}


def _about(request: SignedIn, found: Release) -> dict[str, object]:
    version = Version.objects.with_details().get(pk=found.version_id)
    served = set(Release.objects.live().filter(pk=found.pk).values_list("pk", flat=True))
    state = served_state(found, served)
    return {
        "release": found,
        "version": version,
        "reviewer": reviewers_of(version, [found.decision])[found.decision_id],
        "state": state,
        "why": why_paused(found) if state == "paused" else "",
        "altered": Release.objects.live().filter(channel=found.channel, original=found.version_id),
        "view": (view := _shown(found)),
        "is_altered": view is not None and view.kind == Kind.ALTERED.value,
        "originals_page": _originals_page(found) if state == "live" else None,
        "says_otherwise": bool(earlier.says_otherwise([found], found.channel)),
        "deliveries": found.deliveries.select_related("key__site")[:EVENTS_SHOWN],
        "can_withdraw": found.state == "live" and request.user.has_perm(lifecycle.WITHDRAW),
    }
