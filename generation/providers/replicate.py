"""Replicate: anybody's models behind one door; submit, ask until it is over, fetch within the hour.

Facts from Replicate's OpenAPI file and replicate-python 1.0.7, read 2026-11-22. Each model names its inputs as it
likes, so a model's row says which name carries what. Everything about a job is deleted after one hour.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from time import time
from typing import Any
from urllib.parse import quote as quoted
from uuid import UUID

from generation.providers.answers import MOST_PICTURES, inside, sentence, text, ticket
from generation.providers.base import Capabilities, Finished, ImageSpec, Money, Pending, Picture, Secret
from generation.providers.callbacks import Headers, InvalidSignature, job_in
from generation.providers.egress.http import Answer, Request
from generation.providers.encoding import data_url
from generation.providers.errors import BadAnswer, ModelGone, ProviderError, Refused, Stopped, Unclear
from generation.providers.http import HTTPProvider, by_status, delivered, message_in
from generation.providers.options import NO_KEY, further_hosts, setting

ASK_AFTER = 2.0  # seconds
RESULT_HOSTS = ("replicate.delivery", "*.replicate.delivery")
STILL_BUSY = frozenset({"starting", "processing"})
NAMES = {"seed": "seed", "negative": "negative", "count": "count", "references": "reference", "size": "width"}
CALLBACK_TOLERANCE = 300.0  # seconds that a callback's clock may differ from ours
# A declined picture has no code, only words (seen in public models, 2026-11).
_DECLINED = re.compile(r"nsfw|safety|sensitive|flagged|content policy|moderat", re.IGNORECASE)
_NO_VERSION = re.compile(r"version (?:or not permitted|does not exist)", re.IGNORECASE)
_SEED = re.compile(r"\bseed:?\s+(\d{1,19})\b", re.IGNORECASE)


@dataclass(frozen=True)
class ReplicateOptions:
    """`callback_secret` ("whsec_…") is what Replicate signs callbacks with; without it none is asked for.

    `result_hosts` are further hosts from which finished pictures may come, separated by spaces.
    """

    api_key: Secret = setting("REPLICATE_API_TOKEN", NO_KEY, needed=True)
    base_url: str = "https://api.replicate.com/v1"
    result_hosts: str = further_hosts("REPLICATE_RESULT_HOSTS")  # besides RESULT_HOSTS
    callback_secret: Secret = setting(
        "REPLICATE_WEBHOOK_SECRET",
        NO_KEY,
        help="The webhook signing secret of the account (whsec_…): with it, and https in SITE_URL, "
        "it calls /callbacks/replicate/.",
    )


class Replicate(HTTPProvider):
    """`model.id` is owner/name, or owner/name:version; `model.settings` maps our words to the model's inputs.

    Known words: ratio, width, height, seed, negative, count, reference; `also` holds further inputs as JSON.
    """

    key = "replicate"
    label = "Replicate"
    capabilities = Capabilities(
        seed=True, negative=True, references=True, several=True, exact_size=True, cancellable=True, resumable=True
    )
    Options = ReplicateOptions

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        owner_and_name, _, version = spec.model.id.partition(":")
        body: dict[str, Any] = {"input": self._input(spec)}
        if version:
            body["version"] = version
        if spec.callback_url and not spec.references:  # it repeats the inputs, and is too large with pictures
            body |= {"webhook": spec.callback_url, "webhook_events_filter": ["completed"]}
        path = "predictions" if version else f"models/{quoted(owner_and_name)}/predictions"
        return Request("POST", self._url(path), self._headers, json=body)

    def parse(self, answer: Answer, spec: ImageSpec) -> Pending:
        data = answer.facts
        job = text(data, "id")
        if not job:
            raise BadAnswer("Replicate took the job without giving it an id.", raw=data)
        each = self.quote(replace(spec, count=1))
        handle = {"id": job, "each": each.amount.micros if each.basis != "free" else None}
        return Pending(handle=json.dumps(handle), ask_again_in=ASK_AFTER, request_id=job)

    def explain(self, answer: Answer) -> ProviderError:
        is_gone = answer.status == 404 or (answer.status == 422 and _NO_VERSION.search(f"{answer.excerpt}"))
        if is_gone and not answer.only_asked:
            return ModelGone(f"Replicate does not have this model. {message_in(answer)}".strip(), raw=answer.excerpt)
        return by_status(answer)

    def resume(self, handle: str) -> Finished | Pending:
        job = ticket(handle, "id", "each")
        with self.redacted():
            answer = self.client.send(Request("GET", self._url(self._path(job)), self._headers))
            if answer.status == 404:
                words = "Replicate does not know this job any more; it may have been made and charged."
                raise Unclear(words, request_id=job["id"], raw=answer.excerpt)
            if answer.status >= 300:
                raise self.explain(answer)
            return self._read(answer.facts, job, handle)

    def cancel(self, handle: str) -> None:
        with self.redacted():
            self.ask(Request("POST", self._url(f"{self._path(ticket(handle, 'id'))}/cancel"), self._headers, json={}))

    @property
    def calls_back(self) -> bool:
        return bool(self.options.callback_secret)

    def verify_callback(self, headers: Headers, body: bytes) -> str:
        """Signed as Svix does: HMAC-SHA256 over "id.timestamp.body" (replicate.com/docs, read 2026-11)."""
        message, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not message or not _is_now(stamp):
            raise InvalidSignature("The callback has no id, or is not of this moment.")
        right = hmac.digest(self._signing_key, f"{message}.{stamp}.".encode() + body, hashlib.sha256)
        expected = base64.b64encode(right)
        given = (entry.partition(",") for entry in headers.get("webhook-signature", "").split())
        if not any(version == "v1" and hmac.compare_digest(one.encode(), expected) for version, _, one in given):
            raise InvalidSignature("The callback's signature is wrong.")
        return job_in(body, "id")

    def unsupported(self, spec: ImageSpec) -> list[str]:
        """Also what this model has no input for, going by its row."""
        lost = super().unsupported(spec)
        wanted = {"seed": spec.seed is not None, "negative": bool(spec.negative), "count": spec.count > 1}
        wanted |= {"references": bool(spec.references), "size": spec.size is not None}
        nowhere = [name for name, is_wanted in wanted.items() if is_wanted and NAMES[name] not in spec.model.settings]
        return list(dict.fromkeys([*lost, *nowhere]))

    def check(self) -> str:
        with self.redacted():
            account = self.ask(Request("GET", self._url("account"), self._headers)).facts
        return f"Answers: the key belongs to {sentence(account, 'username') or 'an account'}. Asking costs nothing."

    def _input(self, spec: ImageSpec) -> dict[str, Any]:
        width, height = spec.pixels
        ours = {
            "ratio": spec.ratio,
            "width": width,
            "height": height,
            "seed": spec.seed,
            "negative": spec.negative or None,
            "count": spec.count,
            "reference": data_url(spec.references[0]) if spec.references else None,
        }
        names = spec.model.settings
        given = {names[word]: value for word, value in ours.items() if word in names and value is not None}
        return {**spec.further_inputs, **given, "prompt": self.compose(spec)}

    def _read(self, data: dict[str, Any], job: dict[str, Any], handle: str) -> Finished | Pending:
        status = text(data, "status")
        if data.get("id") != job["id"]:
            raise BadAnswer("The answer is about another job than ours.", request_id=job["id"], raw=data)
        if status in STILL_BUSY:
            return Pending(handle=handle, ask_again_in=ASK_AFTER, request_id=job["id"])
        if status == "succeeded":
            return self._finished(data, job)
        raise _ended(status, data, job["id"])

    def _finished(self, data: dict[str, Any], job: dict[str, Any]) -> Finished | Pending:
        addresses = list(islice(_addresses(data.get("output")), MOST_PICTURES))
        if not addresses:
            gone = " Replicate has deleted it already." if data.get("data_removed") else ""
            raise BadAnswer(f"The job ended without a picture.{gone}", request_id=job["id"], raw=data, charged="yes")
        hosts = (*RESULT_HOSTS, *self.options.result_hosts.split())
        came = delivered(addresses, lambda one: self.picture_at(one, hosts), job, request_id=job["id"], raw=data)
        if isinstance(came, Pending):
            return came
        each, seed = job["each"], _seed(data)
        finished = Finished(
            pictures=tuple(Picture(one, seed if len(addresses) == 1 else None) for one in came.pictures),
            cost=Money(each) * len(addresses) if isinstance(each, int) else None,
            cost_basis="fixed" if isinstance(each, int) else "unknown",
            model_reported=":".join(filter(None, (text(data, "model"), text(data, "version")))),
            seed=seed,
            request_id=job["id"],
            parameters_in_effect={} if seed is None else {"seed": seed},
            raw=data,
            warnings=came.problems,
        )
        return self.clean(finished)

    @property
    def _signing_key(self) -> bytes:
        try:
            key = base64.b64decode(self.options.callback_secret.reveal().removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not key:
            raise InvalidSignature("No usable secret for Replicate's callbacks is set here.")
        return key

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.options.api_key.reveal()}"}

    def _url(self, path: str) -> str:
        return f"{self.options.base_url.rstrip('/')}/{path}"

    def _path(self, job: Mapping[str, Any]) -> str:
        return f"predictions/{quoted(str(job['id']), safe='')}"


def _addresses(output: Any) -> Iterator[str]:
    """Every address in an output, which is one, a list or an object as the model likes; some carry their picture."""
    if isinstance(output, str) and output.startswith(("http", "data:image/")):
        yield output
    elif isinstance(output, list | dict):
        for item in output.values() if isinstance(output, dict) else output:
            yield from _addresses(item)


def _seed(data: dict[str, Any]) -> int | None:
    """The seed that the model wrote into its log; none is taken from what we asked for."""
    log = inside(data, "logs")
    found = _SEED.search(log) if isinstance(log, str) else None
    return int(found.group(1)) if found else None


def _ended(status: str, data: dict[str, Any], job: str) -> ProviderError:
    said = sentence(data, "error")
    if status == "failed" and _DECLINED.search(said):
        words = f"The model declined this wish or its picture. {said}"
        return Refused(words, request_id=job, raw=data, charged="unknown")
    if status == "failed":
        return BadAnswer(f"The model failed. {said}".strip(), request_id=job, raw=data)
    if status in ("canceled", "aborted"):
        never_begun = "started_at" in data and not (data["started_at"] or inside(data, "metrics", "predict_time"))
        words = "The job was cancelled at Replicate."
        return Stopped(words, request_id=job, raw=data, charged="no" if never_begun else None)
    return BadAnswer(f"Replicate answered with an unknown status, {status[:60]!r}.", request_id=job, raw=data)


def _is_now(stamp: str) -> bool:
    """Whether a callback's time, in seconds since 1970, is close enough to ours: an old one may be replayed."""
    return len(stamp) < 20 and stamp.isascii() and stamp.isdecimal() and abs(time() - int(stamp)) <= CALLBACK_TOLERANCE
