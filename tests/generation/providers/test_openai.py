"""OpenAI Images by recorded answers, and over real HTTP against the stand-in."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, cast

import httpx
import pytest
from PIL import Image

from generation.providers.base import Finished, ImageSpec, Money, Quality, Reference
from generation.providers.egress.http import Client
from generation.providers.errors import (
    ErrorKind,
    ModelGone,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Unclear,
)
from generation.providers.openai import OpenAIImages
from generation.providers.prices import Reserve
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, HTTPContract, Recorded, always, client, model
from tests.standins.openai import TOKENS_PER_PICTURE_IN, OpenAIStandIn

USAGE = {
    "total_tokens": 1409,
    "input_tokens": 9,
    "output_tokens": 1400,
    "input_tokens_details": {"text_tokens": 9, "image_tokens": 0},
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
        assert self.good.cost == Money(9 * 5 + 1400 * 30)
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

    def test_an_edit_goes_as_a_form_with_its_mask(self) -> None:
        seen: list[httpx.Request] = []

        def noting(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return self.recorded.success(request)

        self.finish(noting, replace(self.spec, references=(Reference(PNG),), mask=PNG))
        assert seen[0].url.path.endswith("/images/edits")
        assert b'name="image"' in seen[0].content
        assert b'name="mask"' in seen[0].content

    def test_several_references_go_as_a_list(self) -> None:
        files = request_for(replace(self.spec, references=(Reference(PNG), Reference(PNG)))).files
        assert [part.name for part in files] == ["image[]", "image[]"]

    def test_the_record_names_every_picture_that_went_along(self) -> None:
        named = tuple(Reference(PNG, name=f"{name}.png") for name in ("front", "garden"))
        result = self.finish(self.recorded.success, replace(self.spec, references=named))
        kept = str(result.parameters_sent)
        assert "front.png" in kept
        assert "garden.png" in kept

    def test_one_picture_that_cannot_be_read_loses_none_of_the_others(self) -> None:
        body = SUCCESS | {"data": [{"b64_json": None}, *SUCCESS["data"]]}
        result = self.finish(always(200, body), replace(self.spec, count=2))
        assert len(result.pictures) == 1
        assert "not there" in result.warnings[0]

    @pytest.mark.parametrize(
        "usage",
        [
            {"input_tokens": -5, "output_tokens": 10},
            {"input_tokens": "many", "output_tokens": 10},
            {"input_tokens": 5, "output_tokens": float("nan")},
        ],
    )
    def test_a_usage_that_cannot_be_meant_is_doubted(self, usage: dict[str, Any]) -> None:
        result = self.finish(always(200, json.dumps(SUCCESS | {"usage": usage})))
        assert (result.cost, result.cost_basis) == (None, "doubtful")

    def test_pictures_sent_along_are_paid_at_their_own_rate(self) -> None:
        details = {"text_tokens": 9, "image_tokens": 900}
        usage = USAGE | {"input_tokens": 909, "input_tokens_details": details}
        result = self.finish(always(200, SUCCESS | {"usage": usage}), replace(self.spec, references=(Reference(PNG),)))
        assert result.cost == Money(9 * 5 + 900 * 8 + 1400 * 30)

    def test_input_that_is_not_told_apart_is_paid_at_the_dearer_rate(self) -> None:
        usage = {"input_tokens": 912, "output_tokens": 1400}
        result = self.finish(always(200, SUCCESS | {"usage": usage}), replace(self.spec, references=(Reference(PNG),)))
        assert result.cost == Money(912 * 8 + 1400 * 30)

    def test_words_in_the_answer_are_paid_at_the_text_rate(self) -> None:
        usage = USAGE | {"output_tokens_details": {"image_tokens": 1300, "text_tokens": 100}}
        spec = replace(self.spec, model=model("gpt-image-1.5"))
        assert self.finish(always(200, SUCCESS | {"usage": usage}), spec).cost == Money(9 * 5 + 1300 * 32 + 100 * 10)

    def test_without_usage_the_cost_is_not_known(self) -> None:
        result = self.finish(always(200, {name: value for name, value in SUCCESS.items() if name != "usage"}))
        assert (result.cost, result.cost_basis) == (None, "unknown")

    def test_another_size_than_asked_for_is_told(self) -> None:
        result = self.finish(always(200, SUCCESS | {"size": "1024x1024"}))
        assert result.warnings == ("The size is 1024x1024, not 1536x1024 as asked for.",)

    def test_what_a_wish_may_ask_for_besides_is_sent(self) -> None:
        extra = {
            "background": "transparent",
            "moderation": "low",
            "output_format": "webp",
            "output_compression": "0",
            "safety_identifier": "5f1e",
        }
        fields = request_for(replace(self.spec, extra=extra)).json
        assert {name: str(fields[name]) for name in extra} == extra

    def test_plainly_nothing_more_is_sent_than_needed(self) -> None:
        assert set(request_for(self.spec).json) == {"model", "prompt", "n", "size", "quality", "output_format"}

    @pytest.mark.parametrize(
        ("model_id", "fidelity", "is_sent"),
        [
            ("gpt-image-1.5", "high", True),
            ("gpt-image-1.5", "low", True),
            ("gpt-image-1-mini", "low", True),
            ("gpt-image-1-mini", "high", False),
            ("gpt-image-2", "low", False),
            ("gpt-image-2.5-flare", "high", False),
        ],
    )
    def test_input_fidelity_goes_only_to_models_that_take_it(self, model_id: str, fidelity: str, is_sent: bool) -> None:
        extra = {"input_fidelity": fidelity}
        spec = replace(self.spec, model=model(model_id), references=(Reference(PNG),), extra=extra)
        if is_sent:
            assert request_for(spec).form["input_fidelity"] == fidelity
        else:
            with pytest.raises(Rejected, match="input fidelity") as rejected:
                request_for(spec)
            assert rejected.value.field == "extra"

    def test_input_fidelity_needs_a_picture(self) -> None:
        with pytest.raises(Rejected, match="pictures sent along"):
            request_for(replace(self.spec, model=model("gpt-image-1.5"), extra={"input_fidelity": "high"}))

    @pytest.mark.parametrize(("model_id", "is_sent"), [("gpt-image-2.6-flare", True), ("gpt-image-2.5-flare", False)])
    def test_complexity_goes_only_to_models_that_take_it(self, model_id: str, is_sent: bool) -> None:
        spec = replace(self.spec, model=model(model_id), extra={"complexity": "low"})
        if is_sent:
            assert request_for(spec).json["complexity"] == "low"
        else:
            with pytest.raises(Rejected, match="complexity"):
                request_for(spec)

    def test_a_model_of_unknown_price_claims_none(self) -> None:
        spec = replace(self.spec, model=replace(model("gpt-image-2"), price=Reserve(Money.of("0.50"))))
        assert self.provider().quote(spec).basis == "estimate"
        result = self.finish(self.recorded.success, spec)
        assert (result.cost, result.cost_basis) == (None, "unknown")

    def test_a_mask_alone_is_refused_before_sending(self) -> None:
        with pytest.raises(Rejected, match="mask"):
            self.provider().start(replace(self.spec, mask=PNG), attempt=ATTEMPT)


@pytest.mark.parametrize(
    ("model_id", "quality", "size", "dollars"),
    [
        ("gpt-image-2", "final", (1536, 1024), "0.165"),
        ("gpt-image-2", "final", (1024, 1536), "0.165"),
        ("gpt-image-2", "final", (3840, 2160), "0.401"),
        ("gpt-image-2", "final", (1024, 1024), "0.211"),
        ("gpt-image-2", "final", (1040, 1040), "0.211"),
        ("gpt-image-2", "final", (1280, 848), "0.211"),
        ("gpt-image-2", "standard", (1536, 1024), "0.042"),
        ("gpt-image-2", "standard", (1024, 1024), "0.053"),
        ("gpt-image-2.5-sunburst", "standard", (1536, 1024), "0.0412"),
        ("gpt-image-2.5-sunburst", "final", (3840, 2160), "0.400"),
        ("gpt-image-2.6-flare", "standard", (1024, 1024), "0.0527"),
        ("gpt-image-1.5", "final", (1536, 1024), "0.19968"),
    ],
)
def test_a_quote_is_the_published_price_of_that_size(
    model_id: str, quality: Quality, size: tuple[int, int], dollars: str
) -> None:
    spec = ImageSpec("A", model(model_id, "openai"), quality=quality, size=size)
    words = 5  # a prompt of one letter counts as one token
    quoted = OpenAIImages({}, client(always(200))).quote(spec).amount.micros - words
    assert quoted == pytest.approx(Money.of(dollars).micros, rel=0.002)


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


def colors(data: bytes, *places: tuple[float, float]) -> list[tuple[int, int, int]]:
    """The colors at places given as shares of width and height."""
    with Image.open(io.BytesIO(data)) as found:
        picture = found.convert("RGB")
    spots = [(int(x * picture.width), int(y * picture.height)) for x, y in places]
    return [cast("tuple[int, int, int]", picture.getpixel(spot)) for spot in spots]


def plain(color: str) -> Reference:
    return Reference(encoded(Image.new("RGB", (96, 64), color)))


def encoded(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def left_half_clear() -> bytes:
    mask = Image.new("RGBA", (96, 64), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 48, 64))
    return encoded(mask)


def test_over_real_http_an_edit_changes_only_where_the_mask_is_clear(stand_in: OpenAIStandIn) -> None:
    spec = replace(wish(), references=(plain("red"),), mask=left_half_clear())
    result = live(stand_in).start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    changed, kept = colors(result.pictures[0].data, (0.25, 0.5), (0.75, 0.5))
    assert kept == (255, 0, 0) != changed


def test_over_real_http_every_reference_is_used(stand_in: OpenAIStandIn) -> None:
    spec = replace(wish(), references=(plain("red"), plain("lime"), plain("blue")))
    result = live(stand_in).start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    assert colors(result.pictures[0].data, (0.06, 0.94), (0.18, 0.94)) == [(0, 255, 0), (0, 0, 255)]


def test_over_real_http_the_bill_of_an_edit_counts_the_pictures_sent(stand_in: OpenAIStandIn) -> None:
    alone = live(stand_in).start(wish(), attempt=ATTEMPT)
    edit = live(stand_in).start(replace(wish(), references=(plain("red"), plain("blue"))), attempt=ATTEMPT)
    assert isinstance(alone, Finished)
    assert isinstance(edit, Finished)
    assert alone.cost is not None
    assert edit.cost == alone.cost + Money(2 * TOKENS_PER_PICTURE_IN * 8)


def test_over_real_http_a_mask_of_another_size_is_the_field_to_fix(stand_in: OpenAIStandIn) -> None:
    mask = encoded(Image.new("RGBA", (32, 32)))
    with pytest.raises(Rejected) as rejected:
        live(stand_in).start(replace(wish(), references=(plain("red"),), mask=mask), attempt=ATTEMPT)
    assert rejected.value.field == "mask"
    assert stand_in.billed == 0


@pytest.mark.parametrize(
    ("word", "kind", "billed"),
    [
        ("[refuse]", ErrorKind.REFUSED, 0),
        ("[rate-limit]", ErrorKind.RATE_LIMITED, 0),
        ("[no-money]", ErrorKind.OUT_OF_MONEY, 0),
        ("[gone]", ErrorKind.MODEL_GONE, 0),
        ("[down]", ErrorKind.UNAVAILABLE, 0),
        ("[lost]", ErrorKind.UNCLEAR, 1),
        ("[nonsense]", ErrorKind.BAD_ANSWER, 1),
    ],
)
def test_over_real_http_each_trouble_has_its_kind(
    stand_in: OpenAIStandIn, word: str, kind: ErrorKind, billed: int
) -> None:
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
