"""Administrators' tables of the foundation: the log and the outbox, to look at; and what such a table is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model
from django.http import HttpRequest

from core.models import LogEntry, OutgoingMessage, User

if TYPE_CHECKING:
    Table = admin.ModelAdmin[Model]
    Accounts = UserAdmin[User]
else:
    Table, Accounts = admin.ModelAdmin, UserAdmin  # generic in their types only


class ReadOnly(Table):
    """Looked at here, changed elsewhere: by the writers, which check rights and leave a trace."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
