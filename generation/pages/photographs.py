"""The photographs panel of the compose page: pictures found, chosen, removed and uploaded while a brief is written."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import QueryDict
from django.urls import reverse

from assets.imaging.inspection import Unreadable
from assets.library import intake
from assets.library.forms import FilesOneByOne, objection
from assets.listings.chooser import ListingField
from assets.models import Asset, DigitalSource, Listing, Origin, Version
from assets.models.version import PHOTOGRAPHS, Status
from core.models import User
from core.web.requests import SignedIn
from generation.briefs import references
from generation.briefs.photographs import PREFIX, Slot, asked
from generation.briefs.references import Source
from generation.briefs.refinement import Refinement, shape_of
from generation.models import Template, TemplateRevision
from generation.prompt_templates import prompts
from generation.prompt_templates.photographs import Photograph, PhotographRole

MOST_FOUND = 12
"""Pictures of the library that one search offers."""
ACT = "photo"
"""What the buttons of the panel are called; their values say what they do, such as `remove-room`."""
FILE = FilesOneByOne(error_messages={"required": "Choose a file first, then upload it."})
WAYS_IN = {PhotographRole.ROOM: "Stage this room", PhotographRole.FACADE: "Use this façade"}
_ACT = re.compile(r"(choose|remove|upload|search)-([a-z0-9_]+)(?:-(.+))?")
_MARKS = ("mask", "mask_left", "mask_top", "mask_width", "mask_height", "mask_none")


@dataclass(frozen=True)
class SlotPanel:
    """One slot of the panel: what is in it, or what could be."""

    slot: Slot
    text: str
    """What is searched for."""
    problem: str
    is_open: bool
    is_stated: bool
    """Whether the person ticked that the file is a photograph."""
    listing: Listing | None
    person: User

    @cached_property
    def found(self) -> list[Version]:
        """What could fill the slot; searched for when it is drawn, and not with each preview."""
        return search(self.text, self.listing, self.person)

    @property
    def stays_open(self) -> bool:
        """Whether choosing is unfolded: where something is needed, searched for or wrong."""
        return self.is_open or bool(self.text or self.problem)


@dataclass
class Acted:
    """What was posted, after the button that was pressed."""

    data: QueryDict | None
    problems: dict[str, str] = field(default_factory=dict)
    """Slot → what is wrong there, or what is to be looked at before sending."""
    waits: bool = False
    """Whether a file came with “Send” that nobody has seen in its slot yet."""


def act(request: SignedIn, data: QueryDict | None, revision: TemplateRevision | None) -> Acted:
    """Choose, remove or upload what a button says. A file that was not uploaded yet is taken in before sending."""
    done = Acted(data.copy() if data is not None else None)
    wanted = {each.slot: each for each in asked(revision)}
    if done.data is None or not wanted:
        return Acted(data)
    match = _ACT.fullmatch(done.data.get(ACT, ""))
    if match and match[2] in wanted:
        _press(request, done, wanted[match[2]], match[1], match[3] or "")
    waiting = [each for slot, each in wanted.items() if f"file_{slot}" in request.FILES and "send" in done.data]
    done.waits = bool(waiting)
    for each in waiting:
        if _upload(request, done, each):
            done.problems[each.slot] = "Uploaded. Look at it, then send."
    return done


def panels(refinement: Refinement, done: Acted, listing: Listing | None, person: User) -> list[SlotPanel]:
    """The slots as the page draws them; a search looks at pictures of the listing first."""
    data = done.data if done.data is not None else QueryDict()
    return [_panel(slot, done, data, listing, person) for slot in refinement.slots]


def ways_in(version: Version) -> list[tuple[str, str]]:
    """What a picture can be put to from where it is shown: words, and the address with the slot filled."""
    if version.is_altered or version.digital_source not in (*PHOTOGRAPHS, DigitalSource.UNKNOWN):
        return []
    found: dict[str, str] = {}
    for template in Template.objects.in_use().select_related("published"):
        first = next(iter(asked(template.published)), None)
        if first and first.role in WAYS_IN:
            key = Source(version=version).key
            place = reverse("generation:compose", args=(template.slug,))
            found.setdefault(WAYS_IN[first.role], f"{place}?{PREFIX}{first.slot}={key}")
    return list(found.items())


def _panel(slot: Slot, done: Acted, data: QueryDict, listing: Listing | None, person: User) -> SlotPanel:
    name = slot.photograph.slot
    text = prompts.clean(data.get(f"find_{name}", ""), 200)
    return SlotPanel(
        slot=slot,
        text=text,
        problem=done.problems.get(name, "That picture is no longer there. Choose another." if slot.is_lost else ""),
        is_open=slot.photograph.required or data.get(ACT, "").split("-")[1:2] == [name],
        is_stated=f"captured_{name}" in data,
        listing=listing,
        person=person,
    )


def search(text: str, listing: Listing | None, person: User) -> list[Version]:
    """The first pictures with every word: photographs of the listing, then other photographs, then the rest.

    What nobody has stated comes after what somebody stated to be a photograph.
    """
    here, photograph = Q(asset__listing=listing) if listing else Q(pk=None), Q(digital_source__in=PHOTOGRAPHS)
    order = Case(
        When(here & photograph, then=Value(0)),
        When(here & Q(digital_source=DigitalSource.UNKNOWN), then=Value(1)),
        When(photograph, then=Value(2)),
        When(digital_source=DigitalSource.UNKNOWN, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    assets = Asset.objects.visible_to(person).matching(text)
    versions = Version.objects.visible_to(person).exclude(status=Status.ARCHIVED).select_related("asset__listing")
    found = versions.filter(asset__in=assets) if text else versions
    return list(found.annotate(order=order).order_by("order", "-created_at", "pk")[:MOST_FOUND])


def _press(request: SignedIn, done: Acted, photograph: Photograph, verb: str, key: str) -> None:
    if verb == "upload":
        _upload(request, done, photograph)
    elif verb in ("choose", "remove"):
        _put(request, done, photograph, key if verb == "choose" else "")


def _upload(request: SignedIn, done: Acted, photograph: Photograph) -> bool:
    """Whether the file is in the library and in its slot; what is wrong with it is said there."""
    name = f"file_{photograph.slot}"
    try:
        [file] = FILE.clean(request.FILES.getlist(name)[-1:])
        if words := objection(file):
            raise Unreadable(words)
        version = _taken_in(request, done, photograph, file)
    except ValidationError as error:
        done.problems[photograph.slot] = " ".join(error.messages)
        return False
    except Unreadable as error:
        done.problems[photograph.slot] = f"“{file.name}” was not accepted. {error}"
        return False
    _put(request, done, photograph, Source(version=version).key)
    return True


def _taken_in(request: SignedIn, done: Acted, photograph: Photograph, file: UploadedFile[Any]) -> Version:
    """The file as a picture of the chosen listing. It is a photograph if somebody said so, and not otherwise.

    Whoever brings it twice, by a second click or after a lost answer, gets the picture that is there.
    """
    given = done.data or QueryDict()
    listing = ListingField(required=False).clean(given.get("listing", ""))
    source = DigitalSource.CAPTURE if f"captured_{photograph.slot}" in given else DigitalSource.UNKNOWN
    data = file.read()
    same = Version.objects.filter(created_by=request.user, sha256=hashlib.sha256(data).hexdigest())
    mine = same.exclude(status=Status.ARCHIVED)
    if there := mine.filter(asset__listing=listing, digital_source=source).first():
        return there
    return intake.take_in(
        data,
        title=_title(file.name or "", photograph),
        by=request.user,
        origin=Origin.UPLOADED,
        maker="upload",
        listing=listing,
        digital_source=source,
    )


def _title(file_name: str, photograph: Photograph) -> str:
    """The file's name as words, or what the template calls it."""
    words = re.sub(r"[_\-\s]+", " ", Path(file_name).stem).strip()
    return words[:200] or photograph.label


def _put(request: SignedIn, done: Acted, photograph: Photograph, key: str) -> None:
    """Fill or empty a slot. Another picture to change begins without a mask and in its own shape."""
    data = done.data
    if data is None:
        return
    data[PREFIX + photograph.slot] = key
    if photograph.is_changed:
        for name in _MARKS:
            data.pop(name, None)
        if source := references.find(key, request.user):
            data["ratio"] = shape_of(source.size)
