"""ComfyUI: reviewed workflows on a server of one's own, found again by our own prompt id after any lost line.

Facts from ComfyUI's server.py and Open WebUI 0.12.4, read 2026-11-22. The job is asked for in /history and then in
/queue, never on the socket, which is reported to fall silent (ComfyUI issues 3128, 3390, 8395). The server has no
login: it belongs in a private network, or behind a proxy that asks for the token.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote as quoted
from urllib.parse import urlencode
from uuid import UUID

from generation.providers.answers import inside, objects, sentence, text, ticket
from generation.providers.base import Capabilities, Finished, ImageSpec, Money, Pending, Picture, Secret
from generation.providers.egress.http import Answer, FormPart, Request
from generation.providers.egress.redaction import redact
from generation.providers.errors import BadAnswer, ModelGone, ProviderError, Rejected, Stopped, Unavailable, Unclear
from generation.providers.http import HTTPProvider, by_status, delivered
from generation.providers.options import NO_KEY, setting
from generation.providers.questions import question
from generation.providers.workflow import BadWorkflow, Workflow, load

ASK_AFTER = 2.0  # seconds
LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class ComfyUIOptions:
    """`workflows` is a folder of further reviewed workflow files; `token` is for a proxy in front."""

    base_url: str = setting(
        "COMFYUI_URL",
        example="http://127.0.0.1:8188",
        reading="address",
        help="A server of your own, in a private network.",
    )
    workflows: str = setting(
        "COMFYUI_WORKFLOWS",
        "",
        help="A folder of further workflow files, reviewed by you: they can run whatever that server has nodes for.",
    )
    token: Secret = setting("COMFYUI_TOKEN", NO_KEY, help="For a proxy in front of it that asks for a bearer token.")


@dataclass(frozen=True)
class ComfyUIExtra:
    """`strength` says how far the result may leave the picture sent along: 0 not at all, 1 wholly."""

    strength: float = question(
        0.6, "Strength", "0 keeps the picture that goes along, 1 leaves it behind.", least=0, most=1, of_pictures=True
    )


class ComfyUI(HTTPProvider):
    """A job is one filled-in workflow; the settings of a model name it, and the one for a picture sent along."""

    key = "comfyui"
    label = "ComfyUI"
    capabilities = Capabilities(
        seed=True, negative=True, references=True, several=True, exact_size=True, quality=True, cancellable=True,
        resumable=True,
    )  # fmt: skip
    Options = ComfyUIOptions
    Extra = ComfyUIExtra

    def start(self, spec: ImageSpec, *, attempt: UUID) -> Pending:
        """Send once. When the answer is lost, our own id lets `resume` look for the job: nothing is sent again."""
        request = self.build(spec, attempt)
        if spec.references:
            self._upload(spec, attempt)
        prompt_id = str(attempt)
        with self.redacted(), suppress(Unclear):
            prompt_id = self.parse(self.ask(request), spec).handle
        return Pending(
            handle=json.dumps({"id": prompt_id, "seed": _seed(spec, attempt)}),
            ask_again_in=ASK_AFTER,
            request_id=prompt_id,
            parameters_sent=redact(request.parameters, self.secrets),
        )

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        workflow = self._workflow(spec)
        try:
            graph = workflow.filled(dict(self._values(spec, attempt, workflow)))
        except BadWorkflow as error:
            raise Rejected(str(error), field="model") from None
        body = {"prompt": graph, "prompt_id": str(attempt), "client_id": "imprimatur"}
        return self._request("POST", "/prompt", json=body)

    def parse(self, answer: Answer, spec: ImageSpec) -> Pending:
        data = answer.facts
        prompt_id = text(data, "prompt_id")  # servers before 2025 choose their own
        if not prompt_id:
            raise BadAnswer("ComfyUI took the job without giving it an id.", raw=data)
        return Pending(handle=prompt_id, ask_again_in=ASK_AFTER, request_id=prompt_id)

    def explain(self, answer: Answer) -> ProviderError:
        return _invalid_graph(answer) if answer.status == 400 else by_status(answer)

    def resume(self, handle: str) -> Finished | Pending:
        job = ticket(handle, "id", "seed")
        with self.redacted():
            entry = self._history(job["id"])
            if entry is None and self._position(job["id"]):
                return Pending(handle=handle, ask_again_in=ASK_AFTER, request_id=job["id"])
            entry = entry or self._history(job["id"])  # it may have ended between the two looks
            if entry is None:
                words = "ComfyUI does not know this job: it never arrived, or the server was started anew."
                raise Unclear(words, request_id=job["id"], charged="no")
            return self._finished(entry, job)

    def cancel(self, handle: str) -> None:
        """Take it out of the queue; interrupt only if it is ours that runs, since older servers stop whatever does."""
        prompt_id = ticket(handle, "id")["id"]
        with self.redacted():
            if self._position(prompt_id) == "running":
                self.ask(self._request("POST", "/interrupt", json={"prompt_id": prompt_id}))
            else:
                self.ask(self._request("POST", "/queue", json={"delete": [prompt_id]}))

    def unsupported(self, spec: ImageSpec) -> list[str]:
        """Also what this model's workflow has no hole for."""
        wanted = {"seed": spec.seed is not None, "negative": bool(spec.negative), "width": spec.size is not None}
        try:
            holes = self._workflow(spec).holes
        except Rejected:  # sending says so; a form that only asks should still be shown
            holes = {}
        lost = [name for name, is_wanted in wanted.items() if is_wanted and name not in holes]
        return list(dict.fromkeys([*super().unsupported(spec), *("size" if one == "width" else one for one in lost)]))

    def check(self) -> str:
        with self.redacted():
            data = self.ask(self._request("GET", "/system_stats")).facts
        return f"Answers: ComfyUI {sentence(data, 'system', 'comfyui_version') or 'of unknown version'}; free."

    def _values(self, spec: ImageSpec, attempt: UUID, workflow: Workflow) -> Iterator[tuple[str, str | int | float]]:
        width, height = spec.pixels
        quality = spec.model.quality(spec.quality)
        wanted: dict[str, str | int | float] = {
            "prompt": self.compose(spec),
            "negative": spec.negative,
            "checkpoint": spec.model.settings.get("checkpoint", ""),
            "seed": _seed(spec, attempt),
            "width": width,
            "height": height,
            "count": spec.count,
        }
        if quality.isdecimal():
            wanted["steps"] = int(quality)
        if spec.references:
            wanted |= {"picture": _upload_name(attempt), "strength": self.extras(spec).strength}
        never_lost = {"prompt", "picture"} | ({"count"} if spec.count > 1 else set())
        for name, value in wanted.items():
            if name in workflow.holes or name in never_lost:
                yield name, value

    def _workflow(self, spec: ImageSpec) -> Workflow:
        name = spec.model.settings.get("picture_workflow" if spec.references else "workflow", "")
        try:
            return load(name, self.options.workflows)
        except BadWorkflow as error:
            raise Rejected(str(error), field="model") from None

    def _upload(self, spec: ImageSpec, attempt: UUID) -> None:
        """The picture goes ahead under a name of its own; a lost answer here costs nothing, as nothing is drawn yet."""
        picture = spec.references[0]
        part = FormPart("image", _upload_name(attempt), picture.data, picture.media_type)
        request = self._request("POST", "/upload/image", form={"type": "input", "overwrite": "true"}, files=(part,))
        with self.redacted():
            try:
                self.ask(request)
            except Unclear as error:
                raise Unavailable(f"The picture could not be sent ahead. {error}", charged="no") from None

    def _history(self, prompt_id: str) -> dict[str, Any] | None:
        entry = self.ask(self._request("GET", f"/history/{quoted(prompt_id, safe='')}")).facts.get(prompt_id)
        return entry if isinstance(entry, dict) else None

    def _position(self, prompt_id: str) -> str:
        """Whether the job is "running", "pending", or "" when the queue does not have it."""
        queue = self.ask(self._request("GET", "/queue")).facts
        for place in ("running", "pending"):
            jobs = queue.get(f"queue_{place}")
            if isinstance(jobs, list) and any(inside(job, 1) == prompt_id for job in jobs):
                return place
        return ""

    def _finished(self, entry: dict[str, Any], job: dict[str, Any]) -> Finished | Pending:
        if text(entry, "status", "status_str") not in ("success", ""):  # older servers say nothing
            raise _failed(entry, job["id"])
        outputs = inside(entry, "outputs")
        nodes = list(outputs.values()) if isinstance(outputs, dict) else []
        files = [file for node in nodes for file in objects(node, "images") if file.get("type") == "output"]
        if not files:
            raise BadAnswer("The workflow ended without saving a picture.", request_id=job["id"], raw=entry)
        raw = {"status": entry.get("status"), "outputs": outputs}
        came = delivered(files, self._view, job, request_id=job["id"], raw=raw)
        if isinstance(came, Pending):
            return came
        finished = Finished(
            pictures=tuple(Picture(data, job["seed"] if len(files) == 1 else None) for data in came.pictures),
            cost=Money(0),
            cost_basis="free",
            model_reported=_checkpoint(entry),
            seed=job["seed"],
            request_id=job["id"],
            parameters_in_effect={"seed": job["seed"]},
            raw=raw,
            warnings=came.problems,
        )
        return self.clean(finished)

    def _view(self, file: dict[str, Any]) -> bytes:
        query = urlencode({name: text(file, name) for name in ("filename", "subfolder", "type")})
        answer = self.client.send(self._request("GET", f"/view?{query}"))
        if answer.status == 404:
            raise BadAnswer("The picture is not on the ComfyUI server any more.", raw=file, charged="no")
        if answer.status >= 300:
            raise self.explain(answer)
        return answer.body

    def _request(self, method: str, path: str, **content: Any) -> Request:
        token = self.options.token
        headers = {"Authorization": f"Bearer {token.reveal()}"} if token else {}
        return Request(method, self.options.base_url.rstrip("/") + path, headers, **content)


