"""Django's admin: whatever can be changed there is checked and leaves a trace; all else is only looked at."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.forms.models import model_to_dict
from django.test import Client, RequestFactory
from django.urls import reverse

from core.models import LogEntry, User
from generation.models import GenerationModel
from tests.assets.factories import max_
from tests.generation.factories import ModelFactory

pytestmark = pytest.mark.django_db

CHANGED_HERE: set[type[Model]] = {GenerationModel}
APPS = ("core", "assets", "generation", "approvals")
TABLES = [model for app in APPS for model in apps.get_app_config(app).get_models() if model is not User]


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(max_())
    return client


def changed(model: GenerationModel, **changes: object) -> dict[str, object]:
    said = {**model_to_dict(model), "facts": json.dumps(model.facts), **changes}
    return {name: value for name, value in said.items() if value is not None}


@pytest.mark.parametrize("model", [each for each in TABLES if admin.site.is_registered(each)])
def test_only_what_leaves_a_trace_can_be_changed_and_nothing_deleted(model: type[Model], rf: RequestFactory) -> None:
    request, table = rf.get("/"), admin.site.get_model_admin(model)
    request.user = max_()
    may = (table.has_add_permission(request), table.has_change_permission(request))
    assert may == (model in CHANGED_HERE,) * 2
    assert not table.has_delete_permission(request)


def test_a_changed_model_leaves_a_trace(browser: Client) -> None:
    model = ModelFactory.create()
    url = reverse("admin:generation_generationmodel_change", args=(model.pk,))
    assert browser.post(url, changed(model, successor="newer")).status_code == 302
    entry = LogEntry.objects.get(action="model.changed")
    assert (entry.actor, entry.words) == (max_(), "The model Scripted-1 was changed: successor.")
    subject = entry.subjects.get()
    assert (subject.before, subject.after) == ({"successor": ""}, {"successor": "newer"})


def test_a_model_that_was_saved_as_it_is_leaves_none(browser: Client) -> None:
    model = ModelFactory.create()
    url = reverse("admin:generation_generationmodel_change", args=(model.pk,))
    before = LogEntry.objects.count()
    assert browser.post(url, changed(model)).status_code == 302
    assert LogEntry.objects.count() == before


def test_a_new_model_leaves_a_trace(browser: Client) -> None:
    model = ModelFactory.build(model_id="scripted-2")
    assert browser.post(reverse("admin:generation_generationmodel_add"), changed(model)).status_code == 302
    assert (GenerationModel.objects.get().model_id, LogEntry.objects.latest("pk").action) == (
        "scripted-2",
        "model.added",
    )


def test_facts_that_cannot_be_read_are_refused(browser: Client) -> None:
    model = ModelFactory.create()
    url = reverse("admin:generation_generationmodel_change", args=(model.pk,))
    answer = browser.post(url, changed(model, facts=json.dumps({"price": {"kind": "by the yard"}})))
    assert (answer.status_code, "cannot be read" in answer.content.decode()) == (200, True)
    assert GenerationModel.objects.get().facts == model.facts


def test_a_stale_table_is_not_saved_over_what_somebody_else_saved(browser: Client) -> None:
    model = ModelFactory.create()
    url = reverse("admin:generation_generationmodel_change", args=(model.pk,))
    late = browser.get(url).context["adminform"].form
    assert late["seen"].as_widget() in browser.get(url).content.decode()
    assert browser.post(url, changed(model, successor="newer")).status_code == 302
    typed = changed(model, name="Another name", seen=late["seen"].value())
    refused = browser.post(url, typed)
    assert "Somebody else changed this after you opened it: successor." in refused.content.decode()
    assert GenerationModel.objects.get().successor == "newer"
    again = refused.context["adminform"].form["seen"].value()
    assert browser.post(url, {**typed, "seen": again}).status_code == 302
    assert GenerationModel.objects.get().name == "Another name"
