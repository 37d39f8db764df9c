"""The words and icons for states and for what was done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """A state in words, with its icon and its tone: plain, ink, approved, waits, stops or informs."""

    word: str
    icon: str
    tone: str


STATUSES = {
    "draft": Status("Draft", "pencil-line", "plain"),
    "in_review": Status("In review", "eye", "informs"),
    "approved": Status("Approved", "stamp", "approved"),
    "changes_requested": Status("Changes requested", "message-circle-warning", "waits"),
    "rejected": Status("Rejected", "circle-x", "stops"),
    "withdrawn": Status("Withdrawn", "undo-2", "stops"),
    "archived": Status("Archived", "archive", "plain"),
    "queued": Status("Queued", "clock", "plain"),
    "sending": Status("Sending", "send", "informs"),
    "waiting": Status("At the provider", "hourglass", "informs"),
    "hand": Status("Waiting for a person", "hand", "waits"),
    "done": Status("Done", "check", "ink"),
    "partial": Status("Partly done", "circle-dashed", "waits"),
    "refused": Status("Refused", "ban", "stops"),
    "failed": Status("Failed", "octagon-x", "stops"),
    "unclear": Status("Unclear", "circle-question-mark", "waits"),
    "canceled": Status("Canceled", "circle-slash", "plain"),
    "new": Status("New", "sparkle", "informs"),
    "keeping": Status("Being kept", "hourglass", "informs"),
    "kept": Status("Kept", "check", "ink"),
    "discarded": Status("Discarded", "trash-2", "plain"),
    "open": Status("Waiting for a decision", "eye", "informs"),
    "settling": Status("Decided, can be undone", "hourglass", "informs"),
    "changes": Status("Changes requested", "message-circle-warning", "waits"),
    "live": Status("Live", "radio", "ink"),
    "paused": Status("Paused", "circle-pause", "waits"),
    "expired": Status("Expired", "calendar-x", "stops"),
    "revoked": Status("Revoked", "undo-2", "stops"),
    "yes": Status("Yes", "check", "plain"),
    "no": Status("No", "minus", "plain"),
    "nobody": Status("Nobody owns it", "check", "plain"),
    "unknown": Status("Unknown", "circle-question-mark", "waits"),
    "blocks": Status("Blocks", "octagon-x", "stops"),
    "warns": Status("Warning", "triangle-alert", "waits"),
    "informs": Status("Passed", "check", "approved"),
}


def status_of(state: str) -> Status:
    """The words for a state; one that is not listed shows its own name, plainly."""
    key = str(state).lower().replace("-", "_").replace(" ", "_")
    return STATUSES.get(key) or Status(key.replace("_", " ").capitalize(), "circle-dashed", "plain")


ACTION_ICONS = {
    "account": "user-round",
    "asset.renamed": "pencil-line",
    "brief.started": "wand-sparkles",
    "channel": "radio",
    "consent": "user-check",
    "group": "users-round",
    "job": "image",
    "key": "key-round",
    "license": "scale",
    "license_set": "scale",
    "message": "mail",
    "output.discarded": "trash-2",
    "output.kept": "image-plus",
    "person": "user-round",
    "release": "radio",
    "release.withdrawn": "undo-2",
    "review": "stamp",
    "review.submitted": "send",
    "review.undone": "undo-2",
    "site": "globe",
    "template": "file-text",
    "version.created": "image-plus",
    "version.original_downloaded": "download",
    "version.rendered": "image",
    "version.described": "captions",
    "version.marked": "tag",
    "version.archived": "archive",
    "version.shows": "user-check",
}
"""Action of a log entry, or the kind of thing it is about → icon."""


def icon_of(action: str) -> str:
    """The icon of something that was done. What nobody listed gets a plain dot."""
    return ACTION_ICONS.get(action) or ACTION_ICONS.get(action.partition(".")[0], "circle-dot")
