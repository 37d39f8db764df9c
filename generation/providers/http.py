"""A provider behind HTTP: the three small functions that an adapter fills, and the sending that it need not know."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from generation.providers.answers import LONGEST_SENTENCE, number
from generation.providers.base import Finished, ImageSpec, Pending, Picture, Provider
from generation.providers.egress.http import LOST_IN_BETWEEN, Answer, Request
from generation.providers.egress.redaction import redact, without_keys
from generation.providers.encoding import Item, decoded, tried, why_none
from generation.providers.errors import (
    BadAnswer,
    Charged,
    NotThere,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    Unclear,
)

LONGEST_PROMPT = 20_000
"""Characters of a prompt that a provider made of ours; what is longer is no prompt, and half of it would be a lie."""
LONGEST_HANDLE = 64_000
"""Characters of what a provider says so that it can be asked again: several of its longest addresses."""
MOST_WAITS = 6
FIRST_WAIT = 2.0  # seconds; each is twice as long as the one before, so that all together are two minutes


class HTTPProvider(Provider):
    """A provider behind HTTP: an adapter builds the request, parses the answer and explains what went wrong."""

    @abstractmethod
    def build(self, spec: ImageSpec, attempt: UUID) -> Request:
        """The request for this wish; pure. Raises Rejected for what can never be sent."""

    @abstractmethod
    def parse(self, answer: Answer, spec: ImageSpec) -> Finished | Pending:
        """What a successful answer means; raises BadAnswer when it means nothing."""

    def explain(self, answer: Answer) -> ProviderError:
        """What an answer of 300 and above means."""
        return by_status(answer)

    def start(self, spec: ImageSpec, *, attempt: UUID) -> Finished | Pending:
        self.check_seed(spec)
        with self.redacted():
            request = self.build(spec, attempt)
            result = self.parse(self.ask(request), spec)
            if isinstance(result, Pending) and len(result.handle) > LONGEST_HANDLE:
                raise BadAnswer("What the provider said of the job is too long for asking about it again.")
        result = replace(result, parameters_sent=redact(request.parameters, self.secrets))
        if isinstance(result, Finished):
            return self.clean(replace(result, warnings=result.warnings + self.lost_in(spec)))
        return replace(result, request_id=without_keys(result.request_id, self.secrets))

    def ask(self, request: Request) -> Answer:
        """The answer to a request, if it is a good one; else raises what `explain` makes of it."""
        answer = self.client.send(request)
        if answer.status >= 300:
            raise self.explain(answer)
        return answer

    def picture_at(self, address: str, hosts: tuple[str, ...]) -> bytes:
        """The picture behind an address in an answer, which may carry it itself ("data:…")."""
        if not address:
            raise BadAnswer("A picture was announced without its address.")
        return decoded(address) if address.startswith("data:") else self.client.fetch_result(address, hosts)

    def clean(self, finished: Finished) -> Finished:
        """The result as it may be stored: no keys in anything that the provider said, no pictures in the raw answer."""
        prompt, warnings = without_keys(finished.revised_prompt, self.secrets), finished.warnings
        if len(prompt) > LONGEST_PROMPT:
            words = f"The prompt as the provider revised it is not kept: it has {len(prompt):,} characters."
            prompt, warnings = "", (*warnings, words)
        return replace(
            finished,
            model_reported=without_keys(finished.model_reported, self.secrets),
            revised_prompt=prompt,
            request_id=without_keys(finished.request_id, self.secrets),
            refusals=tuple(replace(each, words=redact(each.words, self.secrets)) for each in finished.refusals),
            parameters_in_effect=redact(finished.parameters_in_effect, self.secrets),
            raw=redact(finished.raw, self.secrets),
            warnings=warnings,
        )

    @contextmanager
    def redacted(self) -> Iterator[None]:
        """Takes this provider's keys out of any ProviderError on its way up."""
        try:
            yield
        except ProviderError as error:
            error.words = redact(error.words, self.secrets)
            error.args = (error.words,)
            error.request_id = without_keys(error.request_id, self.secrets)
            error.raw = redact(error.raw, self.secrets)
            raise


@dataclass(frozen=True)
class Delivered:
    """The pictures of a finished job, and in words what is wrong with those that did not come."""

    pictures: tuple[bytes, ...]
    problems: tuple[str, ...]


def delivered(
    items: Iterable[Item], read: Callable[[Item], bytes], job: Mapping[str, Any], *, request_id: str, raw: Any
) -> Delivered | Pending:
    """The pictures among the items of the answer about a finished job, whose handle holds `job`.

    Asking again is free while the service keeps them, so one that may come yet is waited for, and the others with it.
    But those are paid for, and soon deleted there: after MOST_WAITS whatever came is kept, without what did not.
    """
    pictures, problems = tried(items, lambda item: Picture(read(item)))
    if not pictures:  # sooner one that may come yet, so that what cannot does not end the asking
        raise why_none(sorted(problems, key=lambda each: not each.may_resend), request_id=request_id, raw=raw)
    waits = number(job, "waits") or 0
    if waits < MOST_WAITS and any(each.may_resend and not isinstance(each, NotThere) for each in problems):
        handle = json.dumps({**job, "waits": waits + 1})
        return Pending(handle=handle, ask_again_in=FIRST_WAIT * 2.0**waits, request_id=request_id)
    return Delivered(tuple(each.data for each in pictures), tuple(each.words for each in problems))


def by_status(answer: Answer, words: str = "") -> ProviderError:
    """The error that an HTTP status stands for where the body does not say more."""
    said = words or message_in(answer)
    known: dict[str, Any] = {"request_id": answer.request_id, "raw": answer.excerpt}
    status, wait = answer.status, answer.retry_after
    if status in (401, 403):
        return Unauthorized(f"The provider does not accept the key or account. {said}".strip(), **known)
    if status == 402:
        return OutOfMoney(f"The provider's account has no credit left. {said}".strip(), **known)
    if status == 429:
        return RateLimited(f"The provider is asked too often. {said}".strip(), retry_after=wait, **known)
    if status in LOST_IN_BETWEEN and not answer.only_asked:
        return Unclear(f"A gateway gave up waiting ({status}); the picture may have been made and charged.", **known)
    if status >= 500 or status == 408:
        charged: Charged = "no" if answer.only_asked or status == 503 else "unknown"
        words = f"The provider has trouble ({status}). {said}".strip()
        return Unavailable(words, retry_after=wait, charged=charged, **known)
    if status >= 400:
        return Rejected(f"The provider did not accept the request ({status}). {said}".strip(), **known)
    return BadAnswer(f"The provider answered {status}, which is not followed.", **known)


def message_in(answer: Answer) -> str:
    """The provider's own sentence, wherever the common error shapes put it; at most LONGEST_SENTENCE."""
    found = answer.excerpt
    for key in ("error", "message", "detail", "errors", "description"):
        if isinstance(found, dict) and found.get(key):
            found = found[key]
    while isinstance(found, list) and found:
        found = found[0]
    if isinstance(found, dict):
        found = found.get("message") or found.get("msg") or ""
    return found[:LONGEST_SENTENCE] if isinstance(found, str) else ""
