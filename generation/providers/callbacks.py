"""Callbacks, by which a provider says that a job is over: each must be proven, and then is only a reason to ask.

What a callback says of the result is never believed. Asking costs nothing, so one that comes twice does no harm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from generation.providers.answers import text

LARGEST = 64 * 1024
"""Bytes of a callback that are read at most."""
Headers = Mapping[str, str]
"""Of a callback; names in lower case."""


class InvalidSignature(ValueError):
    """A callback that is not proven to come from the provider, or not from now."""


def job_in(body: bytes, *names: str) -> str:
    """The provider's own id of the job that a proven callback is about. Raises InvalidSignature when there is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    job = next(filter(None, (text(data, name) for name in names)), "")
    if not job:
        raise InvalidSignature("The callback names no job.")
    return job
