"""Providers as the settings name them, made when they are first asked for. The only place that knows their keys."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from generation.providers.base import Provider
from generation.providers.egress.http import Client
from generation.providers.handoff import HandOff


class NotConfigured(LookupError):
    """No provider of this key is set up here."""


def providers() -> dict[str, Provider]:
    """Every provider that is set up, by key."""
    return {key: provider(key) for key in settings.IMAGE_PROVIDERS}


def provider(key: str) -> Provider:
    """The provider of this key. Raises NotConfigured."""
    entry = settings.IMAGE_PROVIDERS.get(key)
    if entry is None:
        raise NotConfigured(f"The provider “{key}” is not set up here. An administrator can add it to IMAGE_PROVIDERS.")
    return _made(key, entry["adapter"], tuple(sorted(entry.get("options", {}).items())))


def draftsman() -> Provider:
    """The local one, which draws previews of templates whether or not it is on offer."""
    return _made("sketch", "generation.providers.sketch.adapter.Sketch", ())


def label(key: str) -> str:
    """The provider's name, also for one that is no longer set up."""
    try:
        return provider(key).label
    except NotConfigured:
        return key


def ai_system(key: str, model: str) -> str:
    """The AI system of a provider as files name it; the model itself where the provider is no longer set up."""
    try:
        return provider(key).ai_system(model)
    except NotConfigured:
        return model


def is_by_hand(key: str) -> bool:
    """Whether people run this provider themselves and bring its pictures."""
    return key in settings.IMAGE_PROVIDERS and provider(key).capabilities.by_hand


def is_cancellable(key: str) -> bool:
    """Whether this provider can be asked to stop what it has begun."""
    return key in settings.IMAGE_PROVIDERS and provider(key).capabilities.cancellable


def hand_off(key: str) -> HandOff | None:
    """The provider of this key, where people run it themselves."""
    made = provider(key) if key in settings.IMAGE_PROVIDERS else None
    return made if isinstance(made, HandOff) else None


@lru_cache(maxsize=64)
def _made(key: str, adapter: str, options: tuple[tuple[str, Any], ...]) -> Provider:
    kind: type[Provider] = import_string(adapter)
    client = Client(allow_loopback=settings.ALLOW_LOOPBACK_PROVIDERS)
    return kind(dict(options), client)
