"""Stand-ins that stop at a moment of a request, so that a test can kill the worker exactly then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.standins.bfl import BFLStandIn
from tests.standins.openai import OpenAIStandIn
from tests.standins.server import Handler, StandIn

PATIENCE = 30  # seconds that a request stands still at most


class Gate(StandIn):
    """Stops at “submit”, “poll” or “download”, either when it “came” as a whole or when it “was answered”."""

    stops_at = ""

    def __init__(self, port: int = 0, *, seconds: float = 3.0) -> None:
        super().__init__(port, seconds=seconds)
        self.reached, self.opened = threading.Event(), threading.Event()

    def respond(self, handler: Handler, method: str, path: str) -> None:
        step = _step(method, path)
        if step != "submit":
            self._stop(f"{step} came")
        super().respond(handler, method, path)
        self._stop(f"{step} was answered")

    def take(self, handler: Handler, prompt: str) -> str:
        mode = super().take(handler, prompt)
        self._stop("submit came")  # with its body, which is sent after its head
        return mode

    @contextmanager
    def stopping_at(self, moment: str) -> Iterator[None]:
        """Within the block, the first request that comes to this moment stands still until the block ends."""
        self.reached.clear()
        self.opened.clear()
        self.stops_at = moment
        try:
            yield
        finally:
            self.stops_at = ""
            self.opened.set()

    def _stop(self, moment: str) -> None:
        if moment == self.stops_at:
            self.reached.set()
            self.opened.wait(PATIENCE)


class GatedOpenAI(Gate, OpenAIStandIn):
    """OpenAI's double with gates."""


class GatedBFL(Gate, BFLStandIn):
    """Black Forest Labs' double with gates."""


def _step(method: str, path: str) -> str:
    if method == "POST":
        return "submit"
    return "download" if path.startswith("/sample/") else "poll"
