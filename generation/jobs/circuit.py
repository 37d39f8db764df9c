"""Which providers rest, and why: a circuit for each one alone, which opens, tries one request, and closes by itself.

Trouble that asking on would not fix lets a provider rest, longer each time. When the rest is over a single request
goes out as a probe (`throttling` sees to it that it is one): an answer closes the circuit, trouble opens it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import audit, clock
from core.audit import Change
from core.models import User
from generation.models import Job, JobState, ProviderState
from generation.providers.errors import OutOfMoney, ProviderError, RateLimited, Unauthorized, Unavailable, Unclear


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a provider rests for one kind of trouble, and after how many times in a row."""

    first: timedelta
    longest: timedelta
    after: int = 1

    def length(self, rests: int) -> timedelta:
        """Twice as long for each rest before."""
        return min(self.first * (1 << min(rests, 16)), self.longest)


ACCOUNT = Rest(timedelta(minutes=15), timedelta(hours=1))
"""An account that is empty or not accepted is fixed by a person; a look now and then is enough."""
OUTAGE = Rest(timedelta(seconds=30), timedelta(minutes=10), after=3)
TOO_FAST = Rest(timedelta(seconds=2), timedelta(minutes=2))
LONGEST_TOLD = timedelta(hours=1)
"""A provider may say itself how long it wants to be left alone, up to this."""

RESTS: dict[type[ProviderError], Rest] = {
    Unauthorized: ACCOUNT,
    OutOfMoney: ACCOUNT,
    Unavailable: OUTAGE,
    Unclear: OUTAGE,
    RateLimited: TOO_FAST,
}
"""Any other error is an answer: the provider is there, and has said no to one wish."""


def record_outcome(provider: str, attempt: UUID, error: ProviderError | None, now: datetime) -> bool:
    """Remember how an attempt went. Returns whether it woke the provider, so that those who waited may go on.

    Call it early in the transaction: it locks the provider's row, which comes before budgets and the log.
    """
    rest = RESTS.get(type(error)) if error is not None else None
    if error is None or rest is None:
        return _answered(provider, attempt, now)
    _struggled(provider, attempt, error, rest, now)
    return False


def is_due_for_probe(state: ProviderState, now: datetime) -> bool:
    """Whether the rest is over, so that one request may find out how things stand."""
    return state.open_until is not None and state.open_until <= now


def is_probed(state: ProviderState) -> bool:
    """Whether that one request is under way. A worker that dies with it lets go of it when its lease runs out."""
    return state.probe is not None and Job.objects.filter(lease=state.probe, state=JobState.SENDING).exists()


def check_administrator(by: User) -> None:
    """Raise PermissionDenied for whoever does not look after the providers."""
    if not by.has_perm("core.view_user"):
        raise PermissionDenied("Only administrators manage providers.")


def reset(provider: str, *, by: User) -> None:
    """End a rest by a person's word: jobs that wait for it are due, and the first of them is the probe."""
    check_administrator(by)
    with transaction.atomic():
        now = clock.now()
        state = ProviderState.objects.filter(pk=provider, open_until__gt=now).first()
        if state is None:
            return
        # Jobs before their provider, the order in which a worker locks them too.
        waiting = Job.objects.filter(state=JobState.QUEUED, model__provider=provider, not_before=state.open_until)
        waiting.update(not_before=None, enqueued_at=None)
        resting = ProviderState.objects.select_for_update().filter(pk=provider, open_until=state.open_until).first()
        if resting is not None:
            change = audit.write(resting, open_until=now)
            audit.record(by, "provider.tried", change, f"{provider} is to be tried again at once.")


def _answered(provider: str, attempt: UUID, now: datetime) -> bool:
    """A request that went out before a rest began says nothing about now; at its end, only the probe does."""
    restless = ProviderState.objects.exclude(failures=0, trips=0, open_until=None)
    state = restless.select_for_update().filter(pk=provider).first()
    if state is None or (state.open_until is not None and (state.open_until > now or state.probe != attempt)):
        return False
    rested = state.open_until is not None
    audit.write(state, failures=0, trips=0, reason="", open_until=None, probe=None)
    return rested


def _struggled(provider: str, attempt: UUID, error: ProviderError, rest: Rest, now: datetime) -> None:
    ProviderState.objects.get_or_create(pk=provider)
    state = ProviderState.objects.select_for_update().get(pk=provider)
    told, failures = _told(error), state.failures + 1
    if state.open_until is not None and (state.open_until > now or state.probe != attempt):
        if told is not None and now + told > state.open_until:
            _rest(state, now + told, error.words)
    elif state.open_until is None and failures < rest.after:
        audit.write(state, failures=failures)
    else:
        until = now + (rest.length(state.trips) if told is None else told)
        change = _rest(state, until, error.words, failures=failures, trips=state.trips + 1)
        if rest is not TOO_FAST:  # that happens every minute to somebody busy, and is no event
            words = f"{provider} is paused until {clock.hour(until, '')}: {error.words}"
            audit.record(None, "provider.rests", change, words)


def _rest(state: ProviderState, moment: datetime, reason: str, **counted: int) -> Change[ProviderState]:
    return audit.write(state, open_until=moment, reason=reason[:300], probe=None, **counted)


def _told(error: ProviderError) -> timedelta | None:
    seconds = error.retry_after
    return None if seconds is None else timedelta(seconds=min(max(0.0, seconds), LONGEST_TOLD.total_seconds()))
