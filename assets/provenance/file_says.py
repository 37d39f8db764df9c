"""What a file says about its making and its rights, as values that can be held against what a person states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.imaging import metadata
from assets.imaging.metadata.file_words import RIGHTS

Found = Mapping[str, Any]
"""What `metadata.read` gives."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One text of a file with its place, as other programs name it: `XMP dc:rights`."""

    text: str
    place: str

    def __str__(self) -> str:
        return f"“{self.text}” ({self.place})"


def source_types(found: Found) -> list[Saying]:
    """Every IPTC source type that the file claims, in its metadata or its Content Credentials."""
    named = _named(found, "digital_source", "digital_source_file")
    terms = [Saying(metadata.source_term(term), each.place) for each in named for term in re.split("[;,]", each.text)]
    credentials = _part(found, "c2pa").get("says", ())
    terms += [Saying(str(term), CREDENTIALS) for term in credentials if isinstance(credentials, list)]
    return list(dict.fromkeys(term for term in terms if term.text))


def systems(found: Found) -> list[Saying]:
    """Every AI system or generator that the file names."""
    named = [Saying(each.text, each.place) for each in _named(found, "ai_system")]
    note = _part(found, "generator")
    if name := _text(note.get("name")):
        named.append(Saying(name, "generator’s note"))
    return named


def speaks_of_ai(found: Found) -> list[Saying]:
    """Fields that only AI pictures have, beside the name of the system."""
    return _named(found, "ai_system_version", "ai_prompt", "ai_prompt_writer", "ai_label")


def camera(found: Found) -> Saying | None:
    """The camera that took it; None unless the file plainly says that one did."""
    said = _part(found, "camera")
    name = " ".join(filter(None, (_text(said.get("make")), _text(said.get("model")))))
    return Saying(name, "EXIF Make, Model") if name else None


def credentials(found: Found) -> str:
    """What became of the check of its Content Credentials, such as `tampered`; empty without any."""
    return _text(_part(found, "c2pa").get("state"))


def owners(found: Found) -> list[Saying]:
    """Everybody whom the file names as creator or owner, or in its copyright notice and credit line."""
    groups = ("Copyright notice", "Creator", "Owner", "Credit line")
    return _named(found, *(name for group in groups for name in RIGHTS[group]))


def restrictions(found: Found) -> list[Saying]:
    """What the file forbids: whatever stands where restrictions stand, and words that forbid wherever terms stand."""
    stated = [each for each in _named(found, *RIGHTS["Restrictions"]) if each.text.strip() not in NO_RESTRICTION]
    groups = ("Usage terms", "Instructions", "Conditions", "License", "Copyright notice", "Licensee’s notes")
    terms = _named(found, *(name for group in groups for name in RIGHTS[group]))
    return stated + [each for each in terms if FORBIDS.search(each.text)]


def last_day(found: Found) -> tuple[date, Saying] | None:
    """The earliest day after which the file says that it may not be used."""
    said = _named(found, *RIGHTS["Not after"], "license_end")
    days = [(day, each) for each in said if (day := _day(each.text))]
    return min(days, key=lambda pair: pair[0], default=None)


CREDENTIALS = "Content Credentials"
NO_RESTRICTION = {"DP-NDC", "None", "none", "N/A", "n/a", "-"}
FORBIDS = re.compile(
    r"""editorial(\s+use)?\s+only | (non|not\s+for|no)[\s-]*commercial | personal\s+use\s+only
    | \bby-?nc\b | \bby(-nc)?-?nd\b
    | (no|not\s+for)\s+(advertising|resale|reuse|derivatives?|alteration|modification|cropping|redistribution)
    | (may|must|can)\s*not\s+be\s+(used|altered|cropped|modified|edited|published|reproduced|sold)
    | do\s+not\s+(use|alter|crop|modify|edit|publish|reproduce|copy|distribute)
    | nicht\s+kommerziell | nur\s+redaktionell | uso\s+editorial | usage\s+éditorial""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words that forbid a use where terms are stated; other terms are shown, and only a person can weigh them."""
_DAY = re.compile(r"((?:19|20)\d\d)[-:/.]?(0[1-9]|1[0-2])[-:/.]?(0[1-9]|[12]\d|3[01])(?!\d)")


def _day(text: str) -> date | None:
    if not (found := _DAY.search(text)):
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _named(found: Found, *names: str) -> list[Saying]:
    return list(dict.fromkeys(_everywhere(found, names)))


def _everywhere(found: Found, names: Iterable[str]) -> Iterator[Saying]:
    for kind in ("iptc", "iim", "exif", "text"):
        part = _part(found, kind)
        for name in names:
            if text := _text(part.get(name)):
                yield Saying(text, metadata.place_of(kind, name))


def _part(found: Found, name: str) -> Mapping[str, Any]:
    part = found.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
