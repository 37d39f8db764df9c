"""What stands on a given day, as far as rights go."""

from __future__ import annotations

from datetime import date

from assets.models import Version
from assets.rights import consents, licenses
from core.errors import Finding


def findings(version: Version, on: date) -> list[Finding]:
    """What stands in the way of using the version on a day, as far as rights go; with what to look at besides."""
    return [*licenses.findings(version.license, on), *consents.findings(version, on)]


def valid_until(version: Version) -> date | None:
    """The last day on which license and consents all hold; None when none of them ends."""
    ends = [version.license.valid_until if version.license else None]
    ends += [consent.valid_until for consent in version.consents.all()]
    return min((end for end in ends if end), default=None)
