"""Photographs that a template asks for: said in files and rows, chosen or uploaded, sent, remembered and kept."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assets.library import collection, intake
from assets.models import DigitalSource, Listing, Origin, Part, Version
from core.errors import Blocked
from core.models import User
from generation.briefs import lineage, preview
from generation.briefs import photographs as slots
from generation.briefs.references import Source
from generation.catalogue import offers
from generation.jobs import execution, starting
from generation.models import Brief, BriefKind, GenerationModel, Role, Template, TemplateRevision
from generation.outputs import keeping
from generation.prompt_templates import diff, photographs, revisions, transfer
from generation.prompt_templates.photographs import Photograph, PhotographRole
from generation.prompt_templates.prompts import BadTemplate
from generation.prompt_templates.revisions import About, Wording
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.scripted import Seeing, png
from tests.generation.test_references import mask, refined, seeing, uploaded
from tests.generation.test_templates import FIELD, edit_url, post

pytestmark = pytest.mark.django_db

ROOM = {"role": "room", "label": "Room to stage", "help": "Empty."}
STYLE = {"role": "style", "label": "Style reference", "required": False}
COMPOSE = "/make/house/"
SAID = {
    "f_subject": "living room",
    "f_light": "dusk",
    "f_accent": "#2a3a62",
    "f_trees": "2",
    "f_home": "",
    "ratio": "3:2",
    "count": "1",
    "quality": "standard",
}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def template(db: None) -> Template:
    """A template that asks for a room, and for a style if somebody likes."""
    made = factories.template()
    TemplateRevision.objects.filter(template=made).update(photographs=[ROOM, STYLE])
    made.refresh_from_db()
    return made


@pytest.fixture
def room(ada: User) -> Version:
    return uploaded(ada, name="room")


def wish(*models: GenerationModel, **more: Any) -> dict[str, Any]:
    return {**SAID, "models": [str(model.pk) for model in models or (seeing(),)], **more}


def key(version: Version) -> str:
    return Source(version=version).key


def a_file(name: str = "empty_living-room.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png("upload"), "image/png")


def page(who: User, **data: Any) -> str:
    return browser_of(who).post(COMPOSE, data).content.decode()


# What a template says


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"label": "Room"}], "lacks its role"),
        ([{"role": "room"}], "lacks its label"),
        ([{**ROOM, "role": "garden"}], "for nothing known"),
        ([{**ROOM, "required": "yes"}], "does not fit"),
        ([{**ROOM, "size": 3}], "means nothing here"),
        ([{**ROOM, "label": "x" * 81}], "longer than 80"),
        (["room"], "table of names"),
        ([ROOM, {**ROOM, "role": "facade", "label": "Front"}], "Only one photograph can be changed. Make “Front”"),
        ([STYLE, ROOM], "Move “Room to stage” to the top"),
        ([STYLE] * 5, "at most 4"),
    ],
)
def test_photographs_that_cannot_be_asked_for_are_refused(rows: list[Any], words: str) -> None:
    with pytest.raises(BadTemplate, match=words):
        photographs.parse(rows)


def test_photographs_survive_their_json() -> None:
    found = photographs.parse([ROOM, STYLE, {**STYLE, "label": "Another"}])
    assert [each.slot for each in found] == ["room", "style", "style_2"]
    assert found[0] == Photograph(role=PhotographRole.ROOM, label="Room to stage", help="Empty.", slot="room")
    assert photographs.parse(json.loads(json.dumps(photographs.as_rows(found)))) == found
    assert photographs.as_sparse_rows(found)[1] == STYLE


def test_photographs_are_carried_in_files(template: Template) -> None:
    revision = template.published
    assert revision is not None
    [(_, wording)] = transfer.read(transfer.dump([revision]).encode())
    assert wording == Wording.of(revision)
    assert [row["label"] for row in wording.photographs] == ["Room to stage", "Style reference"]


def test_a_file_with_photographs_that_cannot_be_is_refused_by_its_template() -> None:
    row = {"slug": "a", "name": "A", "body": "A.", "photographs": [STYLE, ROOM]}
    with pytest.raises(BadTemplate, match=r"Template 1 \(“a”\): Move “Room to stage” to the top"):
        transfer.read(json.dumps({"format": "imprimatur-templates", "version": 1, "templates": [row]}).encode())


def test_the_starter_asks_for_the_room(db: None) -> None:
    transfer.load()
    found = slots.asked(Template.objects.get(slug="virtual-staging").published)
    assert [(each.role, each.required) for each in found] == [("room", True), ("style", False)]


def test_a_difference_tells_what_is_asked_for_now(template: Template) -> None:
    assert template.published is not None
    before = Wording.of(template.published)
    after = Wording(body=before.body, fields=before.fields, photographs=[{**ROOM, "required": False}]).plain()
    told = diff.between(before, after)
    assert told.photographs.changed
    assert not told.empty
    gone = "".join(piece.text for piece in told.photographs.pieces if piece.kind == diff.GONE)
    assert "Style reference" in gone


def test_the_same_template_from_a_file_is_the_same(max_: User, template: Template) -> None:
    assert template.published is not None
    entries = transfer.read(transfer.dump([template.published]).encode())
    assert [each.what for each in revisions.take_in(entries, by=max_)] == ["same"]


# The editor


def asks(*rows: dict[str, str]) -> dict[str, str]:
    posted = {f"photograph-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    return {**post(FIELD), **posted, "photograph-TOTAL_FORMS": str(len(rows))}


def test_rows_are_added_moved_and_removed(max_: User, client: Client, template: Template) -> None:
    client.force_login(max_)
    added = client.post(edit_url(template), asks({"label": "Room", "role": "room"}) | {"do": "add-photograph"})
    assert 'name="photograph-1-label" value="Style reference"' in added.content.decode()
    two = asks({"label": "Look", "role": "style"}, {"label": "Room", "role": "room"})
    moved = client.post(edit_url(template), two | {"do": "up-photograph-1"}).content.decode()
    assert 'name="photograph-0-label" value="Room"' in moved
    removed = client.post(edit_url(template), two | {"do": "remove-photograph-0"}).content.decode()
    assert 'name="photograph-0-label" value="Room"' in removed
    assert "photograph-1-label" not in removed


def test_a_fifth_photograph_is_not_offered(max_: User, client: Client, template: Template) -> None:
    client.force_login(max_)
    four = asks(*({"label": f"Look {n}", "role": "style"} for n in range(4)))
    got = client.post(edit_url(template), four | {"do": "add-photograph"}).content.decode()
    assert "photograph-3-label" in got
    assert "photograph-4-label" not in got
    assert "Ask for a photograph</button>" not in got


def test_what_rows_say_is_saved_and_shown(max_: User, client: Client, template: Template) -> None:
    client.force_login(max_)
    rows = asks(
        {"label": "Front", "role": "facade", "required": "on"}, {"label": "Look", "role": "style", "help": "Any."}
    )
    answer = client.post(edit_url(template), rows | {"save": "1"}, follow=True)
    saved = template.revisions.get(number=2)
    assert [(row["role"], row["required"]) for row in saved.photographs] == [("facade", True), ("style", False)]
    assert "Façade to change" in answer.content.decode()
    assert 'name="photograph-0-label" value="Front"' in client.get(f"{edit_url(template)}?revision=2").content.decode()


def test_rows_in_the_wrong_order_come_back_with_what_to_do(max_: User, client: Client, template: Template) -> None:
    client.force_login(max_)
    rows = asks({"label": "Look", "role": "style"}, {"label": "Room", "role": "room"})
    answer = client.post(edit_url(template), rows | {"save": "1"})
    assert (answer.status_code, template.revisions.count()) == (422, 1)
    assert "Move “Room” to the top" in answer.content.decode()


def test_a_template_made_of_a_brief_asks_for_the_same(max_: User, ada: User, template: Template, room: Version) -> None:
    brief = sent(ada, room)
    got = browser_of(max_).get(f"{reverse('generation:new_template')}?from={brief.pk}").content.decode()
    assert 'name="photograph-0-label" value="Room to stage"' in got


# Choosing


def test_the_page_begins_with_what_is_asked_for(ada: User, template: Template, room: Version) -> None:
    plain, able = factories.ModelFactory.create(), seeing()
    got = browser_of(ada).get(COMPOSE).content.decode()
    assert "Room to stage" in got
    assert f'value="choose-room-{key(room)}"' in got
    assert f'id="model-{able.pk}" checked' in got
    assert f'id="model-{plain.pk}" checked' not in got
    assert "It cannot take a photograph; choose another model." in got
    assert "Does not support the reference pictures" not in got


def test_photographs_of_the_listing_come_first(ada: User, template: Template) -> None:
    listing = Listing.objects.create(reference="HB-9", title="9 Harbor Street")
    other = uploaded(ada, name="other")
    there = intake.take_in(
        png("there"),
        title="Hall",
        by=ada,
        origin=Origin.UPLOADED,
        maker="upload",
        listing=listing,
        digital_source=DigitalSource.CAPTURE,
    )
    unsaid = uploaded(ada, DigitalSource.UNKNOWN, name="unsaid")
    drawn = uploaded(ada, DigitalSource.CREATION, name="drawn")
    old = uploaded(ada, name="old")
    collection.archive([old], by=ada)
    got = page(ada, **wish(), listing=listing.reference, photo="search-room")
    places = [got.find(f"choose-room-{key(each)}") for each in (there, other, unsaid, drawn)]
    assert places == sorted(places)
    assert -1 not in places
    assert f"choose-room-{key(old)}" not in got
    found = page(ada, **wish(), find_room="hall harbor")
    assert f"choose-room-{key(there)}" in found
    assert f"choose-room-{key(other)}" not in found


def test_choosing_keeps_what_was_typed_and_offers_the_mask(ada: User, template: Template, room: Version) -> None:
    got = page(ada, **wish() | {"f_subject": "attic den"}, photo=f"choose-room-{key(room)}")
    assert "attic den</textarea>" in got
    assert f'name="photo_room" value="{key(room)}"' in got
    assert "Area to change" in got
    assert "This is a photograph" in got
    assert not Brief.objects.exists()


def test_htmx_swaps_the_panel_alone(ada: User, template: Template, room: Version) -> None:
    data = wish(photo=f"choose-room-{key(room)}")
    answer = browser_of(ada).post(COMPOSE, data, headers=HTMX)
    assert answer.content.decode().lstrip().startswith('<div id="photographs"')
    assert "filled" in answer["HX-Trigger-After-Swap"]


def test_another_room_begins_without_the_mask_of_the_one_before(ada: User, template: Template, room: Version) -> None:
    painted = base64.b64encode(mask()).decode()
    got = page(ada, **wish(photo="remove-room", photo_room=key(room), mask=painted))
    assert painted not in got
    assert "Area to change" not in got
    kept = page(ada, **wish(photo="remove-style", photo_room=key(room), mask=painted))
    assert painted in kept


def test_a_picture_that_is_gone_is_said_to_be(ada: User, template: Template) -> None:
    data = wish(photo_room="version:6f1c2b3a-0000-4000-8000-000000000000", send="1")
    answer = browser_of(ada).post(COMPOSE, data)
    assert answer.status_code == 422
    assert "That picture is no longer there" in answer.content.decode()


# Uploading


@pytest.mark.parametrize(
    ("ticked", "source"), [({}, DigitalSource.UNKNOWN), ({"captured_room": "on"}, DigitalSource.CAPTURE)]
)
def test_an_upload_is_a_photograph_if_somebody_says_so(
    ada: User, template: Template, ticked: dict[str, str], source: str
) -> None:
    listing = Listing.objects.create(reference="HB-9", title="9 Harbor Street")
    got = page(ada, **wish(photo="upload-room", listing=listing.reference, file_room=a_file(), **ticked))
    version = Version.objects.get()
    assert (version.digital_source, version.asset.title) == (source, "empty living room")
    assert version.asset.listing == listing
    assert f'name="photo_room" value="{key(version)}"' in got
    says = "This is a photograph" if ticked else "Nobody has said how this picture was made"
    assert says in got


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"file_room": SimpleUploadedFile("a.png", b"no picture")}, "“a.png” was not accepted"),
        ({}, "Choose a file first"),
    ],
)
def test_a_file_that_is_none_is_said_at_its_slot(ada: User, template: Template, file: Any, words: str) -> None:
    got = page(ada, **wish(photo="upload-room", captured_room="on", **file))
    assert words in got
    assert "checked" in got[got.find('name="captured_room"') :][:60]
    assert not Version.objects.exists()


def test_a_file_that_waits_is_taken_in_before_anything_is_sent(ada: User, template: Template) -> None:
    answer = browser_of(ada).post(COMPOSE, wish(send="1", file_room=a_file()))
    assert (answer.status_code, Version.objects.count(), Brief.objects.count()) == (422, 1, 0)
    assert "Uploaded. Look at it, then send." in answer.content.decode()


def test_a_second_click_brings_no_second_picture(ada: User, template: Template) -> None:
    for _ in range(2):
        page(ada, **wish(photo="upload-room", file_room=a_file()))
    assert Version.objects.count() == 1
    page(ada, **wish(photo="upload-room", file_room=a_file(), captured_room="on"))
    assert Version.objects.filter(digital_source=DigitalSource.CAPTURE).count() == 1


def test_whoever_may_not_bring_pictures_brings_none(rita: User, template: Template) -> None:
    assert browser_of(rita).post(COMPOSE, wish(photo="upload-room", file_room=a_file())).status_code == 403
    assert not Version.objects.exists()


# Sending


def sent(who: User, room: Version, **more: Any) -> Brief:
    before = set(Brief.objects.values_list("pk", flat=True))
    answer = browser_of(who).post(COMPOSE, wish(photo_room=key(room), send="1", **more))
    assert answer.status_code == 302, answer.content.decode()
    return Brief.objects.exclude(pk__in=before).get()


def test_without_the_photograph_nothing_is_sent(ada: User, template: Template) -> None:
    answer = browser_of(ada).post(COMPOSE, wish(send="1"))
    assert (answer.status_code, Brief.objects.count()) == (422, 0)
    assert "Choose or upload this photograph first." in answer.content.decode()


def test_whoever_starts_without_it_is_refused_too(ada: User, template: Template) -> None:
    with pytest.raises(Blocked, match="Choose or upload “Room to stage” first"):
        starting.start(factories.unsent(revision=template.published), [seeing()], by=ada)


def test_the_room_is_changed_and_the_style_is_looked_at(ada: User, template: Template, room: Version) -> None:
    style = uploaded(ada, name="style")
    brief = sent(ada, room, photo_style=key(style), mask=base64.b64encode(mask()).decode())
    assert brief.kind == BriefKind.EDIT
    assert [(row.slot, row.role, row.version) for row in brief.references.all()] == [
        ("room", Role.REFERENCE, room),
        ("style", Role.REFERENCE, style),
        ("", Role.MASK, None),
    ]
    execution.send(brief.jobs.get().pk)
    spec, _ = Seeing.sent[-1]
    assert (spec.edits, len(spec.references), spec.mask is not None) == (True, 2, True)


def test_a_style_alone_is_a_reference(ada: User, template: Template) -> None:
    TemplateRevision.objects.update(photographs=[STYLE])
    answer = browser_of(ada).post(COMPOSE, wish(photo_style=key(uploaded(ada)), send="1"))
    assert answer.status_code == 302
    assert Brief.objects.get().kind == BriefKind.REFERENCE


def test_without_an_optional_photograph_it_is_a_prompt(ada: User, template: Template) -> None:
    TemplateRevision.objects.update(photographs=[STYLE])
    assert browser_of(ada).post(COMPOSE, wish(send="1")).status_code == 302
    assert Brief.objects.get().kind == BriefKind.FRESH


def test_a_model_that_takes_no_photograph_cannot_be_agreed_to(ada: User, template: Template, room: Version) -> None:
    plain = factories.ModelFactory.create()
    data = wish(plain, photo_room=key(room), send="1", drop=f"{plain.pk}:references")
    answer = browser_of(ada).post(COMPOSE, data)
    assert (answer.status_code, Brief.objects.count()) == (422, 0)
    assert "It cannot take a photograph" in answer.content.decode()


def test_a_model_that_takes_fewer_says_how_many(ada: User, template: Template, room: Version) -> None:
    one = factories.ModelFactory.create(
        provider="seeing", model_id="seeing-one", facts=factories.priced("0.10", max_references=1)
    )
    got = page(ada, **wish(one, photo_room=key(room), photo_style=key(uploaded(ada, name="style"))))
    assert "It takes 1 of the 2 photographs; remove a style reference" in got


def test_a_model_that_only_changes_pictures_is_offered_before_the_room_is_there(ada: User, template: Template) -> None:
    row = seeing(needs=["references"])
    draft = Brief(revision=template.published, prompt="A room.", title="A room", ratio="3:2", values={})
    [line] = preview.preview(draft, offers.offers(), [str(row.pk)], (), ada).lines
    assert (line.problem, line.chosen) == ("", True)


# What is remembered


def test_the_page_of_a_brief_says_what_each_picture_was_for(ada: User, template: Template, room: Version) -> None:
    got = browser_of(ada).get(sent(ada, room).get_absolute_url()).content.decode()
    assert "<dt>Room to stage</dt>" in got
    assert reverse("assets:file", args=(room.pk, "preview")) in got


def test_edit_and_resend_fills_the_slots_again(ada: User, template: Template, room: Version) -> None:
    brief = sent(ada, room, mask=base64.b64encode(mask()).decode())
    got = browser_of(ada).get(f"{COMPOSE}?from={brief.pk}").content.decode()
    assert f'name="photo_room" value="{key(room)}"' in got
    assert base64.b64encode(mask()).decode() in got
    wide = sent(ada, room, ratio="16:9")
    shown = browser_of(ada).get(f"{COMPOSE}?from={wide.pk}").content.decode()
    assert re.search(r'name="ratio" value="16:9"[^>]* checked', shown)
    again = sent(ada, room, parent=str(brief.pk))
    assert (again.kind, again.parent) == (BriefKind.EDIT, brief)


def test_a_staged_room_is_varied_and_edited_as_any_picture(ada: User, template: Template, room: Version) -> None:
    brief = sent(ada, room)
    execution.send(brief.jobs.get().pk)
    output = brief.jobs.get().outputs.get()
    varied = (
        browser_of(ada)
        .get(reverse("generation:refine", args=("vary", "output", output.pk)), follow=True)
        .content.decode()
    )
    assert "The picture to vary" in varied
    assert 'id="photographs"' not in varied
    data = wish(kind="vary", source=Source(output=output).key, send="1")
    assert browser_of(ada).post(COMPOSE, data).status_code == 302
    assert refined(ada, BriefKind.EDIT, Source(output=output)).job.brief.parent == brief


def test_the_library_leads_to_the_template(ada: User, rita: User, template: Template, room: Version) -> None:
    got = browser_of(ada).get(room.get_absolute_url()).content.decode()
    link = f"{COMPOSE}?photo_room={key(room)}"
    assert "Stage this room" in got
    assert link in got
    assert "Stage this room" not in browser_of(rita).get(room.get_absolute_url()).content.decode()
    drawn = uploaded(ada, DigitalSource.CREATION, name="drawn")
    assert "Stage this room" not in browser_of(ada).get(drawn.get_absolute_url()).content.decode()
    staged = browser_of(ada).get(link).content.decode()
    assert f'name="photo_room" value="{key(room)}"' in staged


# What comes of it


def test_a_staged_photograph_has_the_room_as_its_original(ada: User, template: Template, room: Version) -> None:
    version = kept(ada, room)
    assert (version.digital_source, version.parent, version.original) == (DigitalSource.COMPOSITE, room, room)


def test_a_room_that_nobody_stated_leads_to_the_question(ada: User, template: Template) -> None:
    unsaid = uploaded(ada, DigitalSource.UNKNOWN, name="unsaid")
    style = uploaded(ada, name="style")
    version = kept(ada, unsaid, photo_style=key(style))
    assert (version.digital_source, version.parent, version.original) == (DigitalSource.UNKNOWN, unsaid, None)


def test_whoever_made_a_style_reference_had_no_hand_in_the_result(
    ada: User, max_: User, template: Template, room: Version
) -> None:
    style = uploaded(max_, name="style")
    version = kept(ada, room, photo_style=key(style))
    assert not version.contributors.filter(person=max_).exists()
    assert version.contributors.filter(person=ada, part=Part.BROUGHT).exists()


def kept(who: User, room: Version, **more: Any) -> Version:
    brief = sent(who, room, **more)
    execution.send(brief.jobs.get().pk)
    output = brief.jobs.get().outputs.get()
    assert all(not source.is_looked_at for source in lineage.changed_pictures(output.job))
    return keeping.keep(output, by=who)


def test_a_new_template_may_ask_for_photographs(max_: User) -> None:
    wording = Wording(body="A room.", fields=[], photographs=[ROOM])
    assert slots.asked(revisions.create(About(name="Staging"), wording, by=max_))[0].label == "Room to stage"
