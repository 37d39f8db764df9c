"""What a channel accepts, as plain values, and as what it is delivered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from assets.provenance.alterations import in_plain_words
from core.errors import Finding

FORMATS = ("image/jpeg", "image/png", "image/webp")
"""What a release can be delivered as."""


class BadRules(ValueError):
    """A channel's rules or disclosure cannot be read. Names the value and what would be right."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a channel accepts, and as what it is delivered. Lengths are pixels, sizes are bytes; 0 is "no limit"."""

    min_width: int = 0
    min_height: int = 0
    max_width: int = 0
    max_height: int = 0
    max_bytes: int = 0
    format: str = "image/jpeg"
    quality: int = 85
    dpi: int = 0
    """Dots per inch that a file for print says of itself."""
    allow_generated: bool = True
    allow_altered: bool = True
    allow_people: bool = True
    needs_original: bool = False
    """An altered picture needs its unaltered original, and the original must already be released in the channel."""
    needs_credit: bool = False
    words_approved_apart: bool = False
    """Whoever approves a picture here confirms its words by themselves as well."""
    refused_alterations: tuple[str, ...] = ()
    """RESO MediaAlteration values that may not be shown here."""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Rules:
        """Read a channel's stored rules; `BadRules` for a name or value that is not understood."""
        values = dict(typed_values(cls, raw))
        values["refused_alterations"] = tuple(values.get("refused_alterations", ()))
        rules = cls(**values)
        if rules.format not in FORMATS:
            raise BadRules(f"format is “{rules.format}”, not one of {', '.join(FORMATS)}.")
        if not 30 <= rules.quality <= 100:
            raise BadRules(f"quality is {rules.quality}, not between 30 and 100.")
        if rules.dpi and not 30 <= rules.dpi <= 2_400:
            raise BadRules(f"dpi is {rules.dpi}, neither 0 nor between 30 and 2400.")
        return rules

    def in_words(self) -> list[str]:
        """The rules as sentences for a page."""
        return [words for words in self._sentences() if words]

    def _sentences(self) -> Iterable[str]:
        yield f"At least {self.min_width} × {self.min_height} pixels." if self.min_width or self.min_height else ""
        yield f"Made to fit {self.max_width} × {self.max_height} pixels." if self.max_width and self.max_height else ""
        yield f"Delivered as {self.format.removeprefix('image/').upper()}" + (
            f", at most {self.max_bytes / 1_000_000:g} MB." if self.max_bytes else "."
        )
        yield f"Printed at {self.dpi} dots per inch." if self.dpi else ""
        yield "" if self.allow_generated else "No generated pictures. Photographs only, altered or not."
        yield "" if self.allow_altered else "No altered photographs."
        yield "An altered photograph needs its original, released here before it." if self.needs_original else ""
        yield "" if self.allow_people else "No people."
        yield "A credit line is required." if self.needs_credit else ""
        yield "The words are approved apart from the picture." if self.words_approved_apart else ""
        if self.refused_alterations:
            yield f"Never: {'; '.join(in_plain_words(name).lower() for name in self.refused_alterations)}."


def typed_values(kind: type[Any], raw: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """The entries of `raw` that `kind` has a field for, each of the type of the field's default."""
    known = {field.name: field.default for field in fields(kind)}
    for name, value in raw.items():
        if name not in known:
            raise BadRules(f"“{name}” is not known; use {', '.join(sorted(known))}.")
        wanted = (list, tuple) if isinstance(known[name], tuple) else type(known[name])
        if not isinstance(value, wanted) or isinstance(value, bool) is not isinstance(known[name], bool):
            raise BadRules(f"{name} is {value!r}, which is not of the right kind.")
        if isinstance(value, list | tuple) and not all(isinstance(item, str) for item in value):
            raise BadRules(f"{name} holds something other than words.")
        if isinstance(value, int) and value < 0:
            raise BadRules(f"{name} is {value}; it cannot be below zero.")
        yield name, value


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop a release."""
    return [finding for finding in findings if finding.blocks]
