"""The pages for making pictures, as the cast sees them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assets import forms, pictures
from assets.models import Version
from generation import money, runs
from generation.models import Brief, Budget, Job, JobState, Output, OutputState, Template
from generation.providers import errors
from generation.providers.base import Finished, Pending, Picture
from tests.assets import factories as people
from tests.generation import factories
from tests.generation.scripted import Scripted, gif, picture, png

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
FIELDS = {"f_subject": "brick house", "f_light": "dusk", "f_accent": "#2a3a62", "f_trees": "2", "f_home": ""}
SHAPE = {"ratio": "3:2", "count": "1", "quality": "standard", "negative": "", "seed": "", "title": ""}


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which a person is signed in."""

    def browser_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser_of


@pytest.fixture
def template(db: None) -> Template:
    return factories.template()


def form(*models: Any, **more: Any) -> dict[str, Any]:
    return {**FIELDS, **SHAPE, "models": [str(model.pk) for model in models], **more}


def back(ada: User, *answers: Any, **more: Any) -> Job:
    job = factories.queued(ada, **more)
    Scripted.will(*answers)
    runs.send(job.pk)
    job.refresh_from_db()
    return job


# Who may see what


@pytest.mark.parametrize("name", ["make", "free", "templates"])
def test_a_stranger_sees_nothing(nils: User, sign_in: SignIn, name: str) -> None:
    assert sign_in(nils).get(reverse(f"generation:{name}")).status_code == 403


def test_who_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(reverse("generation:make")).status_code == 302


def test_a_reviewer_sees_a_brief_and_its_pictures_but_no_buttons(ada: User, rita: User, sign_in: SignIn) -> None:
    output = back(ada).outputs.get()
    page = sign_in(rita).get(output.job.brief.get_absolute_url()).content.decode()
    assert reverse("generation:output_file", args=(output.pk,)) in page
    assert reverse("generation:output", args=(output.pk, "keep")) not in page


def test_a_stranger_gets_no_picture(ada: User, nils: User, sign_in: SignIn) -> None:
    output = back(ada).outputs.get()
    assert sign_in(nils).get(reverse("generation:output_file", args=(output.pk,))).status_code == 403


def test_staff_who_write_prompts_do_not_see_spend(ada: User, sign_in: SignIn) -> None:
    assert sign_in(ada).get(reverse("generation:spend")).status_code == 403


@pytest.mark.parametrize("verb", ["write-off", "mark-charged"])
def test_ada_does_not_settle_an_unclear_job(ada: User, sign_in: SignIn, verb: str) -> None:
    job = back(ada, errors.Unclear("Lost."))
    assert sign_in(ada).post(reverse("generation:settle", args=(job.pk, verb))).status_code == 403
    assert Job.objects.get().state == JobState.UNCLEAR


# Composing


def test_the_start_shows_templates_and_what_came_back(ada: User, sign_in: SignIn, template: Template) -> None:
    back(ada)
    page = sign_in(ada).get(reverse("generation:make")).content.decode()
    assert template.name in page
    assert "Brick house" in page


def test_the_form_draws_itself_from_the_template(ada: User, sign_in: SignIn, template: Template) -> None:
    factories.ModelFactory.create()
    page = sign_in(ada).get(reverse("generation:compose", args=("house",))).content.decode()
    assert 'type="color"' in page
    assert "A brick house at dusk." in page
    assert "$0.20" in page


def test_sending_makes_a_brief_and_shows_it(ada: User, sign_in: SignIn, template: Template) -> None:
    model = factories.ModelFactory.create()
    answer = sign_in(ada).post(reverse("generation:compose", args=("house",)), form(model, send="1"))
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
        ({"seed": "-1"}, "0"),
        ({"models": []}, "at least one model"),
        ({"models": ["999"]}, "999"),
        ({"f_subject": "a sea view \x00"}, "Null"),
        ({"f_subject": "house with a sea view"}, "There is none"),
        ({"f_subject": "flat, no children"}, "who should or should not live there"),
    ],
)
def test_bad_input_comes_back_with_everything_kept(
    ada: User, sign_in: SignIn, template: Template, wrong: dict[str, Any], words: str
) -> None:
    model = factories.ModelFactory.create()
    data = {**form(model, send="1", title="A title of my own"), **wrong}
    answer = sign_in(ada).post(reverse("generation:compose", args=("house",)), data)
    page = answer.content.decode()
    assert (answer.status_code, Brief.objects.count()) == (422, 0)
    assert words in page
    assert "A title of my own" in page


