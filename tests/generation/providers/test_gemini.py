"""Google Gemini by recorded answers, every way of saying no with status 200, and over real HTTP."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar, cast

import pytest
from PIL import Image

from generation.providers.base import Finished, ImageSpec, Money, Reference
from generation.providers.egress.http import Client
from generation.providers.errors import (
    BadAnswer,
    ErrorKind,
    ModelGone,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Unauthorized,
)
from generation.providers.gemini import Gemini
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, HTTPContract, Recorded, always, client, model
from tests.standins.gemini import GeminiStandIn

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

    @pytest.mark.parametrize("delay", ["1e18s", "99999999999999s", "1" * 400 + "s", "-3s", "nan", "soon", "", None])
    def test_a_wait_that_cannot_be_meant_is_none(self, delay: Any) -> None:
        details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]
        assert self.trouble(always(429, {"error": LIMITED["error"] | {"details": details}})).retry_after is None

    @pytest.mark.parametrize("words", ["API key not valid. Please pass one.", "API key expired. Please renew it."])
    def test_a_wrong_key_comes_as_400(self, words: str) -> None:
        body = {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": words}}
        assert isinstance(self.trouble(always(400, body)), Unauthorized)

    def test_a_model_that_ended_is_told_as_such(self) -> None:
        body = {"error": {"code": 404, "status": "NOT_FOUND", "message": "models/x is not found"}}
        assert isinstance(self.trouble(always(404, body)), ModelGone)

    @pytest.mark.parametrize(
        ("code", "status", "words"),
        [
            (429, "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0, model: x"),
            (429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
            (429, "RESOURCE_EXHAUSTED", "Your project has exceeded its monthly spending cap."),
            (429, "RESOURCE_EXHAUSTED", "You have run out of prepaid credits."),
            (400, "FAILED_PRECONDITION", "The free tier is not available here. Please enable billing on your project."),
        ],
    )
    def test_an_account_without_money_is_not_a_rate_limit(self, code: int, status: str, words: str) -> None:
        body = {"error": {"code": code, "status": status, "message": words}}
        assert isinstance(self.trouble(always(code, body)), OutOfMoney)

    @pytest.mark.parametrize(
        "words",
        [
            "You exceeded your current quota, please check your plan and billing details. Please retry in 39s.",
            "Resource has been exhausted (e.g. check quota).",
        ],
    )
    def test_an_account_that_is_only_busy_has_money(self, words: str) -> None:
        body = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": words}}
        assert isinstance(self.trouble(always(429, body)), RateLimited)

    def test_a_limited_account_is_told_as_such(self) -> None:
        assert isinstance(self.trouble(always(200, spoken({"finishReason": "PUP_LIMITED_DISABLED"}))), Unauthorized)

    def test_words_and_thoughts_are_not_paid_as_pictures(self) -> None:
        details = [{"modality": "IMAGE", "tokenCount": 1100}, {"modality": "TEXT", "tokenCount": 20}]
        usage = USAGE | {"candidatesTokensDetails": details, "thoughtsTokenCount": 300}
        result = self.finish(always(200, GOOD | {"usageMetadata": usage}))
        assert result.cost == Money.of(str((11 * Decimal("1.5") + 1100 * 30 + 320 * Decimal("7.5")) / 1_000_000))

    @pytest.mark.parametrize("size", ["2K", "4K"])
    def test_a_larger_picture_sets_more_aside(self, size: str) -> None:
        provider = self.provider()
        assert provider.quote(replace(self.spec, extra={"image_size": size})).amount > provider.quote(self.spec).amount

    @pytest.mark.parametrize("ratio", ["1:4", "4:1", "1:8", "8:1", "21:9"])
    def test_the_steepest_shapes_are_of_one_model(self, ratio: str) -> None:
        assert self.provider().unsupported(replace(self.spec, ratio=ratio)) == []
        pro = replace(self.spec, model=model("gemini-3-pro-image"), ratio=ratio)
        assert self.provider().unsupported(pro) == ([] if ratio == "21:9" else ["ratio"])

    def test_references_follow_the_words_in_their_order(self) -> None:
        spec = replace(self.spec, references=(Reference(PNG), Reference(b"jpeg", "image/jpeg")))
        body = Gemini({}, client(always(200))).build(spec, ATTEMPT).json or {}
        parts = body["contents"][0]["parts"]
        assert parts[0] == {"text": self.spec.prompt}
        assert [part["inlineData"]["mimeType"] for part in parts[1:]] == ["image/png", "image/jpeg"]


@pytest.fixture
def stand_in() -> Iterator[GeminiStandIn]:
    with GeminiStandIn() as running:
        yield running


def live(stand_in: GeminiStandIn) -> Gemini:
    return Gemini({"api_key": CANARY, "base_url": f"{stand_in.url}/v1beta"}, Client(deadline=10))


def plain(color: str) -> Reference:
    stream = io.BytesIO()
    Image.new("RGB", (96, 64), color).save(stream, "PNG")
    return Reference(stream.getvalue())


def test_over_real_http_every_reference_is_used(stand_in: GeminiStandIn) -> None:
    spec = ImageSpec("A house", model("gemini-nano-banana-2.1"), references=(plain("red"), plain("lime")))
    result = live(stand_in).start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    picture = Image.open(io.BytesIO(result.pictures[0].data)).convert("RGB")
    red, green, blue = cast("tuple[int, int, int]", picture.getpixel((20, picture.height - 20)))
    assert green > 200 > 60 > max(red, blue)
    assert result.cost == Money.of(str((2 * 258 + 1) * Decimal("1.5") / 1_000_000)) + Money(1120 * 30)


@pytest.mark.parametrize(
    ("word", "kind", "billed"),
    [
        ("[refuse]", ErrorKind.REFUSED, 0),
        ("[safety]", ErrorKind.REFUSED, 0),
        ("[talk]", ErrorKind.BAD_ANSWER, 0),
        ("[empty]", ErrorKind.BAD_ANSWER, 0),
        ("[rate-limit]", ErrorKind.RATE_LIMITED, 0),
        ("[no-quota]", ErrorKind.OUT_OF_MONEY, 0),
        ("[gone]", ErrorKind.MODEL_GONE, 0),
        ("[lost]", ErrorKind.UNCLEAR, 1),
    ],
)
def test_over_real_http_each_trouble_has_its_kind(
    stand_in: GeminiStandIn, word: str, kind: ErrorKind, billed: int
) -> None:
    with pytest.raises(ProviderError) as raised:
        live(stand_in).start(ImageSpec(f"A house {word}", model("gemini-nano-banana-2.1")), attempt=ATTEMPT)
    assert (raised.value.kind, stand_in.billed) == (kind, billed)


def test_testing_the_connection_spends_nothing(stand_in: GeminiStandIn) -> None:
    assert "1 models" in live(stand_in).check()
    assert stand_in.billed == 0
