"""Refusals: not in this state (409), not without these facts (422); the third, no right (403), is Django's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding does: `BLOCKS` stops, `WARNS` is shown to whoever decides, `INFORMS` is a passed check."""

    BLOCKS = "blocks"
    WARNS = "warns"
    INFORMS = "informs"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands in the way, or is worth knowing: a code for machines, words for people."""

    code: str
    words: str
    severity: Severity = Severity.BLOCKS
    field: str = ""
    """The part of the page or form where it can be fixed: `alt_text`, `license`, `consents`, …"""

    @property
    def blocks(self) -> bool:
        return self.severity == Severity.BLOCKS

    @property
    def is_fixable(self) -> bool:
        """Whether it can be fixed, and at a place that a link can lead to."""
        return bool(self.field) and self.severity != Severity.INFORMS


class InvalidTransition(Exception):
    """The thing is not in a state that allows this (HTTP 409). Says the state it is in, and what is possible."""


class Blocked(Exception):
    """Facts are missing (HTTP 422). Carries the findings that say which, and where to fix them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(" ".join(finding.words for finding in self.findings))
