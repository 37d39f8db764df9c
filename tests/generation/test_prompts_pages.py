"""Content rules while somebody writes: shown with their reasons, and sent only as meant."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import Blocked
from core.models import User
from generation.briefs import preview
from generation.jobs import starting
from generation.models import Brief, Template
from generation.prompt_templates import prompts, transfer
from tests.assets import factories as people
from tests.generation import factories

pytestmark = pytest.mark.django_db

FREE = {"ratio": "3:2", "count": "1", "quality": "standard", "negative": "", "seed": "", "title": ""}
COUPLE = "people:couple"


@pytest.fixture
def browser(ada: User, client: Client) -> Client:
    client.force_login(ada)
    return client


def written(prompt: str, **more: object) -> dict[str, object]:
    return {**FREE, "prompt": prompt, "models": [str(factories.ModelFactory.create().pk)], **more}


def test_typing_shows_the_rule_its_reason_and_its_source(browser: Client) -> None:
    data = written("A couple on a sofa", preview="1")
    page = browser.post(reverse("generation:free"), data, headers={"HX-Request": "true"}).content.decode()
    assert "People in the picture" in page
    assert "Stellar MLS 04.04" in page
    assert f'value="{COUPLE}"' in page


def test_a_warning_nobody_answered_keeps_the_brief_from_being_sent(browser: Client) -> None:
    answer = browser.post(reverse("generation:free"), written("A couple on a sofa", send="1"))
    assert answer.status_code == 422
    assert "check the box beside it" in answer.content.decode()
    assert "A couple on a sofa" in answer.content.decode()
    assert not Brief.objects.exists()


def test_a_warning_that_is_meant_is_sent_and_kept_with_the_brief(browser: Client) -> None:
    data = written("A couple on a sofa", send="1", accept=[COUPLE])
    assert browser.post(reverse("generation:free"), data).status_code == 302
    (kept,) = Brief.objects.get().acknowledged
    assert (kept["rule"], kept["words"]) == ("people", ["couple"])
    assert "Marked as intended" in browser.get(Brief.objects.get().get_absolute_url()).content.decode()


def test_other_words_are_another_question(browser: Client) -> None:
    data = written("A couple and children on a sofa", send="1", accept=[COUPLE])
    assert browser.post(reverse("generation:free"), data).status_code == 422
    assert not Brief.objects.exists()


def test_what_blocks_cannot_be_waved_through(browser: Client) -> None:
    data = written("Flat ideal for families", send="1", accept=["protected-classes:ideal for families"])
    assert browser.post(reverse("generation:free"), data).status_code == 422
    assert not Brief.objects.exists()


def test_denied_people_raise_no_question(browser: Client) -> None:
    assert browser.post(reverse("generation:free"), written("A street, no people", send="1")).status_code == 302
    assert Brief.objects.get().acknowledged == []


def test_an_invented_room_for_a_listing_is_asked_about(browser: Client) -> None:
    listing = people.ListingFactory.create()
    data = written("A bright living room", send="1", listing=listing.reference)
    assert browser.post(reverse("generation:free"), data).status_code == 422
    assert browser.post(reverse("generation:free"), {**data, "listing": ""}).status_code == 302


def test_the_writer_itself_asks_for_the_word(ada: User) -> None:
    model = factories.ModelFactory.create()
    brief = factories.unsent(prompt="A couple on a sofa.")
    with pytest.raises(Blocked, match="consent"):
        starting.start(brief, [model], by=ada)
    preview.acknowledge(brief, [COUPLE])
    assert starting.start(brief, [model], by=ada).pk


def test_a_starter_template_raises_no_question_by_its_own_words(ada: User) -> None:
    transfer.load()
    for template in Template.objects.in_use().select_related("published"):
        fields = prompts.parse_fields(template.published.fields)  # type: ignore[union-attr] # published
        values = {field.name: field.default for field in fields}
        title = f"{template.name}: {next(iter(values.values()))}"
        brief = factories.unsent(revision=template.published, values=values, title=title)
        assert preview.hits(brief) == []
