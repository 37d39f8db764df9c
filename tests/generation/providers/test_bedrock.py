"""Amazon Bedrock over real HTTP: boto3 itself sends to the stand-in."""

from __future__ import annotations

import base64
import json
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import httpx
import pytest

from generation.providers.base import ImageSpec, Money, Provider, Reference
from generation.providers.bedrock import Bedrock
from generation.providers.bedrock_services import SERVICES
from generation.providers.egress.http import Client
from generation.providers.errors import (
    BadAnswer,
    ModelGone,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Unauthorized,
    Unavailable,
    Unclear,
)
from generation.providers.options import OptionError
from tests.generation.providers.contract import (
    ATTEMPT,
    CANARY,
    PNG,
    ROWS,
    ProviderContract,
    always,
    client,
    model,
    never,
)
from tests.generation.providers.test_http import dripping, server
from tests.standins.bedrock import BedrockStandIn

CORE, ULTRA, LARGE = (
    model(name)
    for name in ("stability.stable-image-core-v1:1", "stability.stable-image-ultra-v1:1", "stability.sd3-5-large-v1:0")
)
WISH = ImageSpec("A brick house with a green door", CORE)
KEYS = {"region": "eu-central-1", "access_key_id": "AKIASTANDIN", "secret_access_key": CANARY}


class TestContract(ProviderContract):
    adapter: ClassVar[type[Provider]] = Bedrock
    model_id = ULTRA.id
    options: ClassVar[Mapping[str, str]] = KEYS


def body_of(spec: ImageSpec) -> dict[str, Any]:
    return Bedrock(KEYS, client(never)).build(spec)


def test_the_shape_is_sent_as_a_ratio() -> None:
    body = body_of(replace(WISH, ratio="16:9", seed=7, negative="cars"))
    assert body == {
        "prompt": WISH.prompt, "output_format": "png", "aspect_ratio": "16:9", "seed": 7, "negative_prompt": "cars"
    }  # fmt: skip


def test_a_picture_sent_along_brings_its_own_shape_and_a_strength() -> None:
    body = body_of(replace(WISH, model=LARGE, references=(Reference(PNG),), extra={"strength": "0.3"}))
    assert base64.b64decode(body["image"]) == PNG
    assert (body["strength"], body["mode"]) == (0.3, "image-to-image")
    assert "aspect_ratio" not in body


def test_core_takes_no_picture() -> None:
    assert Bedrock(KEYS, client(never)).unsupported(replace(WISH, references=(Reference(PNG),))) == ["references"]


def test_a_region_must_be_named() -> None:
    with pytest.raises(OptionError, match="region"):
        Bedrock({}, client(never))


# Over real HTTP


@pytest.fixture
def stand_in() -> Iterator[BedrockStandIn]:
    with BedrockStandIn(seconds=1.5) as running:
        yield running


def real(stand_in: BedrockStandIn, deadline: float = 5.0) -> Bedrock:
    return Bedrock(KEYS | {"endpoint_url": stand_in.url}, Client(deadline=deadline))


def invocations(stand_in: BedrockStandIn) -> int:
    return sum(count for what, count in stand_in.requests.items() if what.startswith("POST /model/"))


def test_a_picture_comes_with_seed_price_and_record(stand_in: BedrockStandIn) -> None:
    result = real(stand_in).start(WISH, attempt=ATTEMPT)
    assert result.pictures[0].data.startswith(b"\x89PNG")
    assert (result.seed, result.cost, result.cost_basis) == (4711, Money.of("0.04"), "fixed")
    assert result.request_id == "req-standin"
    assert WISH.prompt in str(result.parameters_sent)


def test_a_seed_that_stands_for_any_is_not_sent_as_one(stand_in: BedrockStandIn) -> None:
    with pytest.raises(Rejected, match="from 1 to 4294967294"):
        real(stand_in).start(replace(WISH, seed=0), attempt=ATTEMPT)
    assert invocations(stand_in) == 0


def test_the_settled_cost_is_the_quote(stand_in: BedrockStandIn) -> None:
    provider = real(stand_in)
    assert provider.start(WISH, attempt=ATTEMPT).cost == provider.quote(WISH).amount


