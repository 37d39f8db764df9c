"""Extras of single models: asked by the compose form, kept with the brief, sent, priced, told and asked again."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from core.errors import Blocked
from core.models import User
from generation.briefs import extras, specs
from generation.briefs.references import Source
from generation.catalogue import loading, offers
from generation.catalogue.offers import Offer
from generation.jobs import execution, requests, starting
from generation.models import Brief, BriefKind, Job, Output
from generation.outputs import keeping
from generation.providers.base import Finished, ImageSpec, ModelSpec, Provider
from generation.providers.directory import adapters
from generation.providers.http import HTTPProvider
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.providers.contract import ATTEMPT, standing
from tests.generation.providers.test_models_file import answer
from tests.generation.scripted import SETTINGS, Scripted, picture
from tests.generation.test_references import made
from tests.share import share

pytestmark = pytest.mark.django_db
FREE = "generation:free"
WORDS = {"prompt": "A green door.", "ratio": "3:2", "count": "1", "quality": "standard"}


@pytest.fixture
def everything(settings: Settings) -> list[Offer]:
    """Every model of every adapter on offer, by adapters that are set up with what they declare."""
    settings.IMAGE_PROVIDERS = SETTINGS | {kind.key: entry(kind) for kind in adapters()}
    loading.load_models()
    return [offer for offer in offers.offers() if not offer.ended and offer.row.provider not in SETTINGS]


@pytest.fixture
def output(ada: User) -> Output:
    return made(ada)


def entry(kind: type[Provider]) -> dict[str, Any]:
    """An adapter in the settings, made with the examples that it declares."""
    return {"adapter": f"{kind.__module__}.{kind.__qualname__}", "options": standing(kind)}


def offer_of(provider: str, model_id: str) -> Offer:
    return next(each for each in offers.offers() if (each.row.provider, each.row.model_id) == (provider, model_id))


def field(offer: Offer, name: str) -> str:
    return f"x{offer.row.pk}-{name}"


def wish(offer: Offer, **more: Any) -> dict[str, Any]:
    return {**WORDS, "models": [str(offer.row.pk)], "send": "1", **more}


def fields_in(page: str) -> set[str]:
    return set(re.findall(r'name="(x\d+-\w+)"', page))


def sent(browser: Client, data: dict[str, Any]) -> Brief:
    answered = browser.post(reverse(FREE), data)
    assert answered.status_code == 302, re.findall(r"errorlist.*?</ul>", answered.content.decode(), re.S)
    return Brief.objects.order_by("asked_at").last() or pytest.fail("no brief")


def test_every_offered_model_can_be_sent_to_with_what_its_form_asks(
    everything: list[Offer], ada: User, output: Output
) -> None:
    """What the form draws for each model is filled in, as a person would, and becomes a request."""
    browser, other = browser_of(ada), made(ada)
    for offer in share(everything, "offers", of=6):
        spec = offers.model_spec(offer.row)
        with_picture = bool(spec.needs) or (spec.max_references > 0 and "references" not in spec.lacks)
        sources = [Source(output=each).key for each in (output, other)[: max(1, spec.min_references)]]
        kind: dict[str, Any] = {"kind": "edit", "source": sources} if with_picture else {}
        if "mask" in spec.needs:
            kind |= {"mask_left": "0", "mask_top": "0", "mask_width": "50", "mask_height": "50"}
        page = browser.post(reverse(FREE), {**wish(offer), **kind, "send": [], "preview": "1"}).content.decode()
        asked = extras.questions(offer, with_pictures=with_picture)
        assert fields_in(page) == {field(offer, each.name) for each in asked}, offer.row.name
        filled = {field(offer, each.name): answer(each) for each in asked if each.required or each.one_of}
        dropped = {"drop": [f"{offer.row.pk}:{name}" for name in ("ratio", "size")]}
        brief = sent(browser, {**wish(offer), **kind, **filled, **dropped})
        job = brief.jobs.get()
        assert job.quote_micros >= 0
        if isinstance(offer.provider, HTTPProvider):
            leased = execution.LeasedJob(job, ATTEMPT, requests.spec_of(job), offer.provider)
            assert offer.provider.build(leased.loaded(), ATTEMPT).parameters


def test_two_that_never_worked_say_what_they_need(everything: list[Offer], ada: User, output: Output) -> None:
    edit = {"kind": "edit", "source": Source(output=output).key}
    replacing = offer_of("stability", "stable-image-search-and-replace")
    page = browser_of(ada).post(reverse(FREE), {**wish(replacing), **edit})
    assert page.status_code == 422
    assert "Fill in “What to find”" in page.content.decode()
    outpaint = offer_of("stability", "stable-image-outpaint")
    page = browser_of(ada).post(reverse(FREE), {**wish(outpaint), **edit, field(outpaint, "left"): "0"})
    assert "Fill in one of “Add on the left”" in page.content.decode()
    assert not Brief.objects.filter(kind=BriefKind.EDIT).exists()
    brief = sent(browser_of(ada), {**wish(outpaint), **edit, field(outpaint, "left"): "128"})
    assert brief.extra == {"stability/stable-image-outpaint": {"left": "128"}}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("guidance", "31", "a number from 1 to 30"),
        ("guidance", "much", "a number from 1 to 30"),
        ("sampler", "x" * 501, "at most 500 characters"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field_and_nothing_is_lost(
    everything: list[Offer], ada: User, name: str, value: str, words: str
) -> None:
    offer = offer_of("a1111", "sd_xl_base_1.0")
    page = browser_of(ada).post(reverse(FREE), wish(offer, **{field(offer, name): value}))
    assert page.status_code == 422
    assert words in page.content.decode()
    assert value in page.content.decode()
    assert not Brief.objects.exists()


def test_extras_that_exclude_each_other_are_told(everything: list[Offer], ada: User) -> None:
    offer = offer_of("openai", "gpt-image-2")
    given = {field(offer, "background"): "transparent", field(offer, "output_format"): "jpeg"}
    page = browser_of(ada).post(reverse(FREE), wish(offer, **given)).content.decode()
    assert "A transparent background needs PNG or WebP." in page


def test_a_larger_picture_costs_more_and_says_its_size(everything: list[Offer], ada: User) -> None:
    offer = offer_of("gemini", "gemini-nano-banana-2.1")
    quotes = {}
    for size in ("1K", "2K", "4K"):
        brief = sent(browser_of(ada), wish(offer, **{field(offer, "image_size"): size}))
        quotes[size] = brief.jobs.get().quote_micros
        assert requests.spec_of(brief.jobs.get()).extra == ({"image_size": size} if size != "1K" else {})
    assert quotes["1K"] < quotes["2K"] < quotes["4K"]
    data = {**wish(offer), field(offer, "image_size"): "4K", "preview": "1", "send": []}
    width, height = offer.provider.size(specs.spec_for(brief, offer.row)) or (0, 0)
    assert (width, height) == tuple(4 * side for side in specs.spec_for(brief, offer.row).pixels)
    assert f"{width} × {height}" in browser_of(ada).post(reverse(FREE), data).content.decode()


def test_a_model_that_has_one_size_is_asked_for_none(everything: list[Offer]) -> None:
    assert extras.questions(offer_of("gemini", "gemini-2.5-flash-image"), with_pictures=False) == ()


def test_the_page_of_a_brief_tells_them_and_sending_again_asks_the_same(everything: list[Offer], ada: User) -> None:
    offer = offer_of("stability", "stable-image-core")
    brief = sent(browser_of(ada), wish(offer, **{field(offer, "style_preset"): "line-art"}))
    page = browser_of(ada).get(brief.get_absolute_url()).content.decode()
    assert "Style" in page
    assert "Line art" in page
    again = browser_of(ada).get(f"{reverse(FREE)}?from={brief.pk}").content.decode()
    assert '<option value="line-art" selected>' in again
    assert f'id="extras-{offer.row.pk}" open' in again


@pytest.mark.parametrize(
    ("provider", "model_id", "name", "is_of_pictures"),
    [
        ("stability", "stable-image-ultra", "strength", True),
        ("openai", "gpt-image-2", "moderation", False),
        ("compatible", "default", "moderation", False),
    ],
)
def test_what_means_nothing_with_or_without_a_picture_is_neither_asked_nor_sent(
    everything: list[Offer],
    settings: Settings,
    ada: User,
    output: Output,
    provider: str,
    model_id: str,
    name: str,
    is_of_pictures: bool,
) -> None:
    settings.IMAGE_PROVIDERS["compatible"]["options"]["profile"] = "openai"
    offer = offer_of(provider, model_id)
    edit = {"kind": "vary", "source": Source(output=output).key}
    given = {field(offer, name): "0.5" if is_of_pictures else "low"}
    for with_picture, refinement in ((False, {}), (True, edit)):
        page = browser_of(ada).post(reverse(FREE), {**wish(offer), **refinement, "send": [], "preview": "1"})
        is_asked = field(offer, name) in fields_in(page.content.decode())
        brief = sent(browser_of(ada), {**wish(offer), **refinement, **given})
        assert is_asked is (name in brief.extra.get(offer.row.slot, {})) is (with_picture is is_of_pictures)


def test_extras_of_a_model_that_is_not_chosen_go_nowhere(everything: list[Offer], ada: User) -> None:
    chosen, other = offer_of("sketch", "sketch-1"), offer_of("stability", "stable-image-core")
    brief = sent(browser_of(ada), wish(chosen, **{field(other, "style_preset"): "anime"}))
    assert brief.extra == {}


def test_words_in_an_extra_come_under_the_rules(everything: list[Offer], ada: User, output: Output) -> None:
    offer = offer_of("stability", "stable-image-search-and-replace")
    revision = factories.template().published  # which forbids a sea view
    brief = factories.unsent(
        revision=revision, kind=BriefKind.EDIT, extra={offer.row.slot: {"search_prompt": "the sea view"}}
    )
    with pytest.raises(Blocked, match="sea view"):
        starting.start(brief, [offer.row], by=ada, sources=[Source(output=output)])


def test_a_brief_that_is_started_otherwise_needs_them_too(everything: list[Offer], ada: User, output: Output) -> None:
    offer = offer_of("stability", "stable-image-outpaint")
    with pytest.raises(Blocked, match="Add on the left"):
        starting.start(factories.unsent(kind=BriefKind.EDIT), [offer.row], by=ada, sources=[Source(output=output)])
    assert not Job.objects.filter(model=offer.row).exists()


def test_a_warning_of_an_adapter_stands_beside_the_picture(ada: User) -> None:
    job = factories.queued(ada)
    Scripted.will(Finished(pictures=(picture(),), warnings=("The size is 1024x1024, not 1536x1024 as asked for.",)))
    execution.send(job.pk)
    job.refresh_from_db()
    assert job.warnings == ["The size is 1024x1024, not 1536x1024 as asked for."]
    page = browser_of(ada).get(job.brief.get_absolute_url()).content.decode()
    assert "The size is 1024x1024, not 1536x1024 as asked for." in page
    kept = keeping.keep(job.outputs.get(), by=ada)
    assert kept.provenance.raw["warnings"] == job.warnings


def test_what_is_lost_on_the_way_is_told_in_plain_words() -> None:
    spec = replace(ImageSpec("A house", ModelSpec("m", "M")), seed=7, negative="cars")
    (words,) = Scripted({}, None).lost_in(spec)  # type: ignore[arg-type]  # nothing is sent
    assert words == "Sent without the seed: Scripted cannot use it."
