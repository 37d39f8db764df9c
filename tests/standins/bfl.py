"""A stand-in for Black Forest Labs' API: `python -m tests.standins.bfl --port 8802`."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.standins.pictures import clear_where_white, edited, picture
from tests.standins.server import Handler, StandIn

READY_AFTER = 2  # polls
THIRD = {"prompt", "images", "aspect_ratio", "resolution", "grounding", "safety_tolerance"}
THIRD |= {"webhook_url", "webhook_secret"}
LIFE = 600.0  # seconds that a picture's address lives


@dataclass
class Job:
    wish: dict[str, Any]
    mode: str
    polls: int = 0
    ready_at: float = 0.0
    id: str = field(default_factory=lambda: str(uuid4()))


class BFLStandIn(StandIn):
    """Takes jobs, keeps them pending for two polls, then gives an address that expires."""

    plays = "bfl"
    model_id = "flux-2-pro"
    modes = (
        "refuse",
        "moderated",
        "hang",
        "unknown",
        "failed",
        "forgotten",
        "expired",
        "rate-limit",
        "no-money",
        "lost",
        "jpeg",
        "inside",
    )

    def __init__(self, port: int = 0, *, seconds: float = 3.0) -> None:
        super().__init__(port, seconds=seconds)
        self.jobs: dict[str, Job] = {}

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if method == "GET" and path == "/v1/credits":
            return handler.answer(200, {"credits": 987.5})
        if method == "GET" and path.startswith("/poll/"):
            return self._poll(handler, path.rpartition("/")[2])
        if method == "GET" and path.startswith("/sample/"):
            return self._sample(handler, path.rpartition("/")[2])
        if method == "POST" and path.startswith("/v1/flux"):
            return self._submit(handler, path)
        return handler.answer(404, {"detail": "Not Found"})

    def finish(self, job: Job) -> int:
        """The picture is ready at once, and whoever asked for it is called. Returns the status of their answer."""
        job.polls = READY_AFTER
        body = json.dumps({"id": job.id, "status": "Ready", "result": {"sample": "https://pictures.example/lie.png"}})
        return self.call(job.wish["webhook_url"], body.encode(), {"X-Webhook-Secret": job.wish["webhook_secret"]})

    def _submit(self, handler: Handler, path: str) -> None:
        wish = handler.json_body()
        mode = self.take(handler, str(wish.get("prompt", "")))
        if wrong := wrong_field(path, wish):
            return handler.answer(422, {"detail": [{"loc": ["body", wrong], "msg": f"{wrong} is wrong"}]})
        if mode == "rate-limit":
            return handler.answer(429, {"detail": "Too many active tasks."})
        if mode == "no-money":
            return handler.answer(402, {"detail": "Insufficient credits."})
        job = Job(wish, mode)
        self.jobs[job.id] = job
        if mode != "refuse":  # a request that is moderated before anything is drawn costs nothing
            self.bill(1)
        if mode == "lost":
            return handler.hang_up()
        taken = {"id": job.id, "polling_url": f"{self.url}/poll/{job.id}", "cost": 3.0, "output_mp": 1.0}
        return handler.answer(200, taken)

    def _poll(self, handler: Handler, job_id: str) -> None:
        job = self.jobs.get(job_id)
        if job is None or job.mode == "forgotten":
            return handler.answer(200, {"id": job_id, "status": "Task not found", "result": None})
        job.polls += 1
        if job.mode in STATUSES:
            return handler.answer(200, {"id": job.id, "status": STATUSES[job.mode], "result": None})
        if job.mode == "hang" or job.polls <= READY_AFTER:
            return handler.answer(200, {"id": job.id, "status": "Pending", "result": None, "progress": 0.1})
        job.ready_at = job.ready_at or time.monotonic()
        sample = f"{self.url}/sample/{job.id}?sig=standin"
        if job.mode == "inside":
            sample = "http://169.254.169.254/latest/meta-data/"
        result = {"sample": sample, "seed": job.wish.get("seed", 4711), "prompt": job.wish.get("prompt")}
        return handler.answer(200, {"id": job.id, "status": "Ready", "result": result})

    def _sample(self, handler: Handler, job_id: str) -> None:
        job = self.jobs.get(job_id)
        if job is None or job.mode == "expired" or time.monotonic() - job.ready_at > LIFE:
            return handler.answer(403, {"detail": "Signature expired."})
        kind = "JPEG" if job.mode == "jpeg" else "PNG"
        body = drawn(job, kind)
        return handler.answer_bytes(200, body, "image/png")  # it says PNG whatever it is: providers do


def wrong_field(path: str, wish: dict[str, Any]) -> str:
    """The field that this model does not take, or misses; "" when all are right."""
    if path.endswith("flux-3-image"):  # its schema is strict
        return next(iter(sorted(set(wish) - THIRD)), "")
    if path.endswith("-fill"):
        return next((name for name in ("image", "mask") if not wish.get(name)), "width" if "width" in wish else "")
    return "width" if "kontext" in path and "width" in wish else ""


def drawn(job: Job, kind: str) -> bytes:
    """The picture of a job; an edit shows what was sent: see `edited`."""
    names = ["image", "input_image", *(f"input_image_{number}" for number in range(2, 9))]
    sent = [base64.b64decode(job.wish[name]) for name in names if job.wish.get(name)]
    across, _, down = str(job.wish.get("aspect_ratio", "4:3")).partition(":")
    size = int(job.wish.get("width", 1024)), int(job.wish.get("height", 1024 * int(down) // int(across)))
    if not sent:
        return picture(*size, job.id, kind)
    mask = job.wish.get("mask")
    return edited(sent, clear_where_white(base64.b64decode(mask)) if mask else None, size, job.id, kind)


STATUSES = {
    "refuse": "Request Moderated",
    "moderated": "Content Moderated",
    "unknown": "Reticulating",
    "failed": "Error",
}

if __name__ == "__main__":
    BFLStandIn.main()
