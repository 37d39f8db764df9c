"""Administrators' tables: the models on offer, to keep up; resting providers, budgets and jobs, to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from core import audit
from core.admin import ReadOnly, SeenInAdmin
from core.audit import Change
from core.models import User
from generation.catalogue import offers
from generation.catalogue.model_specs import BadFacts
from generation.models import Budget, GenerationModel, Job, ProviderState

if TYPE_CHECKING:  # the classes take a type only in the stubs
    ModelTable = admin.ModelAdmin[GenerationModel]
else:
    ModelTable = admin.ModelAdmin


class ModelForm(SeenInAdmin):
    """A model whose facts can be read: those that cannot would stop whoever sends to it."""

    class Meta:
        model = GenerationModel
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "facts" in data:
            try:
                offers.model_spec(GenerationModel(**data))
            except BadFacts as error:
                raise ValidationError({"facts": str(error)}) from error
        return data


@admin.register(GenerationModel)
class GenerationModelAdmin(ModelTable):
    form = ModelForm
    list_display = ("name", "provider", "model_id", "offered", "ends_on", "successor", "read_on")
    list_filter = ("provider", "offered")
    search_fields = ("name", "model_id")

    def has_delete_permission(self, request: HttpRequest, obj: GenerationModel | None = None) -> bool:
        return False  # taken off offer instead

    def save_model(
        self, request: HttpRequest, obj: GenerationModel, form: forms.ModelForm[GenerationModel], change: bool
    ) -> None:
        actor = request.user if isinstance(request.user, User) else None
        if change:
            _change(obj, form.changed_data, actor)
        else:
            super().save_model(request, obj, form, change)
            audit.record(actor, "model.added", Change.made(obj), f"The model {obj} was added.")


def _change(model: GenerationModel, names: Sequence[str], actor: User | None) -> None:
    """Write the fields that were changed, and no others."""
    held = GenerationModel.objects.select_for_update().get(pk=model.pk)
    change = audit.write(held, **{name: getattr(model, name) for name in names})
    if change:
        audit.record(actor, "model.changed", change, f"The model {held} was changed: {', '.join(change.after)}.")


@admin.register(ProviderState)
class ProviderStateAdmin(ReadOnly):
    list_display = ("provider", "open_until", "reason", "failures")


@admin.register(Budget)
class BudgetAdmin(ReadOnly):
    list_display = ("month", "scope", "currency", "limit_micros", "reserved_micros", "spent_micros")


@admin.register(Job)
class JobAdmin(ReadOnly):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return Job.objects.lean()

    list_display = ("created_at", "brief", "model", "state", "error_kind")
    list_filter = ("state", "model__provider")