def _seed(spec: ImageSpec, attempt: UUID) -> int:
    """The seed asked for, or one of our own choice: the server makes none up, so the record is always true."""
    return attempt.int % (LARGEST_SEED + 1) if spec.seed is None else spec.seed


def _upload_name(attempt: UUID) -> str:
    return f"imprimatur-{attempt}.png"


def _checkpoint(entry: dict[str, Any]) -> str:
    """The model file named in the graph that the server says it ran."""
    graph = inside(entry, "prompt", 2)
    nodes = graph.values() if isinstance(graph, dict) else ()
    names = (text(node, "inputs", name) for node in nodes for name in ("ckpt_name", "unet_name"))
    return next(filter(None, names), "")


def _failed(entry: dict[str, Any], prompt_id: str) -> ProviderError:
    """Why a job that is over has no pictures: the last word among its messages."""
    messages = inside(entry, "status", "messages")
    events = {text(one, 0): inside(one, 1) for one in messages} if isinstance(messages, list) else {}
    known: dict[str, Any] = {"request_id": prompt_id, "raw": entry.get("status"), "charged": "no"}
    if "execution_interrupted" in events:
        return Stopped("Somebody stopped the job at the ComfyUI server.", **known)
    error = events.get("execution_error")
    said = sentence(error, "exception_message").strip()
    if "OutOfMemory" in text(error, "exception_type") or "out of memory" in said.lower():
        return Rejected(f"The graphics card has too little memory for this size. {said}", field="size", **known)
    return BadAnswer(f"The workflow failed at {sentence(error, 'node_type') or 'some node'}. {said}".strip(), **known)


def _invalid_graph(answer: Answer) -> ProviderError:
    body = answer.excerpt
    nodes = inside(body, "node_errors")
    found = [error for node in nodes.values() for error in objects(node, "errors")] if isinstance(nodes, dict) else []
    said = "; ".join(f"{sentence(error, 'message')}: {sentence(error, 'details')}"[:200] for error in found[:3])
    said = said or sentence(body, "error", "message")
    known: dict[str, Any] = {"request_id": answer.request_id, "raw": body}
    if any(text(error, "extra_info", "input_name") in ("ckpt_name", "unet_name") for error in found):
        return ModelGone(f"ComfyUI does not have this checkpoint. {said}".strip(), **known)
    return Rejected(f"ComfyUI did not accept the workflow. {said}".strip(), field="workflow", **known)
