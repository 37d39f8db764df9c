"""Going on from a picture: which one, how, and where it may change, as addresses and forms say it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from PIL import Image, ImageChops

from assets.imaging import masks
from assets.models import DigitalSource
from core.models import User
from generation.briefs import extras, lineage, photographs, references
from generation.briefs.forms import PREFIX, ComposeForm
from generation.briefs.photographs import Slot
from generation.briefs.references import Source
from generation.catalogue.offers import Offer
from generation.models import Brief, BriefKind, BriefReference, TemplateRevision
from generation.models.shapes import RATIOS

KINDS = (BriefKind.VARY, BriefKind.EDIT, BriefKind.REFERENCE)
LONGEST_MASK = 2_000_000
"""Characters of a painted mask in base64; a real one has some ten thousand."""
ABOUT_THE_SAME = 0.02
ANOTHER_TAKE = "Another take on this picture: the same subject, composition and light, with small differences."


class MaskForm(forms.Form):
    """Where a picture may change: as painted, from a file, as a rectangle in percent, or all of these together."""

    mask = forms.CharField(required=False, max_length=LONGEST_MASK, widget=forms.HiddenInput)
    mask_file = forms.FileField(
        required=False,
        label="A mask from a file",
        widget=forms.ClearableFileInput(attrs={"accept": "image/png"}),
        help_text="A PNG in the shape of the picture: clear, or white on black, where it may change.",
    )
    mask_left = forms.IntegerField(required=False, min_value=0, max_value=99, label="From the left")
    mask_top = forms.IntegerField(required=False, min_value=0, max_value=99, label="From the top")
    mask_width = forms.IntegerField(required=False, min_value=1, max_value=100, label="Width")
    mask_height = forms.IntegerField(required=False, min_value=1, max_value=100, label="Height")
    mask_none = forms.BooleanField(required=False, label="Forget the mask: everything may change")

    def __init__(self, data: QueryDict | None, files: MultiValueDict[str, Any] | None, size: tuple[int, int]) -> None:
        super().__init__(data, files)
        self.size = size
        self.made: bytes | None = None
        self.share = 1.0
        """How much of the picture may change, of 1."""

    @property
    def corners(self) -> list[forms.BoundField]:
        return [self[name] for name in ("mask_left", "mask_top", "mask_width", "mask_height")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors or data.get("mask_none"):
            return data
        try:
            marked = [*self._painted(data), *self._brought(data), *self._boxed(data)]
            if marked:
                whole = _all(marked)
                self.made, self.share = masks.written(whole), masks.share(whole)
        except masks.BadMask as problem:
            raise forms.ValidationError(str(problem)) from problem
        return data

    def _painted(self, data: dict[str, Any]) -> list[Image.Image]:
        if not data.get("mask"):
            return []
        try:
            return [masks.read(base64.b64decode(data["mask"], validate=True), self.size)]
        except binascii.Error as error:
            raise masks.BadMask("The painted mask did not arrive whole. Paint it again.") from error

    def _brought(self, data: dict[str, Any]) -> list[Image.Image]:
        return [masks.read(data["mask_file"].read(), self.size)] if data.get("mask_file") else []

    def _boxed(self, data: dict[str, Any]) -> list[Image.Image]:
        left, top, width, height = (data.get(f"mask_{side}") for side in ("left", "top", "width", "height"))
        if width is None or height is None:
            return []
        return [masks.rectangle(left or 0, top or 0, width, height, self.size)]


@dataclass(frozen=True)
class Refinement:
    """What a brief that is being written goes on from; false where that is nothing."""

    kind: BriefKind
    sources: tuple[Source, ...]
    mask_form: MaskForm
    slots: tuple[Slot, ...] = ()
    """The photographs that the template asks for; none where a picture was chosen before the template."""

    def __bool__(self) -> bool:
        return bool(self.sources)

    @property
    def source(self) -> Source:
        return self.sources[0]

    @property
    def heading(self) -> str:
        """What the page is called; nothing for a brief that goes on from nothing."""
        return (
            ""
            if self.slots
            else {
                BriefKind.EDIT: "Edit this picture",
                BriefKind.VARY: "Vary this picture",
                BriefKind.REFERENCE: "Use as reference",
            }.get(self.kind, "")
        )

    @property
    def is_edit(self) -> bool:
        return self.kind == BriefKind.EDIT

    @property
    def is_variation(self) -> bool:
        return self.kind == BriefKind.VARY

    def is_valid(self) -> bool:
        """Whether the photographs are there, and what was marked is a mask; nothing marked is fine."""
        is_whole = not any(slot.is_missing or slot.is_lost for slot in self.slots)
        return is_whole and (not self.is_edit or self.mask_form.is_valid())

    @cached_property
    def mask(self) -> bytes | None:
        """The mask as it would go out; None where everything may change, or what was given is no mask."""
        return self.mask_form.made if self.is_edit and self.mask_form.is_valid() else None

    @property
    def painted(self) -> str:
        """The mask as the page keeps it."""
        if self.mask is not None:
            return base64.b64encode(self.mask).decode()
        return "" if "mask_none" in self.mask_form.data else str(self.mask_form["mask"].value() or "")

    @property
    def share(self) -> float:
        """How much of the picture may change, of 1."""
        return self.mask_form.share if self.mask is not None else 1.0

    @property
    def alters_a_photograph(self) -> bool:
        """Whether the result will be an altered photograph, with all that follows."""
        return self._becomes == DigitalSource.COMPOSITE

    @property
    def may_be_a_photograph(self) -> bool:
        """Whether nobody has said what the picture is."""
        return self._becomes == DigitalSource.UNKNOWN

    @cached_property
    def _becomes(self) -> str:
        """What keeping the result will say of it, as far as the pictures that go along decide that."""
        return lineage.descent_from(self.sources if self.kind in lineage.CHANGING else ()).digital_source

    @property
    def rows(self) -> list[BriefReference]:
        """What would go along, without files."""
        return references.rows_for(self.sources, self.mask)

    @property
    def is_photographed(self) -> bool:
        """Whether the template is nothing without a photograph, be it chosen yet or not."""
        return any(slot.photograph.required for slot in self.slots)

    def able(self, offers: Sequence[Offer]) -> list[Offer]:
        """The models to begin with: all of them, or those that take a photograph where one is needed."""
        return [offer for offer in offers if can_carry(offer)] if self.is_photographed else list(offers)

    def initial(self, offers: Sequence[Offer], otherwise: Mapping[str, Any]) -> dict[str, Any]:
        """What the form starts with; `otherwise` is what it would start with, such as the words of an earlier brief."""
        if self.slots:
            return self._of_slots() | {name: value for name, value in otherwise.items() if value is not None}
        return {**otherwise, **(self._of_picture(offers) if self else {})}

    def _of_slots(self) -> dict[str, Any]:
        """The shape and the listing of the photograph that is changed."""
        if not self.is_edit:
            return {}
        listing = self.source.version.asset.listing_id if self.source.version else None
        return {"ratio": shape_of(self.source.size), **({"listing": listing} if listing else {})}

    def _of_picture(self, offers: Sequence[Offer]) -> dict[str, Any]:
        before = self.source.brief
        said: dict[str, Any] = (
            self._as_before(before, offers) if self.kind == BriefKind.VARY and before else {"count": 1}
        )
        if self.kind == BriefKind.VARY and before is None:
            said["prompt"] = ANOTHER_TAKE
        if before is None and self.source.version:
            said["listing"] = self.source.version.asset.listing_id
        elif before:
            said |= {"listing": before.listing_id, "campaign": before.campaign, "parent": before.pk}
        return {"ratio": shape_of(self.source.size), **said, "models": self._models(offers)}

    def dress(self, form: ComposeForm) -> None:
        """Put the form's questions in the words of what is being done."""
        if not self.is_edit or "prompt" not in form.fields:
            return
        form.fields["prompt"].label = "What should change"
        form.fields["prompt"].help_text = "Say the change, and what must stay as it is."

    def _as_before(self, before: Brief, offers: Sequence[Offer]) -> dict[str, Any]:
        fields = ("prompt", "ratio", "count", "quality", "negative", "title")
        return {
            **{name: getattr(before, name) for name in fields},
            **{PREFIX + name: value for name, value in before.values.items()},
            **extras.as_before(before, offers),
        }

    def _models(self, offers: Sequence[Offer]) -> list[str]:
        """The model that made the picture, if it can carry one; else the first that can."""
        able = [offer for offer in offers if not offer.ended and can_carry(offer)]
        output = self.source.output
        same = [offer for offer in able if output and offer.row.pk == output.job.model_id]
        return [str(offer.row.pk) for offer in (same or able)[:1]]


