"""What the foundation keeps: people, and the log."""

from core.models.log import LogEntry, LogHead, LogSubject
from core.models.user import User

__all__ = ["LogEntry", "LogHead", "LogSubject", "User"]
