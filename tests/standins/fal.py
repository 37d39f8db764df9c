"""A stand-in for fal's queue: `python -m tests.standins.fal --port 8814`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.standins.pictures import picture
from tests.standins.server import Handler, StandIn

READY_AFTER = 2  # polls
CALLED = ("fal-ai/", "blackforestlabs/")


@dataclass
class Job:
    app: str
    wish: dict[str, Any]
    mode: str
    polls: int = 0
    canceled: bool = False
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def count(self) -> int:
        return int(self.wish.get("num_images", 1))


class FalStandIn(StandIn):
    """Queues wishes, is busy for two polls, and calls everything that is over COMPLETED, whatever came of it."""

    plays = "fal"
    model_id = "fal-ai/bytedance/seedream/v4/text-to-image"
    modes = ("refuse", "black", "one-black", "failed", "invalid", "hang", "unknown", "forgotten", "expired", "lost",
             "rate-limit", "no-money", "single", "inside", "elsewhere", "nothing")  # fmt: skip

    def __init__(self, port: int = 0, *, seconds: float = 3.0) -> None:
        super().__init__(port, seconds=seconds)
        self.jobs: dict[str, Job] = {}

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if method == "GET" and path.startswith("/files/"):
            return self._deliver(handler, path)
        if not handler.headers.get("Authorization", "").startswith("Key "):
            return handler.answer(401, {"detail": "Cannot access application. Authentication is required."})
        _, _, tail = path.partition("/requests/")
        if method == "POST" and not tail and path[1:].startswith(CALLED):
            return self._submit(handler, path)
        job = self.jobs.get(tail.partition("/")[0])
        if tail and (job is None or job.mode == "forgotten"):
            return handler.answer(404, {"detail": "Request not found"})
        if job is not None:
            return self._about(handler, method, job, tail.partition("/")[2])
        return handler.answer(404, {"detail": "Application not found"})

    def _submit(self, handler: Handler, path: str) -> None:
        wish = handler.json_body()
        mode = self.take(handler, str(wish.get("prompt", "")))
        if mode == "rate-limit":
            return handler.answer(429, {"detail": "Too many requests"}, retry_after="3")
        if mode == "no-money":
            return handler.answer(403, {"detail": "User is locked. Reason: Exhausted balance."})
        job = Job("/".join(path[1:].split("/")[:2]), wish, mode)  # the addresses drop what follows owner and app
        self.jobs[job.id] = job
        self.bill(job.count)
        if mode == "lost":
            return handler.hang_up()
        here = f"{self.url}/{job.app}/requests/{job.id}"
        addresses = {"status_url": f"{here}/status", "response_url": here, "cancel_url": f"{here}/cancel"}
        return handler.answer(200, {"request_id": job.id, "queue_position": 0, **addresses})

    def _about(self, handler: Handler, method: str, job: Job, what: str) -> None:
        if (method, what) == ("PUT", "cancel"):
            if job.polls >= READY_AFTER and job.mode != "hang":
                return handler.answer(400, {"status": "ALREADY_COMPLETED"})
            job.canceled = True
            self.bill(-job.count)
            return handler.answer(202, {"status": "CANCELLATION_REQUESTED"})
        if what == "status":
            job.polls += 1
            return handler.answer(200, self._status(job))
        return self._response(handler, job)

    def _status(self, job: Job) -> dict[str, Any]:
        if job.canceled:
            return {"status": "COMPLETED", "error": "Request was cancelled", "error_type": "client_cancelled"}
        if job.mode == "unknown":
            return {"status": "RETICULATING"}
        if job.mode == "hang" or job.polls <= READY_AFTER:
            return {"status": "IN_QUEUE" if job.polls == 1 else "IN_PROGRESS", "queue_position": 0}
        return {"status": "COMPLETED", "metrics": {"inference_time": 0.8}}

    def _response(self, handler: Handler, job: Job) -> None:
        if job.mode in ANSWERS:
            status, detail = ANSWERS[job.mode]
            return handler.answer(status, {"detail": detail})
        addresses = [f"{self.url}/files/{job.id}/{number}.png" for number in range(job.count)]
        if job.mode == "inside":
            addresses = ["http://169.254.169.254/latest/meta-data/"]
        if job.mode == "elsewhere":
            addresses = ["https://pictures.example/out.png"]
        images = [{"url": address, "content_type": "image/png"} for address in addresses]
        black = [job.mode == "black" or (job.mode == "one-black" and not number) for number in range(len(images))]
        answer = {"images": images, "has_nsfw_concepts": black, "seed": job.wish.get("seed", 4711), "prompt": ""}
        if job.mode == "single":
            answer = {"image": images[0]}
        return handler.answer(200, {} if job.mode == "nothing" else answer)

    def _deliver(self, handler: Handler, path: str) -> None:
        job = self.jobs.get(path.split("/")[2])
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        if job is None or job.mode == "expired":
            return handler.answer(404, {"detail": "Gone."})
        return handler.answer_bytes(200, picture(96, 64, path, "WEBP"), "image/png")  # it says PNG whatever it is


ANSWERS: dict[str, tuple[int, Any]] = {
    "refuse": (
        422,
        [{"loc": ["body", "prompt"], "msg": "The content could not be processed.", "type": "content_policy_violation"}],
    ),
    "invalid": (422, [{"loc": ["body", "image_size"], "msg": "Input should be larger.", "type": "value_error"}]),
    "failed": (500, "Internal Server Error"),
}

if __name__ == "__main__":
    FalStandIn.main()