@pytest.mark.parametrize(
    ("mode", "kind", "charged"),
    [
        ("throttled", RateLimited, "no"),
        ("quota", RateLimited, "no"),
        ("denied", Unauthorized, "no"),
        ("gone", ModelGone, "no"),
        ("busy", Unavailable, "no"),
        ("down", Unavailable, "unknown"),
        ("timeout", Unclear, "unknown"),
        ("lost", Unclear, "unknown"),
        ("refuse", Refused, "no"),
        ("filtered", Refused, "unknown"),
        ("inference", BadAnswer, "unknown"),
        ("nonsense", BadAnswer, "unknown"),
        ("empty", BadAnswer, "unknown"),
    ],
)
def test_each_trouble_has_its_class_and_is_sent_once(
    stand_in: BedrockStandIn, mode: str, kind: type[ProviderError], charged: str
) -> None:
    with pytest.raises(ProviderError) as raised:
        real(stand_in).start(replace(WISH, prompt=f"A house [{mode}]"), attempt=ATTEMPT)
    assert (type(raised.value), raised.value.charged) == (kind, charged)
    assert invocations(stand_in) == 1


@pytest.mark.parametrize(
    "body",
    [["Slow down."], "Slow down.", "null", "[" * 300_000, {}, "<html>"],
    ids=["list", "text", "null", "deep", "empty", "page"],
)
@pytest.mark.parametrize(
    ("status", "kind", "charged"),
    [(403, Unauthorized, "no"), (429, RateLimited, "no"), (503, Unavailable, "no"), (500, Unavailable, "unknown")],
)
def test_an_error_is_told_apart_by_its_status_where_its_body_says_nothing(
    status: int, kind: type[ProviderError], charged: str, body: Any
) -> None:
    with pytest.raises(ProviderError) as raised:
        Bedrock(KEYS, client(always(status, body))).start(WISH, attempt=ATTEMPT)
    assert (type(raised.value), raised.value.charged) == (kind, charged)


@pytest.mark.parametrize(("mode", "stage"), [("refuse", "input"), ("filtered", "output")])
def test_a_refusal_with_a_good_status_is_still_one(stand_in: BedrockStandIn, mode: str, stage: str) -> None:
    with pytest.raises(Refused) as raised:
        real(stand_in).start(replace(WISH, prompt=f"A house [{mode}]"), attempt=ATTEMPT)
    assert raised.value.stage == stage


def test_an_answer_that_comes_too_late_is_unclear_and_sent_once(stand_in: BedrockStandIn) -> None:
    with pytest.raises(Unclear):
        real(stand_in, deadline=0.5).start(replace(WISH, prompt="A house [slow]"), attempt=ATTEMPT)
    assert (invocations(stand_in), stand_in.billed) == (1, 1)


