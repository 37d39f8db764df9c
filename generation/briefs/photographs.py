"""The photographs that a template asks for: which pictures fill its slots, and which models can take them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from core import storage
from core.models import User
from generation.briefs import references
from generation.briefs.references import Source
from generation.models import Brief, BriefReference, Role, TemplateRevision
from generation.prompt_templates import photographs
from generation.prompt_templates.photographs import Photograph
from generation.providers.base import ImageSpec, Provider, Reference

PREFIX = "photo_"
CANNOT = "It cannot take a photograph; choose another model."
_BLANK = Reference(b"", "image/png")


@dataclass(frozen=True, slots=True)
class Slot:
    """A photograph that a template asks for, and the picture in its place."""

    photograph: Photograph
    source: Source | None = None
    is_lost: bool = False
    """Whether a picture was named that is not there, or not for this person."""

    @property
    def name(self) -> str:
        """The field of the form that holds the picture's key."""
        return PREFIX + self.photograph.slot

    @property
    def is_missing(self) -> bool:
        return self.photograph.required and self.source is None


@dataclass(frozen=True, slots=True)
class Along:
    """A picture that went along with a brief, and what it was for."""

    row: BriefReference
    label: str

    @property
    def source(self) -> Source | None:
        """The picture itself; None for a mask."""
        if self.row.role == Role.MASK:
            return None
        return Source(output=self.row.output, version=self.row.version)


def asked(revision: TemplateRevision | None) -> tuple[Photograph, ...]:
    """What a template asks for; nothing without a template."""
    return photographs.parse(revision.photographs) if revision else ()


def slots(given: QueryDict, revision: TemplateRevision | None, person: User) -> tuple[Slot, ...]:
    """The slots of a template as an address or a form fills them; with nothing that the person may not see."""
    return tuple(_slot(each, given.get(PREFIX + each.slot, ""), person) for each in asked(revision))


def filled(found: Sequence[Slot]) -> tuple[Source, ...]:
    """The pictures in these slots, in the order in which they go along."""
    return tuple(slot.source for slot in found if slot.source)


def again(given: QueryDict, brief: Brief | None) -> QueryDict:
    """An address that starts from a brief, with the photographs and the mask that went along with it."""
    rows = list(brief.references.all()) if brief else []
    filled = given.copy()
    for row in rows:
        if row.slot:
            filled[PREFIX + row.slot] = Source(output=row.output, version=row.version).key
        elif row.role == Role.MASK and any(each.slot for each in rows):
            filled["mask"] = _mask(row)
    return filled


def told(brief: Brief) -> list[Along]:
    """What went along with a brief, by the labels of its template."""
    labels = {each.slot: each.label for each in asked(brief.revision)}
    return [Along(row, labels.get(row.slot) or row.get_role_display()) for row in brief.references.all()]


def missing(brief: Brief, sources: Iterable[Source]) -> list[Photograph]:
    """What the template cannot do without and does not get. Whoever goes on from another picture is asked for none."""
    found = list(sources)
    if any(not source.slot for source in found):
        return []
    filled = {source.slot for source in found}
    return [each for each in asked(brief.revision) if each.required and each.slot not in filled]


def is_needed(brief: Brief, sent: Iterable[BriefReference]) -> bool:
    """Whether a brief is nothing without the photographs that its template asks for."""
    from_elsewhere = any(row.role == Role.REFERENCE and not row.slot for row in sent)
    return not from_elsewhere and any(each.required for each in asked(brief.revision))


def problem(spec: ImageSpec, provider: Provider) -> str:
    """Why a model cannot take the photographs of a wish that is nothing without them; nothing when it can."""
    count = len(spec.references) or 1
    most = next((number for number in range(count, 0, -1) if _carries(spec, provider, number)), 0)
    if most == count:
        return ""
    if not most:
        return CANNOT
    return f"It takes {most} of the {count} photographs; remove a style reference, or choose another model."


def _carries(spec: ImageSpec, provider: Provider, number: int) -> bool:
    return "references" not in provider.unsupported(replace(spec, references=(_BLANK,) * number))


def _mask(row: BriefReference) -> str:
    """A mask as the page keeps it; nothing where it is damaged or missing, so that it is painted again."""
    try:
        return base64.b64encode(storage.read(row.sha256)).decode()
    except (storage.CorruptFile, FileNotFoundError):
        return ""


def _slot(photograph: Photograph, key: str, person: User) -> Slot:
    found = references.find(key, person) if key else None
    return Slot(photograph, replace(found, slot=photograph.slot) if found else None, bool(key) and found is None)
