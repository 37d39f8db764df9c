"""What the foundation keeps: people, and the log."""

from core.models.log import LogEntry, LogHead
from core.models.user import User

__all__ = ["LogEntry", "LogHead", "User"]
