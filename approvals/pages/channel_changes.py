"""A change of a channel that waits: what differs, which live pictures carry the old words, and confirming it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from approvals.channels import changing, earlier
from approvals.channels.changing import StaleChange
from approvals.channels.differences import Difference, between
from approvals.channels.earlier import Carrying
from approvals.models import ChangeState, ChannelChange
from approvals.pages.channel_editor import may_manage
from core.models import User
from core.web.requests import SignedIn

SHOWN = 6


@dataclass(frozen=True)
class ChangePage:
    """One change as one person sees it."""

    change: ChannelChange
    user: User

    @cached_property
    def differences(self) -> list[Difference]:
        return between(self.change.before, self.change.after)

    @property
    def is_waiting(self) -> bool:
        return self.change.state == ChangeState.WAITING

    @property
    def is_own(self) -> bool:
        return self.change.proposed_by_id == self.user.pk

    @cached_property
    def since(self) -> list[Difference]:
        """How the channel differs by now from what it was when this was proposed."""
        return changing.changed_since(self.change, self.change.channel) if self.is_waiting else []

    @cached_property
    def why_not_confirm(self) -> str:
        if self.is_own:
            return changing.OWN
        return "The channel was changed since this was proposed." if self.since else ""

    @cached_property
    def carrying(self) -> Carrying:
        """The live pictures that carry other words than the channel would say."""
        channel = changing.as_it_would_be(self.change) if self.is_waiting else self.change.channel
        return earlier.carrying_other_words(channel)

    @property
    def first(self) -> list[object]:
        return [*self.carrying.releases[:SHOWN]]


@require_safe
@may_manage
def change(request: SignedIn, change_id: int) -> HttpResponse:
    """One change: what differs, why, and what is live under the old words."""
    return _page(request, _change(change_id))


@require_POST
@may_manage
def confirm(request: SignedIn, change_id: int) -> HttpResponse:
    """Let a change take effect."""
    found = _change(change_id)
    try:
        channel = changing.confirm(found, by=request.user)
    except StaleChange:
        return _page(request, _change(change_id), status=409)
    messages.success(request, f"Confirmed. {channel} says this from now on.")
    return redirect("approvals:channel", channel.slug)


@require_POST
@may_manage
def withdraw(request: SignedIn, change_id: int) -> HttpResponse:
    """Let a change not take effect."""
    found = changing.withdraw(_change(change_id), by=request.user)
    messages.success(request, "The change will not take effect.")
    return redirect("approvals:channel", found.channel.slug)


def _change(change_id: int) -> ChannelChange:
    rows = ChannelChange.objects.select_related("channel", "proposed_by", "closed_by")
    return get_object_or_404(rows, pk=change_id)


def _page(request: SignedIn, found: ChannelChange, status: int = 200) -> HttpResponse:
    page = ChangePage(found, request.user)
    return render(request, "approvals/channel_change.html", {"page": page, "change": found}, status=status)
