"""A stand-in for OpenAI's Responses API in the background: `python -m tests.standins.openai_responses --port 8803`."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.standins.pictures import picture
from tests.standins.server import Handler, StandIn

READY_AFTER = 2  # polls


@dataclass
class Render:
    wish: dict[str, Any]
    mode: str
    polls: int = 0
    cancelled: bool = False
    id: str = field(default_factory=lambda: f"resp_{uuid4().hex}")

    @property
    def tool(self) -> dict[str, Any]:
        tool: dict[str, Any] = self.wish["tools"][0]
        return tool


class ResponsesStandIn(StandIn):
    """Queues every wish, is busy for two polls, and then answers with one picture, a refusal, or words."""

    plays = "openai-responses"
    root = "/v1"
    model_id = "gpt-image-2.5-flare"
    modes = ("refuse", "words", "hang", "unknown", "failed", "forgotten", "lost", "lost-poll", "rate-limit", "no-money")

    def __init__(self, port: int = 0, *, seconds: float = 3.0) -> None:
        super().__init__(port, seconds=seconds)
        self.renders: dict[str, Render] = {}

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if method == "GET" and path.endswith("/models"):
            return handler.answer(200, {"object": "list", "data": [{"id": "gpt-image-2", "object": "model"}]})
        if method == "POST" and path.endswith("/cancel"):
            return self._cancel(handler, path.split("/")[-2])
        if method == "POST" and path.endswith("/responses"):
            return self._begin(handler)
        if method == "GET" and "/responses/" in path:
            return self._poll(handler, path.rpartition("/")[2])
        return handler.answer(404, _error("invalid_request_error", None, "Unknown address."))

    def _begin(self, handler: Handler) -> None:
        wish = handler.json_body()
        mode = self.take(handler, str(wish["input"][0]["content"][0]["text"]))
        previous = wish.get("previous_response_id")
        if previous and previous not in self.renders:
            words = f"Previous response with id '{previous}' not found."
            return handler.answer(400, _error("invalid_request_error", "previous_response_not_found", words))
        if mode == "rate-limit":
            return handler.answer(429, _error("rate_limit_error", "rate_limit_exceeded", "Slow."), retry_after="7")
        if mode == "no-money":
            return handler.answer(429, _error("insufficient_quota", "insufficient_quota", "You exceeded your quota."))
        render = Render(wish, mode)
        self.renders[render.id] = render
        self.bill(1)
        if mode == "lost":
            return handler.hang_up()
        return handler.answer(200, _response(render, "queued"))

    def _poll(self, handler: Handler, response_id: str) -> None:
        render = self.renders.get(response_id)
        if render is None or render.mode == "forgotten":
            return handler.answer(404, _error("invalid_request_error", None, "Response not found."))
        render.polls += 1
        if render.mode == "lost-poll" and render.polls == 1:
            return handler.hang_up()
        if render.cancelled:
            return handler.answer(200, _response(render, "cancelled"))
        if render.mode == "hang" or render.polls <= READY_AFTER:
            return handler.answer(200, _response(render, "in_progress"))
        if render.mode == "unknown":
            return handler.answer(200, _response(render, "pondering"))
        if render.mode == "failed":
            error = {"code": "server_error", "message": "The model had trouble."}
            return handler.answer(200, _response(render, "failed") | {"error": error})
        return handler.answer(200, _response(render, "completed") | {"output": [_ending(render)]} | USAGE)

    def _cancel(self, handler: Handler, response_id: str) -> None:
        """Whatever is not over stops; how far it was paid by then, nobody says."""
        render = self.renders[response_id]
        render.cancelled = render.mode == "hang" or render.polls < READY_AFTER
        return handler.answer(200, _response(render, "cancelled" if render.cancelled else "completed"))


USAGE: dict[str, Any] = {
    "usage": {
        "input_tokens": 300,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 120,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 420,
    },
    "tool_usage": {
        "image_gen": {
            "input_tokens": 40,
            "input_tokens_details": {"text_tokens": 40, "image_tokens": 0},
            "output_tokens": 1756,
            "total_tokens": 1796,
        },
        "web_search": {"num_requests": 0},
    },
}


def _response(render: Render, status: str) -> dict[str, Any]:
    return {
        "id": render.id,
        "object": "response",
        "created_at": 1795300000.0,
        "parallel_tool_calls": True,
        "tool_choice": render.wish.get("tool_choice", "auto"),
        "status": status,
        "model": render.wish["model"],
        "background": render.wish.get("background", False),
        "error": None,
        "output": [],
        "tools": [{key: value for key, value in render.tool.items() if key != "input_image_mask"}],
    }


def _ending(render: Render) -> dict[str, Any]:
    if render.mode == "words":
        part = {"type": "output_text", "text": "I would rather describe it.", "annotations": []}
        message = {"type": "message", "id": f"msg_{render.id}", "role": "assistant", "status": "completed"}
        return message | {"content": [part]}
    call = {"type": "image_generation_call", "id": f"ig_{render.id}", "action": "generate"}
    if render.mode == "refuse":
        details = {"moderation_stage": "output", "categories": ["violence"]}
        error = {"code": "moderation_blocked", "type": "image_generation_user_error", "message": "Rejected as unsafe."}
        return call | {"status": "failed", "error": error | {"moderation_details": details}}
    size = render.tool["size"]
    width, height = (int(side) for side in size.split("x"))
    return call | {
        "status": "completed",
        "result": base64.b64encode(picture(width, height, render.id)).decode(),
        "revised_prompt": "A wide photograph of the same.",
        "size": size,
        "quality": render.tool["quality"],
        "output_format": "png",
        "background": "opaque",
    }


def _error(kind: str, code: str | None, message: str) -> dict[str, Any]:
    return {"error": {"type": kind, "code": code, "message": message, "param": None}}


if __name__ == "__main__":
    ResponsesStandIn.main()
