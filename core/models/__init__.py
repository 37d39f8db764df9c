"""What the foundation keeps: people, the log, the outbox, and what was sent once."""

from core.models.log import LogEntry, LogHead, LogSubject
from core.models.outbox import MessageState, OutgoingMessage
from core.models.running import Heartbeat, StoreMark
from core.models.sent_form import SentForm
from core.models.user import User

__all__ = [
    "Heartbeat",
    "LogEntry",
    "LogHead",
    "LogSubject",
    "MessageState",
    "OutgoingMessage",
    "SentForm",
    "StoreMark",
    "User",
]
