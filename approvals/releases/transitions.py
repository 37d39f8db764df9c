"""The life of a release: it is live until it ends, and what has ended never comes back."""

from __future__ import annotations

from approvals.models import Release, ReleaseState
from core import audit, clock
from core.audit import Change
from core.errors import InvalidTransition
from core.models import User

MOVES: frozenset[tuple[ReleaseState, ReleaseState]] = frozenset(
    {
        (ReleaseState.LIVE, ReleaseState.WITHDRAWN),
        (ReleaseState.LIVE, ReleaseState.EXPIRED),
    }
)


def check_move(release: Release, state: ReleaseState) -> None:
    """Raise `InvalidTransition` unless the release may become this."""
    if (ReleaseState(release.state), state) not in MOVES:
        raise InvalidTransition(f"This release is “{release.get_state_display().lower()}” already.")


def move(release: Release, state: ReleaseState, reason: str, *, by: User | None) -> Change[Release]:
    """End a locked release: the one door to its state. Raises InvalidTransition."""
    check_move(release, state)
    ended = {"end_reason": reason, "ended_by": by, "ended_at": clock.instant()}
    return audit.write(release, state=state, **ended, served=False, touched=False)
