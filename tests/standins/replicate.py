"""A stand-in for Replicate's API: `python -m tests.standins.replicate --port 8806`."""

from __future__ import annotations

import base64
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.standins.pictures import picture
from tests.standins.server import Handler, StandIn

READY_AFTER = 2  # polls
LIFE = 3600.0  # seconds until everything about a job is deleted


@dataclass
class Prediction:
    model: str
    wish: dict[str, Any]
    mode: str
    polls: int = 0
    begun: bool = False
    canceled: bool = False
    made_at: float = field(default_factory=time.monotonic)
    id: str = field(default_factory=lambda: uuid4().hex[:26])


class ReplicateStandIn(StandIn):
    """Takes predictions, works for two polls, gives addresses, and deletes everything in the end."""

    plays = "replicate"
    root = "/v1"
    model_id = "black-forest-labs/flux-schnell"
    modes = ("nsfw", "failed", "aborted", "hang", "unknown", "removed", "forgotten", "expired", "lost", "rate-limit",
             "no-money", "one", "object", "inside", "elsewhere")  # fmt: skip

    def __init__(self, port: int = 0, *, seconds: float = 3.0, life: float = LIFE) -> None:
        super().__init__(port, seconds=seconds)
        self.life = life
        self.predictions: dict[str, Prediction] = {}

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if (method, path) == ("GET", "/v1/account"):
            return handler.answer(200, {"type": "organization", "username": "acme", "name": "Acme"})
        if method == "POST" and path.endswith("/cancel"):
            return self._cancel(handler, self.predictions[path.split("/")[-2]])
        if method == "POST" and path.endswith("/predictions"):
            return self._create(handler, path)
        if method == "GET" and path.startswith("/v1/predictions/"):
            return self._show(handler, path.rpartition("/")[2])
        if method == "GET" and path.startswith("/out/"):
            return self._deliver(handler, path)
        return handler.answer(404, {"detail": "Not found."})

    def finish(self, made: Prediction, secret: str, *, age: float = 0) -> int:
        """The picture is ready at once, and whoever asked for it is called. Returns the status of their answer."""
        made.polls = READY_AFTER
        body = json.dumps(self._facts(made, "succeeded")).encode()
        return self.call(made.wish["webhook"], body, signed(body, secret, time.time() - age))

    def _create(self, handler: Handler, path: str) -> None:
        wish = handler.json_body()
        mode = self.take(handler, str(wish.get("input", {}).get("prompt", "")))
        model = "/".join(path.split("/")[3:5]) if "/models/" in path else str(wish.get("version"))
        if "missing" in model:
            return handler.answer(404, {"detail": "The requested resource could not be found."})
        if mode == "rate-limit":
            return handler.answer(429, {"detail": "Request was throttled.", "retry_after": 3}, retry_after="3")
        if mode == "no-money":
            return handler.answer(402, {"title": "Insufficient credit", "detail": "You have insufficient credit."})
        made = Prediction(model, wish, mode)
        self.predictions[made.id] = made
        self.bill(int(wish["input"].get("num_outputs", 1)))
        if mode == "lost":
            return handler.hang_up()
        return handler.answer(201, self._facts(made, "starting"))

    def _show(self, handler: Handler, job: str) -> None:
        made = self.predictions.get(job)
        if made is None or made.mode == "forgotten":
            return handler.answer(404, {"detail": "Prediction not found."})
        made.polls += 1
        if made.canceled:
            return handler.answer(200, self._facts(made, "canceled"))
        made.begun = True
        if made.mode == "hang" or made.polls <= READY_AFTER:
            return handler.answer(200, self._facts(made, "processing"))
        if made.mode in ENDINGS:
            status, error = ENDINGS[made.mode]
            return handler.answer(200, self._facts(made, status) | {"error": error})
        if made.mode == "removed" or time.monotonic() - made.made_at > self.life:
            return handler.answer(200, self._facts(made, "succeeded") | {"data_removed": True, "logs": ""})
        return handler.answer(200, self._facts(made, "succeeded") | {"output": self._output(made)})

    def _cancel(self, handler: Handler, made: Prediction) -> None:
        """Whatever is not over stops; what was not begun costs nothing."""
        if made.mode != "hang" and made.polls >= READY_AFTER:
            return handler.answer(200, self._facts(made, "succeeded"))
        if not made.canceled and not made.begun:
            self.bill(-int(made.wish["input"].get("num_outputs", 1)))
        made.canceled = True
        return handler.answer(200, self._facts(made, "canceled"))

    def _facts(self, made: Prediction, status: str) -> dict[str, Any]:
        return {
            "id": made.id,
            "model": made.model,
            "version": "hidden",
            "input": made.wish["input"],
            "logs": f"Using seed: {made.wish['input'].get('seed', 4711)}\n",
            "output": None,
            "error": None,
            "status": status,
            "started_at": "2026-11-22T10:00:00.000Z" if made.begun else None,
            "data_removed": False,
            "urls": {"get": f"{self.url}/v1/predictions/{made.id}"},
            "metrics": {"predict_time": 0.8} if status == "succeeded" else {},
        }

    def _output(self, made: Prediction) -> Any:
        count = int(made.wish["input"].get("num_outputs", 1))
        addresses = [f"{self.url}/out/{made.id}/{number}.png" for number in range(count)]
        shapes = {
            "one": addresses[0],
            "object": {"image": addresses[0], "note": "drawn"},
            "inside": ["http://169.254.169.254/latest/meta-data/"],
            "elsewhere": ["https://pictures.example/out.png"],
        }
        return shapes.get(made.mode, addresses)

    def _deliver(self, handler: Handler, path: str) -> None:
        made = self.predictions.get(path.split("/")[2])
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        if made is None or made.mode == "expired" or time.monotonic() - made.made_at > self.life:
            return handler.answer(404, {"detail": "Gone."})
        return handler.answer_bytes(200, picture(96, 64, path, "WEBP"), "image/png")  # it says PNG whatever it is


def signed(body: bytes, secret: str, moment: float) -> dict[str, str]:
    """The headers of a callback, signed as Svix does."""
    key, stamp = base64.b64decode(secret.removeprefix("whsec_")), str(int(moment))
    signature = base64.b64encode(hmac.digest(key, f"msg_1.{stamp}.".encode() + body, "sha256")).decode()
    return {"Webhook-Id": "msg_1", "Webhook-Timestamp": stamp, "Webhook-Signature": f"v1,{signature}"}


ENDINGS = {
    "nsfw": ("failed", "NSFW content detected. Try running it again, or try a different prompt."),
    "failed": ("failed", "CUDA out of memory."),
    "aborted": ("aborted", None),
    "unknown": ("reticulating", None),
}

if __name__ == "__main__":
    ReplicateStandIn.main()
