"""A stand-in for Amazon Bedrock: `python -m tests.standins.bedrock --port 8805`."""

from __future__ import annotations

import base64
import time
from typing import Any, ClassVar
from urllib.parse import unquote

from tests.standins.pictures import picture
from tests.standins.server import Handler, StandIn


class BedrockStandIn(StandIn):
    """Invokes Stability's models and lists them, with AWS's way of saying what is wrong."""

    plays = "bedrock"
    model_id = "stability.stable-image-core-v1:1"
    modes = ("refuse", "filtered", "inference", "throttled", "quota", "denied", "gone", "busy", "down", "timeout",
             "lost", "slow", "nonsense", "empty")  # fmt: skip
    models: ClassVar[list[dict[str, Any]]] = [
        {"modelId": "stability.stable-image-core-v1:1", "modelLifecycle": {"status": "ACTIVE"}},
        {"modelId": "stability.sd3-large-v1:0", "modelLifecycle": {"status": "LEGACY"}},
    ]

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if method == "GET" and path == "/foundation-models":
            return handler.answer(200, {"modelSummaries": self.models})
        if method != "POST" or not unquote(path).startswith(MODELS):
            return handler.answer(404, {"message": "Unknown."}, x_amzn_ErrorType="UnknownOperationException")
        wish = handler.json_body()
        mode = self.take(handler, str(wish.get("prompt", "")))
        if mode in TROUBLE:
            status, kind, words = TROUBLE[mode]
            return handler.answer(status, {"message": words}, x_amzn_ErrorType=kind, x_amzn_RequestId="req-standin")
        self.bill(1)
        if mode == "slow":
            time.sleep(self.seconds)
        if mode == "lost":
            return handler.hang_up()
        if mode == "nonsense":
            return handler.answer_bytes(200, b"<html>Welcome</html>", "text/html")
        return handler.answer(200, self._result(wish, mode), x_amzn_RequestId="req-standin")

    def _result(self, wish: dict[str, Any], mode: str) -> dict[str, Any]:
        if mode in REASONS:
            return {"seeds": [], "finish_reasons": [REASONS[mode]], "images": []}
        images = [] if mode == "empty" else [base64.b64encode(picture(96, 64, str(wish))).decode()]
        return {"seeds": [wish.get("seed", 4711)], "finish_reasons": [None], "images": images}


MODELS = ("/model/stability.", "/model/us.stability.")
REASONS = {
    "refuse": "Filter reason: prompt",
    "filtered": "Filter reason: output image",
    "inference": "Inference error",
}
TROUBLE = {
    "throttled": (429, "ThrottlingException", "Too many requests, please wait before trying again."),
    "quota": (400, "ServiceQuotaExceededException", "Your request exceeds the service quota for your account."),
    "denied": (403, "AccessDeniedException", "You don't have access to the model with the specified model ID."),
    "gone": (404, "ResourceNotFoundException", "This model version has reached the end of its life."),
    "busy": (503, "ServiceUnavailableException", "The service is not available."),
    "down": (500, "InternalServerException", "An internal error occurred."),
    "timeout": (408, "ModelTimeoutException", "The model took too long."),
}

if __name__ == "__main__":
    BedrockStandIn.main()
