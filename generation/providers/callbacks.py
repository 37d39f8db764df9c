"""Callbacks, by which a provider says that a job is over: each must be proven, and then is only a nudge to ask.

What a callback says of the result is never believed. Asking costs nothing, so one that comes twice does no harm.
"""

from __future__ import annotations


class Forged(ValueError):
    """A callback that is not proven to come from the provider."""
