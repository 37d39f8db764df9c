"""The embedded broker: messages are files in a folder, and each appears there whole or not at all.

kombu makes a message's file first and writes into it then. A worker that looks in between takes an empty message, and
ends: now and then the whole portal stopped so, a few seconds after its start.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes a message aside, and then gives it the name that readers look for."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override] # kombu's bases disagree
        folder, name = Path(self.data_folder_out), f"{time.monotonic_ns() // 1_000_000}_{uuid4()}"
        aside = folder / f"{name}.{queue}.part"
        aside.write_text(dumps(payload))
        aside.rename(folder / f"{name}.{queue}.msg")


class Transport(filesystem.Transport):
    """kombu's transport with messages that are never half there."""

    Channel = Channel


def use_ours() -> None:
    """Let the addresses of the embedded broker and of Redis mean our own transports."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
    TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "config.redis_broker:Transport"
