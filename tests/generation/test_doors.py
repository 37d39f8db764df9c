"""The worker's doors, the loaders and the catalogue."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import celery
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import dispatch
from core.models import User
from generation import tasks
from generation.briefs import pricing, specs
from generation.catalogue import offers
from generation.models import GenerationModel, Job, JobState, ProviderState, Template
from generation.providers import errors
from generation.providers.base import Pending
from generation.providers.egress.http import Client
from generation.providers.sketch.adapter import Sketch
from tests.generation import factories
from tests.generation.scripted import Harmless, Scripted

pytestmark = pytest.mark.django_db


def test_the_send_door_opens(ada: User) -> None:
    job = factories.queued(ada)
    tasks.send_job(str(job.pk))
    assert Job.objects.get().state == JobState.DONE


def test_the_resume_door_opens(ada: User) -> None:
    job = factories.queued(ada)
    Scripted.will(Pending(handle="h", ask_again_in=0))
    tasks.send_job(str(job.pk))
    Job.objects.update(not_before=None)
    tasks.resume_job(str(job.pk))
    assert Job.objects.get().state == JobState.DONE


def test_the_sweep_door_opens(ada: User) -> None:
    job = factories.queued(ada)
    Job.objects.update(state=JobState.SENDING, lease_until=timezone.now() - timedelta(seconds=1))
    tasks.sweep()
    assert Job.objects.get(pk=job.pk).state == JobState.UNCLEAR


def test_a_door_with_an_id_of_nothing_does_nothing() -> None:
    tasks.send_job("00000000-0000-0000-0000-000000000000")
    assert Scripted.sent == []


def test_a_broker_that_is_down_does_not_fail_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise ConnectionError

    monkeypatch.undo()
    monkeypatch.setattr(celery.current_app, "send_task", fail)
    dispatch._publish("generation.tasks.send_job", ("00000000-0000-0000-0000-000000000000",), 0)


def test_templates_are_loaded_once_and_edits_stay(db: None) -> None:
    call_command("load_templates", stdout=StringIO())
    Template.objects.filter(slug="virtual-staging").update(name="Our staging")
    out = StringIO()
    call_command("load_templates", stdout=out)
    assert out.getvalue() == "0 templates added.\n"
    assert (Template.objects.count(), Template.objects.filter(name="Our staging").count()) == (6, 1)


def test_models_are_loaded_once_and_edits_stay(db: None) -> None:
    call_command("load_models", stdout=StringIO())
    GenerationModel.objects.filter(provider="sketch").update(name="Ours")
    before = GenerationModel.objects.count()
    call_command("load_models", stdout=StringIO())
    assert (GenerationModel.objects.count(), GenerationModel.objects.filter(name="Ours").exists()) == (before, True)


def test_every_model_of_the_file_can_be_reckoned_with(db: None) -> None:
    call_command("load_models", stdout=StringIO())
    for row in GenerationModel.objects.all():
        spec = specs.spec_for(factories.unsent(count=2), row)
        assert pricing.quote(spec, Sketch({}, Client())).amount.micros >= 0


def test_only_models_of_providers_that_are_set_up_are_offered(db: None) -> None:
    factories.ModelFactory.create()
    factories.ModelFactory.create(provider="nowhere")
    factories.ModelFactory.create(model_id="withdrawn", offered=False)
    assert [offer.row.provider for offer in offers.offers()] == ["scripted"]


@pytest.mark.parametrize(
    ("days", "soon", "ended"), [(31, False, False), (30, True, False), (1, True, False), (0, False, True)]
)
def test_a_model_warns_for_its_last_thirty_days(db: None, days: int, soon: bool, ended: bool) -> None:
    factories.ModelFactory.create(ends_on=timezone.localdate() + timedelta(days=days))
    (offer,) = offers.offers()
    assert (offer.ends_soon, offer.ended) == (soon, ended)


def test_the_providers_command_asks_nobody_unless_it_is_told_to(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scripted, "check", lambda self: pytest.fail("It was asked."))
    factories.ModelFactory.create(ends_on=timezone.localdate() + timedelta(days=9))
    out = StringIO()
    call_command("providers", stdout=out)
    assert "Scripted (scripted)" in out.getvalue()
    assert "scripted-1: Scripted-1, SOON: ends on" in out.getvalue()


def test_the_providers_command_tells_what_answers(db: None) -> None:
    out = StringIO()
    call_command("providers", "--test", stdout=out)
    assert out.getvalue().count("Ready.") == 3


def test_the_providers_command_fails_when_one_does_not_answer(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(self: Scripted) -> str:
        raise errors.Unauthorized("The key is wrong.")

    monkeypatch.setattr(Harmless, "check", down, raising=False)
    out = StringIO()
    with pytest.raises(CommandError, match="Not answering: harmless"):
        call_command("providers", "--test", stdout=out)
    assert "The key is wrong." in out.getvalue()


def test_the_providers_command_says_who_rests_and_who_is_limited(db: None) -> None:
    until = timezone.now() + timedelta(minutes=5)
    ProviderState.objects.create(provider="scripted", at_once=2, open_until=until, reason="No credit.")
    out = StringIO()
    call_command("providers", stdout=out)
    assert "At most 2 at once." in out.getvalue()
    assert "No credit." in out.getvalue()
