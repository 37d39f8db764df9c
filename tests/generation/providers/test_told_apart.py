"""What went wrong is told apart on every path: declined, too fast, ended, no money, no key, and what may be sent again.

One line is one answer as a service, or a gateway in front of it, has been seen to give it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from generation.providers.bedrock import by_code
from generation.providers.errors import (
    BadAnswer,
    ModelGone,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Unauthorized,
    Unavailable,
    Unclear,
)
from tests.generation.providers import (
    test_a1111,
    test_bfl,
    test_comfyui,
    test_compatible,
    test_gemini,
    test_openai,
    test_openai_responses,
    test_replicate,
    test_stability,
)
from tests.generation.providers.contract import HTTPContract, always

SERVICES: dict[str, type[HTTPContract]] = {
    "a1111": test_a1111.TestContract,
    "bfl": test_bfl.TestContract,
    "comfyui": test_comfyui.TestContract,
    "gateway": test_compatible.TestGateway,
    "gemini": test_gemini.TestContract,
    "openai": test_openai.TestContract,
    "responses": test_openai_responses.TestContract,
    "replicate": test_replicate.TestContract,
    "stability": test_stability.TestContract,
}


class Said(NamedTuple):
    """One answer, and what it means."""

    service: str
    status: int
    body: Any
    means: type[ProviderError]


def openai(code: str | None, kind: str | None, message: str = "No.") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def litellm(status: str, message: str, kind: str | None = None) -> dict[str, Any]:
    """As the proxy writes it: the status in `code`, the truth in words."""
    return {"error": {"message": f"litellm.{message}", "type": kind, "param": None, "code": status}}


def google(code: int, status: str, message: str, *reasons: str) -> dict[str, Any]:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason} for reason in reasons]
    return {"error": {"code": code, "status": status, "message": message, "details": details}}


SAFETY = "Your request was rejected by the safety system. safety_violations=[violence]."
QUOTA = "You exceeded your current quota, please check your plan and billing details."
BLOCKED = openai("moderation_blocked", "image_generation_user_error", SAFETY)
NOTHING: list[dict[str, Any]] = [{"b64_json": None, "url": None}]
ENDED = openai("model_not_found", "invalid_request_error", "The model `gpt-image-1` does not exist.")

Answer = tuple[int, Any, type[ProviderError]]
ERRORS: list[Answer] = [
    (400, BLOCKED, Refused),
    (400, openai("content_policy_violation", "invalid_request_error"), Refused),
    (429, openai("rate_limit_exceeded", "requests"), RateLimited),
    (404, ENDED, ModelGone),
    (429, openai("insufficient_quota", "insufficient_quota", QUOTA), OutOfMoney),
    (400, openai("billing_hard_limit_reached", "invalid_request_error"), OutOfMoney),
    (401, openai("invalid_api_key", "invalid_request_error"), Unauthorized),
    (400, openai(None, "invalid_request_error", "Invalid size."), Rejected),
    (503, openai(None, "server_error", "Overloaded."), Unavailable),
    (504, "<html>Gateway time-out</html>", Unclear),
    (400, litellm("400", f"ContentPolicyViolationError: OpenAIException - {SAFETY}"), Refused),
    (400, litellm("400", f"BadRequestError: {SAFETY}", "image_generation_user_error"), Refused),
    (400, litellm("400", "BadRequestError: VertexAIException - IMAGE_SAFETY"), Refused),
    (404, litellm("404", "NotFoundError: The model `gpt-image-1` does not exist."), ModelGone),
    (400, litellm("400", "BadRequestError: model_not_found"), ModelGone),
    (400, litellm("400", "Invalid model name passed in model=x", "invalid_request_error"), ModelGone),
    (429, litellm("429", f"RateLimitError: OpenAIException - {QUOTA}"), OutOfMoney),
    (429, litellm("429", f"RateLimitError: GeminiException - {QUOTA} Please retry in 7s."), RateLimited),
    (400, litellm("400", "ExceededBudget: User over its limit", "budget_exceeded"), OutOfMoney),
    (400, litellm("400", "BadRequestError: Your credit balance is too low."), OutOfMoney),
    (429, litellm("429", "RateLimitError: Limit 5 a minute."), RateLimited),
    (401, litellm("401", "AuthenticationError: a key for the model not found", "auth_error"), Unauthorized),
    (400, litellm("400", "BadRequestError: Invalid size."), Rejected),
    (400, {"detail": openai("moderation_blocked", None)}, Refused),
    (429, {"detail": openai("insufficient_quota", None)["error"]}, OutOfMoney),
]
"""With whatever status; the later ones as LiteLLM passes them on."""
GOOD_STATUS: list[Answer] = [
    (200, BLOCKED | {"data": []}, Refused),
    (200, BLOCKED, Refused),
    (200, BLOCKED | {"data": None}, Refused),
    (200, {"error": SAFETY}, Refused),
    (200, ENDED | {"data": []}, ModelGone),
    (200, openai("insufficient_quota", None) | {"data": []}, OutOfMoney),
    (200, openai("rate_limit_exceeded", None), RateLimited),
    (200, openai(None, None, "Something else."), BadAnswer),
    (200, {"data": [], "error": None}, BadAnswer),
    (200, BLOCKED | {"data": NOTHING}, Refused),
    (200, BLOCKED | {"data": [{}]}, Refused),
    (200, openai("rate_limit_exceeded", None) | {"data": NOTHING}, RateLimited),
    (200, openai("insufficient_quota", None) | {"data": NOTHING * 2}, OutOfMoney),
    (200, {"data": [NOTHING[0] | BLOCKED]}, Refused),
    (200, {"data": [NOTHING[0] | ENDED]}, ModelGone),
    (200, {"data": [NOTHING[0] | {"error": SAFETY}]}, Refused),
    (200, {"data": NOTHING, "detail": BLOCKED}, Refused),
    (200, {"data": NOTHING, "detail": BLOCKED["error"]}, Refused),
    (200, {"data": NOTHING, "detail": SAFETY}, Refused),
    (200, {"data": [NOTHING[0] | {"detail": BLOCKED["error"]}]}, Refused),
    (200, {"data": NOTHING}, BadAnswer),
]
"""An error beside no picture, or in its place."""
OPENAI_SHAPED = [
    *(Said(service, *answer) for service in ("openai", "responses", "gateway") for answer in ERRORS),
    *(Said(service, *answer) for service in ("openai", "gateway") for answer in GOOD_STATUS),
]
OTHERS = [
    Said("gemini", 200, {"promptFeedback": {"blockReason": "MODEL_ARMOR"}}, Refused),
    Said("gemini", 200, {"candidates": [{"finishReason": "MODEL_ARMOR"}]}, Refused),
    Said("gemini", 400, google(400, "INVALID_ARGUMENT", "API key expired.", "API_KEY_INVALID"), Unauthorized),
    Said("gemini", 400, google(400, "INVALID_ARGUMENT", "API key not valid."), Unauthorized),
    Said("gemini", 403, google(403, "PERMISSION_DENIED", "Blocked.", "API_KEY_SERVICE_BLOCKED"), Unauthorized),
    Said("gemini", 403, google(403, "PERMISSION_DENIED", "Billing.", "BILLING_DISABLED"), OutOfMoney),
    Said("gemini", 429, google(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted. Top up."), OutOfMoney),
    Said("gemini", 429, google(429, "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0"), OutOfMoney),
    Said("gemini", 429, google(429, "RESOURCE_EXHAUSTED", QUOTA), RateLimited),
    Said("gemini", 404, google(404, "NOT_FOUND", "models/x is not found"), ModelGone),
    Said("gemini", 503, google(503, "UNAVAILABLE", "The model is overloaded."), Unavailable),
    Said("stability", 403, {"name": "content_moderation", "errors": ["No."]}, Refused),
    Said("stability", 429, {"name": "rate_limit_exceeded", "errors": ["Slow."]}, RateLimited),
    Said("stability", 402, {"name": "payment_required", "errors": ["No credits."]}, OutOfMoney),
    Said("stability", 404, {"name": "not_found", "errors": ["Gone."]}, ModelGone),
    Said("stability", 410, {"name": "gone", "errors": ["Gone."]}, ModelGone),
    Said("stability", 401, {"name": "unauthorized", "errors": ["No."]}, Unauthorized),
    Said("stability", 400, {"name": "bad_request", "errors": ["Wrong."]}, Rejected),
    Said("bfl", 429, {"detail": "Too many."}, RateLimited),
    Said("bfl", 402, {"detail": "Insufficient credits."}, OutOfMoney),
    Said("bfl", 404, {"detail": "Not found."}, ModelGone),
    Said("bfl", 403, {"detail": "Not authenticated."}, Unauthorized),
    Said("bfl", 422, {"detail": [{"loc": ["body", "width"], "msg": "Wrong."}]}, Rejected),
    Said("replicate", 429, {"detail": "Throttled."}, RateLimited),
    Said("replicate", 402, {"title": "Insufficient credit", "detail": "Top up."}, OutOfMoney),
    Said("replicate", 404, {"detail": "Not found."}, ModelGone),
    Said("replicate", 422, {"title": "Invalid version or not permitted", "detail": "It does not exist."}, ModelGone),
    Said("replicate", 422, {"title": "Input validation failed", "detail": "Wrong."}, Rejected),
    Said("replicate", 401, {"detail": "No."}, Unauthorized),
    Said("a1111", 401, {"detail": "Not authenticated"}, Unauthorized),
    Said("a1111", 500, {"error": "OutOfMemoryError", "errors": "CUDA out of memory"}, Rejected),
    Said("a1111", 422, {"detail": [{"msg": "Wrong."}]}, Rejected),
    Said("comfyui", 500, "Internal error", Unavailable),
    Said("comfyui", 400, {"error": {"message": "Wrong."}, "node_errors": {}}, Rejected),
]
AWS = [
    ("AccessDeniedException", "You don't have access to the model.", Unauthorized),
    ("AccessDeniedException", "Model access is denied: INVALID_PAYMENT_INSTRUMENT", OutOfMoney),
    ("AccessDeniedException", "This Model is marked by provider as Legacy.", ModelGone),
    ("ResourceNotFoundException", "Unknown.", ModelGone),
    ("ValidationException", "The provided model identifier is invalid.", ModelGone),
    ("ValidationException", "Blocked by the content filters.", Refused),
    ("ValidationException", "Wrong size.", Rejected),
    ("ThrottlingException", "Too many requests.", RateLimited),
    ("ServiceUnavailableException", "Not now.", Unavailable),
    ("ModelTimeoutException", "Too long.", Unclear),
]


def trouble(said: Said, **headers: str) -> ProviderError:
    """What the adapter makes of the answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SERVICES[said.service]().trouble(always(said.status, said.body, named))


