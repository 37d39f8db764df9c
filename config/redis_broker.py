"""The broker on Redis: one that was away and comes back does not end the worker.

What is left of the connection that broke is asked once more by kombu, to put back what was handed out, and by each task
that ends, to say so. It then trips over what is gone, with an error that Celery takes for one of ours and ends over.
Nothing is lost with a message: the rows are the jobs, and sweeps look after them.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """Says of a connection that is gone what Celery expects to hear."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise ConnectionResetError("The connection to the broker is gone.")
        parameters: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[misc] # kombu tells no types
        return parameters


class Transport(redis.Transport):
    """kombu's transport, which outlives its server."""

    Channel = Channel
