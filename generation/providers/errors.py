"""What can go wrong with an image generator, one class per answer to "what now?".

    ProviderError
    ├── Refused         the content was declined: change the wish, never send it again as it is
    ├── Rejected        our request is wrong: fix the named field
    ├── Unauthorized    the key or the account is not accepted: switch the provider off, tell an administrator
    ├── OutOfMoney      the account is empty or capped: stop sending, tell an administrator
    ├── RateLimited     too fast: wait as long as it says, then send again
    ├── Unavailable     nothing was made: send again later
    ├── Unclear         sent, but no answer came: perhaps paid; resume or ask a person, never send again by itself
    ├── BadAnswer       an answer nobody can read: keep it, ask a person
    ├── Stopped         somebody ended the job before it was done; perhaps paid for what was done by then
    ├── ModelGone       the model has ended: choose its successor
    └── BlockedAddress  the answer points where this server must not go: keep it, tell an administrator

Every error carries words for people, the provider's request id, its answer with keys and pictures taken out,
whether money was taken: "no", "yes" or "unknown", and how long the provider wants to be left alone, if it said so.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Literal

Charged = Literal["no", "yes", "unknown"]
Stage = Literal["input", "output", "unknown"]


class ErrorKind(StrEnum):
    """Why a request brought no picture. Stored on jobs and attempts: a value is never renamed."""

    FAILED = "failed"
    REFUSED = "refused"
    REJECTED = "rejected"
    UNAUTHORIZED = "unauthorized"
    OUT_OF_MONEY = "out_of_money"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    UNCLEAR = "unclear"
    BAD_ANSWER = "bad_answer"
    STOPPED = "stopped"
    MODEL_GONE = "model_gone"
    BLOCKED_ADDRESS = "blocked_address"

    # What no provider says: the portal itself found it.
    NOT_SENT = "not_sent"
    NOT_ASKED = "not_asked"
    LOST = "lost"
    POISON = "poison"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class ProviderError(Exception):
    """Something an image generator did instead of making a picture."""

    kind: ClassVar[ErrorKind] = ErrorKind.FAILED
    may_resend: ClassVar[bool] = False  # True only where sending again by itself is right
    usually_charged: ClassVar[Charged] = "unknown"

    def __init__(
        self,
        words: str,
        *,
        retry_after: float | None = None,
        request_id: str = "",
        raw: Any = None,
        charged: Charged | None = None,
    ) -> None:
        super().__init__(words)
        self.words = words
        self.retry_after = retry_after  # seconds; None when the provider did not say
        self.request_id = request_id
        self.raw = raw
        self.charged: Charged = charged or self.usually_charged
        self.charge_is_told = charged is not None  # else it is only what such an error usually means
        self.ends_job = False  # True where it is how a Pending job ended, and not what became of asking about it

    def __str__(self) -> str:
        return self.words


class Refused(ProviderError):
    """The provider's content policy said no, before drawing (input) or after (output)."""

    kind = ErrorKind.REFUSED
    usually_charged = "no"

    def __init__(
        self,
        words: str,
        *,
        stage: Stage = "unknown",
        categories: tuple[str, ...] = (),
        request_id: str = "",
        raw: Any = None,
        charged: Charged | None = None,
    ) -> None:
        super().__init__(words, request_id=request_id, raw=raw, charged=charged)
        self.stage: Stage = stage
        self.categories = categories


class Rejected(ProviderError):
    """The request itself is wrong; `field` names the part, where the provider says so."""

    kind = ErrorKind.REJECTED
    usually_charged = "no"

    def __init__(
        self,
        words: str,
        *,
        field: str = "",
        request_id: str = "",
        raw: Any = None,
        charged: Charged | None = None,
    ) -> None:
        super().__init__(words, request_id=request_id, raw=raw, charged=charged)
        self.field = field


class Unauthorized(ProviderError):
    """The key is missing, wrong, or not allowed to do this."""

    kind = ErrorKind.UNAUTHORIZED
    usually_charged = "no"


class OutOfMoney(ProviderError):
    """The account has no credit left, or a spending limit was reached."""

    kind = ErrorKind.OUT_OF_MONEY
    usually_charged = "no"


class RateLimited(ProviderError):
    """Too many requests."""

    kind = ErrorKind.RATE_LIMITED
    may_resend = True
    usually_charged = "no"


class Unavailable(ProviderError):
    """No connection, or the provider says it is down; no picture was made for us."""

    kind = ErrorKind.UNAVAILABLE
    may_resend = True
    usually_charged = "no"


class NotThere(Unavailable):
    """Nothing is at a finished picture's address, and hardly comes back: no other picture waits for this one."""


class Unclear(ProviderError):
    """The request went out and no whole answer came back."""

    kind = ErrorKind.UNCLEAR
    usually_charged = "unknown"


class BadAnswer(ProviderError):
    """An answer came, but not one that this adapter understands."""

    kind = ErrorKind.BAD_ANSWER
    usually_charged = "unknown"


class Stopped(ProviderError):
    """The job was ended on somebody's word, with no picture."""

    kind = ErrorKind.STOPPED
    usually_charged = "unknown"


class ModelGone(ProviderError):
    """The model asked for does not exist (any more); `successor` is its id, "" when none is known."""

    kind = ErrorKind.MODEL_GONE
    usually_charged = "no"

    def __init__(
        self,
        words: str,
        *,
        successor: str = "",
        request_id: str = "",
        raw: Any = None,
        charged: Charged | None = None,
    ) -> None:
        super().__init__(words, request_id=request_id, raw=raw, charged=charged)
        self.successor = successor


class BlockedAddress(ProviderError):
    """A provider named an address that is not its own, or that leads into this network."""

    kind = ErrorKind.BLOCKED_ADDRESS
    usually_charged = "unknown"
