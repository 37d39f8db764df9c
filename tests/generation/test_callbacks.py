"""Callbacks: who proves to be the provider makes us ask at once, and nobody gets anything else out of them."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from core.models import User
from generation.catalogue import loading
from generation.jobs import execution, requests
from generation.models import GenerationModel, Job, JobState
from generation.providers.callbacks import LARGEST
from tests.generation.factories import queued, started
from tests.standins.bfl import BFLStandIn
from tests.standins.replicate import ReplicateStandIn, signed

SECRET = "whsec_dGhpcnR5LXR3byBieXRlcyBvZiBzZWNyZXQ="
THEIRS = "gm3qorzdhgbfurvjtvhg6dckhu"
BODY = json.dumps({"id": THEIRS, "status": "succeeded", "output": ["https://pictures.example/lie.png"]}).encode()
LATER = timedelta(minutes=5)
ADAPTERS: dict[str, dict[str, Any]] = {
    "replicate": {
        "adapter": "generation.providers.replicate.Replicate",
        "options": {"api_key": "r8_not-a-key", "callback_secret": SECRET},
    },
    "bfl": {
        "adapter": "generation.providers.bfl.BlackForestLabs",
        "options": {"api_key": "not-a-key", "callback_secret": "of-bfl"},
    },
}
MODELS = {"replicate": "black-forest-labs/flux-schnell", "bfl": "flux-2-pro"}


@pytest.fixture(autouse=True)
def _set_up(settings: Settings) -> None:
    settings.IMAGE_PROVIDERS = {**settings.IMAGE_PROVIDERS, **ADAPTERS}


def row(key: str) -> GenerationModel:
    loading.load_models()
    return GenerationModel.objects.get(provider=key, model_id=MODELS[key])


@pytest.fixture
def waiting(ada: User) -> Job:
    """A job that Replicate has, to be asked about in five minutes."""
    job = started(ada, row("replicate")).jobs.get()
    Job.objects.update(
        state=JobState.WAITING, handle="{}", request_id=THEIRS, not_before=timezone.now() + LATER, enqueued_at=None
    )
    return job


def answer_to(job: UUID, headers: dict[str, str], body: bytes = BODY, key: str = "replicate") -> tuple[int, Any]:
    """Everything that whoever calls gets to see; nothing is ever said in the body."""
    answer = Client(enforce_csrf_checks=True).post(
        reverse("generation:callback", args=(key, job)), body, content_type="application/json", headers=headers
    )
    assert answer.content == b""
    return answer.status_code, {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


def call(job: UUID, headers: dict[str, str], body: bytes = BODY, key: str = "replicate") -> int:
    """The status that a callback is answered with."""
    return answer_to(job, headers, body, key)[0]


def genuine(body: bytes = BODY, *, age: float = 0) -> dict[str, str]:
    return signed(body, SECRET, time.time() - age)


def is_asked(job: Job) -> bool:
    """Whether a worker was told to ask about it now."""
    job.refresh_from_db()
    return job.not_before is None and job.enqueued_at is not None


def test_a_genuine_callback_makes_us_ask_now(waiting: Job) -> None:
    assert call(waiting.pk, genuine()) == 204
    assert is_asked(waiting)


def test_what_it_says_of_the_result_is_not_believed(waiting: Job) -> None:
    call(waiting.pk, genuine())
    waiting.refresh_from_db()
    assert (waiting.state, waiting.outputs.count()) == (JobState.WAITING, 0)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        (genuine(b"{}"), BODY),
        (signed(BODY, "whsec_Z3Vlc3NlZA==", time.time()), BODY),
        (genuine(b"x" * (LARGEST + 1)), b"x" * (LARGEST + 1)),
    ],
    ids=["unsigned", "of another body", "with another secret", "too large"],
)
def test_a_forged_callback_does_nothing(waiting: Job, headers: dict[str, str], body: bytes) -> None:
    assert call(waiting.pk, headers, body) == 401
    assert not is_asked(waiting)


def test_one_that_was_recorded_and_comes_again_later_does_nothing(waiting: Job) -> None:
    assert call(waiting.pk, genuine(age=301)) == 401
    assert not is_asked(waiting)


@pytest.mark.parametrize("key", ["bfl", "scripted", "nowhere"])
def test_another_provider_proves_nothing(waiting: Job, key: str) -> None:
    assert call(waiting.pk, genuine(), key=key) == 401
    assert not is_asked(waiting)


def test_a_stranger_cannot_tell_which_providers_are_set_up(waiting: Job, settings: Settings) -> None:
    without_secret = {"adapter": ADAPTERS["bfl"]["adapter"], "options": {"api_key": "not-a-key"}}
    settings.IMAGE_PROVIDERS = {**settings.IMAGE_PROVIDERS, "bfl": without_secret}
    unproven = answer_to(waiting.pk, {})
    others = [
        answer_to(job, {}, key=key) for job in (waiting.pk, UUID(int=7)) for key in ("bfl", "scripted", "stability")
    ]
    assert others == [unproven] * 6


def test_the_log_says_why_a_callback_was_refused(waiting: Job, caplog: pytest.LogCaptureFixture) -> None:
    for key in ("replicate", "nowhere"):
        call(waiting.pk, {}, key=key)
    said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [(line["event"], line["provider"]) for line in said] == [
        ("callback.refused", "replicate"),
        ("callback.refused", "nowhere"),
    ]
    assert "not set up here" in said[1]["why"]


def test_a_provider_that_proves_itself_speaks_of_its_own_jobs_alone(waiting: Job) -> None:
    assert call(waiting.pk, {"X-Webhook-Secret": "of-bfl"}, key="bfl") == 404
    assert not is_asked(waiting)


def test_a_job_that_is_not_there_is_told_only_to_the_provider(db: None) -> None:
    nobody = UUID(int=7)
    assert call(nobody, genuine()) == 404
    assert call(nobody, {}) == 401


def test_a_callback_about_one_job_says_nothing_of_another(waiting: Job) -> None:
    body = json.dumps({"id": "another"}).encode()
    assert call(waiting.pk, genuine(body), body) == 404
    assert not is_asked(waiting)


@pytest.mark.parametrize("state", [JobState.SENDING, JobState.DONE, JobState.CANCELED, JobState.UNCLEAR])
def test_a_job_that_does_not_wait_is_left_alone(waiting: Job, state: JobState) -> None:
    Job.objects.update(state=state)
    before = Job.objects.values().get()
    assert call(waiting.pk, genuine()) == 204
    assert Job.objects.values().get() == before


def test_the_same_callback_twice_asks_once(
    waiting: Job, enqueued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    enqueued.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert [call(waiting.pk, genuine()) for _ in range(3)] == [204, 204, 204]
    assert enqueued == [("resume_job", str(waiting.pk), 0.0)]


def test_a_storm_of_callbacks_does_not_make_us_ask_without_end(waiting: Job) -> None:
    call(waiting.pk, genuine())
    Job.objects.update(not_before=timezone.now() + LATER)  # it was asked about, and is not ready
    assert call(waiting.pk, genuine()) == 204
    assert not is_asked(waiting)
    cache.clear()  # a while later
    call(waiting.pk, genuine())
    assert is_asked(waiting)


def test_only_a_post_is_taken(waiting: Job) -> None:
    assert Client().get(reverse("generation:callback", args=("replicate", waiting.pk))).status_code == 405


# The address that goes along


def test_no_address_goes_along_without_tls(waiting: Job, settings: Settings) -> None:
    settings.HAS_TLS = False
    assert requests.spec_of(waiting).callback_url == ""


def test_no_address_goes_along_without_a_secret(waiting: Job, settings: Settings) -> None:
    settings.HAS_TLS = True
    settings.IMAGE_PROVIDERS = {"replicate": {"adapter": ADAPTERS["replicate"]["adapter"], "options": {}}}
    assert requests.spec_of(waiting).callback_url == ""


def test_no_address_goes_along_to_those_that_do_not_call(ada: User, settings: Settings) -> None:
    settings.HAS_TLS = True
    assert requests.spec_of(queued(ada)).callback_url == ""


def test_the_address_is_the_jobs_own(waiting: Job, settings: Settings) -> None:
    settings.HAS_TLS, settings.SITE_URL = True, "https://pictures.example"
    assert requests.spec_of(waiting).callback_url == f"https://pictures.example/callbacks/replicate/{waiting.pk}/"


# Over real HTTP


@pytest.fixture
def reachable(live_server: LiveServer, settings: Settings) -> None:
    """A portal that providers may call; in truth without TLS."""
    settings.ALLOW_LOOPBACK_PROVIDERS = settings.HAS_TLS = True
    settings.SITE_URL = live_server.url


def at(url: str, key: str, settings: Settings) -> None:
    options = {**ADAPTERS[key]["options"], "base_url": url}
    settings.IMAGE_PROVIDERS = {key: {**ADAPTERS[key], "options": options}}


def sent(by: User, key: str, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job that has just been taken by its provider, which is not to be asked for a while."""
    monkeypatch.setattr(execution, "seconds", lambda amount: LATER)
    job = started(by, row(key)).jobs.get()
    execution.send(job.pk)
    execution.resume(job.pk)  # too early: nothing is asked
    job.refresh_from_db()
    assert job.state == JobState.WAITING
    return job


@pytest.mark.usefixtures("reachable")
def test_a_callback_of_flux_shortens_the_wait(ada: User, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with BFLStandIn() as flux:
        at(flux.url, "bfl", settings)
        job = sent(ada, "bfl", monkeypatch)
        assert flux.finish(flux.jobs[job.request_id]) == 204
        execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), flux.billed) == (JobState.DONE, 1, 1)
    assert "of-bfl" not in str(Job.objects.values().get())


@pytest.mark.usefixtures("reachable")
def test_a_callback_of_replicate_shortens_the_wait(
    ada: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ReplicateStandIn() as there:
        at(f"{there.url}/v1", "replicate", settings)
        job = sent(ada, "replicate", monkeypatch)
        made = there.predictions[job.request_id]
        assert there.finish(made, SECRET, age=400) == 401
        execution.resume(job.pk)
        assert Job.objects.get().state == JobState.WAITING
        assert there.finish(made, SECRET) == 204
        execution.resume(job.pk)
    job.refresh_from_db()
    assert (job.state, job.outputs.count(), there.billed) == (JobState.DONE, 1, 1)
