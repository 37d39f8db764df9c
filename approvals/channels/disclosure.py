"""How a channel tells people that a picture was altered or generated: caption, remark, label, statement and order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from approvals.channels.rules import BadRules, typed_values
from approvals.models.document import Kind
from assets.models import DigitalSource
from assets.models.version import COMPOSITES, DRAWN, PHOTOGRAPHS

CAPTION_LIMIT = 50
"""Characters. RESO Data Dictionary 2.1, `Media.ShortDescription`. Read 2026-11-22."""

ORIGINAL = "{original}"
"""In a statement, stands for the address of the unaltered original."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A channel's way of disclosing. Empty words mean that the channel asks for none."""

    caption_altered: str = ""
    caption_generated: str = ""
    caption_drawn: str = ""
    remark_prefix: str = ""
    """How the public remarks of a listing must begin once an altered picture is among its photographs."""
    label_altered: str = ""
    label_generated: str = ""
    """Shown beside the picture, never on it: several listing services refuse overlays."""
    statement: str = ""
    """Shown beside an altered picture. `{original}` stands for where the channel shows the original."""
    order: str = ""
    """`original_after`: the original is shown immediately after the altered picture."""
    people_made_words: str = ""
    """Shown beside a picture of people made or changed by AI; see `approvals.channels.people`."""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Profile:
        """Read a channel's stored profile; `BadRules` for what is not understood or too long."""
        profile = cls(**dict(typed_values(cls, raw)))
        for name in ("caption_altered", "caption_generated", "caption_drawn"):
            if len(getattr(profile, name)) > CAPTION_LIMIT:
                raise BadRules(f"{name} has more than {CAPTION_LIMIT} characters.")
        if profile.order not in ("", "original_after"):
            raise BadRules(f"order is “{profile.order}”, not “original_after” or empty.")
        return profile

    def in_words(self) -> list[str]:
        """The profile as sentences for a page."""
        said = (
            ("Caption of an altered picture", self.caption_altered),
            ("Caption of a generated picture", self.caption_generated),
            ("Caption of a drawing", self.caption_drawn),
            ("The listing’s remarks begin", self.remark_prefix),
            ("Beside an altered picture", self.label_altered),
            ("Beside a generated picture", self.label_generated),
            ("Statement", self.statement),
            ("Beside people made or changed by AI", self.people_made_words),
        )
        sentences = [f"{name}: “{words}”" for name, words in said if words]
        if self.order:
            sentences.append("The original is shown immediately after the altered picture.")
        return sentences


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is said about one picture in one channel."""

    caption: str = ""
    remark_prefix: str = ""
    label: str = ""
    statement: str = ""
    order: str = ""

    def statement_with(self, original: str) -> str:
        """The statement with the address of the original in it."""
        return self.statement.replace(ORIGINAL, original)

    @property
    def says_something(self) -> bool:
        return bool(self.caption or self.label or self.statement)


KINDS = {
    DigitalSource.GENERATED: Kind.GENERATED,
    **dict.fromkeys(PHOTOGRAPHS, Kind.PHOTOGRAPH),
    **dict.fromkeys(COMPOSITES, Kind.ALTERED),
    **dict.fromkeys(DRAWN, Kind.DRAWN),
}


def kind_of(digital_source: str, alterations: Collection[str]) -> Kind | None:
    """What a picture is to the people who look at it; None when that is not stated."""
    return Kind.ALTERED if alterations else KINDS.get(DigitalSource(digital_source))


def disclose(profile: Profile, kind: Kind, *, note: str = "") -> Disclosure:
    """What the channel must show with a picture of this kind. `note` is the author's own description of the change.

    The statement keeps its `{original}`: only who shows the pair knows at which address the original is shown.
    """
    if kind is Kind.ALTERED:
        return Disclosure(
            caption=_caption(profile.caption_altered, note),
            remark_prefix=profile.remark_prefix,
            label=profile.label_altered,
            statement=profile.statement,
            order=profile.order,
        )
    if kind is Kind.GENERATED:
        return Disclosure(caption=_caption(profile.caption_generated, note), label=profile.label_generated)
    if kind is Kind.DRAWN:
        return Disclosure(caption=_caption(profile.caption_drawn, note))
    return Disclosure()


def _caption(required: str, note: str) -> str:
    """The channel's words first, then as much of the note as still fits whole."""
    if not required:
        return ""
    together = f"{required}: {note.strip()}"
    return together if note.strip() and len(together) <= CAPTION_LIMIT else required