def test_a_budget_that_does_not_hold_it_is_said_with_everything_kept(
    ada: User, sign_in: SignIn, template: Template
) -> None:
    Budget.objects.create(month=money.month_of(), limit_micros=1)
    answer = sign_in(ada).post(
        reverse("generation:compose", args=("house",)), form(factories.ModelFactory.create(), send="1")
    )
    assert answer.status_code == 422
    assert "Nothing was sent" in answer.content.decode()
    assert not Brief.objects.exists()


def test_typing_shows_the_prompt_without_sending(ada: User, sign_in: SignIn, template: Template) -> None:
    model = factories.ModelFactory.create()
    answer = sign_in(ada).post(
        reverse("generation:compose", args=("house",)),
        form(model, preview="1", f_subject="timber cabin"),
        headers={"HX-Request": "true"},
    )
    page = answer.content.decode()
    assert "A timber cabin at dusk." in page
    assert "<html" not in page
    assert not Brief.objects.exists()


def test_without_script_the_preview_is_the_whole_page(ada: User, sign_in: SignIn, template: Template) -> None:
    data = form(factories.ModelFactory.create(), preview="1", f_subject="timber cabin")
    page = sign_in(ada).post(reverse("generation:compose", args=("house",)), data).content.decode()
    assert "<html" in page
    assert "A timber cabin at dusk." in page


def test_what_a_model_cannot_carry_needs_a_word(ada: User, sign_in: SignIn, template: Template) -> None:
    model, url = factories.ModelFactory.create(), reverse("generation:compose", args=("house",))
    refused = sign_in(ada).post(url, form(model, send="1", seed="7"))
    assert refused.status_code == 422
    assert "Cannot carry the seed" in refused.content.decode()
    agreed = sign_in(ada).post(url, form(model, send="1", seed="7", drop=[f"{model.pk}:seed"]))
    assert agreed.status_code == 302
    assert Job.objects.get().dropped == ["seed"]


@pytest.mark.parametrize(
    ("choice", "own", "said"),
    [("loft", "", "loft"), ("", "boat shed", "boat shed"), ("loft", "boat shed", "boat shed")],
)
def test_an_open_choice_takes_words_of_ones_own(ada: User, sign_in: SignIn, choice: str, own: str, said: str) -> None:
    template = factories.template()
    fields = [{"name": "room", "label": "Room", "kind": "choice", "choices": ["loft", "hall"], "open": True}]
    template.revisions.update(body="A {room}.", fields=fields, house_voice="")
    data = {**SHAPE, "f_room_0": choice, "f_room_1": own, "models": [factories.ModelFactory.create().pk], "send": "1"}
    sign_in(ada).post(reverse("generation:compose", args=("house",)), data)
    assert Brief.objects.get().prompt == f"A {said}."
    again = sign_in(ada).get(f"{reverse('generation:compose', args=('house',))}?from={Brief.objects.get().pk}")
    assert f"A {said}." in again.content.decode()


def test_an_open_choice_that_is_needed_is_asked_for(ada: User, sign_in: SignIn) -> None:
    template = factories.template()
    fields = [{"name": "room", "label": "Room", "kind": "choice", "choices": ["loft"], "open": True}]
    template.revisions.update(body="A {room}.", fields=fields)
    data = {**SHAPE, "f_room_0": "", "f_room_1": "", "models": [factories.ModelFactory.create().pk], "send": "1"}
    assert sign_in(ada).post(reverse("generation:compose", args=("house",)), data).status_code == 422


def test_choosing_a_listing_fills_its_fields(ada: User, sign_in: SignIn, template: Template) -> None:
    listing = people.ListingFactory.create(facts={"property type": "brick terrace"})
    answer = sign_in(ada).post(
        reverse("generation:compose", args=("house",)),
        form(factories.ModelFactory.create(), fill="1", listing=str(listing.pk)),
        headers={"HX-Request": "true"},
    )
    assert "brick terrace" in answer.content.decode()
    assert answer["HX-Trigger-After-Swap"] == '{"filled": {}}'


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "stone mill"), ("brick terrace", "stone mill"), ("my own words", "my own words")],
)
def test_words_of_ones_own_stay_when_a_listing_is_chosen(
    ada: User, sign_in: SignIn, template: Template, typed: str, said: str
) -> None:
    first = people.ListingFactory.create(facts={"property type": "brick terrace"})
    other = people.ListingFactory.create(facts={"property type": "stone mill"})
    data = form(f_home=typed, listing=str(other.pk), filled=str(first.pk), fill="1")
    page = sign_in(ada).post(reverse("generation:compose", args=("house",)), data, headers={"HX-Request": "true"})
    assert f"\n{said}</textarea>" in page.content.decode()


