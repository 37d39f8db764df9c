"""OpenAI Images by recorded answers, and over real HTTP against the stand-in."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import httpx
import pytest

from generation.providers.base import Finished, ImageSpec, Money, Reference
from generation.providers.errors import ModelGone, OutOfMoney, ProviderError, RateLimited, Refused, Rejected, Unclear
from generation.providers.http import Client
from generation.providers.openai import OpenAIImages
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, HTTPContract, Recorded, always, client, model
from tests.standins.openai import OpenAIStandIn

USAGE = {
    "total_tokens": 1779,
    "input_tokens": 12,
    "output_tokens": 1767,
    "input_tokens_details": {"text_tokens": 12, "image_tokens": 0},
}
SUCCESS: dict[str, Any] = {
    "created": 1795300000,
    "background": "opaque",
    "output_format": "png",
    "size": "1536x1024",
    "quality": "medium",
    "data": [{"b64_json": base64.b64encode(PNG).decode()}],
    "usage": USAGE,
}
# Seen in public issues, July to September 2026.
REFUSAL = {
    "error": {
        "type": "image_generation_user_error",
        "code": "moderation_blocked",
        "param": None,
        "message": "Your request was rejected by the safety system. safety_violations=[sexual].",
        "moderation_details": {"moderation_stage": "output", "categories": ["sexual"]},
    }
}
RATE_LIMIT = {"error": {"type": "rate_limit_error", "code": "rate_limit_exceeded", "message": "Limit 5 / min."}}


class TestContract(HTTPContract):
    adapter = OpenAIImages
    model_id = "gpt-image-2"
    options: ClassVar[Mapping[str, str]] = {"api_key": CANARY}
    recorded = Recorded(
        success=always(200, SUCCESS, {"x-request-id": "req_1"}),
        refusal=always(400, REFUSAL),
        rate_limit=always(429, RATE_LIMIT, {"retry-after": "7"}),
    )

    def test_cost_is_reckoned_from_usage_at_the_picture_rate(self) -> None:
        assert self.good.cost == Money(12 * 5 + 1767 * 30)
        assert self.good.cost_basis == "computed"

    def test_no_seed_is_ever_recorded(self) -> None:
        result = self.finish(self.recorded.success, replace(self.spec, seed=9))
        assert result.seed is None
        assert result.pictures[0].seed is None
        assert any("seed" in warning for warning in result.warnings)

    def test_what_was_chosen_for_us_is_kept(self) -> None:
        assert self.good.parameters_in_effect["quality"] == "medium"

    def test_the_wait_it_asks_for_is_kept(self) -> None:
        error = self.trouble(self.recorded.rate_limit)
        assert isinstance(error, RateLimited)
        assert error.retry_after == 7

    def test_the_refusal_says_stage_and_category(self) -> None:
        error = self.trouble(self.recorded.refusal)
        assert isinstance(error, Refused)
        assert (error.stage, error.categories) == ("output", ("sexual",))

    @pytest.mark.parametrize(
        "code",
        [
            "insufficient_quota",
            "credit_balance_exhausted",
            "project_spend_limit_exceeded",
            "billing_hard_limit_reached",
        ],
    )
    def test_an_empty_account_is_not_a_rate_limit(self, code: str) -> None:
        body = {"error": {"type": "insufficient_quota", "code": code, "message": "No quota."}}
        assert isinstance(self.trouble(always(429, body)), OutOfMoney)

    def test_a_model_that_ended_is_told_as_such(self) -> None:
        body = {"error": {"type": "invalid_request_error", "code": "model_not_found", "message": "gone"}}
        assert isinstance(self.trouble(always(404, body)), ModelGone)

    def test_the_wrong_field_is_named(self) -> None:
        body = {"error": {"type": "invalid_request_error", "code": None, "param": "size", "message": "Invalid size."}}
        error = self.trouble(always(400, body))
        assert isinstance(error, Rejected)
        assert error.field == "size"

    @pytest.mark.parametrize("status", [502, 504, 524])
    def test_a_gateway_that_gave_up_is_unclear(self, status: int) -> None:
        assert isinstance(self.trouble(always(status, "Bad gateway")), Unclear)

    def test_fewer_pictures_than_asked_for_are_kept_with_a_warning(self) -> None:
        result = self.finish(self.recorded.success, replace(self.spec, count=3))
        assert "2 of 3" in result.warnings[0]

    def test_the_attempt_travels_as_the_client_request_id(self) -> None:
        assert request_for(self.spec).headers["X-Client-Request-Id"] == str(ATTEMPT)

    def test_a_compatible_server_gets_only_common_words(self) -> None:
        options = {"base_url": "http://127.0.0.1:9/v1", "profile": "compatible"}
        request = OpenAIImages(options, client(always(200))).build(self.spec, ATTEMPT)
        assert set(request.parameters) == {"model", "prompt", "n", "size", "response_format"}
        assert "Authorization" not in request.headers

    def test_an_edit_goes_as_a_form_with_its_mask(self) -> None:
        seen: list[httpx.Request] = []

        def noting(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return self.recorded.success(request)

        self.finish(noting, replace(self.spec, references=(Reference(PNG),), mask=PNG))
        assert seen[0].url.path.endswith("/images/edits")
        assert b'name="image"' in seen[0].content
        assert b'name="mask"' in seen[0].content

    def test_a_mask_alone_is_refused_before_sending(self) -> None:
        with pytest.raises(Rejected, match="mask"):
            self.provider().start(replace(self.spec, mask=PNG), attempt=ATTEMPT)


def request_for(spec: ImageSpec) -> Any:
    return OpenAIImages({"api_key": CANARY}, client(always(200))).build(spec, ATTEMPT)


def test_the_same_wish_sends_the_same_bytes() -> None:
    spec = ImageSpec("A house", model("gpt-image-2"))
    assert json.dumps(request_for(spec).json) == json.dumps(request_for(spec).json)


@pytest.fixture
def stand_in() -> Iterator[OpenAIStandIn]:
    with OpenAIStandIn() as running:
        yield running


def live(stand_in: OpenAIStandIn, *, deadline: float = 10.0) -> OpenAIImages:
    return OpenAIImages({"api_key": CANARY, "base_url": f"{stand_in.url}/v1"}, Client(deadline=deadline))


def wish(words: str = "", count: int = 1) -> ImageSpec:
    return ImageSpec(f"A house {words}", model("gpt-image-2"), count=count)


def test_over_real_http_pictures_come_and_the_bill_agrees(stand_in: OpenAIStandIn) -> None:
    result = live(stand_in).start(wish(count=2), attempt=ATTEMPT)
    assert isinstance(result, Finished)
    assert len(result.pictures) == 2 == stand_in.billed
    assert result.pictures[0] != result.pictures[1]


@pytest.mark.parametrize(
    ("word", "kind", "billed"),
    [
        ("[refuse]", "refused", 0),
        ("[rate-limit]", "rate_limited", 0),
        ("[no-money]", "out_of_money", 0),
        ("[gone]", "model_gone", 0),
        ("[down]", "unavailable", 0),
        ("[lost]", "unclear", 1),
        ("[nonsense]", "bad_answer", 1),
    ],
)
def test_over_real_http_each_trouble_has_its_kind(stand_in: OpenAIStandIn, word: str, kind: str, billed: int) -> None:
    with pytest.raises(ProviderError) as raised:
        live(stand_in).start(wish(word), attempt=ATTEMPT)
    assert raised.value.kind == kind
    assert stand_in.billed == billed
    assert stand_in.requests["POST /v1/images/generations"] == 1


def test_an_answer_later_than_the_deadline_is_unclear_and_asked_once(stand_in: OpenAIStandIn) -> None:
    with pytest.raises(Unclear):
        live(stand_in, deadline=0.6).start(wish("[slow]"), attempt=ATTEMPT)
    assert stand_in.requests["POST /v1/images/generations"] == 1


def test_busy_once_then_fine(stand_in: OpenAIStandIn) -> None:
    provider = live(stand_in)
    with pytest.raises(RateLimited):
        provider.start(wish("[busy-once]"), attempt=ATTEMPT)
    assert isinstance(provider.start(wish("[busy-once]"), attempt=ATTEMPT), Finished)


def test_testing_the_connection_spends_nothing(stand_in: OpenAIStandIn) -> None:
    assert "Answers" in live(stand_in).check()
    assert stand_in.billed == 0
