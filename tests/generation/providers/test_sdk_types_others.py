"""Gemini, Replicate and Bedrock held against their vendors' own types: what changes there is seen with the lock.

Only types are used: none of the SDKs sends anything.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast, get_args, get_type_hints

import botocore.session
import httpx
import pytest
from botocore.validate import ParamValidator
from google.genai import types as google
from replicate.prediction import Prediction, Predictions

from generation.providers import gemini, replicate
from generation.providers.base import Finished, ImageSpec, Reference
from generation.providers.bedrock import Bedrock, by_code
from generation.providers.egress.http import Client, Request
from generation.providers.errors import ProviderError
from generation.providers.prices import Tokens
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, ROWS, always, client, model
from tests.generation.providers.test_models_file import wish
from tests.standins.gemini import GeminiStandIn
from tests.standins.replicate import ReplicateStandIn

KEY = {"api_key": CANARY}
GEMINI = [row["model_id"] for row in ROWS if row["provider"] == "gemini"]
REPLICATE = [row["model_id"] for row in ROWS if row["provider"] == "replicate"]
BEDROCK = [row for row in ROWS if row["provider"] == "bedrock"]

# Google


@pytest.mark.parametrize("size", ["1K", "2K", "4K"])
@pytest.mark.parametrize("model_id", GEMINI)
def test_every_wish_to_gemini_is_one_that_the_sdk_could_send(model_id: str, size: str) -> None:
    spec = ImageSpec("A house", model(model_id), references=(Reference(PNG),), extra={"image_size": size})
    for ratio in spec.model.sizes.ratios:
        body = gemini.Gemini(KEY, client(always(200))).build(replace(spec, ratio=ratio), ATTEMPT).json or {}
        (content,) = (google.Content.model_validate_json(json.dumps(one)) for one in body["contents"])
        assert [bool(part.text or part.inline_data) for part in content.parts or []] == [True, True]
        config = google.GenerateContentConfig.model_validate(body["generationConfig"])
        assert config.image_config is not None
        assert (config.image_config.aspect_ratio, config.image_config.image_size) == (ratio, size)
        assert set(body) <= {"contents", "generationConfig"}


@pytest.mark.parametrize("along", [(), (Reference(PNG),)], ids=["drawn", "edited"])
def test_the_stand_in_of_gemini_answers_as_the_sdk_reads(along: tuple[Reference, ...]) -> None:
    spec = ImageSpec("A house", model("gemini-nano-banana-2.1"), references=along)
    with GeminiStandIn() as stand_in:
        provider = gemini.Gemini(KEY | {"base_url": f"{stand_in.url}/v1beta"}, Client(deadline=20))
        answer = provider.ask(provider.build(spec, ATTEMPT))
    theirs, ours = google.GenerateContentResponse.model_validate_json(answer.body), provider.parse(answer, spec)
    parts = [part for one in theirs.candidates or [] if one.content for part in one.content.parts or []]
    assert [part.inline_data.data for part in parts if part.inline_data] == [one.data for one in ours.pictures]
    assert (theirs.model_version, theirs.response_id) == (ours.model_reported, ours.request_id)
    usage, price = theirs.usage_metadata, cast("Tokens", spec.model.price)
    assert usage is not None
    assert ours.cost == price.cost(usage.prompt_token_count or 0, 0, usage.candidates_token_count or 0)


# Ends that say nothing about the wish: the answer is kept, and a person reads what was said.
PLAIN_ENDS = {
    "FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "LANGUAGE", "OTHER", "NO_IMAGE", "MALFORMED_FUNCTION_CALL",
    "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE", "ESCALATION",
    "CONTINUATION",
}  # fmt: skip


def test_every_end_that_googles_sdk_knows_is_told_apart() -> None:
    known = gemini.DECLINED | {gemini.ACCOUNT_LIMITED} | PLAIN_ENDS
    assert {reason.value for reason in google.FinishReason} - known == set()
    assert {reason.value for reason in google.FinishReason} >= gemini.DECLINED


# Replicate


@pytest.mark.parametrize("model_id", REPLICATE)
def test_every_wish_to_replicate_is_one_that_the_sdk_could_send(model_id: str) -> None:
    spec = ImageSpec("A house", model(model_id), callback_url="https://portal.example/told")
    body = dict(replicate.Replicate(KEY, client(always(200))).build(spec, ATTEMPT).json or {})
    assert isinstance(body.pop("input"), dict)
    known = get_type_hints(Predictions.CreatePredictionParams)
    assert set(body) <= set(known)
    assert body["webhook_events_filter"] == ["completed"]


def test_every_status_that_replicates_sdk_knows_means_something() -> None:
    statuses = set(get_args(Prediction.__fields__["status"].outer_type_))
    assert statuses == replicate.STILL_BUSY | {"succeeded", "failed", "canceled"}


@pytest.mark.parametrize("words", ["", "[one]", "[object]", "[nsfw]", "[failed]"])
def test_the_stand_in_of_replicate_answers_as_the_sdk_reads(words: str) -> None:
    spec = ImageSpec(f"A house {words}", model("black-forest-labs/flux-schnell"), count=2)
    with ReplicateStandIn() as stand_in:
        provider = replicate.Replicate(
            KEY | {"base_url": f"{stand_in.url}/v1"}, Client(deadline=20, allow_loopback=True)
        )
        pending: Any = provider.start(spec, attempt=ATTEMPT)
        said: list[Prediction] = []
        for _ in range(3):
            path = f"{stand_in.url}/v1/predictions/{json.loads(pending.handle)['id']}"
            answer = provider.ask(Request("GET", path, {"Authorization": f"Bearer {CANARY}"}))
            said.append(Prediction.parse_obj(answer.facts))
        assert (said[0].id, said[0].model) == (pending.request_id, spec.model.id)
        if said[-1].status == "succeeded":
            ours = provider.resume(pending.handle)
            assert isinstance(ours, Finished)
            assert len(ours.pictures) == len(list(replicate._addresses(said[-1].output)))
        else:
            with pytest.raises(ProviderError, match=(said[-1].error or "")[:20]):
                provider.resume(pending.handle)


# Amazon

RUNTIME = botocore.session.get_session().get_service_model("bedrock-runtime")
CONTROL = botocore.session.get_session().get_service_model("bedrock")


@pytest.mark.parametrize("row", BEDROCK, ids=lambda row: row["model_id"])
def test_every_call_of_bedrock_fits_amazons_own_description(
    row: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = RUNTIME.operation_model("InvokeModel")
    asked: list[dict[str, Any]] = []
    validate = ParamValidator.validate

    def validating(self: Any, params: dict[str, Any], shape: Any) -> Any:
        asked.append(params)
        return validate(self, params, shape)

    monkeypatch.setattr(ParamValidator, "validate", validating)
    seen: list[httpx.Request] = []

    def noting(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(429, json={"message": "Slow."}, headers={"x-amzn-errortype": "ThrottlingException"})

    provider = Bedrock({"region": "eu-central-1", "access_key_id": "AKIA", "secret_access_key": "x"}, client(noting))
    with pytest.raises(ProviderError):
        provider.start(wish(row), attempt=ATTEMPT)
    assert set(asked[0]) <= set(operation.input_shape.members)
    assert set(operation.input_shape.required_members) <= set(asked[0])
    assert seen[0].method == operation.http["method"]
    assert operation.output_shape.serialization["payload"] == "body"


def test_every_error_that_amazon_describes_is_told_apart() -> None:
    for shape in RUNTIME.operation_model("InvokeModel").error_shapes:
        status = shape.metadata["error"]["httpStatusCode"]
        error = by_code({"Error": {"Code": shape.name}, "ResponseMetadata": {"HTTPStatusCode": status}})
        assert f"({shape.name})" not in error.words, shape.name


def test_what_is_asked_of_the_catalog_is_there() -> None:
    operation = CONTROL.operation_model("ListFoundationModels")
    assert "IMAGE" in operation.input_shape.members["byOutputModality"].enum
    summary = operation.output_shape.members["modelSummaries"].member
    assert {"modelId", "modelLifecycle"} <= set(summary.members)
    assert set(summary.members["modelLifecycle"].members["status"].enum) == {"ACTIVE", "LEGACY"}
