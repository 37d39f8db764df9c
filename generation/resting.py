"""Which providers rest, and why: the circuit that opens by itself and closes by itself, for each one alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from generation.models import ProviderState
from generation.providers.errors import OutOfMoney, ProviderError, Unauthorised, Unavailable

ACCOUNT_REST = timedelta(minutes=15)
"""An account that is empty or not accepted is mended by a person; a look now and then is enough."""
FAILURES = 3
SHORT_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)


def until(provider: str, now: datetime) -> datetime | None:
    """When the provider is asked again; None while it is awake."""
    state = ProviderState.objects.filter(pk=provider, resting_until__gt=now).first()
    return state.resting_until if state else None


def learn(provider: str, error: ProviderError | None, now: datetime) -> None:
    """Remember how the last request went, and rest the provider when asking on is of no use."""
    if isinstance(error, Unauthorised | OutOfMoney):
        _rest(provider, now + ACCOUNT_REST, error.words)
    elif isinstance(error, Unavailable):
        state, _ = ProviderState.objects.get_or_create(pk=provider)
        state.failures += 1
        state.save(update_fields=["failures"])
        if state.failures >= FAILURES:
            rest = min(SHORT_REST * 2 ** (state.failures - FAILURES), LONGEST_REST)
            _rest(provider, now + rest, error.words)
    elif error is None:
        wake(provider)


def wake(provider: str) -> None:
    """Ask the provider again from now on."""
    ProviderState.objects.filter(pk=provider).exclude(failures=0, resting_until=None).update(
        failures=0, resting_until=None, reason=""
    )


def _rest(provider: str, moment: datetime, reason: str) -> None:
    facts = {"resting_until": moment, "reason": reason[:300]}
    ProviderState.objects.update_or_create(pk=provider, defaults=facts)
