"""What the foundation keeps: people, the log, and the outbox."""

from core.models.log import LogEntry, LogHead, LogSubject
from core.models.outbox import MessageState, OutgoingMessage
from core.models.user import User

__all__ = ["LogEntry", "LogHead", "LogSubject", "MessageState", "OutgoingMessage", "User"]