def test_an_ended_model_is_shown_with_its_successor_and_cannot_be_chosen(ada: User, sign_in: SignIn) -> None:
    factories.ModelFactory.create(model_id="new", name="Newer")
    factories.ModelFactory.create(model_id="old", ends_on="2026-01-01", successor="new")
    page = sign_in(ada).get(reverse("generation:free")).content.decode()
    assert "Ended on 1 January 2026. Newer follows it." in page


def test_again_with_changes_starts_from_the_brief(ada: User, sign_in: SignIn, template: Template) -> None:
    model, url = factories.ModelFactory.create(), reverse("generation:compose", args=("house",))
    sign_in(ada).post(url, form(model, send="1", f_subject="timber cabin", seed="", count="3"))
    first = Brief.objects.get()
    page = sign_in(ada).get(f"{url}?from={first.pk}").content.decode()
    assert "timber cabin" in page
    sign_in(ada).post(url, form(model, send="1", parent=str(first.pk)))
    assert Brief.objects.exclude(pk=first.pk).get().parent == first


def test_writing_freely_sends_the_words_as_they_are(ada: User, sign_in: SignIn) -> None:
    data = {**SHAPE, "prompt": "A canal {x} %s {{ y }}", "models": [factories.ModelFactory.create().pk], "send": "1"}
    sign_in(ada).post(reverse("generation:free"), data)
    assert Brief.objects.get().prompt == "A canal {x} %s {{ y }}"


def test_hostile_words_are_shown_and_not_run(ada: User, sign_in: SignIn) -> None:
    job = back(ada, errors.Refused("<script>alert(1)</script>"), title="<b>x</b>", prompt="<img src=x>")
    page = sign_in(ada).get(job.brief.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    assert "<b>x</b>" not in page


# The brief


def test_the_page_looks_again_only_while_something_runs(ada: User, sign_in: SignIn) -> None:
    job = factories.queued(ada)
    url, ask = job.brief.get_absolute_url(), {"HX-Request": "true"}
    running = sign_in(ada).get(url, headers=ask)
    runs.send(job.pk)
    done = sign_in(ada).get(url, headers=ask)
    assert (running.status_code, "every 1500ms" in running.content.decode()) == (200, True)
    assert (done.status_code, "every 1500ms" in done.content.decode()) == (286, False)


def test_a_queued_job_shows_its_place(ada: User, sign_in: SignIn) -> None:
    factories.queued(ada)
    second = factories.queued(ada)
    assert "place 2 in the queue" in sign_in(ada).get(second.brief.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (errors.Refused("Not this."), "Nothing was charged"),
        (errors.Rejected("Wrong size."), "Send again"),
        (errors.Unclear("Lost."), "It is never sent again by itself"),
        (Pending(handle="h", ask_again_in=60), "At the provider"),
        (Finished(pictures=(picture("x", (64, 64)),)), "Not in the shape"),
    ],
)
def test_every_end_has_its_words(ada: User, sign_in: SignIn, answer: Any, words: str) -> None:
    assert words in sign_in(ada).get(back(ada, answer).brief.get_absolute_url()).content.decode()


