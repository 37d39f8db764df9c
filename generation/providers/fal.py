"""fal: other people's models behind one queue; submit, ask at the addresses it names, fetch what it made.

Facts from fal-client 1.0.3 and fal.ai/docs (queue, errors), read 2026-11-30. Nothing is ever called failed: a job that
went wrong is COMPLETED, with an error. fal tries again up to ten times by itself, which we forbid. Each model names its
inputs as it likes, so a model's row says which name carries what.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote as quoted
from uuid import UUID

from generation.providers.answers import inside, number, objects, sentence, text, ticket
from generation.providers.base import Capabilities, Finished, ImageSpec, Money, Pending, Picture, Quote, Refusal, Secret
from generation.providers.egress.http import Answer, Request
from generation.providers.encoding import data_url
from generation.providers.errors import (
    BadAnswer,
    ModelGone,
    OutOfMoney,
    ProviderError,
    Refused,
    Stopped,
    Unclear,
)
from generation.providers.http import HTTPProvider, by_status, delivered, message_in
from generation.providers.models import ModelSpec
from generation.providers.options import NO_KEY, further_hosts, setting
from generation.providers.questions import Question, question

ASK_AFTER = 2.0  # seconds
OWN_HOSTS = ("queue.fal.run",)
RESULT_HOSTS = ("fal.media", "*.fal.media", "storage.googleapis.com")  # the last as fal's own examples have it
STILL_BUSY = frozenset({"IN_QUEUE", "IN_PROGRESS"})
ADDRESSES = ("request_id", "status_url", "response_url", "cancel_url")
DECLINED = "content_policy_violation"
TIMES: dict[str, int] = {"2K": 2, "4K": 4}  # the edge of 1K so many times


@dataclass(frozen=True)
class FalOptions:
    """The key ("id:secret"), and further hosts from which finished pictures may come, separated by spaces."""

    api_key: Secret = setting("FAL_KEY", NO_KEY, needed=True)
    base_url: str = "https://queue.fal.run"
    result_hosts: str = further_hosts("FAL_RESULT_HOSTS")  # besides RESULT_HOSTS


@dataclass(frozen=True)
class FalExtra:
    """A row lists under "resolutions" those that its model has; the first is what it draws by itself."""

    resolution: Literal["", "768sq", "1k", "1.5k", "2k", "4k", "0.5K", "1K", "2K", "4K"] = question(
        "", "Resolution", "Larger ones cost more."
    )


class Fal(HTTPProvider):
    """`model.id` is the address of the endpoint below queue.fal.run; `model.settings` maps our words to its inputs.

    Known words: ratio, size, seed, negative, count, references (a list) and reference (one); `editing` is the endpoint
    that is called when pictures go along; `also` holds further inputs as JSON.
    """

    key = "fal"
    label = "fal"
    capabilities = Capabilities(
        seed=True, negative=True, references=True, several=True, exact_size=True, cancellable=True, resumable=True
    )
    Options = FalOptions
    Extra = FalExtra

    def narrowed(self, question: Question, model: ModelSpec) -> Question | None:
        named = model.settings.get("resolutions", "").split()
        choices = tuple((value, label) for value, label in question.choices if value in ("", *named))
        return replace(question, choices=choices) if named else None

    def quote(self, spec: ImageSpec) -> Quote:
        """By resolution where the row has a price for each, which stands there as a quality."""
        named = spec.model.settings.get("resolutions", "").split()
        chosen = self.extras(spec).resolution or (named[0] if named else "")
        return spec.model.price.quote(replace(spec.order, quality=chosen or spec.order.quality))

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        endpoint = spec.model.settings.get("editing", spec.model.id) if spec.references else spec.model.id
        headers = {**self._headers, "x-fal-no-retry": "1"}
        return Request("POST", self._url(quoted(endpoint)), headers, json=self._input(spec))

    def parse(self, answer: Answer, spec: ImageSpec) -> Pending:
        data = answer.facts
        job: dict[str, Any] = {name: text(data, name) for name in ADDRESSES}
        if not job["request_id"] or not job["status_url"] or not job["response_url"]:
            raise BadAnswer("fal took the job without saying where to ask for it.", raw=data)
        each = self.quote(replace(spec, count=1))  # whoever resumes has no model row, so the price goes along
        job |= {"model": spec.model.id, "each": each.amount.micros if each.basis == "fixed" else None}
        return Pending(handle=json.dumps(job), ask_again_in=ASK_AFTER, request_id=job["request_id"])

    def explain(self, answer: Answer) -> ProviderError:
        body = answer.excerpt
        if any(one.get("type") == DECLINED for one in objects(body, "detail")):
            return Refused(f"The model declined this wish. {message_in(answer)}".strip(), stage="input", raw=body)
        if answer.status == 404 and not answer.only_asked:
            return ModelGone(f"fal does not have this model. {message_in(answer)}".strip(), raw=body)
        if answer.status == 403 and "balance" in message_in(answer).lower():  # "User is locked … Exhausted balance"
            return OutOfMoney(f"The fal account has no credit left. {message_in(answer)}", raw=body)
        return by_status(answer)

    def resume(self, handle: str) -> Finished | Pending:
        job = ticket(handle, "request_id", "status_url", "response_url", "each")
        with self.redacted():
            answer = self._ask(job["status_url"])
            if answer.status == 404:
                words = "fal does not know this job any more; it may have been made and charged."
                raise Unclear(words, request_id=job["request_id"], raw=answer.excerpt)
            if answer.status >= 300:
                raise self.explain(answer)
            return self._read(answer.facts, job, handle)

    def cancel(self, handle: str) -> None:
        job = ticket(handle, "cancel_url")
        with self.redacted():
            self.ask(Request("PUT", job["cancel_url"], self._headers, only_hosts=self._hosts))

    def unsupported(self, spec: ImageSpec) -> list[str]:
        """Also what this model has no input for, going by its row."""
        lost, names = super().unsupported(spec), spec.model.settings
        wanted = {"seed": spec.seed is not None, "negative": bool(spec.negative), "count": spec.count > 1}
        wanted |= {"size": spec.size is not None}
        nowhere = [name for name, is_wanted in wanted.items() if is_wanted and name not in names]
        if spec.references and not {"references", "reference"} & names.keys():
            nowhere.append("references")
        return list(dict.fromkeys([*lost, *nowhere]))

    def size(self, spec: ImageSpec) -> tuple[int, int]:
        width, height = spec.pixels
        times = TIMES.get(self.extras(spec).resolution.upper(), 1)
        return width * times, height * times

    def check(self) -> str:
        """Asks how a job stands that there cannot be: a key that is accepted is told so, and nothing is made."""
        nobody = "fal-ai/flux/requests/00000000-0000-0000-0000-000000000000/status"
        with self.redacted():
            answer = self._ask(self._url(nobody))
            if answer.status in (401, 403):
                raise self.explain(answer)
        return "Answers, and accepts the key. Asking costs nothing."

    def _ask(self, url: str) -> Answer:
        return self.client.send(Request("GET", url, self._headers, only_hosts=self._hosts))

    def _input(self, spec: ImageSpec) -> dict[str, Any]:
        width, height = spec.pixels
        pictures = [data_url(one) for one in spec.references]
        ours = {
            "ratio": spec.ratio,
            "size": {"width": width, "height": height},
            "seed": spec.seed,
            "negative": spec.negative or None,
            "count": spec.count,
            "references": pictures or None,
            "reference": pictures[0] if pictures else None,
            "resolutions": self.extras(spec).resolution or None,
        }
        names = {**spec.model.settings, "resolutions": "resolution"}
        given = {names[word]: value for word, value in ours.items() if word in names and value is not None}
        return {**spec.further_inputs, **given, "prompt": self.compose(spec)}

    def _read(self, data: dict[str, Any], job: dict[str, Any], handle: str) -> Finished | Pending:
        status, request_id = text(data, "status"), str(job["request_id"])
        if status in STILL_BUSY:
            return Pending(handle=handle, ask_again_in=ASK_AFTER, request_id=request_id)
        if status != "COMPLETED":
            raise BadAnswer(f"fal answered with an unknown status, {status[:60]!r}.", request_id=request_id, raw=data)
        if text(data, "error_type") == "client_cancelled":
            raise Stopped("The job was cancelled at fal.", request_id=request_id, raw=data)
        answer = self._ask(str(job["response_url"]))
        if answer.status >= 300:
            raise self._failed(answer, request_id)
        if error := sentence(data, "error"):
            raise BadAnswer(f"The model failed. {error}", request_id=request_id, raw=data)
        return self._finished(answer.facts, job)

    def _failed(self, answer: Answer, request_id: str) -> ProviderError:
        """A job that is over with an error: its answer carries the status. One of 422 may be charged, 5xx is not."""
        error = self.explain(answer)
        error.request_id = request_id
        if isinstance(error, Refused | ModelGone):
            return error
        charged: Literal["no", "unknown"] = "no" if answer.status >= 500 else "unknown"
        words = f"The model failed ({answer.status}). {message_in(answer)}".strip()
        return BadAnswer(words, request_id=request_id, raw=answer.excerpt, charged=charged)

    def _finished(self, data: dict[str, Any], job: dict[str, Any]) -> Finished | Pending:
        found = objects(data, "images") or [one for one in (inside(data, "image"),) if isinstance(one, dict)]
        marks = inside(data, "has_nsfw_concepts")
        black = [bool(mark) for mark in marks] if isinstance(marks, list) else []
        black += [False] * (len(found) - len(black))
        declined = tuple(Refusal("The model drew over it in black.") for is_black in black[: len(found)] if is_black)
        wanted = [one for one, is_black in zip(found, black, strict=False) if not is_black]
        if not wanted:
            known: dict[str, Any] = {"request_id": job["request_id"], "raw": data}
            if declined:
                words = "The model declined the finished picture and sent a black one, which is not kept."
                raise Refused(words, stage="output", charged="unknown", **known)
            raise BadAnswer("The job ended without a picture.", charged="yes", **known)
        hosts = (*RESULT_HOSTS, *self.options.result_hosts.split())
        addresses = [text(one, "url") for one in wanted]
        request_id = str(job["request_id"])
        came = delivered(addresses, lambda one: self.picture_at(one, hosts), job, request_id=request_id, raw=data)
        if isinstance(came, Pending):
            return came
        each, seed = job["each"], number(data, "seed")
        finished = Finished(
            pictures=tuple(Picture(one, seed if len(found) == 1 else None) for one in came.pictures),
            cost=Money(each) * len(found) if isinstance(each, int) else None,
            cost_basis="fixed" if isinstance(each, int) else "unknown",
            model_reported=str(job.get("model") or ""),
            seed=seed,
            revised_prompt=text(data, "prompt"),
            request_id=str(job["request_id"]),
            parameters_in_effect={} if seed is None else {"seed": seed},
            raw=data,
            warnings=came.problems,
            refusals=declined,
        )
        return self.clean(finished)

    @property
    def _hosts(self) -> tuple[str, ...]:
        """Where a job may be asked about: the key goes nowhere else."""
        own = self.options.base_url.split("://")[-1].partition("/")[0].partition(":")[0]
        return (*OWN_HOSTS, own)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Key {self.options.api_key.reveal()}"}

    def _url(self, path: str) -> str:
        return f"{self.options.base_url.rstrip('/')}/{path}"
