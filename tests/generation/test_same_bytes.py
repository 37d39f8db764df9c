"""One revision of a template with the same values sends the same bytes, whoever sends them and whenever."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from core.models import User
from generation.briefs import specs
from generation.catalogue import loading
from generation.jobs import execution
from generation.models import Attempt, GenerationModel, Job, Template
from generation.prompt_templates import revisions
from tests.generation import factories
from tests.standins.a1111 import A1111StandIn
from tests.standins.comfyui import ComfyUIStandIn
from tests.standins.openai import OpenAIStandIn
from tests.standins.openai_responses import ResponsesStandIn
from tests.standins.server import Handler, StandIn

pytestmark = pytest.mark.django_db

KEY = {"api_key": "sk-not-a-key"}
Setup = tuple[type[StandIn], str, Callable[[str], dict[str, str]]]
PROVIDERS: dict[str, Setup] = {
    "openai": (OpenAIStandIn, "generation.providers.openai.OpenAIImages", lambda url: {"base_url": f"{url}/v1", **KEY}),
    "openai-responses": (
        ResponsesStandIn,
        "generation.providers.openai_responses.OpenAIResponses",
        lambda url: {"base_url": f"{url}/v1", **KEY},
    ),
    "a1111": (A1111StandIn, "generation.providers.a1111.A1111", lambda url: {"base_url": url}),
    "comfyui": (ComfyUIStandIn, "generation.providers.comfyui.ComfyUI", lambda url: {"base_url": url}),
}
VALUES = {"f_subject": "brick house, “old”", "f_light": "dusk", "f_accent": "#2a3a62", "f_trees": "2", "f_home": "mill"}
SHAPE = {"ratio": "3:2", "count": "1", "quality": "standard", "negative": "people", "seed": "7", "title": ""}


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every body that a stand-in was sent, as it came over the line."""
    came: list[bytes] = []
    read = Handler._raw

    def noted(handler: Handler) -> bytes:
        body = read(handler)
        came.append(body)
        return body

    monkeypatch.setattr(Handler, "_raw", noted)
    return came


def send(by: User, model: GenerationModel, bodies: list[bytes], **changes: str) -> str:
    """What one sending from the compose page puts on the line: a hash, modulo the id of the request."""
    browser = Client()
    browser.force_login(by)
    agreed = [f"{model.pk}:{option}" for option in specs.OPTION_WORDS]
    data = {**VALUES, **SHAPE, "models": [str(model.pk)], "drop": agreed, "send": "1", **changes}
    answer = browser.post(reverse("generation:compose", args=("house",)), data)
    assert answer.status_code == 302, answer.content.decode()
    bodies.clear()
    job = Job.objects.latest("created_at")
    execution.send(job.pk)
    attempt = Attempt.objects.get(job=job)
    [body] = [each for each in bodies if each]
    return hashlib.sha256(body.replace(str(attempt.pk).encode(), b"<request>")).hexdigest()


@pytest.mark.parametrize("key", PROVIDERS)
def test_the_same_values_send_the_same_bytes(
    ada: User, max_: User, settings: Settings, bodies: list[bytes], key: str
) -> None:
    kind, adapter, options = PROVIDERS[key]
    template = factories.template()
    with kind() as stand_in:
        settings.ALLOW_LOOPBACK_PROVIDERS = True
        settings.IMAGE_PROVIDERS = {key: {"adapter": adapter, "options": options(stand_in.url)}}
        loading.load_models()
        model = GenerationModel.objects.filter(provider=key, offered=True).order_by("pk")[0]
        first = send(ada, model, bodies)
        assert send(max_, model, bodies) == first
        assert send(ada, model, bodies, f_subject="stone mill") != first
        published = Template.objects.get().published
        assert published is not None
        other = revisions.revise(template, revisions.Wording(body="{x}", fields=[{"name": "x", "label": "X"}]), by=max_)
        revisions.publish(other, by=max_)
        revisions.publish(published, by=max_)
        assert send(ada, model, bodies) == first
