"""Providers on the Settings page: who rests and why, trying again, and limits; and what managers are told of."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.dashboard import setup
from core.models import LogEntry, User
from generation.jobs import execution
from generation.models import Budget, GenerationModel, Job, JobState, ProviderState
from generation.spending import budgets
from tests.assets.factories import ada, max_, rita
from tests.generation.factories import queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def resting() -> ProviderState:
    until = timezone.now() + timedelta(minutes=5)
    return ProviderState.objects.create(
        provider="scripted", open_until=until, reason="No credit left.", failures=1, trips=1
    )


def as_(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_resting_provider_is_shown_with_its_reason(resting: ProviderState) -> None:
    page = as_(max_()).get(reverse("settings")).content.decode()
    assert "Paused" in page
    assert "No credit left." in page
    assert reverse("reset_provider", args=["scripted"]) in page
    assert reverse("reset_provider", args=["harmless"]) not in page


def test_trying_again_lets_the_next_job_find_out(resting: ProviderState) -> None:
    job = queued(ada())
    execution.send(job.pk)
    as_(max_()).post(reverse("reset_provider", args=["scripted"]))
    assert "About to be retried" in as_(max_()).get(reverse("settings")).content.decode()
    execution.send(job.pk)
    assert Job.objects.get().state == JobState.DONE
    assert ProviderState.objects.get().open_until is None


def test_limits_are_set_and_taken_away(resting: ProviderState) -> None:
    url = reverse("provider_limits", args=["scripted"])
    as_(max_()).post(url, {"at_once": "3", "per_minute": ""})
    assert ProviderState.objects.values_list("at_once", "per_minute").get() == (3, None)
    as_(max_()).post(url, {"at_once": "", "per_minute": ""})
    assert ProviderState.objects.values_list("at_once", "per_minute").get() == (None, None)
    assert LogEntry.objects.filter(action="provider.limited").count() == 2


@pytest.mark.parametrize("number", ["0", "-1", "many", "99999", "1.5"])
def test_a_limit_that_is_no_number_is_said_at_its_field_and_changes_nothing(number: str) -> None:
    ProviderState.objects.create(provider="scripted", at_once=2, per_minute=5)
    url = reverse("provider_limits", args=["scripted"])
    answer = as_(max_()).post(url, {"at_once": number, "per_minute": "7"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'name="at_once" value="{number}"' in page
    assert 'name="per_minute" value="7"' in page
    assert 'aria-describedby="scripted-at_once_error"' in page
    words = "Write a whole number from 1 to 9,999, or leave it empty for no limit."
    assert re.search(f'id="scripted-at_once_error".*{words}', page, re.DOTALL)
    assert ProviderState.objects.values_list("at_once", "per_minute").get() == (2, 5)


@pytest.mark.parametrize("name", ["reset_provider", "provider_limits"])
def test_only_who_sees_the_settings_changes_them(resting: ProviderState, name: str) -> None:
    for person in (ada(), rita()):
        assert as_(person).post(reverse(name, args=["scripted"]), {"at_once": "1"}).status_code == 403
    held = ProviderState.objects.get()
    assert (held.at_once, held.open_until) == (None, resting.open_until)


@pytest.mark.parametrize("name", ["reset_provider", "provider_limits"])
def test_a_provider_that_is_not_set_up_is_not_found(name: str) -> None:
    assert as_(max_()).post(reverse(name, args=["nobody"])).status_code == 404


def test_managers_are_told_of_budgets_that_run_out_and_of_providers_that_rest(resting: ProviderState) -> None:
    Budget.objects.create(month=budgets.month_of(), limit_micros=120_000)
    queued(ada())
    page = as_(max_()).get(reverse("overview")).content.decode()
    assert "The team has used 83 % of the budget" in page
    assert "Scripted is paused until" in page
    assert "has used" not in as_(ada()).get(reverse("overview")).content.decode()


# Models


def model(name: str, **more: Any) -> GenerationModel:
    known = {"provider": "scripted", "model_id": name.lower(), "facts": {}, "terms_key": "scripted"}
    return GenerationModel.objects.create(name=name, **{**known, **more})


def test_what_needs_somebody_comes_first(resting: ProviderState) -> None:
    today = timezone.localdate()
    model("Steady")
    model("Ending", ends_on=today + timedelta(days=20), successor="steady")
    model("Gone", ends_on=today)
    model("Long gone", ends_on=today, offered=False)
    model("Elsewhere", provider="openai", ends_on=today)
    shown = setup.providers()
    assert shown.set_up[0].key == "scripted"
    assert [each.row.name for each in shown.set_up[0].models] == ["Ending", "Gone", "Steady", "Long gone"]
    assert [each.row.name for each in shown.due_models] == ["Ending", "Gone"]
    page = as_(max_()).get(reverse("settings")).content.decode()
    attention = " ".join(page[page.index('id="attention"') : page.index('id="set-up"')].split())
    assert re.findall(r"> ?([^<>]+?) (?:is paused|ends on|ended on)", attention) == ["Scripted", "Ending", "Gone"]
    assert "replace it with Steady" in attention


def test_every_model_is_shown_once_with_its_provider() -> None:
    call_command("load_models", stdout=StringIO())
    shown = setup.providers()
    rows = [model.row.pk for row in (*shown.set_up, *shown.lacking) for model in row.models]
    assert sorted(rows) == sorted(GenerationModel.objects.values_list("pk", flat=True))
    page = as_(max_()).get(reverse("settings")).content.decode()
    lacking = page[page.index('id="provider-stability"') :]
    assert "Set <code>STABILITY_API_KEY</code> and restart." in lacking
    assert page.count('class="known-models"') == len({model.provider for model in GenerationModel.objects.all()})


def test_a_quiet_portal_has_no_list_of_worries() -> None:
    assert 'id="attention"' not in as_(max_()).get(reverse("settings")).content.decode()