def test_looking_takes_no_more_queries_for_more_jobs(
    ada: User, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    model = factories.ModelFactory.create(provider="harmless", facts=factories.priced("0", max_n=1))
    models = [model, *(factories.ModelFactory.create(model_id=f"m{n}") for n in range(5))]
    brief = factories.started(ada, *models, count=8)
    for job in brief.jobs.all():
        runs.send(job.pk)
    client = sign_in(ada)
    client.get(brief.get_absolute_url())
    with django_assert_max_num_queries(16):
        client.get(brief.get_absolute_url())


def test_the_start_takes_no_more_queries_for_more_briefs(
    ada: User, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(8):
        back(ada)
    client = sign_in(ada)
    client.get(reverse("generation:make"))
    with django_assert_max_num_queries(16):
        client.get(reverse("generation:make"))


def test_keeping_with_one_click(ada: User, sign_in: SignIn) -> None:
    output = back(ada).outputs.get()
    answer = sign_in(ada).post(reverse("generation:output", args=(output.pk, "keep")), headers={"HX-Request": "true"})
    assert "In the library, v1" in answer.content.decode()
    assert Version.objects.get().asset.title == "Brick house"


def test_keeping_under_another_title(ada: User, sign_in: SignIn) -> None:
    output = back(ada).outputs.get()
    answer = sign_in(ada).post(reverse("generation:keep_as", args=(output.pk,)), {"title": "Front at dusk"})
    version = Version.objects.get()
    assert (answer["Location"], version.asset.title) == (version.asset.get_absolute_url(), "Front at dusk")


def test_keeping_without_a_title_is_asked_for_again(ada: User, sign_in: SignIn) -> None:
    output = back(ada).outputs.get()
    assert sign_in(ada).post(reverse("generation:keep_as", args=(output.pk,)), {"title": " "}).status_code == 422
    assert not Version.objects.exists()


def test_a_moving_picture_cannot_be_kept_and_says_why(ada: User, sign_in: SignIn) -> None:
    output = back(ada, Finished(pictures=(Picture(gif()),))).outputs.get()
    answer = sign_in(ada).post(reverse("generation:output", args=(output.pk, "keep")))
    assert answer.status_code == 422
    assert "moving picture" in answer.content.decode()
    assert Output.objects.get().state == OutputState.NEW


def test_discarding_what_is_kept_says_why_not(ada: User, sign_in: SignIn) -> None:
    output = back(ada).outputs.get()
    runs.keep(output, by=ada)
    answer = sign_in(ada).post(reverse("generation:output", args=(output.pk, "discard")))
    assert answer.status_code == 409
    assert Output.objects.get().state == OutputState.KEPT


def test_an_unknown_verb_is_not_found(ada: User, sign_in: SignIn) -> None:
    job = factories.queued(ada)
    assert sign_in(ada).post(reverse("generation:job", args=(job.pk, "write-off"))).status_code == 404


def test_verbs_are_not_for_get(ada: User, sign_in: SignIn) -> None:
    job = factories.queued(ada)
    assert sign_in(ada).get(reverse("generation:job", args=(job.pk, "cancel"))).status_code == 405


def test_a_hand_off_shows_the_exact_text_and_takes_the_picture(ada: User, sign_in: SignIn) -> None:
    job = factories.by_hand(ada)
    runs.send(job.pk)
    client = sign_in(ada)
    assert "A brick house at dusk." in client.get(job.brief.get_absolute_url()).content.decode()
    file = SimpleUploadedFile("house.png", png("by hand"), "image/png")
    told = {"plan": "Pro", "stealth": "not asked"}
    client.post(reverse("generation:hand_in", args=(job.pk,)), {"pictures": file, **told})
    assert (Job.objects.get().state, Output.objects.count()) == (JobState.DONE, 1)
    assert Job.objects.get().parameters["told"] == {"plan": "Pro"}


@pytest.mark.parametrize("data", [{}, {"pictures": SimpleUploadedFile("x.png", b"<svg/>", "image/png")}])
def test_a_hand_off_without_a_usable_picture_says_so(ada: User, sign_in: SignIn, data: dict[str, Any]) -> None:
    job = factories.by_hand(ada)
    runs.send(job.pk)
    assert sign_in(ada).post(reverse("generation:hand_in", args=(job.pk,)), data).status_code == 422
    assert Job.objects.get().state == JobState.HAND


@pytest.mark.parametrize(
    ("most", "words"), [("MAX_BYTES", "larger than 0 MB"), ("AT_ONCE", "up to 1 pictures at once")]
)
def test_a_hand_off_is_not_read_when_it_is_too_much(
    ada: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, most: str, words: str
) -> None:
    job = factories.by_hand(ada)
    runs.send(job.pk)
    monkeypatch.setattr(pictures if most == "MAX_BYTES" else forms, most, 1)
    files = [SimpleUploadedFile(f"{name}.png", png(name), "image/png") for name in "ab"]
    answer = sign_in(ada).post(reverse("generation:hand_in", args=(job.pk,)), {"pictures": files})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Job.objects.get().state == JobState.HAND


# Files


def test_the_bytes_as_they_came_are_a_download(ada: User, sign_in: SignIn) -> None:
    output = back(ada, Finished(pictures=(picture("x"),))).outputs.get()
    with closing(sign_in(ada).get(reverse("generation:output_file", args=(output.pk,)) + "?original")) as answer:
        assert answer.getvalue() == png("x")
        assert answer["Content-Disposition"].startswith("attachment")


def test_a_picture_is_served_with_headers_that_keep_it_harmless(ada: User, sign_in: SignIn) -> None:
    url = reverse("generation:output_file", args=(back(ada).outputs.get().pk,))
    with closing(sign_in(ada).get(url)) as answer:
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert "sandbox" in answer["Content-Security-Policy"]


def test_a_template_has_a_sketch_of_what_it_makes(ada: User, sign_in: SignIn, template: Template) -> None:
    url = reverse("generation:specimen", args=(template.published_id,))
    with closing(sign_in(ada).get(url)) as answer:
        assert answer["Content-Type"] == "image/webp"


# On other pages


def test_a_kept_picture_links_back_to_its_brief(ada: User, sign_in: SignIn) -> None:
    output = back(ada).outputs.get()
    version = runs.keep(output, by=ada)
    page = sign_in(ada).get(version.get_absolute_url()).content.decode()
    assert output.job.brief.get_absolute_url() in page
