"""Content rules: which words a prompt may not say in silence, why, on whose authority, and what to write instead.

The house's own rules are data (`data/rules.toml`); a template adds its forbidden words. Nothing here is clever about
language: whole words are found however they are dressed, except where they are denied or stand in a harmless phrase.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import Finding, Severity
from generation.prompt_templates import prompts

FILE = Path(__file__).parent / "data" / "rules.toml"
SEVERITIES = (Severity.BLOCKS, Severity.WARNS)
FREE_FOR_LISTING = "free_for_listing"
CODE = "content_rule"

_DENIES = re.compile(
    r"\b(?:no|not|nor|neither|never|without|excluding|exclude|avoid|omit|leave out"
    r"|free of|free from|empty of|devoid of)\b"
)
_ENDS_DENIAL = re.compile(
    r"[.;:!?\n]|\b(?:but|with|except|instead|then|only|just|plus|yet|fewer|less)\b"
    r"|(?:,|\band) (?:a|an|the|some|one|two|three|four)\b"
)
_FREE_OF = re.compile(r"[- ]free\b")
_REACH = 6
"""Words over which a denial carries: “no cars, bins, bicycles or people”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Words that are not sent (`blocks`), or only once somebody has said that they are meant (`warns`)."""

    words: tuple[str, ...]
    why: str
    severity: Severity = Severity.BLOCKS
    code: str = "template"
    name: str = "Not in this template"
    instead: str = ""
    source: str = ""
    read_on: date | None = None
    exceptions: tuple[str, ...] = ()
    denied_counts: bool = False
    only: str = ""

    @property
    def blocks(self) -> bool:
        return self.severity == Severity.BLOCKS


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that is broken, and the words that break it."""

    rule: Rule
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """What is acknowledged: this rule for these words. Other words are another question."""
        return f"{self.rule.code}:{'|'.join(self.words)}"

    @property
    def finding(self) -> Finding:
        words = f"“{', '.join(self.words)}”: {self.rule.why} {self.rule.instead}"
        return Finding(CODE, words.strip(), self.rule.severity, "prompt")

    @property
    def record(self) -> dict[str, Any]:
        """What is kept with a brief when somebody says that it is meant."""
        return {"rule": self.rule.code, "name": self.rule.name, "words": list(self.words), "why": self.rule.why}


def parse(rows: Iterable[Mapping[str, Any] | str]) -> tuple[Rule, ...]:
    """Rules from their rows: single words, or groups with a reason. Raises prompts.BadTemplate."""
    return tuple(_rule(row) for row in rows)


def as_rows(found: Iterable[Rule]) -> list[dict[str, Any]]:
    """The rows of a template's own rules, as `parse` reads them."""
    rows = [
        {
            "words": list(rule.words),
            "why": rule.why,
            "severity": rule.severity,
            "instead": rule.instead,
            "exceptions": list(rule.exceptions),
        }
        for rule in found
    ]
    return [{key: value for key, value in row.items() if value} for row in rows]


@lru_cache(maxsize=1)
def house() -> tuple[Rule, ...]:
    """The rules that hold for every prompt."""
    return parse(tomllib.loads(FILE.read_text(encoding="utf-8"))["rules"])


def applying(*, free: bool, listing: bool) -> tuple[Rule, ...]:
    """The rules of the house for free text or a template's fields, written for a listing or not."""
    return tuple(rule for rule in house() if rule.only != FREE_FOR_LISTING or (free and listing))


def check(texts: Iterable[str], rules: Iterable[Rule]) -> list[Hit]:
    """The rules that the texts break, each with the words that break it; those that block first."""
    folded = "\n".join(_folded(text) for text in texts)
    hits = [Hit(rule, words) for rule in rules if (words := _broken_by(folded, rule))]
    return sorted(hits, key=lambda hit: not hit.rule.blocks)


def _broken_by(text: str, rule: Rule) -> tuple[str, ...]:
    for phrase in rule.exceptions:
        text = _pattern(phrase).sub(lambda match: "·" * len(match[0]), text)
    return tuple(word for word in rule.words if _says(text, word, rule))


def _says(text: str, word: str, rule: Rule) -> bool:
    return any(rule.denied_counts or not _denied(text, match) for match in _pattern(word).finditer(text))


def _denied(text: str, match: re.Match[str]) -> bool:
    """Whether the text says that it does *not* want the word: “no people”, “without cars or people”, “people-free”."""
    if _FREE_OF.match(text, match.end()):
        return True
    before = text[max(0, match.start() - 120) : match.start()]
    denials = list(_DENIES.finditer(before))
    if not denials:
        return False
    between = before[denials[-1].end() :]
    return not _ENDS_DENIAL.search(between) and len(between.split()) <= _REACH


@lru_cache(maxsize=4096)
def _pattern(words: str) -> re.Pattern[str]:
    parts = r"[\s-]+".join(map(re.escape, _folded(words).replace("-", " ").split()))
    return re.compile(rf"(?<!\w){parts}(?!\w)")


def _folded(text: str) -> str:
    """For comparing: look-alike forms and invisible characters do not hide a word."""
    plain = prompts.clean(unicodedata.normalize("NFKC", text), 100_000)
    return plain.replace("\u200c", "").replace("\u200d", "").replace("’", "'").casefold()


def _rule(row: Mapping[str, Any] | str) -> Rule:
    if isinstance(row, str):
        row = {"words": [row], "why": "The template does not allow it."}
    try:
        if any(isinstance(row.get(name), str) for name in ("words", "exceptions")):
            raise TypeError("words stand in a list")
        lists = {name: tuple(map(str, row.get(name, ()))) for name in ("words", "exceptions")}
        rule = Rule(**{**row, **lists})
    except (AttributeError, TypeError) as error:
        raise prompts.BadTemplate(f"A group of forbidden words cannot be read: {error}.") from None
    if not any(map(str.strip, rule.words)) or not isinstance(rule.why, str) or not rule.why.strip():
        raise prompts.BadTemplate("Each group of forbidden words needs its words, and why they may not be typed.")
    if rule.severity not in SEVERITIES:
        raise prompts.BadTemplate(f"“{rule.severity}” is no severity: it is “blocks” or “warns”.")
    return rule
