"""The life of an output: which state may follow which, and the one writer of it."""

from __future__ import annotations

from typing import Any

from core import audit
from core.audit import Change
from core.errors import InvalidTransition
from generation.models import Output, OutputState

_S = OutputState

MOVES: frozenset[tuple[OutputState, OutputState]] = frozenset(
    {
        (_S.NEW, _S.KEEPING),
        (_S.KEEPING, _S.KEPT),
        (_S.KEEPING, _S.NEW),  # keeping failed
        (_S.KEEPING, _S.KEEPING),  # whoever was keeping it has died, and somebody else takes over
        (_S.NEW, _S.DISCARDED),
        (_S.DISCARDED, _S.NEW),
    }
)


def check_move(current: str, wanted: OutputState) -> None:
    """Raise InvalidTransition unless an output may go from `current` to `wanted`."""
    if (OutputState(current), wanted) not in MOVES:
        raise InvalidTransition(
            f"This picture is “{OutputState(current).label.lower()}” by now. Look at the page again."
        )


def lock(output: Output) -> Output:
    """The output as it is now, with all that keeping it needs, held until the transaction ends."""
    brief = ("job__brief__revision__template", "job__brief__listing", "job__brief__asked_by")
    every = Output.objects.select_for_update(of=("self",)).select_related(*brief, "job__model", "job__terms")
    return every.get(pk=output.pk)


def move(output: Output, state: OutputState, **changes: Any) -> Change[Output]:
    """Change the state of a locked output, with what changes beside it: nothing else writes a state.

    Returns what the log is to hold of it. Raises InvalidTransition.
    """
    check_move(output.state, state)
    return audit.write(output, state=state, **changes)
