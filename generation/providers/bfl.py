"""Black Forest Labs (FLUX): submit, ask at the address it names, download within ten minutes.

Facts from docs.bfl.ai (models, fill), @ai-sdk/black-forest-labs 2.0.41 and BFL's own skills file, read 2026-11-22.
It is the one provider that tells the price of a job when it takes it: in credits of one cent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar, Literal
from urllib.parse import quote as quoted
from uuid import UUID

from generation.providers.answers import number, text, ticket
from generation.providers.base import (
    Capabilities,
    CostBasis,
    Finished,
    ImageSpec,
    Money,
    Pending,
    Picture,
    Quote,
    Secret,
)
from generation.providers.callbacks import Headers, InvalidSignature, job_in
from generation.providers.egress.http import Answer, Request
from generation.providers.encoding import encoded, white_where_clear
from generation.providers.errors import BadAnswer, BlockedAddress, ModelGone, ProviderError, Refused, Rejected, Unclear
from generation.providers.http import HTTPProvider, by_status, message_in
from generation.providers.models import ModelSpec
from generation.providers.options import NO_KEY, further_hosts, setting
from generation.providers.questions import Question, question

CREDIT = Decimal("0.01")  # US dollars
ASK_AFTER = 1.5  # seconds
OWN_HOSTS = ("*.bfl.ai",)  # the only ones that the key is sent to
LARGEST_COST = 1_000_000  # dollars; no amount beyond it is worth reckoning with
STILL_BUSY = frozenset({"Pending", "Queued", "Processing", "Reasoning", "Generating"})
THIRD = frozenset({"resolution", "grounding"})  # questions that only FLUX 3 answers
EDGES = {"768sq": 768, "1k": 1024, "1.5k": 1536, "2k": 2048, "4k": 4096}  # about, in pixels
DECLINED: dict[str, Literal["input", "output"]] = {"Request Moderated": "input", "Content Moderated": "output"}


@dataclass(frozen=True)
class BFLOptions:
    """The key, the region, and further hosts from which finished pictures may come, separated by spaces.

    With `callback_secret` it is asked to say when a job is over, and that secret is its proof.
    """

    api_key: Secret = setting("BFL_API_KEY", NO_KEY, needed=True)
    base_url: str = setting("BFL_BASE_URL", "https://api.bfl.ai", reading="address")
    result_hosts: str = further_hosts("BFL_RESULT_HOSTS")  # besides BlackForestLabs.delivery_hosts
    callback_secret: Secret = setting(
        "BFL_WEBHOOK_SECRET",
        NO_KEY,
        help="Any long random text: with it, and https in SITE_URL, it calls /callbacks/bfl/ when a picture is ready.",
    )


@dataclass(frozen=True)
class BFLExtra:
    """What one wish may ask of FLUX besides the common words."""

    resolution: Literal["1k", "768sq", "1.5k", "2k", "4k"] = question(
        "1k", "Resolution", "768sq is for drafts; 2k and 4k cost more, and 4k can take minutes."
    )
    grounding: bool = question(
        False, "Let FLUX search the web", "For places and products that exist. Words of your prompt go to the search."
    )
    safety_tolerance: int = question(2, "Safety tolerance", "0 declines the most.", least=0, most=5)
    prompt_upsampling: bool = question(
        False, "Let FLUX write out the prompt", "It adds words of its own; the picture may differ from your text."
    )


class BlackForestLabs(HTTPProvider):
    """One picture per job; the handle holds all that is needed to fetch it after a restart.

    `model.settings["shape"]` says what decides the shape: pixels, the ratio (Kontext), the picture that is filled, or
    ratio and resolution class (FLUX 3).
    """

    key = "bfl"
    label = "Black Forest Labs"
    capabilities = Capabilities(seed=True, references=True, mask=True, exact_size=True, resumable=True)
    Options = BFLOptions
    Extra = BFLExtra
    # No list of delivery hosts is published. BFL's own examples name storage accounts such as bfldeliveryprod…, read
    # 2026-11; nothing but a picture is fetched from there, without the key.
    delivery_hosts: ClassVar[tuple[str, ...]] = (*OWN_HOSTS, "bfldelivery*.blob.core.windows.net")

    def narrowed(self, question: Question, model: ModelSpec) -> Question | None:
        is_third = model.settings.get("shape") == "class"
        if question.name == "safety_tolerance":
            return replace(question, most=4) if is_third else question
        return question if is_third is (question.name in THIRD) else None

    def quote(self, spec: ImageSpec) -> Quote:
        """FLUX 3 has a price for each resolution, which stands in its row as a quality."""
        if spec.model.settings.get("shape") != "class":
            return super().quote(spec)
        return spec.model.price.quote(replace(spec.order, quality=self.extras(spec).resolution))

    def size(self, spec: ImageSpec) -> tuple[int, int] | None:
        if spec.model.settings.get("shape") == "picture":
            return None
        width, height = spec.pixels
        edge = EDGES.get(self.extras(spec).resolution, 1024) / 1024
        return round(width * edge), round(height * edge)

    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        extra = self.extras(spec)
        if spec.model.settings.get("shape") == "class":
            third = self._third(spec, extra) | self._callback(spec)
            return Request("POST", self._url(f"v1/{spec.model.id}"), self._headers, json=third)
        body: dict[str, Any] = {
            "prompt": self.compose(spec),
            "output_format": "png",
            "safety_tolerance": extra.safety_tolerance,
            "prompt_upsampling": extra.prompt_upsampling,
        }
        if spec.seed is not None:
            body["seed"] = spec.seed
        body |= _pictures(spec) | self._callback(spec)
        return Request("POST", self._url(f"v1/{spec.model.id}"), self._headers, json=body)

    def parse(self, answer: Answer, spec: ImageSpec) -> Pending:
        data = answer.facts
        job, address = data.get("id"), data.get("polling_url")
        if spec.callback_url and job and address is None:  # a job that will call back may name none
            address = self._url(f"v1/get_result?id={quoted(str(job))}")
        if not isinstance(job, str) or not isinstance(address, str):
            raise BadAnswer("The job was taken without an address to ask at.", raw=data)
        cost, basis = _credits(data.get("cost"))
        told = {"cost": cost.micros if cost is not None else None, "basis": basis}
        handle = {"id": job, "polling_url": address, "model": spec.model.id, **told}
        return Pending(handle=json.dumps(handle), ask_again_in=ASK_AFTER, cost=cost, request_id=job)

    def explain(self, answer: Answer) -> ProviderError:
        if answer.status == 404 and not answer.only_asked:
            return ModelGone(f"FLUX does not offer this model. {message_in(answer)}".strip(), raw=answer.excerpt)
        return by_status(answer)

    def resume(self, handle: str) -> Finished | Pending:
        job = ticket(handle, "id", "polling_url", "model")
        request = Request("GET", job["polling_url"], self._headers, only_hosts=OWN_HOSTS)
        with self.redacted():
            return self._read(self.ask(request).facts, job, handle)

    @property
    def calls_back(self) -> bool:
        return bool(self.options.callback_secret)

    def verify_callback(self, headers: Headers, body: bytes) -> str:
        """BFL describes two proofs, read 2026-11, and both are taken: its skills file an HMAC-SHA256 over the body in
        X-BFL-Signature, the AI SDK the secret itself in X-Webhook-Secret. Neither says when it was sent.
        """
        key = self.options.callback_secret.reveal().encode()
        if not key:
            raise InvalidSignature("No secret for Black Forest Labs' callbacks is set here.")
        if signature := headers.get("x-bfl-signature", ""):
            right = f"sha256={hmac.digest(key, body, hashlib.sha256).hex()}".encode()
            is_genuine = hmac.compare_digest(signature.encode(), right)
        else:
            is_genuine = hmac.compare_digest(headers.get("x-webhook-secret", "").encode(), key)
        if not is_genuine:
            raise InvalidSignature("The callback is not proven to come from Black Forest Labs.")
        return job_in(body, "id", "task_id")

    def check(self) -> str:
        with self.redacted():
            credit = self.ask(Request("GET", self._url("v1/credits"), self._headers)).facts.get("credits")
        return f"Answers: {credit} credits left. Asking costs nothing."

    def _read(self, data: dict[str, Any], job: dict[str, Any], handle: str) -> Finished | Pending:
        status, raw = str(data.get("status")), data
        if data.get("id") not in (None, job["id"]):
            raise BadAnswer("The answer is about another job than ours.", request_id=job["id"], raw=raw)
        if status in STILL_BUSY:
            return Pending(handle=handle, ask_again_in=ASK_AFTER, cost=_stored(job), request_id=job["id"])
        if status == "Ready":
            return self._finished(data, job)
        raise _terminal(status, job["id"], raw)

    def _finished(self, data: dict[str, Any], job: dict[str, Any]) -> Finished:
        result = data.get("result")
        sample = result.get("sample") if isinstance(result, dict) else None
        if not isinstance(result, dict) or not isinstance(sample, str):
            raise BadAnswer("The picture is ready, but its address is missing.", request_id=job["id"], raw=data)
        try:
            picture = self.picture_at(sample, (*self.delivery_hosts, *self.options.result_hosts.split()))
        except BlockedAddress as error:
            error.request_id, error.raw = job["id"], data
            raise
        seed = number(result, "seed")
        finished = Finished(
            pictures=(Picture(picture, seed),),
            cost=_stored(job),
            cost_basis=job.get("basis", "unknown"),
            model_reported=job["model"],
            seed=seed,
            revised_prompt=text(result, "prompt"),
            request_id=job["id"],
            parameters_in_effect={"seed": seed} if seed is not None else {},
            raw=data,
        )
        return self.clean(finished)

    def _third(self, spec: ImageSpec, extra: BFLExtra) -> dict[str, Any]:
        """FLUX 3 refuses fields that it does not have: no seed, no pixels, no file format; up to ten `images`.

        Sources: docs.bfl.ai, 2026-10, for what it refuses; for `images`, the schema that Comfy's router checks calls
        against, read 2026-11-30.
        """
        body: dict[str, Any] = {
            "prompt": self.compose(spec),
            "aspect_ratio": spec.ratio,
            "resolution": extra.resolution,
            "grounding": extra.grounding,  # sent always, since it is on when it is left out
            "safety_tolerance": extra.safety_tolerance,
        }
        return body | ({"images": [encoded(one.data) for one in spec.references]} if spec.references else {})

    def _callback(self, spec: ImageSpec) -> dict[str, str]:
        if not spec.callback_url:
            return {}
        return {"webhook_url": spec.callback_url, "webhook_secret": self.options.callback_secret.reveal()}

    @property
    def _headers(self) -> dict[str, str]:
        return {"x-key": self.options.api_key.reveal()}

    def _url(self, path: str) -> str:
        return f"{self.options.base_url.rstrip('/')}/{path}"


def _pictures(spec: ImageSpec) -> dict[str, Any]:
    """The fields for shape, pictures and mask."""
    shape = spec.model.settings.get("shape", "pixels")
    if shape == "picture":
        return _fill(spec)
    width, height = spec.pixels
    fields: dict[str, Any] = {"aspect_ratio": spec.ratio} if shape == "ratio" else {"width": width, "height": height}
    for place, reference in enumerate(spec.references, 1):
        fields["input_image" if place == 1 else f"input_image_{place}"] = encoded(reference.data)
    return fields


def _fill(spec: ImageSpec) -> dict[str, Any]:
    if not spec.references or spec.mask is None:
        raise Rejected("This model fills a part of a picture: it needs the picture and a mask.", field="mask")
    return {"image": encoded(spec.references[0].data), "mask": encoded(white_where_clear(spec.mask))}


def _terminal(status: str, job: str, raw: Any) -> ProviderError:
    """What every status but Pending and Ready means; an unknown word ends the job rather than waiting for ever."""
    if status in DECLINED:
        stage = DECLINED[status]
        charged: Literal["no", "unknown"] = "no" if stage == "input" else "unknown"
        words = f"Black Forest Labs declined the {'wish' if stage == 'input' else 'finished picture'}."
        return Refused(words, stage=stage, request_id=job, raw=raw, charged=charged)
    if status == "Task not found":
        return Unclear("Black Forest Labs no longer knows this job; it may have been charged.", request_id=job, raw=raw)
    if status in ("Error", "Failed"):
        return BadAnswer("Black Forest Labs could not make this picture.", request_id=job, raw=raw)
    return BadAnswer(f"Black Forest Labs answered with an unknown status, {status[:60]!r}.", request_id=job, raw=raw)


def _stored(job: dict[str, Any]) -> Money | None:
    micros = job.get("cost")
    return Money(micros) if isinstance(micros, int) else None


def _credits(value: Any) -> tuple[Money | None, CostBasis]:
    """Credits as money, and whether that can be meant."""
    if value is None:
        return None, "unknown"
    try:
        amount = Decimal(str(value)) * CREDIT if isinstance(value, int | float | str) else Decimal("NaN")
    except ArithmeticError:
        return None, "doubtful"
    is_amount = not isinstance(value, bool) and amount.is_finite() and 0 <= amount < LARGEST_COST
    return (Money.of(amount), "reported") if is_amount else (None, "doubtful")
