"""Administrators' tables: listings, terms and the log, to look at. They are changed on pages of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from assets.models import Listing, LogEntry, Terms

if TYPE_CHECKING:
    Table = admin.ModelAdmin[Model]
else:
    Table = admin.ModelAdmin  # generic in its types only


class ReadOnly(Table):
    """Looked at here, changed elsewhere: by the writers, which check rights and leave a trace."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Listing)
class ListingAdmin(ReadOnly):
    list_display = ("reference", "title", "address")
    search_fields = ("reference", "title", "address")


@admin.register(Terms)
class TermsAdmin(ReadOnly):
    list_display = ("title", "publisher", "key", "read_on")
    list_filter = ("key",)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly):
    list_display = ("at", "actor_name", "action", "words")
    list_filter = ("action",)
    search_fields = ("words", "actor_name")
