"""Reading channels from a file: what a fresh portal starts with, checked before anything is written."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from approvals.channels import traces
from approvals.channels.profiles import Profile
from approvals.channels.rules import BadRules, Rules
from approvals.channels.shipped import shipped
from approvals.models import Channel, ChannelKind
from core import audit, clock

STARTER = Path(__file__).parent / "data" / "channels.toml"


def load(path: Path = STARTER) -> list[Channel]:
    """Make the file's channels that do not exist yet; returns them. Raises `BadRules` with the channel at fault."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("channel", [])
    wanted = [_checked(entry) for entry in entries]
    with transaction.atomic():
        known = set(Channel.objects.values_list("slug", flat=True))
        made = [Channel.objects.create(**entry) for entry in wanted if entry["slug"] not in known]
        for channel in made:
            channel.refresh_from_db()  # a file may give a day as a moment
            words = f"Channel {channel} was made from the starter file."
            audit.record(None, "channel.created", traces.made(channel), words)
    return made


def _checked(entry: dict[str, Any]) -> dict[str, Any]:
    if key := entry.pop("profile", ""):
        if key not in shipped():
            raise BadRules(f"Channel “{entry.get('slug')}”: there is no profile “{key}”.")
        entry["disclosure"] = dict(shipped()[key].stored)
    try:
        Rules.parse(entry.get("rules", {}))
        Profile.parse(entry.get("disclosure", {}))
    except BadRules as error:
        raise BadRules(f"Channel “{entry.get('slug')}”: {error}") from error
    if entry["kind"] not in ChannelKind.values:
        raise BadRules(
            f"Channel “{entry.get('slug')}”: kind “{entry['kind']}” is not one of {', '.join(ChannelKind.values)}."
        )
    try:
        clock.check_zone(entry.get("time_zone") or clock.UTC)
    except ValidationError as error:
        raise BadRules(f"Channel “{entry.get('slug')}”: time_zone: {error.message}") from error
    return entry
