"""Providers that finish later, from the seeded row to the stored picture: database, worker and real HTTP together."""

from __future__ import annotations

from dataclasses import fields

import pytest
from pytest_django import Settings

from core.models import User
from generation.catalogue import loading
from generation.jobs import execution
from generation.models import GenerationModel, Job
from generation.models.job import JobState
from generation.providers.directory import adapters
from tests.generation.factories import started
from tests.standins import stand_ins
from tests.standins.server import StandIn

KEY = {"api_key": "sk-not-a-key"}
LATER = {kind.key: kind for kind in adapters() if kind.capabilities.resumable}
"""Key -> the adapter, for all that answer later."""


def entry(key: str, url: str) -> dict[str, object]:
    """The provider as the settings name it, at the address of its stand-in."""
    kind = LATER[key]
    keys = KEY if "api_key" in {field.name for field in fields(kind.Options)} else {}
    options = {"base_url": f"{url}{stand_ins()[key].root}", **keys}
    return {"adapter": f"{kind.__module__}.{kind.__qualname__}", "options": options}


def play(settings: Settings, by: User, key: str, prompt: str) -> tuple[Job, StandIn]:
    """One job from its start until it rests, with a worker that comes back whenever it is due."""
    with stand_ins()[key]() as stand_in:
        settings.ALLOW_LOOPBACK_PROVIDERS = True
        settings.IMAGE_PROVIDERS = {key: entry(key, stand_in.url)}
        loading.load_models()
        model = GenerationModel.objects.get(provider=key, model_id=stand_in.model_id)
        job = started(by, model, prompt=prompt).jobs.get()
        execution.send(job.pk)
        for _ in range(5):
            Job.objects.filter(pk=job.pk).update(not_before=None)
            execution.resume(job.pk)
    job.refresh_from_db()
    return job, stand_in


@pytest.mark.parametrize("key", LATER)
def test_a_picture_that_comes_later_is_stored_once_and_paid_once(settings: Settings, ada: User, key: str) -> None:
    job, stand_in = play(settings, ada, key, "A brick house at dusk.")
    assert (job.state, job.outputs.count(), stand_in.billed) == (JobState.DONE, 1, 1)
    assert job.settled_micros is not None
    assert job.settled_micros <= job.quote_micros
    assert job.parameters
    assert job.request_id


def test_a_lost_answer_of_comfyui_is_found_again_and_nothing_is_sent_twice(settings: Settings, ada: User) -> None:
    job, stand_in = play(settings, ada, "comfyui", "A brick house [lost]")
    assert (job.state, stand_in.requests["POST /prompt"]) == (JobState.DONE, 1)


@pytest.mark.parametrize("key", ["openai-responses", "replicate"])
def test_a_lost_answer_without_an_id_is_left_to_a_person(settings: Settings, ada: User, key: str) -> None:
    job, stand_in = play(settings, ada, key, "A brick house [lost]")
    assert (job.state, stand_in.billed) == (JobState.UNCLEAR, 1)


@pytest.mark.parametrize(("key", "mode"), [("openai-responses", "refuse"), ("replicate", "nsfw")])
def test_a_refusal_that_comes_later_is_one(settings: Settings, ada: User, key: str, mode: str) -> None:
    job, _ = play(settings, ada, key, f"A brick house [{mode}]")
    assert (job.state, job.outputs.count()) == (JobState.REFUSED, 0)


@pytest.mark.parametrize("key", LATER)
def test_a_job_that_hangs_goes_on_waiting(settings: Settings, ada: User, key: str) -> None:
    job, stand_in = play(settings, ada, key, "A brick house [hang]")
    assert (job.state, stand_in.billed) == (JobState.WAITING, 1)


def test_no_key_is_in_what_is_stored(settings: Settings, ada: User) -> None:
    job, _ = play(settings, ada, "replicate", "A brick house at dusk.")
    stored = Job.objects.filter(pk=job.pk).values().get()
    assert KEY["api_key"] not in str(stored)
