"""What stands on a given day, as far as rights go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from assets.models import Version
from assets.rights import consents, licenses, terms
from core.errors import Finding


def findings(version: Version, on: date) -> list[Finding]:
    """What stands in the way of using the version on a day, as far as rights go; with what to look at besides."""
    return [
        *licenses.findings(version.license, on),
        *terms.findings(version),
        *consents.findings(version, on),
    ]


def last_day(facts: Mapping[str, Any]) -> date | None:
    """The last day on which license and consents of a dossier all hold; None when none of them ends."""
    ends = [facts["license"].get("valid_until"), *(consent["valid_until"] for consent in facts["consents"]["given"])]
    return min((date.fromisoformat(end) for end in ends if end), default=None)
