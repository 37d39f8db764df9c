"""Tables of approvals for administrators, to look at."""

from __future__ import annotations

from django.contrib import admin

from approvals.models import Channel, ChannelChange, Decision, Delivery, Event, ListingSite, Release, Review, SiteKey
from core.admin import ReadOnly


@admin.register(Channel)
class ChannelAdmin(ReadOnly):
    """To look at: channels are changed in the portal, where a second person confirms it."""

    list_display = ("name", "kind", "rules_read_on", "active")


@admin.register(ChannelChange)
class ChannelChangeAdmin(ReadOnly):
    list_display = ("channel", "state", "proposed_by", "proposed_at", "closed_by")
    list_filter = ("state",)


@admin.register(Review)
class ReviewAdmin(ReadOnly):
    list_display = ("version", "state", "submitted_by", "submitted_at")
    list_filter = ("state",)


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    list_display = ("review", "choice", "by", "decided_at", "settled_at")


@admin.register(Release)
class ReleaseAdmin(ReadOnly):
    list_display = ("version", "channel", "state", "released_at")
    list_filter = ("state", "channel")


@admin.register(ListingSite)
class SiteAdmin(ReadOnly):
    list_display = ("name", "active", "requests_per_minute")


@admin.register(SiteKey)
class KeyAdmin(ReadOnly):
    list_display = ("site", "label", "prefix", "last_used_at", "revoked_at")
    exclude = ("secret_sha256",)


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("channel", "sequence", "kind", "at")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = ("release", "key", "at")
