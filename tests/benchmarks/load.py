"""People who send as fast as they are allowed, from inside the portal. Called by `Portal.do`."""

from __future__ import annotations

import time
from dataclasses import dataclass

from core.models import User
from generation.models import Job, ProviderState
from generation.models.job import ENDED
from tests.faults import inside


@dataclass(frozen=True)
class Run:
    """What came of it."""

    seconds: float
    """From the first send to the last end."""
    states: dict[str, int]


def keep_in_flight(provider: str, count: int, at_once: int, patience: float) -> Run:
    """Send `count` jobs, a new one whenever fewer than `at_once` have not ended. Gives up after `patience` seconds.

    No limit of the provider's own stands in the way: what is measured is the portal.
    """
    ProviderState.objects.filter(pk=provider).update(at_once=None, per_minute=None)
    ada, model = User.objects.get(username="ada"), inside.model_of(provider)
    began, sent, ended = time.monotonic(), 0, 0
    while ended < count and time.monotonic() - began < patience:
        wanted = min(at_once - (sent - ended), count - sent)
        inside.send(ada, model, *(f"House {number}" for number in range(sent, sent + wanted)))
        sent += wanted
        time.sleep(0.02)
        ended = Job.objects.filter(state__in=ENDED).count()
    states = list(Job.objects.values_list("state", flat=True))
    return Run(time.monotonic() - began, {state: states.count(state) for state in sorted(set(states))})
