"""Google Gemini by recorded answers; every way of saying no with status 200."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from generation.providers.base import Money
from generation.providers.errors import BadAnswer, ModelGone, RateLimited, Refused, Unauthorised
from generation.providers.gemini import Gemini
from tests.generation.providers.contract import CANARY, PNG, HTTPContract, Recorded, always

PART = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(PNG).decode()}}
USAGE = {"promptTokenCount": 11, "candidatesTokenCount": 1120, "totalTokenCount": 1131}
LIMITED = {
    "error": {
        "code": 429,
        "status": "RESOURCE_EXHAUSTED",
        "message": "Quota exceeded.",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17s"}],
    }
}


def spoken(candidate: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"candidates": [candidate], "usageMetadata": USAGE, "responseId": "r1", "modelVersion": "m-001", **more}


GOOD = spoken({"content": {"role": "model", "parts": [PART]}, "finishReason": "STOP"})


class TestContract(HTTPContract):
    adapter = Gemini
    model_id = "gemini-nano-banana-2.1"
    options: ClassVar[Mapping[str, str]] = {"api_key": CANARY}
    recorded = Recorded(
        success=always(200, GOOD),
        refusal=always(200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "responseId": "r1"}),
        rate_limit=always(429, LIMITED),
    )

    def test_cost_is_reckoned_from_usage(self) -> None:
        assert self.good.cost is not None
        assert Money.of("0.0336") <= self.good.cost < Money.of("0.034")

    def test_the_wait_in_the_details_is_kept(self) -> None:
        error = self.trouble(type(self).recorded.rate_limit)
        assert isinstance(error, RateLimited)
        assert error.retry_after == 17

    @pytest.mark.parametrize("reason", ["IMAGE_SAFETY", "IMAGE_RECITATION", "SPII", "BLOCKLIST", "IMAGE_OTHER"])
    def test_a_candidate_without_picture_tells_its_reason(self, reason: str) -> None:
        error = self.trouble(always(200, spoken({"finishReason": reason})))
        assert isinstance(error, Refused)
        assert (error.stage, error.categories) == ("output", (reason,))

    @pytest.mark.parametrize(
        "body",
        [
            spoken({"content": {"parts": [{"text": "Here is a description."}]}, "finishReason": "STOP"}),
            spoken({"finishReason": "NO_IMAGE"}),
            {"candidates": [], "responseId": "r1"},
            {},
            spoken({"content": {"parts": [PART | {"thought": True}]}}),
        ],
    )
    def test_words_instead_of_a_picture_are_a_bad_answer(self, body: dict[str, Any]) -> None:
        assert isinstance(self.trouble(always(200, body)), BadAnswer)

    def test_a_wrong_key_comes_as_400(self) -> None:
        body = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "API key not valid. Please pass one."}}
        assert isinstance(self.trouble(always(400, body)), Unauthorised)

    def test_a_model_that_ended_is_told_as_such(self) -> None:
        body = {"error": {"code": 404, "status": "NOT_FOUND", "message": "models/x is not found"}}
        assert isinstance(self.trouble(always(404, body)), ModelGone)
