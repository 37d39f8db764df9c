"""Notice: whose a picture is and how it may be used, as whoever receives its file is told.

What the license states counts. Where it states nothing, what the file brought along is carried through, and never
replaced by a guess. Where both speak and differ, somebody has answered the finding about it before anything leaves; the
answer stands in the dossier, and the license's words go into the file alone: two notices that name two owners would
make the file contradict itself. A reservation against data mining is never weakened: the stricter one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assets.imaging.metadata.file_words import CREATORS, NOTICES

CREDITS = ("credit", "credit_line", "pur_credit", "attribution_name")
USAGE_TERMS = ("usage_terms", "rights_usage_terms", "terms_of_use", "terms_and_conditions")
"""Names under which `metadata.read` gives what a file says of each."""
KINDS = ("iptc", "iim", "exif", "text")
"""XMP first, which holds texts whole."""
MINING = (
    "DMI-UNSPECIFIED", "DMI-ALLOWED", "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING", "DMI-PROHIBITED-GENAIMLTRAINING",
    "DMI-PROHIBITED-AIMLTRAINING", "DMI-PROHIBITED-SEECONSTRAINT", "DMI-PROHIBITED",
)  # fmt: skip
"""Values of PLUS (LDF vocabulary, read 2026-11-28), the strictest last."""
_VALUE = re.compile(r"DMI-[A-Z]+(?:-[A-Z]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Whose a picture is and how it may be used. Empty where nobody says."""

    creator: str = ""
    notice: str = ""
    credit: str = ""
    usage_terms: str = ""
    web_statement: str = ""
    """Address of the picture's own license; never of a provider's terms."""
    licensor: str = ""
    licensor_url: str = ""
    data_mining: str = ""
    """A value of PLUS."""
    constraints: str = ""
    """What limits the use, where the value of `data_mining` points to it."""
    marked: bool | None = None
    """Whether it is stated to be protected, or free; None where nobody says."""


def of(facts: Mapping[str, Any]) -> Notice:
    """What leaves with the picture, by a dossier's facts."""
    stated, brought = of_license(facts["license"]), of_file(facts["provenance"].get("file_says", {}))
    made_by_a_system = bool(facts["provenance"].get("ai_system"))  # then the file may name its maker's terms
    mining = _strictest(stated.data_mining, brought.data_mining)
    licensor = stated if stated.licensor or stated.licensor_url else brought
    return Notice(
        creator=stated.creator or brought.creator,
        notice=stated.notice or brought.notice,
        credit=stated.credit or brought.credit,
        usage_terms=stated.usage_terms or brought.usage_terms,
        web_statement=stated.web_statement or ("" if made_by_a_system else brought.web_statement),
        licensor=licensor.licensor,
        licensor_url=licensor.licensor_url,
        data_mining=mining,
        constraints=brought.constraints if mining.endswith("-SEECONSTRAINT") else "",
        marked=brought.marked,
    )


def of_license(said: Mapping[str, Any]) -> Notice:
    """What a license states, by its facts."""
    return Notice(
        creator=said.get("creator", ""),
        notice=said.get("notice", ""),
        credit=said.get("attribution", ""),
        usage_terms=said.get("usage_terms", ""),
        web_statement=said.get("url", ""),
        licensor=said.get("licensor", ""),
        licensor_url=said.get("licensor_url", ""),
        data_mining=said.get("data_mining", ""),
    )


def of_file(found: Mapping[str, Any]) -> Notice:
    """What a file says of itself, as `metadata.read` gives it."""
    return Notice(
        creator=_each(_texts(found, CREATORS)),
        notice=_said(found, *NOTICES),
        credit=_said(found, *CREDITS),
        usage_terms=_said(found, *USAGE_TERMS),
        web_statement=_first(found, "web_statement"),
        licensor=_first(found, "licensor"),
        licensor_url=_first(found, "licensor_url"),
        data_mining=_strictest(*_VALUE.findall(_said(found, "data_mining"))),
        constraints=_said(found, "other_constraints"),
        marked={"true": True, "false": False}.get(_first(found, "marked", "copyright_flag").lower()),
    )


def _said(found: Mapping[str, Any], *names: str) -> str:
    """Every text under these names."""
    return _whole(_texts(found, names))


def _each(lists: Iterable[str]) -> str:
    """Every name in these lists of names."""
    return _whole(name.strip() for names in lists for name in names.split("; "))


def _whole(said: Iterable[str]) -> str:
    """The texts, each once; an older field that holds no more than the beginning of another adds nothing."""
    texts = list(dict.fromkeys(said))
    return "; ".join(text for text in texts if not any(each != text and each.startswith(text) for each in texts))


def _first(found: Mapping[str, Any], *names: str) -> str:
    return next(_texts(found, names), "")


def _texts(found: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    parts = [part for kind in KINDS if isinstance(part := found.get(kind), Mapping)]
    texts = (part.get(name) for name in names for part in parts)
    return (text.strip() for text in texts if isinstance(text, str) and text.strip())


def _strictest(*values: str) -> str:
    known = [value for value in values if value in MINING]
    return max(known, key=MINING.index, default="")
