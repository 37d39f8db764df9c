"""Whether an alt text says that what an altered photograph shows is not really there: by meaning, in each language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "alterations.toml"


def knows(language: str) -> bool:
    """Whether there are forms for this language; what has none is a person's to judge."""
    return _primary(language) in _forms()


def says_altered(text: str, language: str) -> bool:
    """Whether a phrase of this language says so, and none says the opposite right before it."""
    pattern = _forms().get(_primary(language))
    return bool(pattern and pattern.search(" ".join(text.split())))


def _primary(language: str) -> str:
    """Of `fr-CA`, `fr`. A text that says no language is read as English."""
    return language.partition("-")[0].lower() or "en"


@cache
def _forms() -> Mapping[str, re.Pattern[str]]:
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: _pattern(said) for name, said in read.items() if isinstance(said, dict)}


def _pattern(said: Mapping[str, Any]) -> re.Pattern[str]:
    """Whole phrases, none of them after a word that turns it around."""
    before = "".join(rf"(?<!\b{word} )" for word in said["before"].split("|"))
    return re.compile(rf"(?<!\w){before}(?:{'|'.join(said['forms'])})(?!\w)", re.IGNORECASE)
