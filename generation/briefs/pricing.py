"""How a wish is shared out over requests, and what they cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generation.providers.base import ImageSpec, Provider, Quote


def calls_for(spec: ImageSpec, provider: Provider) -> list[tuple[int, int]]:
    """How a wish for several pictures is shared out over requests: (pictures, those before) of each."""
    each = max(1, spec.model.max_n) if provider.capabilities.several and "several" not in spec.model.lacks else 1
    return [(min(each, spec.count - start), start) for start in range(0, spec.count, each)]


def quote(spec: ImageSpec, provider: Provider) -> Quote:
    """The price of a whole wish."""
    parts = [provider.quote(replace(spec, count=count)) for count, _ in calls_for(spec, provider)]
    return Quote(sum((part.amount for part in parts[1:]), parts[0].amount), parts[0].basis)


def price_of(spec: ImageSpec, provider: Provider, count: int) -> dict[str, Any]:
    quote: Quote = provider.quote(replace(spec, count=count))
    return {"quote_micros": quote.amount.micros, "currency": quote.amount.currency, "quote_basis": quote.basis}
