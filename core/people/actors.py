"""The actor: whoever is signed in to the request under way, for what a signal notices and no verb was asked for.

allauth's middleware keeps the request; a command and a worker have none.
"""

from __future__ import annotations

from allauth.core import context

from core.models import User


def current() -> User | None:
    """Whoever is signed in; None where nobody is, which stands for the portal."""
    user: User | None = getattr(context.request, "user", None)
    return user if user is not None and user.is_authenticated else None


def is_stranger() -> bool:
    """Whether a request is under way to which nobody is signed in, such as one with a link to set a new password."""
    return context.request is not None and current() is None
