"""The pages for making pictures, as the cast sees them."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assets.imaging import inspection
from assets.library import forms
from assets.models import Version
from core.models import LogEntry, User
from generation.jobs import execution
from generation.models import Brief, Budget, Job, JobState, Output, OutputState, Template
from generation.outputs import keeping
from generation.providers import errors
from generation.providers.base import Finished, Pending, Picture
from generation.spending import budgets
from tests.assets import factories as people
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.factories import sent
from tests.generation.scripted import gif, picture, png

pytestmark = pytest.mark.django_db

FIELDS = {"f_subject": "brick house", "f_light": "dusk", "f_accent": "#2a3a62", "f_trees": "2", "f_home": ""}
SHAPE = {"ratio": "3:2", "count": "1", "quality": "standard", "negative": "", "seed": "", "title": ""}


@pytest.fixture
def template(db: None) -> Template:
    return factories.template()


def form(*models: Any, **more: Any) -> dict[str, Any]:
    return {**FIELDS, **SHAPE, "models": [str(model.pk) for model in models], **more}


# Who may see what


@pytest.mark.parametrize("name", ["make", "free", "templates"])
def test_a_stranger_sees_nothing(nils: User, name: str) -> None:
    assert browser_of(nils).get(reverse(f"generation:{name}")).status_code == 403


def test_who_is_not_signed_in_is_sent_to_browser_of(client: Client) -> None:
    assert client.get(reverse("generation:make")).status_code == 302


def test_a_reviewer_sees_a_brief_and_its_pictures_but_no_buttons(ada: User, rita: User) -> None:
    output = sent(ada).outputs.get()
    page = browser_of(rita).get(output.job.brief.get_absolute_url()).content.decode()
    assert reverse("generation:output_file", args=(output.pk,)) in page
    assert reverse("generation:output", args=(output.pk, "keep")) not in page


def test_whoever_could_review_is_told_before_they_keep_or_upload_one(ada: User, rita: User, max_: User) -> None:
    output = sent(ada).outputs.get()
    for address in (output.job.brief.get_absolute_url(), reverse("generation:keep_as", args=(output.pk,))):
        told = "Somebody else has to approve the ones that you keep or upload here."
        assert browser_of(max_).get(address).content.decode().count(told) == 1
        assert told not in browser_of(ada).get(address).content.decode()
    assert told not in browser_of(rita).get(output.job.brief.get_absolute_url()).content.decode()


def test_a_stranger_gets_no_picture(ada: User, nils: User) -> None:
    output = sent(ada).outputs.get()
    assert browser_of(nils).get(reverse("generation:output_file", args=(output.pk,))).status_code == 403


def test_staff_who_write_prompts_do_not_see_spend(ada: User) -> None:
    assert browser_of(ada).get(reverse("generation:spend")).status_code == 403


@pytest.mark.parametrize("verb", ["write-off", "mark-charged"])
def test_ada_does_not_settle_an_unclear_job(ada: User, verb: str) -> None:
    job = sent(ada, errors.Unclear("Lost."))
    assert browser_of(ada).post(reverse("generation:settle", args=(job.pk, verb))).status_code == 403
    assert Job.objects.get().state == JobState.UNCLEAR


# Composing


def test_the_start_shows_templates_and_what_came_back(ada: User, template: Template) -> None:
    sent(ada)
    page = browser_of(ada).get(reverse("generation:make")).content.decode()
    assert template.name in page
    assert "Brick house" in page


def test_the_form_draws_itself_from_the_template(ada: User, template: Template) -> None:
    factories.ModelFactory.create()
    page = browser_of(ada).get(reverse("generation:compose", args=("house",))).content.decode()
    assert 'type="color"' in page
    assert "A brick house at dusk." in page
    assert "$0.20" in page


def test_sending_makes_a_brief_and_shows_it(ada: User, template: Template) -> None:
    model = factories.ModelFactory.create()
    answer = browser_of(ada).post(reverse("generation:compose", args=("house",)), form(model, send="1"))
    brief = Brief.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, brief.get_absolute_url())
    assert brief.prompt == "A brick house at dusk.\nAccent: navy (#2a3a62).\n2 trees.\nCalm."


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"f_subject": ""}, "required"),
        ({"f_trees": "many"}, "whole number"),
        ({"f_light": "laser"}, "laser"),
        ({"f_accent": "red"}, "#2a3a62"),
        ({"ratio": "7:1"}, "7:1"),
        ({"seed": "0"}, "greater than or equal to 1"),
        ({"models": []}, "at least one model"),
        ({"models": ["999"]}, "999"),
        ({"f_subject": "a sea view \x00"}, "Null"),
        ({"f_subject": "house with a sea view"}, "There is none"),
        ({"f_subject": "flat, no children"}, "who should or should not live there"),
    ],
)
def test_bad_input_comes_back_with_everything_kept(
    ada: User, template: Template, wrong: dict[str, Any], words: str
) -> None:
    model = factories.ModelFactory.create()
    data = {**form(model, send="1", title="A title of my own"), **wrong}
    answer = browser_of(ada).post(reverse("generation:compose", args=("house",)), data)
    page = answer.content.decode()
    assert (answer.status_code, Brief.objects.count()) == (422, 0)
    assert words in page
    assert "A title of my own" in page


def test_a_budget_that_does_not_hold_it_is_said_with_everything_kept(ada: User, template: Template) -> None:
    Budget.objects.create(month=budgets.month_of(), limit_micros=1)
    answer = browser_of(ada).post(
        reverse("generation:compose", args=("house",)), form(factories.ModelFactory.create(), send="1")
    )
    assert answer.status_code == 422
    assert "Nothing was sent" in answer.content.decode()
    assert not Brief.objects.exists()


def test_typing_shows_the_prompt_without_sending(ada: User, template: Template) -> None:
    model = factories.ModelFactory.create()
    answer = browser_of(ada).post(
        reverse("generation:compose", args=("house",)),
        form(model, preview="1", f_subject="timber cabin"),
        headers={"HX-Request": "true"},
    )
    page = answer.content.decode()
    assert "A timber cabin at dusk." in page
    assert "<html" not in page
    assert not Brief.objects.exists()


def test_without_script_the_preview_is_the_whole_page(ada: User, template: Template) -> None:
    data = form(factories.ModelFactory.create(), preview="1", f_subject="timber cabin")
    page = browser_of(ada).post(reverse("generation:compose", args=("house",)), data).content.decode()
    assert "<html" in page
    assert "A timber cabin at dusk." in page


def test_what_a_model_cannot_carry_needs_a_word(ada: User, template: Template) -> None:
    model, url = factories.ModelFactory.create(), reverse("generation:compose", args=("house",))
    refused = browser_of(ada).post(url, form(model, send="1", seed="7"))
    assert refused.status_code == 422
    assert "Does not support the seed" in refused.content.decode()
    agreed = browser_of(ada).post(url, form(model, send="1", seed="7", drop=[f"{model.pk}:seed"]))
    assert agreed.status_code == 302
    assert Job.objects.get().dropped == ["seed"]


@pytest.mark.parametrize(
    ("choice", "own", "said"),
    [("loft", "", "loft"), ("", "boat shed", "boat shed"), ("loft", "boat shed", "boat shed")],
)
def test_an_open_choice_takes_words_of_ones_own(ada: User, choice: str, own: str, said: str) -> None:
    template = factories.template()
    fields = [{"name": "room", "label": "Room", "kind": "choice", "choices": ["loft", "hall"], "open": True}]
    template.revisions.update(body="A {room}.", fields=fields, house_voice="")
    data = {**SHAPE, "f_room_0": choice, "f_room_1": own, "models": [factories.ModelFactory.create().pk], "send": "1"}
    browser_of(ada).post(reverse("generation:compose", args=("house",)), data)
    assert Brief.objects.get().prompt == f"A {said}."
    again = browser_of(ada).get(f"{reverse('generation:compose', args=('house',))}?from={Brief.objects.get().pk}")
    assert f"A {said}." in again.content.decode()


def test_an_open_choice_that_is_needed_is_asked_for(ada: User) -> None:
    template = factories.template()
    fields = [{"name": "room", "label": "Room", "kind": "choice", "choices": ["loft"], "open": True}]
    template.revisions.update(body="A {room}.", fields=fields)
    data = {**SHAPE, "f_room_0": "", "f_room_1": "", "models": [factories.ModelFactory.create().pk], "send": "1"}
    assert browser_of(ada).post(reverse("generation:compose", args=("house",)), data).status_code == 422


def test_choosing_a_listing_fills_its_fields(ada: User, template: Template) -> None:
    listing = people.ListingFactory.create(facts={"property type": "brick terrace"})
    answer = browser_of(ada).post(
        reverse("generation:compose", args=("house",)),
        form(factories.ModelFactory.create(), fill="1", listing=listing.reference),
        headers={"HX-Request": "true"},
    )
    assert "brick terrace" in answer.content.decode()
    assert answer["HX-Trigger-After-Swap"] == '{"filled": {}}'


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "stone mill"), ("brick terrace", "stone mill"), ("my own words", "my own words")],
)
def test_words_of_ones_own_stay_when_a_listing_is_chosen(ada: User, template: Template, typed: str, said: str) -> None:
    first = people.ListingFactory.create(facts={"property type": "brick terrace"})
    other = people.ListingFactory.create(facts={"property type": "stone mill"})
    data = form(f_home=typed, listing=other.reference, filled=first.reference, fill="1")
    page = browser_of(ada).post(reverse("generation:compose", args=("house",)), data, headers={"HX-Request": "true"})
    assert f"\n{said}</textarea>" in page.content.decode()


def test_an_ended_model_is_shown_with_its_successor_and_cannot_be_chosen(ada: User) -> None:
    factories.ModelFactory.create(model_id="new", name="Newer")
    factories.ModelFactory.create(model_id="old", ends_on="2026-01-01", successor="new")
    page = browser_of(ada).get(reverse("generation:free")).content.decode()
    assert "Ended on Jan 1, 2026. Use Newer instead." in page


def test_again_with_changes_starts_from_the_brief(ada: User, template: Template) -> None:
    model, url = factories.ModelFactory.create(), reverse("generation:compose", args=("house",))
    browser_of(ada).post(url, form(model, send="1", f_subject="timber cabin", seed="", count="3"))
    first = Brief.objects.get()
    page = browser_of(ada).get(f"{url}?from={first.pk}").content.decode()
    assert "timber cabin" in page
    browser_of(ada).post(url, form(model, send="1", parent=str(first.pk)))
    assert Brief.objects.exclude(pk=first.pk).get().parent == first


def test_writing_freely_sends_the_words_as_they_are(ada: User) -> None:
    data = {**SHAPE, "prompt": "A canal {x} %s {{ y }}", "models": [factories.ModelFactory.create().pk], "send": "1"}
    browser_of(ada).post(reverse("generation:free"), data)
    assert Brief.objects.get().prompt == "A canal {x} %s {{ y }}"


def test_hostile_words_are_shown_and_not_run(ada: User) -> None:
    job = sent(ada, errors.Refused("<script>alert(1)</script>"), title="<b>x</b>", prompt="<img src=x>")
    page = browser_of(ada).get(job.brief.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    assert "<b>x</b>" not in page


# The brief


def test_the_page_looks_again_only_while_something_runs(ada: User) -> None:
    job = factories.queued(ada)
    url, ask = job.brief.get_absolute_url(), {"HX-Request": "true"}
    running = browser_of(ada).get(url, headers=ask)
    execution.send(job.pk)
    done = browser_of(ada).get(url, headers=ask)
    assert (running.status_code, "every 1500ms" in running.content.decode()) == (200, True)
    assert (done.status_code, "every 1500ms" in done.content.decode()) == (286, False)


def test_a_queued_job_shows_its_place(ada: User) -> None:
    factories.queued(ada)
    second = factories.queued(ada)
    assert "place 2 in the queue" in browser_of(ada).get(second.brief.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (errors.Refused("Not this."), "Nothing was charged"),
        (errors.Rejected("Wrong size."), "Send again"),
        (errors.Unclear("Lost."), "It is never sent again automatically"),
        (Pending(handle="h", ask_again_in=60), "At the provider"),
        (Finished(pictures=(picture("x", (64, 64)),)), "Not in the shape"),
    ],
)
def test_every_end_has_its_words(ada: User, answer: Any, words: str) -> None:
    assert words in browser_of(ada).get(sent(ada, answer).brief.get_absolute_url()).content.decode()


def test_looking_takes_no_more_queries_for_more_jobs(
    ada: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    one = factories.ModelFactory.create(provider="harmless", facts=factories.priced("0", max_n=1))
    others = [factories.ModelFactory.create(model_id=f"m{n}") for n in range(2)]
    few, many = factories.started(ada, one, count=2), factories.started(ada, one, *others, count=3)
    for job in Job.objects.all():
        execution.send(job.pk)
    client = browser_of(ada)
    client.get(few.get_absolute_url())
    with django_assert_max_num_queries(16) as asked:
        client.get(few.get_absolute_url())
    with django_assert_max_num_queries(len(asked)):
        client.get(many.get_absolute_url())


def test_the_start_takes_no_more_queries_for_more_briefs(
    ada: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser_of(ada)
    for _ in range(2):
        sent(ada)
    client.get(reverse("generation:make"))
    with django_assert_max_num_queries(16) as asked:
        client.get(reverse("generation:make"))
    for _ in range(2):
        sent(ada)
    with django_assert_max_num_queries(len(asked)):
        client.get(reverse("generation:make"))


def test_keeping_with_one_click(ada: User) -> None:
    output = sent(ada).outputs.get()
    answer = browser_of(ada).post(
        reverse("generation:output", args=(output.pk, "keep")), headers={"HX-Request": "true"}
    )
    assert "In the library, v1" in answer.content.decode()
    assert Version.objects.get().asset.title == "Brick house"


def test_keeping_under_another_title(ada: User) -> None:
    output = sent(ada).outputs.get()
    answer = browser_of(ada).post(reverse("generation:keep_as", args=(output.pk,)), {"title": "Front at dusk"})
    version = Version.objects.get()
    assert (answer["Location"], version.asset.title) == (version.asset.get_absolute_url(), "Front at dusk")


def test_keeping_without_a_title_is_asked_for_again(ada: User) -> None:
    output = sent(ada).outputs.get()
    assert browser_of(ada).post(reverse("generation:keep_as", args=(output.pk,)), {"title": " "}).status_code == 422
    assert not Version.objects.exists()


def test_a_moving_picture_cannot_be_kept_and_says_why(ada: User) -> None:
    output = sent(ada, Finished(pictures=(Picture(gif()),))).outputs.get()
    answer = browser_of(ada).post(reverse("generation:output", args=(output.pk, "keep")))
    assert answer.status_code == 422
    assert "moving picture" in answer.content.decode()
    assert Output.objects.get().state == OutputState.NEW


def test_discarding_what_is_kept_says_why_not(ada: User) -> None:
    output = sent(ada).outputs.get()
    keeping.keep(output, by=ada)
    answer = browser_of(ada).post(reverse("generation:output", args=(output.pk, "discard")))
    assert answer.status_code == 409
    assert Output.objects.get().state == OutputState.KEPT


def test_an_unknown_verb_is_not_found(ada: User) -> None:
    job = factories.queued(ada)
    assert browser_of(ada).post(reverse("generation:job", args=(job.pk, "write-off"))).status_code == 404


def test_verbs_are_not_for_get(ada: User) -> None:
    job = factories.queued(ada)
    assert browser_of(ada).get(reverse("generation:job", args=(job.pk, "cancel"))).status_code == 405


def test_a_hand_off_shows_the_exact_text_and_takes_the_picture(ada: User) -> None:
    job = factories.by_hand(ada)
    execution.send(job.pk)
    client = browser_of(ada)
    page = client.get(job.brief.get_absolute_url()).content.decode()
    (shown,) = re.findall(r"<textarea[^>]* readonly [^>]*>([^<]*)</textarea>", page)
    assert "A brick house at dusk." in shown
    assert f'data-copy="{shown}"' in page
    assert "Copy the text" in page
    file = SimpleUploadedFile("house.png", png("by hand"), "image/png")
    told = {"plan": "Pro", "stealth": "not asked"}
    client.post(reverse("generation:hand_in", args=(job.pk,)), {"pictures": file, **told})
    assert (Job.objects.get().state, Output.objects.count()) == (JobState.DONE, 1)
    assert Output.objects.get().told == {"plan": "Pro"}


@pytest.mark.parametrize("data", [{}, {"pictures": SimpleUploadedFile("x.png", b"<svg/>", "image/png")}])
def test_a_hand_off_without_a_usable_picture_says_so(ada: User, data: dict[str, Any]) -> None:
    job = factories.by_hand(ada)
    execution.send(job.pk)
    assert browser_of(ada).post(reverse("generation:hand_in", args=(job.pk,)), data).status_code == 422
    assert Job.objects.get().state == JobState.HAND


@pytest.mark.parametrize(
    ("most", "words"), [("MAX_BYTES", "larger than 0 MB"), ("AT_ONCE", "up to 1 pictures at once")]
)
def test_a_hand_off_is_not_read_when_it_is_too_much(
    ada: User, monkeypatch: pytest.MonkeyPatch, most: str, words: str
) -> None:
    job = factories.by_hand(ada)
    execution.send(job.pk)
    monkeypatch.setattr(inspection if most == "MAX_BYTES" else forms, most, 1)
    files = [SimpleUploadedFile(f"{name}.png", png(name), "image/png") for name in "ab"]
    answer = browser_of(ada).post(reverse("generation:hand_in", args=(job.pk,)), {"pictures": files})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Job.objects.get().state == JobState.HAND


# Files


def test_the_bytes_as_they_came_are_a_download_for_whoever_has_the_right_and_are_noted(ada: User, max_: User) -> None:
    output = sent(ada, Finished(pictures=(picture("x"),))).outputs.get()
    url = reverse("generation:output_file", args=(output.pk,))
    assert browser_of(ada).get(f"{url}?original").status_code == 403
    answer = browser_of(max_).get(f"{url}?original")
    assert answer.content == png("x")
    assert answer["Content-Disposition"].startswith("attachment")
    noted = LogEntry.objects.filter(action="output.original_downloaded")
    assert list(noted.values_list("actor", "subjects__key")) == [(max_.pk, str(output.pk))]


def test_everybody_downloads_a_marked_preview_of_an_output(ada: User) -> None:
    output = sent(ada, Finished(pictures=(picture("x"),))).outputs.get()
    with closing(browser_of(ada).get(reverse("generation:output_file", args=(output.pk,)) + "?preview")) as answer:
        assert answer["Content-Disposition"].endswith('-not-released.jpg"')
        assert answer["Cache-Control"] == "private, no-store"


def test_a_picture_is_served_with_headers_that_keep_it_harmless(ada: User) -> None:
    url = reverse("generation:output_file", args=(sent(ada).outputs.get().pk,))
    with closing(browser_of(ada).get(url)) as answer:
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert "sandbox" in answer["Content-Security-Policy"]


def test_a_template_has_a_sketch_of_what_it_makes(ada: User, template: Template) -> None:
    url = reverse("generation:specimen", args=(template.published_id,))
    with closing(browser_of(ada).get(url)) as answer:
        assert answer["Content-Type"] == "image/webp"


# On other pages


def test_a_kept_picture_links_back_to_its_brief(ada: User) -> None:
    output = sent(ada).outputs.get()
    version = keeping.keep(output, by=ada)
    page = browser_of(ada).get(version.get_absolute_url()).content.decode()
    assert output.job.brief.get_absolute_url() in page
