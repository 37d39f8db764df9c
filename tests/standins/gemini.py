"""A stand-in for Google's Gemini API: `python -m tests.standins.gemini --port 8814`."""

from __future__ import annotations

import base64
import time
from typing import Any

from tests.standins.pictures import edited, picture
from tests.standins.server import Handler, StandIn

PICTURE_TOKENS = 1120
TOKENS_PER_PICTURE_IN = 258


class GeminiStandIn(StandIn):
    """One picture a call, out of words and pictures; most of its ways of saying no have status 200.

    It always declares image/png, and always sends JPEG.
    """

    plays = "gemini"
    root = "/v1beta"
    model_id = "gemini-nano-banana-2.1"
    modes = ("refuse", "safety", "talk", "empty", "rate-limit", "no-quota", "lost", "slow", "gone")

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if method == "GET" and path.endswith("/models"):
            return handler.answer(200, {"models": [{"name": "models/gemini-nano-banana-2.1"}]})
        if method != "POST" or not path.endswith(":generateContent"):
            return handler.answer(404, problem(404, "NOT_FOUND", "Unknown address."))
        wish = handler.json_body()
        parts = wish["contents"][0]["parts"]
        mode = self.take(handler, str(parts[0].get("text", "")))
        if wish["generationConfig"].get("candidateCount", 1) > 1:
            return handler.answer(400, problem(400, "INVALID_ARGUMENT", "Multiple candidates is not enabled."))
        return self._act(handler, mode, wish, parts)

    def _act(self, handler: Handler, mode: str, wish: dict[str, Any], parts: list[dict[str, Any]]) -> None:
        if mode in TROUBLE:
            return handler.answer(*TROUBLE[mode])
        if mode in SILENT:
            return handler.answer(200, SILENT[mode])
        self.bill(1)
        if mode == "slow":
            time.sleep(self.seconds)
        if mode == "lost":
            return handler.hang_up()
        sent = [base64.b64decode(part["inlineData"]["data"]) for part in parts if "inlineData" in part]
        across, _, down = wish["generationConfig"]["imageConfig"]["aspectRatio"].partition(":")
        size = 768, 768 * int(down) // int(across)
        words = f"{parts[0]['text']} {self.billed}"
        data = edited(sent, None, size, words, "JPEG") if sent else picture(*size, words, "JPEG")
        inline = {"mimeType": "image/png", "data": base64.b64encode(data).decode()}
        return handler.answer(200, self._answer(inline, len(parts[0]["text"]) // 4, len(sent)))

    def _answer(self, inline: dict[str, str], words: int, pictures: int) -> dict[str, Any]:
        details = [{"modality": "IMAGE", "tokenCount": PICTURE_TOKENS}]
        return {
            "candidates": [{"content": {"role": "model", "parts": [{"inlineData": inline}]}, "finishReason": "STOP"}],
            "usageMetadata": {
                "promptTokenCount": words + pictures * TOKENS_PER_PICTURE_IN,
                "candidatesTokenCount": PICTURE_TOKENS,
                "candidatesTokensDetails": details,
            },
            "modelVersion": "gemini-standin",
            "responseId": f"r{self.billed}",
        }


def problem(code: int, status: str, message: str, **details: Any) -> dict[str, Any]:
    return {"error": {"code": code, "status": status, "message": message, **details}}


RETRY = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2s"}]
TROUBLE = {
    "rate-limit": (429, problem(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", details=RETRY)),
    "no-quota": (429, problem(429, "RESOURCE_EXHAUSTED", "Quota exceeded for metric: images, limit: 0", details=RETRY)),
    "gone": (404, problem(404, "NOT_FOUND", "models/x is not found.")),
}
SILENT: dict[str, dict[str, Any]] = {
    "refuse": {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "responseId": "r0"},
    "safety": {"candidates": [{"finishReason": "IMAGE_SAFETY"}], "responseId": "r0"},
    "talk": {
        "candidates": [{"content": {"parts": [{"text": "A house."}]}, "finishReason": "STOP"}],
        "responseId": "r0",
    },
    "empty": {"candidates": [], "responseId": "r0"},
}

if __name__ == "__main__":
    GeminiStandIn.main()
