"""Administrators' tables: models on offer to keep up, resting providers, and budgets and jobs to look at."""

from __future__ import annotations

from django.contrib import admin

from assets.admin import ReadOnly, Table
from generation.models import Budget, GenerationModel, Job, ProviderState


@admin.register(GenerationModel)
class GenerationModelAdmin(Table):
    list_display = ("name", "provider", "model_id", "offered", "ends_on", "successor", "read_on")
    list_filter = ("provider", "offered")
    search_fields = ("name", "model_id")


@admin.register(ProviderState)
class ProviderStateAdmin(Table):
    list_display = ("provider", "resting_until", "reason", "failures")


@admin.register(Budget)
class BudgetAdmin(Table):
    """A budget is opened here; its figures move with the ledger alone, and its limit is set on the Spend page."""

    list_display = ("month", "scope", "currency", "limit_micros", "reserved_micros", "spent_micros")
    readonly_fields = ("reserved_micros", "spent_micros")


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ("created_at", "brief", "model", "state", "error_kind")
    list_filter = ("state", "model__provider")
