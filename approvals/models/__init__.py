"""What approving leaves behind: reviews and decisions, channels and releases, listing sites, and events."""

from approvals.models.channel import ChangeState, Channel, ChannelChange, ChannelKind
from approvals.models.event import Delivery, Event, EventKind
from approvals.models.notice import EndNotice
from approvals.models.release import Release, ReleaseState
from approvals.models.review import Choice, Decision, Review, ReviewState
from approvals.models.site import ListingSite, SiteKey

__all__ = [
    "ChangeState",
    "Channel",
    "ChannelChange",
    "ChannelKind",
    "Choice",
    "Decision",
    "Delivery",
    "EndNotice",
    "Event",
    "EventKind",
    "ListingSite",
    "Release",
    "ReleaseState",
    "Review",
    "ReviewState",
    "SiteKey",
]