def read(
    given: QueryDict,
    files: MultiValueDict[str, Any] | None,
    person: User,
    revision: TemplateRevision | None = None,
) -> Refinement:
    """What an address or a form goes on from; only what the person may see.

    A picture that was chosen before the template comes first: whoever varies a staged room is not asked for the room.
    """
    kind = given.get("kind", "")
    found = [references.find(key, person) for key in given.getlist("source")]
    sources = tuple(source for source in found if source)
    if kind in KINDS and sources:
        return Refinement(BriefKind(kind), sources, _mask_form(given, files, sources))
    slots = photographs.slots(given, revision, person)
    chosen = photographs.filled(slots)
    return Refinement(_kind(chosen), chosen, _mask_form(given, files, chosen), slots)


def _kind(chosen: Sequence[Source]) -> BriefKind:
    """How a brief comes about from the photographs of its template."""
    if not chosen:
        return BriefKind.FRESH
    return BriefKind.REFERENCE if chosen[0].is_looked_at else BriefKind.EDIT


def _mask_form(given: QueryDict, files: MultiValueDict[str, Any] | None, sources: Sequence[Source]) -> MaskForm:
    """The mask of the first picture: as a form sent it, or as it went along before."""
    if not sources:
        return MaskForm(None, None, (1, 1))
    row = sources[0].row()
    is_bound = files is not None or bool(given.get("mask"))
    return MaskForm(given if is_bound else None, files, (row.width, row.height))


