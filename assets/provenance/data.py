"""How a picture was made, in plain values, and keeping it beside the version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from assets.models import Provenance, Terms, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceData:
    """How a picture was made, in plain values; the fields of `Provenance`. Costs are micro-units of `currency`."""

    provider: str = ""
    provider_name: str = ""
    ai_system: str = ""
    """The AI system as files name it, such as `Midjourney`; empty where no trained model drew."""
    model_asked: str = ""
    model_reported: str = ""
    digital_source: str = ""
    prompt: str = ""
    negative: str = ""
    revised_prompt: str = ""
    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    in_effect: Mapping[str, Any] = field(default_factory=dict)
    dropped: Sequence[str] = ()
    seed: str = ""
    request_id: str = ""
    generated_at: datetime | None = None
    cost_micros: int | None = None
    currency: str = ""
    cost_basis: str = ""
    brief_id: UUID | None = None
    job_id: UUID | None = None
    terms: Terms | None = None
    found: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


def keep(version: Version, made: ProvenanceData, found: Mapping[str, Any]) -> None:
    plain = {each.name: getattr(made, each.name) for each in fields(made)}
    plain |= {"found": dict(found), "dropped": list(made.dropped)}
    Provenance.objects.create(version=version, **plain)
