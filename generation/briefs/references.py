"""Pictures that go along with a brief: found, copied for providers when it starts, and read when a job is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse

from assets.imaging.inspection import Unreadable
from assets.imaging.rendering import SPECS, Spec, fitted, render
from assets.models import Version
from core import storage
from core.models import User
from generation.models import Brief, BriefReference, Output, Role
from generation.prompt_templates import photographs
from generation.providers.base import ImageSpec, Reference
from generation.providers.errors import Rejected

LONGEST_EDGE = 2048
"""Pixels. Every provider takes pictures of this size, and masks are as large."""

OUTPUT, VERSION = "output", "version"


@dataclass(frozen=True, slots=True)
class Source:
    """A picture to go on from: an output, or a version of the library."""

    output: Output | None = None
    version: Version | None = None
    slot: str = ""
    """Which photograph of its template it is; empty for a picture that nobody was asked for."""

    @property
    def is_looked_at(self) -> bool:
        """Whether it only lends its style, whatever becomes of the pictures beside it."""
        return photographs.is_looked_at(self.slot)

    @property
    def key(self) -> str:
        """How forms and addresses name it: `output:<id>` or `version:<id>`."""
        return f"{OUTPUT}:{self.output.pk}" if self.output else f"{VERSION}:{self._picture.pk}"

    @property
    def title(self) -> str:
        if self.output:
            return f"{self.output.job.brief.title}, picture {self.output.index + 1}"
        return str(self.version)

    @property
    def url(self) -> str:
        """Where the picture was found."""
        return self.output.job.brief.get_absolute_url() if self.output else self._version.get_absolute_url()

    @property
    def src(self) -> str:
        """The smaller copy for pages."""
        if self.output:
            return reverse("generation:output_file", args=(self.output.pk,))
        return reverse("assets:file", args=(self._version.pk, "preview"))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture itself, in pixels."""
        return self._picture.width, self._picture.height

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height of the smaller copy."""
        return fitted(*self.size, SPECS["preview"])

    @property
    def brief(self) -> Brief | None:
        """The brief that the picture came from, if it was made here."""
        if self.output:
            return self.output.job.brief
        made = getattr(self._version, "provenance", None)
        return Brief.objects.with_details().filter(pk=made.brief_id).first() if made and made.brief_id else None

    def row(self, position: int = 0) -> BriefReference:
        """As it will go along with a brief; without its copy yet, and unsaved."""
        copy = _copy_of(self._picture.media_type)
        width, height = fitted(*self.size, copy)
        return BriefReference(
            position=position,
            media_type=copy.media_type,
            width=width,
            height=height,
            slot=self.slot,
            output=self.output,
            version=self.version,
        )

    def copied(self, position: int) -> BriefReference:
        """As it goes along, with its copy stored. Reads and writes files. Raises Unreadable."""
        row = self.row(position)
        try:
            data = storage.read(self._picture.sha256)
        except (storage.CorruptFile, FileNotFoundError) as error:
            raise Unreadable(f"“{self.title}” is damaged or missing where it is kept. Nothing was sent.") from error
        made = render(data, _copy_of(self._picture.media_type))
        row.sha256, row.width, row.height = storage.put(made.data), made.width, made.height
        return row

    @property
    def _picture(self) -> Output | Version:
        return self.output or self._version

    @property
    def _version(self) -> Version:
        if self.version is None:
            raise ValueError("A source is an output or a version.")
        return self.version


def find(key: str, person: User) -> Source | None:
    """The picture of this key, if the person may see it."""
    kind, _, text = key.partition(":")
    try:
        wanted = UUID(text)
    except ValueError:
        return None
    if kind == OUTPUT:
        outputs = Output.objects.visible_to(person).select_related("job__model", "job__brief__revision__template")
        output = outputs.filter(pk=wanted).first()
        return Source(output=output) if output else None
    version = Version.objects.visible_to(person).select_related("asset", "provenance").filter(pk=wanted).first()
    return Source(version=version) if version and kind == VERSION else None


def rows_for(sources: Sequence[Source], mask: bytes | None) -> list[BriefReference]:
    """What would go along, unsaved and without files: enough to reckon with."""
    rows = [source.row(number) for number, source in enumerate(sources)]
    return [*rows, _mask_row(rows)] if mask is not None and rows else rows


def prepare(sources: Sequence[Source], mask: bytes | None) -> list[BriefReference]:
    """What goes along, unsaved, with its copies stored. Call it outside any transaction. Raises Unreadable."""
    rows = [source.copied(number) for number, source in enumerate(sources)]
    if mask is None or not rows:
        return rows
    made = _mask_row(rows)
    made.sha256 = storage.put(mask)
    return [*rows, made]


def outline(rows: Iterable[BriefReference]) -> tuple[tuple[Reference, ...], bytes | None]:
    """References and mask for a wish that is only reckoned with: their number, without their bytes."""
    every = list(rows)
    references = tuple(_reference(row, b"") for row in every if row.role == Role.REFERENCE)
    return references, b"" if any(row.role == Role.MASK for row in every) else None


def with_bytes(spec: ImageSpec, brief: Brief) -> ImageSpec:
    """The wish with the bytes of what goes along. Raises Rejected when they are not what was stored."""
    if not spec.references:
        return spec
    rows = list(brief.references.all())
    pictures = tuple(_reference(row, _bytes(row)) for row in rows if row.role == Role.REFERENCE)
    masks = [_bytes(row) for row in rows if row.role == Role.MASK]
    return replace(spec, references=pictures, mask=masks[0] if masks and spec.mask is not None else None)


def _reference(row: BriefReference, data: bytes) -> Reference:
    extension = "jpg" if row.media_type == "image/jpeg" else "png"
    return Reference(data, row.media_type, f"reference-{row.position + 1}.{extension}")


def _bytes(row: BriefReference) -> bytes:
    try:
        return storage.read(row.sha256)
    except (storage.CorruptFile, FileNotFoundError):
        words = "A picture that goes along is damaged or missing where it is kept. Nothing was sent."
        raise Rejected(words, field="references") from None


def _mask_row(rows: Sequence[BriefReference]) -> BriefReference:
    first = rows[0]
    return BriefReference(
        position=len(rows), role=Role.MASK, media_type="image/png", width=first.width, height=first.height
    )


def _copy_of(media_type: str) -> Spec:
    """Photographs go out as JPEG; everything else without loss, in a format that every provider reads."""
    kind = "image/jpeg" if media_type in {"image/jpeg", "image/heic"} else "image/png"
    return Spec("reference", LONGEST_EDGE, LONGEST_EDGE, kind, 95)
