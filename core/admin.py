"""Administrators' tables of the foundation: the log and the outbox, to look at; and what such a table is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model
from django.http import HttpRequest

from core.models import LogEntry, OutgoingMessage, User
from core.web import seen as seeing

if TYPE_CHECKING:
    Table = admin.ModelAdmin[Model]
    Accounts = UserAdmin[User]
    FormOfRow = forms.ModelForm[Any]
else:
    Table, Accounts, FormOfRow = admin.ModelAdmin, UserAdmin, forms.ModelForm  # generic in their types only


class ReadOnly(Table):
    """Looked at here, changed elsewhere: by the writers, which check rights and leave a trace."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SeenInAdmin(FormOfRow):
    """A table's form that is not saved over what somebody else saved after it was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = json.dumps(self._now())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        before, now = data.pop("seen", ""), self._now()
        said = seeing.read(before) if before and self.instance.pk else now
        if changed := [name for name in now if said.get(name, "") != now[name]]:
            self.data = {name: self.data[name] for name in self.data} | {"seen": json.dumps(now)}
            self.add_error(
                None,
                f"Somebody else changed this after you opened it: {', '.join(changed)}. Nothing was saved yet, and "
                "what you typed is still here. Look at the history, then save again to put yours in its place.",
            )
        return data

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != "seen"]

    def _now(self) -> dict[str, Any]:
        return {name: seeing.plain(self.initial.get(name)) for name in self.fields if name != "seen"}


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly):
    list_display = ("at", "actor_name", "action", "words")
    list_filter = ("action",)
    search_fields = ("words", "actor_name")


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(ReadOnly):
    list_display = ("topic", "to", "words", "state", "attempts", "due_at", "problem")
    list_filter = ("state", "topic")
    list_select_related = ("to",)


@admin.register(User)
class PersonAdmin(Accounts):
    list_display = ("username", "display_name", "email", "is_active", "is_staff")
    search_fields = ("username", "display_name", "email")
    readonly_fields = ("last_login", "date_joined")  # a decision is shown with the age of its reviewer's account
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("About", {"fields": ("display_name", "email", "time_zone")}),
        ("Mail about", {"fields": ("mail_reviews", "mail_answers", "mail_budgets")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