@pytest.mark.parametrize("said", [*OPENAI_SHAPED, *OTHERS], ids=lambda said: f"{said.service}-{said.means.__name__}")
def test_each_answer_means_one_thing(said: Said) -> None:
    error = trouble(said)
    assert type(error) is said.means
    assert error.may_resend is (said.means in (RateLimited, Unavailable))


@pytest.mark.parametrize(("code", "message", "means"), AWS)
def test_each_answer_of_aws_means_one_thing(code: str, message: str, means: type[ProviderError]) -> None:
    assert type(by_code({"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}})) is means


@pytest.mark.parametrize("service", ["openai", "responses", "gateway", "gemini", "stability", "bfl", "replicate"])
@pytest.mark.parametrize("status", [429, 503])
def test_how_long_to_wait_is_heeded_whichever_way_it_is_said(service: str, status: int) -> None:
    assert trouble(Said(service, status, {}, RateLimited), retry_after="17").retry_after == 17


def test_words_instead_of_a_picture_reach_the_person() -> None:
    body = {"candidates": [{"content": {"parts": [{"text": "I cannot draw floor plans."}]}, "finishReason": "STOP"}]}
    error = trouble(Said("gemini", 200, body, BadAnswer))
    assert "I cannot draw floor plans." in error.words


def test_how_long_to_wait_is_heeded_at_a_good_status_too() -> None:
    assert (
        trouble(
            Said("gateway", 200, test_openai.RATE_LIMIT | {"data": NOTHING}, RateLimited), retry_after="17"
        ).retry_after
        == 17
    )


def test_a_declined_picture_says_so_beside_those_that_came() -> None:
    drawn = test_openai.SUCCESS["data"]
    result = test_openai.TestContract().finish(
        always(200, test_openai.SUCCESS | {"data": [*drawn, NOTHING[0] | BLOCKED]})
    )
    assert len(result.pictures) == len(drawn)
    assert SAFETY in result.warnings[0]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "drawn",
    [{"url": "https://elsewhere.example/a.png"}, {"b64_json": "iVBOR!"}, {"url": "data:image/png;base64,%"}],
)
def test_nothing_is_sent_again_while_one_of_its_pictures_may_have_been_drawn(drawn: Any, turned: bool) -> None:
    entries = [drawn, NOTHING[0] | test_openai.RATE_LIMIT]
    error = trouble(Said("gateway", 200, {"data": entries[::-1] if turned else entries}, ProviderError))
    assert error.charged != "no"
    assert not isinstance(error, RateLimited)


def test_what_a_gateway_leaves_empty_is_neither_warned_of_nor_recorded() -> None:
    echoes = dict.fromkeys(("size", "quality", "background", "output_format", "model"))
    case = test_openai.TestContract()
    result = case.finish(always(200, test_openai.SUCCESS | echoes))
    assert (result.warnings, dict(result.parameters_in_effect), result.model_reported) == ((), {}, "")
