"""Whose turn it is: how many jobs a provider has at a time and how many requests in a minute, for all workers together.

Every worker asks under the lock of the provider's row, so the limits hold however many there are. A job that has to
wait stays queued: for a place until it is called when one comes free, for anything else until a moment that is known.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from core import audit, clock
from core.models import User
from generation.jobs import circuit
from generation.jobs.dispatch import enqueue
from generation.models import Attempt, Job, JobState, ProviderState

LIMITS_FILE = Path(__file__).parent / "data" / "limits.toml"
MINUTE = timedelta(minutes=1)
AT_THE_PROVIDER = (JobState.SENDING, JobState.WAITING)
CALLED_AT_MOST = 20
"""Jobs that are called at once; a sweep looks after the others."""
UNDER_WAY = timedelta(seconds=10)
"""A call younger than this may still be in the queue. Calling again for every place would only fill the queue."""


class MustWait(Exception):
    """It is not the job's turn. `until` is None when it waits for a place."""

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__(until)
        self.until = until


def acquire(job: Job, attempt: UUID, now: datetime) -> None:
    """Let an attempt go out to its provider, or raise MustWait. Holds the provider's row until the transaction ends."""
    state = ProviderState.objects.select_for_update().filter(pk=job.model.provider).first()
    if state is None:
        return
    if state.open_until is not None and state.open_until > now:
        raise MustWait(state.open_until)
    is_probe = circuit.is_due_for_probe(state, now)
    if (is_probe and circuit.is_probed(state)) or _places(state) <= 0:
        raise MustWait
    if state.per_minute is not None:
        _check_pace(job, state.per_minute, now)
    if is_probe:
        state.probe = attempt
        state.save(update_fields=["probe"])


def wake(provider: str, now: datetime, *, woke: bool = False) -> None:
    """Tell workers of jobs whose turn has come: a place is free, or the provider answers again.

    Call it outside transactions that hold a provider or a job: it touches other jobs.
    """
    state = ProviderState.objects.filter(pk=provider).first()
    if state is None or not (woke or state.at_once):
        return
    waiting = Job.objects.filter(state=JobState.QUEUED, model__provider=provider).due(now)
    uncalled = waiting.lean().exclude(enqueued_at__gt=now - UNDER_WAY)
    for job in uncalled.order_by("created_at", "offset", "id")[: min(max(_places(state), 0), CALLED_AT_MOST)]:
        enqueue("send_job", job)


def set_limits(provider: str, at_once: int | None, per_minute: int | None, *, by: User) -> ProviderState:
    """Change how hard a provider is driven. None means no limit of ours."""
    circuit.check_administrator(by)
    with transaction.atomic():
        ProviderState.objects.get_or_create(pk=provider)
        state = ProviderState.objects.select_for_update().get(pk=provider)
        change = audit.write(state, at_once=at_once, per_minute=per_minute)
        if change:
            words = f"{provider}: {at_once or 'any number'} at a time, {per_minute or 'any number'} in a minute."
            audit.record(by, "provider.limited", change, words)
    wake(provider, clock.now(), woke=True)
    return state


def load_limits(path: Path = LIMITS_FILE) -> int:
    """Add the limits of providers that have no row yet; rows that exist stay as people left them. How many are new."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["limits"]
    known = set(ProviderState.objects.values_list("pk", flat=True))
    new = [ProviderState(provider=key, **limits) for key, limits in entries.items() if key not in known]
    return len(ProviderState.objects.bulk_create(new))


def _places(state: ProviderState) -> int:
    """How many more jobs the provider may have now."""
    if state.at_once is None:
        return CALLED_AT_MOST
    has = Job.objects.filter(model__provider=state.provider, state__in=AT_THE_PROVIDER).count()
    return state.at_once - has


def _check_pace(job: Job, per_minute: int, now: datetime) -> None:
    """Those that find the minute full get the moments at which it has room again, one each, in their order."""
    # What was sent in a later minute was sent by a clock that ran ahead.
    lately = {"sent_at__gt": now - MINUTE, "sent_at__lt": now + MINUTE}
    mine = {"job__model__provider": job.model.provider, **lately}
    sent = list(Attempt.objects.filter(**mine).order_by("sent_at").values_list("sent_at", flat=True))
    if len(sent) < per_minute:
        return
    queue = Job.objects.filter(state=JobState.QUEUED, model__provider=job.model.provider)
    before = queue.filter(created_at__lt=job.created_at).count()
    rounds, place = divmod(len(sent) - per_minute + before, len(sent))
    raise MustWait(sent[place] + MINUTE * (rounds + 1))
