"""Making a channel, and proposing to change one, with what people will see beside the fields."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from approvals.channels import changing
from approvals.channels.forms import ChannelForm, NewChannelForm, initial_of
from approvals.channels.shipped import ShippedProfile, shipped
from approvals.models import Channel
from approvals.pages.channel_preview import preview_of
from approvals.policies import deciding
from core.errors import Blocked
from core.web import seen
from core.web.once import once
from core.web.requests import SignedIn, takes_a_form

LOOKS = "preview"
"""The button, and what script sends, to see the words without saving them."""
NEW = {"name": "", "kind": "listing_site", "description": "", "rules_source": "", "time_zone": "", "rules_read_on": ""}

may_manage = permission_required(deciding.MANAGE, raise_exception=True)


@require_safe
@may_manage
def profiles(request: SignedIn) -> HttpResponse:
    """The profiles that the portal ships, each with its source."""
    return render(request, "approvals/profiles.html", {"profiles": list(shipped().values())})


@takes_a_form
@may_manage
@once(but=LOOKS)
def new(request: SignedIn) -> HttpResponse:
    """A new channel, begun from one of the shipped profiles or from nothing."""
    start = _start(request)
    values = NEW | {"rules": {}, "disclosure": dict(start.stored) if start else {}, "territory": []}
    form = NewChannelForm(request.POST or None, initial=initial_of(values))
    if request.method != "POST" or LOOKS in request.POST:
        return _editor(request, form, None, start)
    if not form.is_valid():
        return _editor(request, form, None, start, status=422)
    made = changing.create(form.cleaned_data["slug"], form.facts(), by=request.user)
    messages.success(request, f"{made} was made. Now say which listing sites may read it.")
    return redirect("approvals:channel", made.slug)


@takes_a_form
@may_manage
@once(but=LOOKS)
def edit(request: SignedIn, slug: str) -> HttpResponse:
    """Propose a change of a channel."""
    start = _start(request)
    with seen.held(request, Channel.objects.filter(slug=slug)):
        found = get_object_or_404(Channel, slug=slug)
        form = _form_over(found, request, start)
        if request.method != "POST" or LOOKS in request.POST:
            return _editor(request, form, found, start)
        change = None
        if form.is_valid():
            try:
                change = changing.propose(found, form.facts(found), by=request.user, why=form.cleaned_data["why"])
            except Blocked as blocked:
                form.add_error(None, str(blocked))
    if change is None:
        return _editor(request, form, found, start, status=seen.status(form))
    messages.success(request, "Proposed. It takes effect when somebody else confirms it.")
    return redirect("approvals:channel_change", change.pk)


@require_POST
@may_manage
def switch(request: SignedIn, slug: str) -> HttpResponse:
    """Turn a channel off, or on again."""
    found = get_object_or_404(Channel, slug=slug)
    found = changing.switch(found, active=request.POST.get("active") == "on", by=request.user)
    messages.success(request, f"{found} is switched {'on' if found.active else 'off'}.")
    return redirect("approvals:channel", slug)


def _start(request: SignedIn) -> ShippedProfile | None:
    """The shipped profile that was chosen to begin from."""
    return shipped().get(request.GET.get("profile", ""))


def _form_over(channel: Channel, request: SignedIn, start: ShippedProfile | None) -> ChannelForm:
    if request.method == "POST":
        form = ChannelForm.of(channel, request.POST)
        form.carried = request.POST.get(form.seen_name, "") if LOOKS in request.POST else ""
        return form
    own = changing.values_of(channel)
    if start is None:
        return ChannelForm.of(channel)
    form = ChannelForm(initial=initial_of(own | {"disclosure": dict(start.stored)}))
    stored = initial_of(own)
    form.stored = {name: stored.get(name) for name in form.fields}
    return form


def _editor(
    request: SignedIn, form: ChannelForm, channel: Channel | None, start: ShippedProfile | None, status: int = 200
) -> HttpResponse:
    begins_with = start.stored if start else channel.disclosure if channel else {}
    context: dict[str, Any] = {
        "form": form,
        "channel": channel,
        "start": start,
        "profiles": list(shipped().values()),
        "preview": preview_of(form, begins_with),
        "waiting": list(channel.changes.waiting().select_related("proposed_by")) if channel else [],
    }
    return render(request, "approvals/channel_editor.html", context, status=status)
