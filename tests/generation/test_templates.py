"""Templates: written in rows, kept as revisions, put in use, rolled back, archived, and carried in files."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core import audit
from core.errors import InvalidTransition
from core.models import User
from generation.models import Brief, Template, TemplateRevision
from generation.prompt_templates import diff, editor, prompts, revisions, transfer
from generation.prompt_templates.prompts import BadTemplate, Field
from generation.prompt_templates.revisions import About, Wording
from tests.assets import factories as people
from tests.generation import factories

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
FIELD = {"label": "Subject", "name": "subject", "kind": "text", "default": "house", "most": "200", "required": "on"}


@pytest.fixture
def template(db: None) -> Template:
    return factories.template()


@pytest.fixture
def manager(max_: User, client: Client) -> Client:
    client.force_login(max_)
    return client


def post(*fields: dict[str, str], rules: tuple[dict[str, str], ...] = (), **more: str) -> dict[str, str]:
    """What the editor sends."""
    data = {"body": "One {subject}.", "ratio": "1:1", "house_voice": "", "negative": "", "note": ""}
    for prefix, rows in (("field", fields), ("rule", rules)):
        data |= {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
        data |= {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    return data | more


def said(body: str = "A {subject}.", **more: Any) -> Wording:
    fields = more.pop("fields", [{"name": "subject", "label": "Subject"}])
    return Wording(body=body, fields=fields, **more)


def edit_url(template: Template) -> str:
    return reverse("generation:edit_template", args=(template.slug,))


# Who may


@pytest.mark.parametrize("name", ["new_template", "bring_templates"])
def test_ada_writes_no_templates(ada: User, client: Client, name: str) -> None:
    client.force_login(ada)
    assert client.get(reverse(f"generation:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["edit_template", "about_template"])
def test_ada_changes_no_template(ada: User, client: Client, template: Template, name: str) -> None:
    client.force_login(ada)
    assert client.post(reverse(f"generation:{name}", args=("house",)), post(FIELD, save="1")).status_code == 403
    assert template.revisions.count() == 1


@pytest.mark.parametrize(
    "verb",
    [
        lambda template, by: revisions.revise(template, said(), by=by),
        lambda template, by: revisions.create(About(name="New"), said(), by=by),
        lambda template, by: revisions.publish(template.published, by=by),
        lambda template, by: revisions.archive(template, by=by),
        lambda template, by: revisions.restore(template, by=by),
        lambda template, by: revisions.describe(template, About(name="Other"), by=by),
        lambda template, by: revisions.take_in([(About(name="Other", slug="other"), said())], by=by),
    ],
)
def test_no_verb_is_for_ada(ada: User, template: Template, verb: Callable[[Template, User], object]) -> None:
    with pytest.raises(PermissionDenied):
        verb(template, ada)
    assert Template.objects.get().archived_at is None
    assert TemplateRevision.objects.count() == 1


def test_a_reviewer_reads_templates_and_what_changed(rita: User, client: Client, template: Template) -> None:
    client.force_login(rita)
    page = client.get(template.get_absolute_url()).content.decode()
    assert "A {subject} at {light}." in page
    assert edit_url(template) not in page
    assert client.get(reverse("generation:diff", args=("house",))).status_code == 200


# Writing


def test_the_editor_draws_a_row_for_each_field(manager: Client, template: Template) -> None:
    page = manager.get(edit_url(template)).content.decode()
    assert page.count('class="typed-field"') == len(factories.FIELDS)
    assert 'value="dusk"' in page
    assert "sea view" in page


def test_a_saved_revision_is_not_in_use_until_it_is_published(manager: Client, template: Template) -> None:
    rule = {"words": "pool, sea view", "why": "There is none.", "severity": "warns"}
    manager.post(edit_url(template), post(FIELD, rules=(rule,), save="1", note="Shorter."))
    template.refresh_from_db()
    written = template.revisions.get(number=2)
    assert (written.body, written.note, template.published.number) == ("One {subject}.", "Shorter.", 1)  # type: ignore[union-attr] # published
    assert written.forbidden == [{"words": ["pool", "sea view"], "why": "There is none.", "severity": "warns"}]
    manager.post(reverse("generation:publish", args=("house", 2)))
    template.refresh_from_db()
    assert template.published == written


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"body": "No {such} field and {subject}"}, "there is no such field"),
        ({"body": "Nothing of it"}, "never uses {subject}"),
        ({"body": ""}, "required"),
        ({"field-0-name": "Bad Name"}, "is no field name"),
        ({"field-0-kind": "choice"}, "nothing to choose from"),
        ({"field-0-label": ""}, "required"),
        ({"field-0-most": "many"}, "whole number"),
        ({"ratio": "7"}, "7"),
        ({"field-TOTAL_FORMS": "900"}, "40"),
        ({"body": "\x00{subject}"}, "Null"),
    ],
)
def test_a_revision_that_cannot_work_is_refused_with_everything_kept(
    manager: Client, template: Template, wrong: dict[str, str], words: str
) -> None:
    answer = manager.post(edit_url(template), post(FIELD, save="1", house_voice="Quite calm.") | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Quite calm." in answer.content.decode()
    assert template.revisions.count() == 1


def test_an_empty_row_is_no_field(manager: Client, template: Template) -> None:
    empty = {"label": "", "name": "", "kind": "text", "most": "200", "required": "on"}
    manager.post(edit_url(template), post(FIELD, empty, save="1"))
    assert [row["name"] for row in template.revisions.get(number=2).fields] == ["subject"]


def test_a_field_is_named_after_its_label(manager: Client, template: Template) -> None:
    manager.post(
        edit_url(template), post(FIELD | {"name": "", "label": "Main subject"}, body="{main_subject}", save="1")
    )
    assert template.revisions.get(number=2).fields[0]["name"] == "main_subject"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_adding_a_field_keeps_what_was_typed(manager: Client, template: Template, headers: dict[str, str]) -> None:
    data = post(FIELD | {"default": "half-typed"}, do="add-field", house_voice="Quite calm.")
    page = manager.post(edit_url(template), data, headers=headers).content.decode()
    assert page.count('class="typed-field"') == 2
    assert "half-typed" in page
    assert "Quite calm." in page
    assert page.lstrip().startswith("<div" if headers else "<!doctype")
    assert template.revisions.count() == 1


def test_rows_are_moved_and_removed(manager: Client, template: Template) -> None:
    rows = (FIELD, FIELD | {"label": "Light", "name": "light"})
    page = manager.post(edit_url(template), post(*rows, do="up-field-1"), headers=HTMX).content.decode()
    assert page.index("{light}") < page.index("{subject}</code>")
    page = manager.post(edit_url(template), post(*rows, do="remove-field-0"), headers=HTMX).content.decode()
    assert page.count('class="typed-field"') == 1
    assert 'name="field-0-name" value="light"' in page


@pytest.mark.parametrize("do", ["up-field-0", "up-field-9", "remove-rule-9", "remove-field-", "add-house", "x" * 5000])
def test_a_button_that_is_not_there_changes_nothing(manager: Client, template: Template, do: str) -> None:
    page = manager.post(edit_url(template), post(FIELD, do=do), headers=HTMX).content.decode()
    assert page.count('class="typed-field"') == 1


def test_words_of_the_prompt_become_a_field(manager: Client, template: Template) -> None:
    data = post(body="A brick house at dusk. A brick house.", do="mark", mark_words="brick house", mark_name="building")
    page = manager.post(edit_url(template), data, headers=HTMX).content.decode()
    assert "A {building} at dusk. A {building}." in page
    assert 'value="brick house"' in page


def test_fields_that_the_prompt_names_are_added(manager: Client, template: Template) -> None:
    data = post(FIELD, body="A {subject} in {light} with {accent}.", do="add-missing")
    page = manager.post(edit_url(template), data, headers=HTMX).content.decode()
    assert page.count('class="typed-field"') == 3


def test_the_prompt_is_tried_out_while_it_is_typed(manager: Client, template: Template) -> None:
    listing = people.ListingFactory.create(facts={"rooms": "two rooms"})
    row = FIELD | {"kind": "listing", "fact": "rooms", "default": "house"}
    data = post(row, body="A {subject}.", house_voice="Calm.", tryout="1")
    assert "A house.\nCalm." in manager.post(edit_url(template), data, headers=HTMX).content.decode()
    data["listing"] = str(listing)
    assert "A two rooms.\nCalm." in manager.post(edit_url(template), data, headers=HTMX).content.decode()


def test_what_does_not_fit_yet_is_said_while_it_is_typed(manager: Client, template: Template) -> None:
    data = post(FIELD, {"label": "", "name": "!!"}, body="A {subject} at {light}.", tryout="1")
    page = manager.post(edit_url(template), data, headers=HTMX).content.decode()
    assert "there is no such field" in page
    assert 'value="add-missing"' in page


# New ones


def test_a_new_template_is_offered_once_it_is_in_use(manager: Client, max_: User) -> None:
    data = post(FIELD, save="1") | {"name": "Harbor view", "description": "", "purpose": ""}
    manager.post(reverse("generation:new_template"), data)
    template = Template.objects.get()
    assert (template.slug, template.published, template.created_by) == ("harbor-view", None, max_)
    assert manager.get(reverse("generation:compose", args=("harbor-view",))).status_code == 404
    revisions.publish(template.revisions.get(), by=max_)
    assert manager.get(reverse("generation:compose", args=("harbor-view",))).status_code == 200


@pytest.mark.parametrize(("name", "slug"), [("House", "house-2"), ("History", "history-2"), ("日本", "template")])
def test_an_address_is_never_taken_twice(max_: User, template: Template, name: str, slug: str) -> None:
    assert revisions.create(About(name=name), said(), by=max_).template.slug == slug


def test_a_template_is_made_of_a_brief_that_was_written_freely(manager: Client, ada: User) -> None:
    brief = factories.started(ada, title="Mill at dusk", prompt="A {mill} at dusk.")
    page = manager.get(f"{reverse('generation:new_template')}?from={brief.pk}").content.decode()
    assert 'value="Mill at dusk"' in page
    assert "A {mill} at dusk." in page


def test_a_template_made_of_a_templates_brief_says_what_was_typed(ada: User, template: Template) -> None:
    values = {"subject": "stone mill", "light": "noon", "accent": "#112233", "trees": "3", "home": ""}
    brief = factories.started(ada, revision=template.published, values=values, prompt="A stone mill at noon.")
    start = editor.of_brief(brief)
    assert start["wording"]["body"] == template.published.body  # type: ignore[union-attr] # published
    assert {row["name"]: row["default"] for row in start["fields"]} == values


def test_a_brief_nobody_knows_starts_from_nothing(manager: Client) -> None:
    assert manager.get(f"{reverse('generation:new_template')}?from=nonsense").status_code == 200


def test_a_name_can_change_and_its_address_stays(manager: Client, template: Template) -> None:
    url = reverse("generation:about_template", args=("house",))
    manager.post(url, {"name": "Home", "description": "A home.", "purpose": "Listing"})
    template.refresh_from_db()
    assert (template.name, template.slug) == ("Home", "house")


# In use, rolled back, archived


def test_rolling_back_puts_the_older_one_in_use_again(max_: User, template: Template) -> None:
    first = template.published
    assert first is not None
    revisions.publish(revisions.revise(template, said(), by=max_), by=max_)
    revisions.publish(first, by=max_)
    template.refresh_from_db()
    assert template.published == first
    assert "published again" in audit.history(template)[0].words


def test_what_is_in_use_is_not_published_twice(max_: User, template: Template) -> None:
    with pytest.raises(InvalidTransition):
        revisions.publish(template.published, by=max_)  # type: ignore[arg-type] # published


def test_an_archived_template_is_offered_no_more_and_its_briefs_stay(
    manager: Client, ada: User, template: Template
) -> None:
    brief = factories.started(ada, revision=template.published)
    manager.post(reverse("generation:move_template", args=("house", "archive")))
    assert manager.get(reverse("generation:compose", args=("house",))).status_code == 404
    assert list(manager.get(reverse("generation:templates")).context["templates"]) == []
    assert list(manager.get(reverse("generation:templates") + "?archived=1").context["templates"]) == [template]
    assert manager.get(brief.get_absolute_url()).status_code == 200
    manager.post(reverse("generation:move_template", args=("house", "restore")))
    assert manager.get(reverse("generation:compose", args=("house",))).status_code == 200


def test_a_template_does_not_archive_twice(max_: User, template: Template) -> None:
    revisions.archive(template, by=max_)
    with pytest.raises(InvalidTransition):
        revisions.archive(template, by=max_)


def test_each_change_leaves_a_trace(max_: User, template: Template) -> None:
    revisions.revise(template, said(), by=max_, note="Shorter.")
    revisions.archive(template, by=max_)
    assert [entry.action for entry in audit.history(template)] == ["template.archived", "template.revised"]


# What changed


def test_words_that_went_and_came_are_told_apart() -> None:
    pieces = diff.words("A brick house at dusk.", "A stone house at noon.")
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"] == [
        ("gone", "brick"),
        ("new", "stone"),
        ("gone", "dusk"),
        ("new", "noon"),
    ]


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    pieces = diff.words(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


def test_fields_are_new_gone_changed_or_moved() -> None:
    before = said("{a} {b} {c}", fields=[{"name": name, "label": name.upper()} for name in "abc"])
    after = said(
        "{b} {a} {d}",
        fields=[{"name": "b", "label": "B"}, {"name": "a", "label": "A", "most": 9}, {"name": "d", "label": "D"}],
    )
    told = {each.name: (each.kind, each.moved) for each in diff.between(before, after).fields}
    assert told == {"b": ("same", True), "a": ("changed", True), "d": ("new", False), "c": ("gone", False)}


def test_a_wording_does_not_differ_from_itself(template: Template) -> None:
    own = Wording.of(template.published)  # type: ignore[arg-type] # published
    assert diff.between(own, own).empty


def test_the_page_shows_what_changed(manager: Client, max_: User, template: Template) -> None:
    revisions.revise(template, said("A tall {subject}."), by=max_)
    page = manager.get(reverse("generation:diff", args=("house",))).content.decode()
    assert re.search(r"<ins>[^<]*tall", page)
    assert "<del>" in page
    assert "Publish revision 2" in page


@pytest.mark.parametrize("query", ["?from=99&to=x", "?from=&to=", "?from=1&to=1"])
def test_revisions_that_are_not_there_are_passed_over(manager: Client, template: Template, query: str) -> None:
    assert manager.get(reverse("generation:diff", args=("house",)) + query).status_code == 200


# Files


def test_a_template_comes_back_from_its_file_as_it_was(manager: Client, max_: User, template: Template) -> None:
    written = manager.get(reverse("generation:export_template", args=("house",))).content
    [(about, own)] = transfer.read(written)
    assert (about.slug, own) == ("house", Wording.of(template.published))  # type: ignore[arg-type] # published
    [taken] = revisions.take_in([(about, own)], by=max_)
    assert (taken.what, taken.revision) == ("same", template.published)
    template.published = None
    template.save()
    template.revisions.all().delete()
    template.delete()
    [taken] = revisions.take_in(transfer.read(written), by=max_)
    assert transfer.dump([taken.revision]).encode() == written


def test_the_starter_templates_survive_their_file(db: None) -> None:
    transfer.load()
    revisions = [template.published for template in Template.objects.select_related("published")]
    text = transfer.dump(revisions)  # type: ignore[arg-type] # published
    assert [own for _, own in transfer.read(text.encode())] == [Wording.of(each) for each in revisions]  # type: ignore[arg-type] # published


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)


@given(
    label=TEXTS.filter(str.strip),
    default=TEXTS,
    voice=TEXTS,
    kind=st.sampled_from(["text", "color", "number", "listing"]),
    most=st.integers(1, 600),
    required=st.booleans(),
)
def test_any_field_survives_a_file(label: str, default: str, voice: str, kind: str, most: int, required: bool) -> None:
    row = {"name": "a", "label": label, "kind": kind, "default": default, "most": most, "required": required}
    own = said("Say {a}.", fields=[row], house_voice=voice).plain()
    revision = TemplateRevision(
        template=Template(slug="x", name="X"), number=1, body=own.body, fields=own.fields, house_voice=own.house_voice
    )
    [(_, back)] = transfer.read(transfer.dump([revision]).encode())
    assert back == own


def test_a_file_in_toml_is_read_too() -> None:
    text = 'format = "imprimatur-templates"\nversion = 1\n[[templates]]\nslug = "x"\nname = "X"\nbody = "A {a}."\n'
    text += 'fields = [{ name = "a", label = "A", kind = "choice", choices = ["one", "two"] }]\n'
    [(about, own)] = transfer.read(text.encode())
    assert (about.name, own.fields[0]["choices"]) == ("X", ["one", "two"])


def file_of(**changes: Any) -> bytes:
    entry = {"slug": "x", "name": "X", "body": "A {a}.", "fields": [{"name": "a", "label": "A"}]} | changes
    return json.dumps({"format": "imprimatur-templates", "version": 1, "templates": [entry]}).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "does not say"),
        (b"\xff\xfe", "UTF-8"),
        (b"{", "not JSON"),
        (b"[x", "neither JSON nor TOML"),
        (b'{"format": "other"}', "does not say"),
        (b'{"format": "imprimatur-templates", "version": 2}', "version 2"),
        (b'{"format": "imprimatur-templates", "version": 1, "templates": []}', "lists no templates"),
        (b"[" * 100_000, "neither"),
        (b'{"a":' * 50_000, "deeply"),
        (b"x" * 1_000_001, "larger"),
        (b'{"format": ' + b"9" * 5_000 + b"}", "more digits"),
        (b"a = " + b"9" * 5_000, "more digits"),
        *((file_of(**{name: "\ud800"}), "half a character") for name in ("slug", "house_voice", "negative")),
        (file_of(surprise=1), "“surprise” means nothing"),
        (file_of(slug="Bad Slug"), "small letters"),
        (file_of(body=7), "“body” is not text"),
        (file_of(body="x" * 9_000), "8,000"),
        (file_of(name=""), "lacks its “name”"),
        (file_of(ratio="wide"), "two numbers"),
        (file_of(fields="a"), "not a list"),
        (file_of(fields=["a"]), "table of names"),
        (file_of(fields=[{"name": "a", "label": "A", "most": "9"}]), "does not fit"),
        (file_of(fields=[{"name": "a", "label": "A", "kind": "code"}]), "no known kind"),
        (file_of(fields=[]), "no such field"),
        (file_of(forbidden=[{"words": "pool", "why": "x"}]), "cannot be read"),
        (file_of(forbidden=[{"words": ["pool"]}]), "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_writes_nothing(manager: Client, data: bytes, words: str) -> None:
    answer = manager.post(reverse("generation:bring_templates"), {"file": SimpleUploadedFile("x.json", data)})
    assert answer.status_code == 422
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert not Template.objects.exists()


def test_one_bad_template_keeps_the_whole_file_out(manager: Client) -> None:
    both = json.loads(file_of())
    both["templates"].append({"slug": "y", "name": "Y", "body": "A {b}."})
    file = SimpleUploadedFile("x.json", json.dumps(both).encode())
    page = manager.post(reverse("generation:bring_templates"), {"file": file}).content.decode()
    assert "Template 2 (“y”)" in page
    assert not Template.objects.exists()


def test_a_file_brings_new_templates_and_revisions_none_of_them_in_use(manager: Client, template: Template) -> None:
    both = json.loads(file_of())
    both["templates"].append({"slug": "house", "name": "House", "body": "Quite plain."})
    file = SimpleUploadedFile("x.json", json.dumps(both).encode())
    page = manager.post(reverse("generation:bring_templates"), {"file": file}).content.decode()
    assert "Revision 2, not published yet" in page
    template.refresh_from_db()
    assert (template.published.number, template.revisions.count()) == (1, 2)  # type: ignore[union-attr] # published
    assert Template.objects.get(slug="x").published is None


def test_all_templates_in_use_go_into_one_file(manager: Client, template: Template) -> None:
    answer = manager.get(reverse("generation:export_templates"))
    assert [about.slug for about, _ in transfer.read(answer.content)] == ["house"]
    assert answer["Content-Disposition"] == 'attachment; filename="templates.json"'


def test_the_starter_file_is_read_by_the_same_rules(db: None) -> None:
    rows = tomllib.loads(transfer.FILE.read_text(encoding="utf-8"))
    assert transfer.load() == len(rows)
    assert transfer.load() == 0
    fields = prompts.parse_fields(Template.objects.all()[0].published.fields)  # type: ignore[union-attr] # published
    assert all(isinstance(field, Field) for field in fields)


def test_a_revision_with_a_field_too_many_is_refused(max_: User, template: Template) -> None:
    with pytest.raises(BadTemplate):
        revisions.revise(template, said("Nothing."), by=max_)
    assert template.revisions.count() == 1
    assert not Brief.objects.exists()
