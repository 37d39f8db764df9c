"""Administrators' tables: listings, terms and the log, to look at. They are changed on pages of their own."""

from __future__ import annotations

from django.contrib import admin

from assets.models import Listing, Terms
from core.admin import ReadOnly


@admin.register(Listing)
class ListingAdmin(ReadOnly):
    list_display = ("reference", "title", "address")
    search_fields = ("reference", "title", "address")


@admin.register(Terms)
class TermsAdmin(ReadOnly):
    list_display = ("title", "publisher", "key", "read_on")
    list_filter = ("key",)