def url(kind: BriefKind, source: Source) -> str:
    """Where the brief of a refinement is written: a variation with the template it was made with, if that is in use."""
    before = source.brief if kind == BriefKind.VARY else None
    template = before.revision.template if before and before.revision else None
    is_in_use = template is not None and template.published_id is not None
    place = (
        reverse("generation:compose", args=(template.slug,)) if template and is_in_use else reverse("generation:free")
    )
    return f"{place}?{urlencode({'kind': kind.value, 'source': source.key})}"


def can_carry(offer: Offer) -> bool:
    """Whether a picture can go along to this model."""
    takes = offer.provider.capabilities.references and "references" not in offer.row.facts.get("lacks", ())
    return takes and int(offer.row.facts.get("max_references", 0)) > 0


def shape_of(size: tuple[int, int]) -> str:
    """The usual shape of a picture of this size; its own where none fits."""
    wanted = Fraction(*size)
    for ratio in RATIOS:
        width, height = map(int, ratio.split(":"))
        if abs(wanted / Fraction(width, height) - 1) <= ABOUT_THE_SAME:
            return ratio
    near = wanted.limit_denominator(40)
    return f"{near.numerator}:{near.denominator}"


def _all(marked: Sequence[Image.Image]) -> Image.Image:
    whole = marked[0]
    for part in marked[1:]:
        whole = ImageChops.lighter(whole, part)
    return whole
