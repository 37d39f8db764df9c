"""OpenAI Responses by recorded answers, and over real HTTP against the stand-in."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from generation.providers.base import Finished, ImageSpec, Money, Pending
from generation.providers.egress.http import Client
from generation.providers.errors import (
    BadAnswer,
    ModelGone,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Stopped,
    Unavailable,
    Unclear,
)
from generation.providers.openai_responses import OpenAIResponses
from tests.generation.providers.contract import (
    ATTEMPT,
    CANARY,
    PNG,
    Answering,
    HTTPContract,
    Recorded,
    always,
    client,
    model,
    polled,
    wish,
)
from tests.standins.openai_responses import USAGE, ResponsesStandIn

MODEL = model("gpt-image-2.5-flare", "openai-responses")
WISH = wish(MODEL)
RESPONSE: dict[str, Any] = {
    "id": "resp_68f1",
    "object": "response",
    "status": "queued",
    "model": "gpt-5.5",
    "error": None,
    "output": [],
}
CALL = {
    "type": "image_generation_call",
    "id": "ig_68f1",
    "status": "completed",
    "action": "generate",
    "result": base64.b64encode(PNG).decode(),
    "revised_prompt": "A wide photograph of a brick house with a green door",
    "size": "1536x1024",
    "quality": "high",
    "output_format": "png",
    "background": "opaque",
}
TALK = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Here it is."}]}
DONE: dict[str, Any] = {"status": "completed", "output": [TALK, CALL], "tools": [{"model": MODEL.id}], **USAGE}
BLOCKED: dict[str, Any] = {
    "type": "image_generation_call",
    "id": "ig_1",
    "status": "failed",
    "error": {
        "code": "moderation_blocked",
        "type": "image_generation_user_error",
        "message": "Your request was rejected by the safety system.",
        "moderation_details": {"moderation_stage": "output", "categories": ["sexual"]},
    },
}

TOO_EARLY = BLOCKED | {"error": {"code": "rate_limit_exceeded", "type": "requests", "message": "Slow down."}}
REASONING = {"type": "reasoning", "id": "rs_1", "summary": []}


def service(*polls: dict[str, Any]) -> Answering:
    return polled(RESPONSE, *polls)


class TestContract(HTTPContract):
    adapter = OpenAIResponses
    model_id = MODEL.id
    options: ClassVar[Mapping[str, str]] = {"api_key": CANARY}
    recorded = Recorded(
        success=lambda request: service(DONE)(request),
        refusal=lambda request: service({"status": "completed", "output": [BLOCKED]})(request),
        rate_limit=always(429, {"error": {"type": "rate_limit_error", "code": "rate_limit_exceeded"}}),
    )

    @property
    def spec(self) -> ImageSpec:
        return WISH

    def test_both_meters_are_paid(self) -> None:
        # 300 in and 120 out of the text model at $5 and $30, 40 in and 1756 out of the image model at $5 and $30
        assert self.good.cost == Money(300 * 5 + 120 * 30 + 40 * 5 + 1756 * 30)
        assert self.good.cost_basis == "computed"

    def test_what_the_text_model_made_of_the_prompt_is_kept(self) -> None:
        assert self.good.revised_prompt == CALL["revised_prompt"]

    def test_the_request_id_is_what_refining_needs(self) -> None:
        assert self.good.request_id == RESPONSE["id"]

    def test_the_model_reported_is_the_one_that_drew(self) -> None:
        assert self.good.model_reported == MODEL.id

    def test_a_refusal_keeps_stage_and_categories(self) -> None:
        error = self.trouble(self.recorded.refusal)
        assert isinstance(error, Refused)
        assert (error.stage, error.categories) == ("output", ("sexual",))

    @pytest.mark.parametrize("status", ["pondering", None, 7])
    def test_an_unknown_status_ends_the_job(self, status: Any) -> None:
        assert isinstance(self.trouble(service({"status": status})), BadAnswer)

    def test_words_instead_of_a_picture_are_kept_for_people(self) -> None:
        error = self.trouble(service({"status": "completed", "output": [TALK]}))
        assert isinstance(error, BadAnswer)
        assert "Here it is." in error.words

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("invalid_prompt", Refused),
            ("image_content_policy_violation", Refused),
            ("image_too_small", Rejected),
            ("server_error", BadAnswer),
            ("never_heard_of", BadAnswer),
        ],
    )
    def test_a_failed_answer_is_final(self, code: str, kind: type[ProviderError]) -> None:
        error = self.trouble(service({"status": "failed", "error": {"code": code, "message": "No."}}))
        assert isinstance(error, kind)
        assert not error.may_resend

    @pytest.mark.parametrize(
        ("code", "kind", "charged"),
        [
            ("rate_limit_exceeded", RateLimited, "no"),
            ("insufficient_quota", OutOfMoney, "no"),
            ("model_not_found", ModelGone, "no"),
            ("server_error", BadAnswer, "unknown"),
            ("image_too_small", Rejected, "no"),
            ("moderation_blocked", Refused, "unknown"),
            ("never_heard_of", BadAnswer, "unknown"),
        ],
    )
    @pytest.mark.parametrize("is_of_the_call", [True, False])
    def test_an_error_means_the_same_wherever_it_stands(
        self, code: str, kind: type[ProviderError], charged: str, is_of_the_call: bool
    ) -> None:
        said = {"code": code, "type": "image_generation_error", "message": "What it says."}
        call = {"type": "image_generation_call", "id": "ig_1", "status": "failed", "result": None}
        over = {"status": "completed", "output": [call | {"error": said}]}
        error = self.trouble(service(over if is_of_the_call else {"status": "failed", "error": said}))
        assert (type(error), error.charged) == (kind, charged)
        assert "What it says." in error.words
        assert error.ends_job is (kind is RateLimited)

    @pytest.mark.parametrize(
        ("said", "is_sent_again"),
        [
            ({"error": {"code": "rate_limit_exceeded"}, "output": [REASONING]}, True),
            ({"error": {"code": "rate_limit_exceeded"}, "output": [REASONING, TOO_EARLY]}, True),
            ({"error": None, "output": [TOO_EARLY, TOO_EARLY]}, True),
            ({"error": None, "output": [TOO_EARLY], "usage": {"total_tokens": 900}}, False),
            ({"error": {"code": "rate_limit_exceeded"}, "output": [BLOCKED]}, False),
            ({"error": None, "output": [TOO_EARLY, BLOCKED]}, False),
            ({"error": {"code": "rate_limit_exceeded"}, "output": [CALL | {"status": "generating"}]}, False),
        ],
    )
    def test_it_is_sent_again_only_where_nothing_was_drawn_or_declined(
        self, said: dict[str, Any], is_sent_again: bool
    ) -> None:
        error = self.trouble(service({"status": "failed", **said}))
        assert isinstance(error, RateLimited) is is_sent_again is error.may_resend

    def test_only_what_was_declined_beside_a_picture_is_called_so(self) -> None:
        result = self.finish(service(DONE | {"output": [BLOCKED, TOO_EARLY, CALL]}))
        assert [each.words for each in result.refusals] == [BLOCKED["error"]["message"]]
        assert result.refusals[0].categories == ("sexual",)

    def test_another_jobs_answer_is_not_taken(self) -> None:
        assert isinstance(self.trouble(service(DONE | {"id": "resp_other"})), BadAnswer)

    def test_an_empty_account_is_not_taken_for_a_busy_one(self) -> None:
        assert isinstance(self.trouble(always(429, {"error": {"type": "insufficient_quota"}})), OutOfMoney)

    @pytest.mark.parametrize("output", [None, {}, [None], [[]], [{"type": "image_generation_call"}]])
    def test_a_misshapen_output_is_a_bad_answer(self, output: Any) -> None:
        assert isinstance(self.trouble(service({"status": "completed", "output": output})), BadAnswer)

    @pytest.mark.parametrize(
        ("usage", "basis"),
        [
            ({"usage": None}, "unknown"),
            ({"tool_usage": {"image_gen": {"output_tokens": -1}}}, "doubtful"),
            ({"usage": {"input_tokens": "many", "output_tokens": 1}}, "doubtful"),
        ],
    )
    def test_no_cost_is_made_up(self, usage: dict[str, Any], basis: str) -> None:
        result = self.finish(service(DONE | usage))
        assert (result.cost, result.cost_basis) == (None, basis)

    def test_one_that_was_not_begun_for_lack_of_room_may_be_sent_again(self) -> None:
        busy = {"status": "failed", "error": {"code": "rate_limit_exceeded", "message": "Slow."}}
        error = self.trouble(service(busy))
        assert isinstance(error, RateLimited)
        assert (error.ends_job, error.may_resend, error.charged) == (True, True, "no")
        drawn_by_then = self.trouble(service(busy | {"output": [CALL]}))
        assert isinstance(drawn_by_then, BadAnswer)


def body_of(spec: ImageSpec, **options: str) -> dict[str, Any]:
    provider = OpenAIResponses({"api_key": CANARY, **options}, client(always(200)))
    return dict(provider.build(spec, ATTEMPT).json or {})


def test_the_tool_is_forced_on_the_text_model() -> None:
    body = body_of(WISH)
    assert (body["model"], body["tool_choice"]) == ("gpt-5.5", {"type": "image_generation"})
    assert (body["tools"][0]["model"], body["tools"][0]["size"]) == (MODEL.id, "1536x1024")


def test_it_goes_on_from_an_earlier_answer() -> None:
    body = body_of(replace(WISH, extra={"previous_response_id": "resp_1"}))
    assert body["previous_response_id"] == "resp_1"


def test_nothing_is_kept_at_the_service_when_that_is_switched_off() -> None:
    body = body_of(WISH, background="no")
    assert (body["background"], body["store"]) == (False, False)


def test_without_kept_answers_there_is_nothing_to_go_on_from() -> None:
    with pytest.raises(Rejected, match="switched off"):
        body_of(replace(WISH, extra={"previous_response_id": "resp_1"}), background="no")


def test_a_model_without_a_text_model_is_not_sent() -> None:
    with pytest.raises(Rejected, match="names no text model"):
        body_of(replace(WISH, model=replace(MODEL, settings={})))


# Over real HTTP


@pytest.fixture
def stand_in() -> Iterator[ResponsesStandIn]:
    with ResponsesStandIn() as running:
        yield running


def real(stand_in: ResponsesStandIn, deadline: float = 5.0) -> OpenAIResponses:
    options = {"api_key": CANARY, "base_url": f"{stand_in.url}/v1"}
    return OpenAIResponses(options, Client(allow_loopback=True, deadline=deadline))


def finish(provider: OpenAIResponses, prompt: str, **more: Any) -> Finished:
    result = provider.start(replace(WISH, prompt=prompt, **more), attempt=ATTEMPT)
    for _ in range(6):
        if isinstance(result, Finished):
            return result
        result = provider.resume(result.handle)
    pytest.fail("The job never ended.")


def posts(stand_in: ResponsesStandIn) -> int:
    return stand_in.requests["POST /v1/responses"]


def test_a_picture_comes_after_waiting_and_is_paid_once(stand_in: ResponsesStandIn) -> None:
    result = finish(real(stand_in), "A brick house")
    assert result.pictures[0].data.startswith(b"\x89PNG")
    assert (posts(stand_in), stand_in.billed) == (1, 1)


def test_a_line_lost_while_waiting_costs_nothing_more(stand_in: ResponsesStandIn) -> None:
    provider = real(stand_in)
    pending = provider.start(replace(WISH, prompt="A house [lost-poll]"), attempt=ATTEMPT)
    assert isinstance(pending, Pending)
    with pytest.raises(Unavailable) as lost:
        provider.resume(pending.handle)
    assert lost.value.may_resend  # asking again, that is: the job itself is not sent again
    for _ in range(2):
        pending = provider.resume(getattr(pending, "handle", ""))
    assert isinstance(pending, Finished)
    assert (posts(stand_in), stand_in.billed) == (1, 1)


def test_another_worker_can_resume_with_the_handle_alone(stand_in: ResponsesStandIn) -> None:
    pending = real(stand_in).start(WISH, attempt=ATTEMPT)
    assert isinstance(pending, Pending)
    other, result = real(stand_in), None
    for _ in range(3):
        result = other.resume(pending.handle)
    assert isinstance(result, Finished)
    assert result.cost is not None
    assert CANARY not in pending.handle


def test_a_wish_whose_answer_is_lost_is_unclear(stand_in: ResponsesStandIn) -> None:
    with pytest.raises(Unclear):
        real(stand_in).start(replace(WISH, prompt="A house [lost]"), attempt=ATTEMPT)
    assert (posts(stand_in), stand_in.billed) == (1, 1)


def test_an_answer_the_service_forgot_is_unclear(stand_in: ResponsesStandIn) -> None:
    with pytest.raises(Unclear):
        finish(real(stand_in), "A house [forgotten]")
    assert posts(stand_in) == 1


def test_refining_knows_the_earlier_picture(stand_in: ResponsesStandIn) -> None:
    provider = real(stand_in)
    first = finish(provider, "A house")
    second = finish(provider, "The door green", extra={"previous_response_id": first.request_id})
    assert stand_in.renders[second.request_id].wish["previous_response_id"] == first.request_id


def test_refining_something_unknown_is_rejected(stand_in: ResponsesStandIn) -> None:
    with pytest.raises(Rejected, match="not found"):
        finish(real(stand_in), "A house", extra={"previous_response_id": "resp_gone"})


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("refuse", Refused),
        ("words", BadAnswer),
        ("unknown", BadAnswer),
        ("failed", BadAnswer),
        ("no-money", OutOfMoney),
    ],
)
def test_each_bad_ending_has_its_class(stand_in: ResponsesStandIn, mode: str, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        finish(real(stand_in), f"A house [{mode}]")
    assert posts(stand_in) == 1


def test_a_cancelled_picture_is_told_as_such(stand_in: ResponsesStandIn) -> None:
    provider = real(stand_in)
    pending = provider.start(replace(WISH, prompt="A house [hang]"), attempt=ATTEMPT)
    assert isinstance(pending, Pending)
    provider.cancel(pending.handle)
    with pytest.raises(Stopped, match="cancelled"):
        provider.resume(pending.handle)


def test_checking_spends_nothing(stand_in: ResponsesStandIn) -> None:
    assert "1 models" in real(stand_in).check()
    assert stand_in.billed == 0


def test_the_attempt_can_be_found_at_the_service(stand_in: ResponsesStandIn) -> None:
    real(stand_in).start(WISH, attempt=ATTEMPT)
    assert next(iter(stand_in.renders.values())).wish["metadata"] == {"attempt": str(ATTEMPT)}
    assert stand_in.headers[0]["x-client-request-id"] == str(ATTEMPT)


def test_a_stored_handle_that_is_damaged_is_a_bad_answer(stand_in: ResponsesStandIn) -> None:
    with pytest.raises(BadAnswer):
        real(stand_in).resume(json.dumps(["resp_1"]))
