"""What is in the outbox, in words for the Settings page: how much waits, and what could not be sent. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from core.models import OutgoingMessage
from core.outbox import topics

SHOWN = 20


@dataclass(frozen=True, slots=True)
class FailedMessage:
    """One message that was given up, with what people call its topic."""

    row: OutgoingMessage
    label: str


@dataclass(frozen=True, slots=True)
class Outbox:
    """What has not left: how many wait, one of those that an attempt failed for, and what was given up."""

    waiting: int
    delayed: OutgoingMessage | None
    failed: int
    latest: list[FailedMessage]
    """Of those that failed, as many as are shown."""

    @property
    def is_empty(self) -> bool:
        return not self.waiting and not self.failed

    @property
    def waiting_words(self) -> str:
        """How many wait, as a sentence."""
        if not self.waiting:
            return "Nothing waits to be sent."
        return "1 message waits to be sent." if self.waiting == 1 else f"{self.waiting} messages wait to be sent."

    @property
    def failed_words(self) -> str:
        return f"{self.failed} {'message' if self.failed == 1 else 'messages'} could not be sent"

    @property
    def worries(self) -> int:
        """How many lines it takes to say that something failed."""
        return int(self.failed > 0)

    @property
    def more(self) -> int:
        """How many failed besides those that are shown."""
        return self.failed - len(self.latest)


def outbox() -> Outbox:
    """The outbox now, in four queries."""
    waiting, failed = OutgoingMessage.objects.waiting(), OutgoingMessage.objects.failed()
    rows = failed.select_related("to")[:SHOWN]
    return Outbox(
        waiting=waiting.count(),
        delayed=waiting.exclude(problem="").order_by("due_at", "id").first(),
        failed=failed.count(),
        latest=[FailedMessage(row, topics.label_of(row.topic)) for row in rows],
    )