def test_an_answer_that_drips_ends_at_the_deadline_too() -> None:
    with server(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x")) as url:
        begun = time.monotonic()
        with pytest.raises(Unclear):
            Bedrock(KEYS | {"endpoint_url": url}, Client(deadline=2)).start(WISH, attempt=ATTEMPT)
    assert time.monotonic() - begun < 20


def test_what_is_signed_is_what_is_sent() -> None:
    seen: list[httpx.Request] = []

    def noting(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(
            429, json={"message": "Slow."}, headers={"x-amzn-errortype": "ThrottlingException", "retry-after": "9"}
        )

    with pytest.raises(RateLimited) as raised:
        Bedrock(KEYS, client(noting)).start(WISH, attempt=ATTEMPT)
    assert raised.value.retry_after == 9
    (request,) = seen
    assert request.url.raw_path == b"/model/stability.stable-image-core-v1%3A1/invoke"
    assert {"authorization", "x-amz-date", "content-type"} <= set(request.headers)
    assert request.headers["host"] == "bedrock-runtime.eu-central-1.amazonaws.com"
    assert json.loads(request.content)["prompt"] == WISH.prompt


def test_a_server_that_is_off_was_sent_nothing() -> None:
    with BedrockStandIn() as stand_in:
        provider = real(stand_in)
    with pytest.raises(Unavailable) as raised:
        provider.start(WISH, attempt=ATTEMPT)
    assert raised.value.charged == "no"


def test_the_secret_is_never_sent_nor_shown(stand_in: BedrockStandIn) -> None:
    provider = real(stand_in)
    result = provider.start(WISH, attempt=ATTEMPT)
    assert CANARY not in json.dumps(stand_in.headers)
    assert CANARY not in f"{result!r} {provider!r} {vars(provider)!r}"


def test_the_attempt_goes_along_for_the_accounts_own_log(stand_in: BedrockStandIn) -> None:
    real(stand_in).start(WISH, attempt=ATTEMPT)
    assert str(ATTEMPT) in json.dumps(stand_in.headers)


def test_checking_tells_what_is_ending_and_spends_nothing(stand_in: BedrockStandIn) -> None:
    words = real(stand_in).check()
    assert "1 picture models in eu-central-1" in words
    assert "stability.sd3-large-v1:0" in words
    assert stand_in.billed == 0


# Stability's services for changing pictures

CHANGED = Reference(PNG)
PICTURES = {"image", "init_image", "style_image", "mask"}


def service(name: str, **more: Any) -> ImageSpec:
    """A wish to this service that has all it needs."""
    row = next(row for row in ROWS if row.get("settings", {}).get("service") == name)
    facts = model(row["model_id"])
    spec = ImageSpec("A green door", facts, references=(CHANGED,) * max(1, facts.min_references), seed=7)
    spec = replace(spec, seed=None if "seed" in facts.lacks else 7, mask=PNG if "mask" in facts.needs else None)
    return replace(spec, **more)


def body(name: str, **more: Any) -> dict[str, Any]:
    return Bedrock({"region": "us-west-2"}, Client()).build(service(name, **more))


@pytest.mark.parametrize(
    ("name", "extra", "fields"),
    [
        ("inpaint", {"grow_mask": "5"}, {"image", "mask", "prompt", "seed", "grow_mask"}),
        ("outpaint", {"left": "64"}, {"image", "prompt", "seed", "left"}),
        ("erase-object", {}, {"image", "mask", "seed"}),
        ("search-replace", {"search_prompt": "the car"}, {"image", "prompt", "seed", "search_prompt"}),
        ("search-recolor", {"select_prompt": "the door"}, {"image", "prompt", "seed", "select_prompt"}),
        ("remove-background", {}, {"image"}),
        ("style-guide", {"fidelity": "0.5"}, {"image", "prompt", "seed", "aspect_ratio", "fidelity"}),
        (
            "style-transfer",
            {"change_strength": "0.9"},
            {"init_image", "style_image", "prompt", "seed", "change_strength"},
        ),
        ("control-sketch", {"control_strength": "0.7"}, {"image", "prompt", "seed", "control_strength"}),
        ("control-structure", {"style_preset": "line-art"}, {"image", "prompt", "seed", "style_preset"}),
        ("fast-upscale", {}, {"image"}),
        ("conservative-upscale", {"creativity": "0.3"}, {"image", "prompt", "seed", "creativity"}),
        ("creative-upscale", {}, {"image", "prompt", "seed"}),
    ],
)
def test_each_service_gets_the_fields_that_it_takes(name: str, extra: dict[str, str], fields: set[str]) -> None:
    sent = body(name, extra=extra)
    assert set(sent) == fields | {"output_format"}
    assert {type(value) for field, value in sent.items() if field in extra} <= {int, float, str}
    assert all(b64decode(sent[field]) for field in set(sent) & PICTURES)


def test_every_service_has_a_model() -> None:
    assert {row["settings"]["service"] for row in ROWS if "service" in row.get("settings", {})} == set(SERVICES)


@pytest.mark.parametrize(
    ("name", "lack", "field"),
    [
        ("inpaint", {"references": ()}, "references"),
        ("inpaint", {"mask": None}, "mask"),
        ("outpaint", {}, "extra"),
        ("search-recolor", {}, "extra"),
        ("style-transfer", {"references": (CHANGED,)}, "references"),
    ],
)
def test_a_service_says_what_it_lacks(name: str, lack: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as rejected:
        body(name, **lack)
    assert rejected.value.field == field


def test_over_real_http_a_service_answers_like_a_model(stand_in: BedrockStandIn) -> None:
    result = real(stand_in).start(service("search-replace", extra={"search_prompt": "the car"}), attempt=ATTEMPT)
    assert (result.cost, result.cost_basis, stand_in.billed) == (Money.of("0.07"), "fixed", 1)
    assert result.warnings == ()


def test_a_row_with_an_unknown_service_is_refused() -> None:
    spec = service("inpaint")
    with pytest.raises(Rejected, match="unknown service"):
        Bedrock({"region": "us-west-2"}, Client()).build(
            replace(spec, model=replace(spec.model, settings={"service": "x"}))
        )
