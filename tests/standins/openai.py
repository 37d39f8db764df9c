"""A stand-in for OpenAI's Images API: `python -m tests.standins.openai --port 8801`."""

from __future__ import annotations

import base64
import io
import time
from typing import Any

from PIL import Image

from tests.standins.pictures import edited, picture
from tests.standins.server import Handler, StandIn, Upload

TOKENS = {"low": 200, "medium": 1767, "high": 7034, "xhigh": 3122, "max": 7024, "auto": 1767}
TOKENS_WIDE = TOKENS | {"medium": 1400, "high": 5500, "max": 5500, "auto": 1400}
"""Of 1536x1024 and its upright twin, which take fewer."""
TOKENS_PER_PICTURE_IN = 1_500
MOST_PICTURES = 16
FIELDS = frozenset(
    ("model", "prompt", "n", "size", "quality", "background", "output_format", "output_compression", "moderation",
     "safety_identifier", "complexity", "input_fidelity")
)  # fmt: skip


class OpenAIStandIn(StandIn):
    """Generations, edits and the list of models, with usage as the real service reports it.

    An edit's picture shows what was sent: see `edited`. Fields that the service does not know are refused.
    """

    plays = "openai"
    root = "/v1"
    model_id = "gpt-image-2"
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
        "square",
        "gateway",
    )

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if method == "GET" and path.endswith("/models"):
            return handler.answer(200, {"object": "list", "data": [{"id": "gpt-image-2", "object": "model"}]})
        if method != "POST" or not path.endswith(("/images/generations", "/images/edits")):
            return handler.answer(404, {"error": {"message": "Unknown address.", "type": "invalid_request_error"}})
        is_edit = path.endswith("/edits")
        wish, files = handler.form() if is_edit else (handler.json_body(), [])
        mode = self.take(handler, str(wish.get("prompt", "")))
        problem = wrong_field(wish) or (wrong_file(files) if is_edit else "")
        if problem:
            error = {"type": "invalid_request_error", "code": None, "param": problem, "message": f"Wrong: {problem}."}
            return handler.answer(400, {"error": error}, x_request_id="req_standin")
        return self._act(handler, mode, wish, files)

    def _act(self, handler: Handler, mode: str, wish: dict[str, Any], files: list[Upload]) -> None:
        if mode in TROUBLE:
            status, error = TROUBLE[mode]
            return handler.answer(status, {"error": error}, x_request_id="req_standin")
        if mode == "rate-limit" or (mode == "busy-once" and self.count(f"busy {wish.get('prompt')}") == 1):
            return handler.answer(429, {"error": LIMITED}, retry_after="1", x_request_id="req_standin")
        count = int(wish.get("n", 1))
        if mode == "slow":
            time.sleep(self.seconds)
        self.bill(count)
        if mode == "nonsense":
            return handler.answer_bytes(200, b"<html>Welcome</html>", "text/html", x_request_id="req_standin")
        if mode == "gateway":
            return handler.answer_bytes(504, b"<html>Gateway time-out</html>", "text/html")
        if mode == "lost":
            return handler.hang_up()
        size = "1024x1024" if mode == "square" else str(wish.get("size", "auto"))
        answer = self._answer(wish, files, size, count - 1 if mode == "few" else count)
        return handler.answer(200, answer, x_request_id="req_standin")

    def _answer(self, wish: dict[str, Any], files: list[Upload], size: str, count: int) -> dict[str, Any]:
        width, height = (int(side) for side in size.split("x")) if "x" in size else (1024, 1024)
        quality, kind = str(wish.get("quality", "auto")), str(wish.get("output_format", "png"))
        items = [self._drawn(wish, files, (width, height), kind, number) for number in range(count)]
        tokens = TOKENS_WIDE if {width, height} == {1536, 1024} else TOKENS
        text, out = len(str(wish.get("prompt", ""))) // 4 + 1, tokens.get(quality, tokens["auto"]) * count
        pictures = len(files) * TOKENS_PER_PICTURE_IN
        return {
            "created": int(time.time()),
            "background": "opaque" if wish.get("background", "auto") == "auto" else wish["background"],
            "output_format": kind,
            "size": f"{width}x{height}",
            "quality": "medium" if quality == "auto" else quality,
            "data": [{"b64_json": base64.b64encode(item).decode()} for item in items],
            "usage": {
                "total_tokens": text + pictures + out,
                "input_tokens": text + pictures,
                "output_tokens": out,
                "input_tokens_details": {"text_tokens": text, "image_tokens": pictures},
            },
        }

    def _drawn(self, wish: dict[str, Any], files: list[Upload], size: tuple[int, int], kind: str, number: int) -> bytes:
        words = f"{wish.get('prompt')} {number} {self.billed}"
        sent = [file.data for file in files if file.name in ("image", "image[]")]
        if not sent:
            return picture(*size, words, kind.upper())
        mask = next((file.data for file in files if file.name == "mask"), None)
        return edited(sent, mask, size, words, kind.upper())


def wrong_field(wish: dict[str, Any]) -> str:
    """The field that the service would not take, "" when all are right."""
    unknown = sorted(set(wish) - FIELDS)
    if unknown:
        return unknown[0]
    if "input_fidelity" in wish and str(wish.get("model")).startswith("gpt-image-2"):
        return "input_fidelity"
    clear, kind = wish.get("background") == "transparent", wish.get("output_format", "png")
    return "background" if clear and kind == "jpeg" else ""


def wrong_file(files: list[Upload]) -> str:
    """The file that the service would not take: one picture as `image`, several as `image[]`, a clear mask in size."""
    pictures = [file for file in files if file.name in ("image", "image[]")]
    name = "image" if len(pictures) == 1 else "image[]"
    if not 1 <= len(pictures) <= MOST_PICTURES or any(file.name != name for file in pictures):
        return "image"
    masks = [Image.open(io.BytesIO(file.data)) for file in files if file.name == "mask"]
    first = Image.open(io.BytesIO(pictures[0].data))
    fits = all(mask.format == "PNG" and mask.mode == "RGBA" and mask.size == first.size for mask in masks)
    return "" if fits and len(masks) < 2 else "mask"


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


LIMITED = {"type": "rate_limit_error", "code": "rate_limit_exceeded", "message": "Limit of pictures a minute."}
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
