"""A stand-in for a ComfyUI server: `python -m tests.standins.comfyui --port 8804`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from tests.standins.pictures import picture
from tests.standins.server import Handler, StandIn

READY_AFTER = 2  # looks at the history
CHECKPOINTS = ("sd_xl_base_1.0.safetensors",)


@dataclass
class Run:
    id: str
    number: int
    graph: dict[str, Any]
    mode: str
    looks: int = 0

    def value(self, name: str) -> Any:
        """The first input of this name in the graph."""
        found = (node["inputs"][name] for node in self.graph.values() if name in node["inputs"])
        return next(found, None)


class ComfyUIStandIn(StandIn):
    """Takes graphs in API form under the caller's own id, keeps them in memory, and can lose them."""

    plays = "comfyui"
    model_id = "sd_xl_base_1.0"
    modes = ("lost", "dropped", "restart", "hang", "broken", "memory", "stopped", "nothing", "previews", "gone", "late")

    def __init__(self, port: int = 0, *, seconds: float = 3.0, own_ids: bool = False) -> None:
        super().__init__(port, seconds=seconds)
        self.own_ids = own_ids  # as servers did before they took the caller's id
        self.runs: dict[str, Run] = {}
        self.uploads: list[dict[str, Any]] = []
        self.interrupted: list[str] = []

    def respond(self, handler: Handler, method: str, path: str) -> None:
        if (method, path) == ("GET", "/system_stats"):
            return handler.answer(200, {"system": {"comfyui_version": "0.9.2", "os": "posix"}, "devices": []})
        if (method, path) == ("POST", "/prompt"):
            return self._take_in(handler)
        if (method, path) == ("POST", "/upload/image"):
            self.uploads.append(handler.json_body())
            return handler.answer(200, {"name": "imprimatur.png", "subfolder": "", "type": "input"})
        if (method, path) == ("GET", "/queue"):
            return handler.answer(200, self._queue())
        if method == "POST" and path in ("/queue", "/interrupt"):
            return self._stop(handler, handler.json_body())
        if method == "GET" and path.startswith("/history/"):
            return self._history(handler, path.rpartition("/")[2])
        if (method, path) == ("GET", "/view"):
            return self._view(handler)
        return handler.answer(404, {"error": "not found"})

    def _take_in(self, handler: Handler) -> None:
        wish = handler.json_body()
        run = Run(
            str(uuid4()) if self.own_ids else wish.get("prompt_id", str(uuid4())), len(self.runs), wish["prompt"], ""
        )
        run.mode = self.take(handler, str(run.value("text")))
        if run.value("ckpt_name") not in CHECKPOINTS:
            return handler.answer(400, _unknown_checkpoint(str(run.value("ckpt_name"))))
        if run.mode == "dropped":  # the line broke before the server had read it all
            return handler.hang_up()
        self.runs[run.id] = run
        self.bill(1)
        if run.mode == "lost":
            return handler.hang_up()
        if run.mode == "restart":
            self.runs.clear()
        return handler.answer(200, {"prompt_id": run.id, "number": run.number, "node_errors": {}})

    def _queue(self) -> dict[str, Any]:
        waiting = [run for run in self.runs.values() if not self._is_over(run)]
        for run in waiting:
            if run.mode == "late":  # it ends between a look at the history and one at the queue
                run.looks = READY_AFTER + 1
        rows = [[run.number, run.id, run.graph, {}, []] for run in waiting if run.mode != "late"]
        return {"queue_running": rows[:1], "queue_pending": rows[1:]}

    def _stop(self, handler: Handler, body: dict[str, Any]) -> None:
        for prompt_id in body.get("delete", []):
            self.runs.pop(prompt_id, None)
        if prompt_id := body.get("prompt_id"):
            self.interrupted.append(prompt_id)
            self.runs[prompt_id].mode = "stopped"
        return handler.answer_bytes(200, b"", "text/plain")

    def _history(self, handler: Handler, prompt_id: str) -> None:
        run = self.runs.get(prompt_id)
        if run is not None and run.mode != "late":
            run.looks += 1
        if run is None or not self._is_over(run):
            return handler.answer(200, {})
        return handler.answer(200, {run.id: self._entry(run)})

    def _is_over(self, run: Run) -> bool:
        return run.mode != "hang" and run.looks > READY_AFTER

    def _entry(self, run: Run) -> dict[str, Any]:
        if run.mode in FAILURES:
            event, data = FAILURES[run.mode]
            status = {"status_str": "error", "completed": False, "messages": [["execution_start", {}], [event, data]]}
            return {"prompt": [run.number, run.id, run.graph, {}, []], "outputs": {}, "status": status}
        count = int(run.value("batch_size") or run.value("amount") or 1)
        kind = "temp" if run.mode == "previews" else "output"
        images = [{"filename": f"{run.id}_{n}_.png", "subfolder": "imprimatur", "type": kind} for n in range(count)]
        outputs = {} if run.mode == "nothing" else {"7": {"images": images}}
        status = {"status_str": "success", "completed": True, "messages": [["execution_success", {}]]}
        return {"prompt": [run.number, run.id, run.graph, {}, []], "outputs": outputs, "status": status}

    def _view(self, handler: Handler) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        name = query["filename"][0]
        run = self.runs.get(name.split("_")[0])
        if run is None or run.mode == "gone":
            return handler.answer(404, {"error": "not found"})
        body = picture(int(run.value("width") or 512), int(run.value("height") or 512), name)
        return handler.answer_bytes(200, body, "image/png")


FAILURES: dict[str, tuple[str, dict[str, Any]]] = {
    "broken": (
        "execution_error",
        {"node_type": "KSampler", "exception_type": "ValueError", "exception_message": "nan"},
    ),
    "memory": (
        "execution_error",
        {
            "node_type": "KSampler",
            "exception_type": "torch.OutOfMemoryError",
            "exception_message": "CUDA out of memory.",
        },
    ),
    "stopped": ("execution_interrupted", {"node_type": "KSampler"}),
}


def _unknown_checkpoint(name: str) -> dict[str, Any]:
    error = {
        "type": "value_not_in_list",
        "message": "Value not in list",
        "details": f"ckpt_name: '{name}' not in {list(CHECKPOINTS)}",
        "extra_info": {"input_name": "ckpt_name"},
    }
    node = {"errors": [error], "dependent_outputs": ["7"], "class_type": "CheckpointLoaderSimple"}
    words = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": ""}
    return {"error": words | {"extra_info": {}}, "node_errors": {"1": node}}


if __name__ == "__main__":
    ComfyUIStandIn.main()
