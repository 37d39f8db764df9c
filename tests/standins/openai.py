"""A stand-in for OpenAI's Images API: `python -m tests.standins.openai --port 8801`."""

from __future__ import annotations

import base64
import time
from typing import Any

from tests.standins.pictures import picture
from tests.standins.server import Handler, StandIn

TOKENS = {"low": 200, "medium": 1767, "high": 7034, "xhigh": 3122, "max": 7024, "auto": 1767}


class OpenAIStandIn(StandIn):
    """Generations, edits and the list of models, with usage as the real service reports it."""

    modes = (
        "refuse",
        "refuse-output",
        "rate-limit",
        "busy-once",
        "lost",
        "slow",
        "no-money",
        "nonsense",
        "down",
        "gone",
        "few",
    )

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if method == "GET" and path.endswith("/models"):
            return handler.answer(200, {"object": "list", "data": [{"id": "gpt-image-2", "object": "model"}]})
        if method != "POST" or not path.endswith(("/images/generations", "/images/edits")):
            return handler.answer(404, {"error": {"message": "Unknown address.", "type": "invalid_request_error"}})
        wish = handler.json_body()
        mode = self.take(handler, str(wish.get("prompt", "")))
        return self._act(handler, mode, wish)

    def _act(self, handler: Handler, mode: str, wish: dict[str, Any]) -> None:
        if mode in TROUBLE:
            status, error = TROUBLE[mode]
            return handler.answer(status, {"error": error}, x_request_id="req_standin")
        if mode == "rate-limit" or (mode == "busy-once" and self.count(f"busy {wish.get('prompt')}") == 1):
            error = {
                "type": "rate_limit_error",
                "code": "rate_limit_exceeded",
                "message": "Limit of pictures a minute.",
            }
            return handler.answer(429, {"error": error}, retry_after="1", x_request_id="req_standin")
        if mode == "nonsense":
            self.bill(int(wish.get("n", 1)))
            return handler.answer_bytes(200, b"<html>Welcome</html>", "text/html", x_request_id="req_standin")
        if mode == "slow":
            time.sleep(self.seconds)
        self.bill(int(wish.get("n", 1)))
        if mode == "lost":
            return handler.hang_up()
        return handler.answer(200, self._pictures(wish, few=mode == "few"), x_request_id="req_standin")

    def _pictures(self, wish: dict[str, Any], *, few: bool) -> dict[str, Any]:
        count = int(wish.get("n", 1)) - (1 if few else 0)
        size = str(wish.get("size", "1024x1024"))
        width, height = (int(side) for side in size.split("x")) if "x" in size else (1024, 1024)
        quality = str(wish.get("quality", "auto"))
        items = [picture(width, height, f"{wish.get('prompt')} {number} {self.billed}") for number in range(count)]
        text, out = len(str(wish.get("prompt", ""))) // 4 + 1, TOKENS.get(quality, 1767) * count
        return {
            "created": int(time.time()),
            "background": "opaque",
            "output_format": "png",
            "size": f"{width}x{height}",
            "quality": "medium" if quality == "auto" else quality,
            "data": [{"b64_json": base64.b64encode(item).decode()} for item in items],
            "usage": {
                "total_tokens": text + out,
                "input_tokens": text,
                "output_tokens": out,
                "input_tokens_details": {"text_tokens": text, "image_tokens": 0},
            },
        }


def _refusal(stage: str) -> tuple[int, dict[str, Any]]:
    words = "Your request was rejected by the safety system. safety_violations=[violence]."
    details = {"moderation_stage": stage, "categories": ["violence"]}
    return 400, {
        "type": "image_generation_user_error",
        "code": "moderation_blocked",
        "param": None,
        "message": words,
        "moderation_details": details,
    }


TROUBLE: dict[str, tuple[int, dict[str, Any]]] = {
    "refuse": _refusal("input"),
    "refuse-output": _refusal("output"),
    "no-money": (
        429,
        {"type": "insufficient_quota", "code": "insufficient_quota", "message": "You exceeded your quota."},
    ),
    "down": (503, {"type": "server_error", "code": None, "message": "The server is overloaded."}),
    "gone": (404, {"type": "invalid_request_error", "code": "model_not_found", "message": "The model does not exist."}),
}

if __name__ == "__main__":
    OpenAIStandIn.main()
