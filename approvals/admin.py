"""Tables of approvals for administrators: all to look at, and a channel's rules to change, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from approvals.channels import traces
from approvals.channels.disclosure import Profile
from approvals.channels.rules import BadRules, Rules
from approvals.models import Channel, Decision, Delivery, Event, ListingSite, Release, Review, SiteKey
from core import audit
from core.admin import ReadOnly, SeenInAdmin
from core.models import User

if TYPE_CHECKING:  # the classes take a type only in the stubs
    ChannelAdminBase = admin.ModelAdmin[Channel]
else:
    ChannelAdminBase = admin.ModelAdmin


class ChannelForm(SeenInAdmin):
    class Meta:
        model = Channel
        fields = (
            "slug",
            "name",
            "kind",
            "description",
            "rules",
            "disclosure",
            "rules_source",
            "rules_read_on",
            "time_zone",
            "active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("rules", "disclosure"):
            self.fields[name].required = False  # `{}` is an answer: a channel may ask for nothing

    def clean_rules(self) -> Any:
        return self._checked("rules", Rules)

    def clean_disclosure(self) -> Any:
        return self._checked("disclosure", Profile)

    def _checked(self, name: str, kind: type[Rules] | type[Profile]) -> Any:
        raw = self.cleaned_data[name] or {}
        try:
            kind.parse(raw)
        except (BadRules, AttributeError) as error:
            raise forms.ValidationError(f"This cannot be read: {error}") from error
        return raw


@admin.register(Channel)
class ChannelAdmin(ChannelAdminBase):
    form = ChannelForm
    list_display = ("name", "kind", "rules_read_on", "active")

    def has_delete_permission(self, request: HttpRequest, obj: Channel | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Channel | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()  # sites and decisions know the channel by it

    def save_model(self, request: HttpRequest, obj: Channel, form: forms.ModelForm[Channel], change: bool) -> None:
        actor = request.user if isinstance(request.user, User) else None
        if change:
            _change(obj, form.changed_data, actor)
        else:
            obj.save()
            audit.record(actor, "channel.created", traces.made(obj), f"Channel {obj} was made.")


def _change(channel: Channel, names: Sequence[str], actor: User | None) -> None:
    """Write the fields that were changed, and no others: the counter of events is written under its own lock."""
    held = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    change = audit.write(held, **{name: getattr(channel, name) for name in names})
    if change:
        audit.record(actor, "channel.changed", change, f"Channel {held} was changed: {', '.join(change.after)}.")


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
