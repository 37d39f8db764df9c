"""Topics: which kinds of messages there are, and how a row of each becomes mail. Each app registers its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.mail import EmailMessage

from core.models import OutgoingMessage

Compose = Callable[[OutgoingMessage], EmailMessage | None]
"""Writes the message to send; None when it is no longer news to this person."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of message: its name in the rows, such as `review.waiting`, what people call it, and who writes it."""

    name: str
    label: str
    compose: Compose


TOPICS: dict[str, Topic] = {}


def register(*topics: Topic) -> None:
    """Make topics known. Called by `AppConfig.ready`."""
    TOPICS.update({topic.name: topic for topic in topics})


def topic_of(name: str) -> Topic:
    """The topic of this name. Raises LookupError for one that no app has registered."""
    if name not in TOPICS:
        raise LookupError(f"No app has registered the topic {name}.")
    return TOPICS[name]


def label_of(name: str) -> str:
    """What people call a topic; its own name when the app that registered it is gone."""
    return TOPICS[name].label if name in TOPICS else name
