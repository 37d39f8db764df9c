"""Every form of the portal: guarded, and sent once or held against what was seen; a new one cannot forget it.

Max looks at every page, and two others at a third each; whoever is late chooses in one of both ways, form by form.
`make prove` does all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from core.models import LogEntry
from core.web import once
from tests.boundaries.table import DOERS, READERS
from tests.boundaries.urls import address
from tests.boundaries.walking import Form, forms_of
from tests.boundaries.world import Browser, World
from tests.share import share

pytestmark = pytest.mark.django_db

HARMLESS = {
    "account_logout": "signing out twice is signing out",
    "test_connection": "asking a provider whether it answers spends nothing",
    "approvals:evidence": "it hands out a file; a second one is another, and the log knows both",
    "approvals:listing_evidence": "it hands out a file; a second one is another, and the log knows both",
    "approvals:switch_site": "it says on or off, not the other way round",
    "approvals:switch_channel": "it says on or off, not the other way round",
    "approvals:confirm_change": "a change is confirmed once, and then says so",
    "approvals:withdraw_change": "a change is withdrawn once, and then says so",
}
"""Forms that need neither, and why."""
WITHOUT_FORM = {
    "assets:new_rights": "on the page of bytes that were withdrawn for rights, which another test looks at",
    "assets:agreement": "it shows where a file contradicts what is stated, which another test looks at",
    "assets:check_alt_text": "it is asked while somebody types, and saves nothing",
    "approvals:undo": "its strip is in the queue of whoever decided, which another test looks at",
    "approvals:retract": "in the queue of whoever submitted",
    "generation:judge": "on a comparison that is still blind, which is not among these pages",
    "assets:answer_again": "it shows where licenses rest on older terms, which another test looks at",
    "retry_all_messages": "it shows when more than one message was given up",
}
"""Addresses that take a post and whose form `max` does not see."""
FURTHER = ("?edit=license", "?edit=consent-{consent}", "?edit=alt_text", "")
"""How the page of a version opens its panels."""


@dataclass(frozen=True)
class Found:
    """A form, and the page on which it stands."""

    page: str
    form: Form

    @property
    def name(self) -> str:
        """Of its address in the URL map."""
        return resolve(urlsplit(self.form.action).path).view_name

    @property
    def does_once(self) -> bool:
        return getattr(resolve(urlsplit(self.form.action).path).func, "does_once", False)

    @property
    def is_seen(self) -> bool:
        return any(name == "seen" or name.endswith("-seen") for name in self.form.fields)


def pages(world: World) -> Iterator[str]:
    consent = world.places["consent"].pk
    for row in READERS:
        if row.is_api or row.is_public or row.shows != 200:
            continue
        path = address(row.route, row.filled(world))
        if row.route.endswith("/v<int:number>/"):
            yield from (path + further.format(consent=consent) for further in FURTHER)
        else:
            yield path
    for name in ("queued", "unclear", "failed", "by_hand"):
        yield world.places[name].brief.get_absolute_url()
    yield world.places["pair"].get_absolute_url() + "compare/"


@pytest.fixture(scope="module")
def found(world: World) -> list[Found]:
    """Every form that the callers see."""
    seen = []
    for caller in ("max", "ada", "rita"):
        browser, all_pages = world.client(caller), [*pages(world)]
        for page in all_pages if caller == "max" else share(all_pages, caller):
            answer = browser.get(page)
            text = answer.content.decode() if "text/html" in answer.get("Content-Type", "") else ""
            if answer.status_code == 200 and "<html" in text:  # a part of a page has no forms of its own
                assert 'id="signed-out"' in text, f"{page} is not guarded"
                assert "js/portal.js" in text, f"{page} is not guarded"
                seen += [Found(page, form) for form in forms_of(answer, page)]
    return seen


def test_every_form_has_its_token(found: list[Found]) -> None:
    assert {each.page for each in found if "csrfmiddlewaretoken" not in each.form.fields} == set()


def test_every_form_is_sent_once_or_held_against_what_was_seen(found: list[Found]) -> None:
    careless = {each.name for each in found if once.FIELD not in each.form.fields and not each.is_seen}
    assert careless == {*HARMLESS}


def test_a_send_token_is_looked_at_where_it_arrives_and_is_there_where_it_is_looked_at(found: list[Found]) -> None:
    assert {each.name for each in found if (once.FIELD in each.form.fields) != each.does_once} == set()


def test_each_look_at_a_page_brings_other_send_tokens(world: World) -> None:
    browser, tokens = world.client("max"), []
    for _ in range(2):
        [form] = [form for form in forms_of(browser.get("/make/free/"), "/make/free/") if "prompt" in form.fields]
        tokens += form.fields[once.FIELD]
    assert len({*tokens}) == 2


def test_the_walk_meets_every_address_that_takes_a_form(found: list[Found], world: World) -> None:
    met = {each.name for each in found} | {*WITHOUT_FORM}
    taking = {resolve(address(row.route, row.filled(world))).view_name for row in DOERS if not row.is_public}
    assert taking - met == set()


# Somebody else was faster


@dataclass(frozen=True)
class Stale:
    """A form over a row, one of its fields, and what two people make of it."""

    name: str
    page: str
    field: str
    theirs: str
    mine: str
    words: tuple[str, str] = ("", "")
    """How the page says both, where it is not as they are sent."""

    def __str__(self) -> str:
        return f"{self.name} {self.field}"

    @property
    def said(self) -> tuple[str, str]:
        return self.words if any(self.words) else (self.theirs, self.mine)


def _on(world: World, page: str) -> str:
    ready = world.places["ready"]
    return page.format(v=ready.get_absolute_url(), listing=world.places["listing"].pk, c=world.places["consent"].pk)


STALE = [
    Stale("assets:alt_text", "{v}", "alt-text", "A blue table", "A table by a window"),
    Stale("assets:alt_text", "{v}", "alt-decorative", "on", "", ("yes", "no")),
    Stale("assets:license", "{v}?edit=license", "license-valid_until", "2027-01-31", "2030-12-31"),
    Stale("assets:license", "{v}?edit=license", "license-ask_commercial", "no", "unknown", ("No", "Unknown")),
    Stale("assets:shown", "{v}", "shown-people", "real", "unknown", ("Real people", "Unknown")),
    Stale("assets:consent", "{v}?edit=consent-{c}", "consent-name", "Nora Reed", "Nora Roe"),
    Stale("assets:disclosure", "{v}", "disclosure-disclosure_note", "Sky changed", "Lawn changed"),
    Stale("assets:rename", "{v}", "title", "Kitchen, north", "Kitchen, south"),
    Stale("assets:listing", "/library/listings/{listing}/", "title", "8 Harbor Street", "9 Harbor Street"),
    Stale("assets:listing", "/library/listings/{listing}/", "fact-0-value", "walled courtyard", "lawn"),
    Stale("profile", "/accounts/profile/", "display_name", "Max R.", "Max Q."),
    Stale("profile", "/accounts/profile/", "letter_keys", "", "on", ("no", "yes")),
    Stale("generation:about_template", "/make/templates/house/about/", "description", "A cottage", "A cabin"),
    Stale("approvals:site_channels", "/channels/sites/bricks/", "channels", "brochure", "", ("Brochure", "empty")),
    Stale("provider_limits", "/settings/", "per_minute", "7", "9"),
    Stale("generation:limit", "/spend/budgets/", "limit", "75.00", "90.00"),
]


def form_of(browser: Browser, stale: Stale, page: str) -> Form:
    """The form of this field as the page shows it now."""
    forms = [Found(page, form) for form in forms_of(browser.get(page), page)]
    return next(each.form for each in forms if each.name == stale.name and each.is_seen)


def posted(browser: Browser, form: Form, stale: Stale, value: str, **more: str) -> Any:
    data = form.with_(**{stale.field: value or []}, **more)
    if stale.name == "assets:listing":  # a fact needs its name
        data = {"fact-0-name": ["garden"], **{n: v for n, v in data.items() if n != "fact-0-name"}}
    return browser.post(form.action, data)


def value_now(browser: Browser, stale: Stale, page: str) -> str:
    return "".join(form_of(browser, stale, page).fields.get(stale.field, []))


@pytest.mark.parametrize(
    ("stale", "choice"),
    [(row, way) for place, row in enumerate(STALE) for way in share(("mine", "theirs"), "", place, of=2)],
    ids=str,
)
def test_whoever_is_late_sees_both_and_chooses(world: World, stale: Stale, choice: str) -> None:
    browser, page = world.client("max"), _on(world, stale.page)
    early = late = form_of(browser, stale, page)
    assert posted(browser, early, stale, stale.theirs).status_code == 302
    saved = value_now(browser, stale, page)
    written = LogEntry.objects.count()

    refused = posted(browser, late, stale, stale.mine)
    assert refused.status_code == 409
    assert LogEntry.objects.count() == written, "a refused save wrote something"
    assert value_now(browser, stale, page) == saved
    text = refused.content.decode()
    for words in stale.said:
        assert words in text
    forms = [Found(page, form) for form in forms_of(refused, page)]
    again = next(each.form for each in forms if each.name == stale.name and "keep_" in "".join(each.form.fields))
    keep = next(name for name in again.fields if "keep_" in name)

    again.fields[keep] = [choice]
    answer = browser.post(again.action, again.fields)
    assert answer.status_code == 302
    assert value_now(browser, stale, page) == (stale.mine if choice == "mine" else saved)


@pytest.mark.parametrize("stale", share(STALE, "the same"), ids=str)
def test_the_same_said_by_both_is_no_difference(world: World, stale: Stale) -> None:
    """Nor is a save that is sent again because its answer was lost."""
    browser, page = world.client("max"), _on(world, stale.page)
    late = form_of(browser, stale, page)
    late.fields.pop(once.FIELD, None)
    assert posted(browser, late, stale, stale.theirs).status_code == 302
    assert posted(browser, late, stale, stale.theirs).status_code == 302


def test_what_only_the_other_touched_is_kept_as_they_made_it(world: World) -> None:
    """The end date that somebody set is not wiped by whoever only wrote the credit line."""
    browser, page = world.client("max"), _on(world, "{v}?edit=license")
    stale = Stale("assets:license", page, "license-valid_until", "2027-01-31", "")
    late = form_of(browser, stale, page)
    posted(browser, late, stale, "2027-01-31")
    refused = browser.post(late.action, late.with_(**{"license-attribution": "Harbor Homes"}))
    assert refused.status_code == 409
    forms = [Found(page, form) for form in forms_of(refused, page)]
    again = next(each.form for each in forms if each.name == "assets:license")
    assert again.fields["license-keep_valid_until"] == ["theirs"]
    assert browser.post(again.action, again.fields).status_code == 302
    now = form_of(browser, stale, page).fields
    assert (now["license-valid_until"], now["license-attribution"]) == (["2027-01-31"], ["Harbor Homes"])


def test_a_text_that_somebody_added_meanwhile_is_not_removed(world: World) -> None:
    browser, page = world.client("max"), _on(world, "{v}")
    stale = Stale("assets:alt_text", page, "alt-text", "", "")
    late = form_of(browser, stale, page)
    added = late.with_(**{"alt-new_language": "fr", "alt-new_text": "Une cuisine"})
    assert browser.post(late.action, added).status_code == 302
    refused = browser.post(late.action, late.with_(**{"alt-text": "A kitchen with a stone sink"}))
    assert refused.status_code == 409
    again = next(f.form for f in (Found(page, form) for form in forms_of(refused, page)) if f.name == stale.name)
    assert browser.post(again.action, again.fields).status_code == 302
    now = form_of(browser, stale, page).fields
    assert (now["alt-text"], now["alt-text_fr"]) == (["A kitchen with a stone sink"], ["Une cuisine"])


def test_a_revision_on_a_revision_that_somebody_saved_meanwhile_waits(world: World) -> None:
    browser, page = world.client("max"), "/make/templates/house/edit/"
    forms = forms_of(browser.get(page), page)
    late = next(form for form in forms if "body" in form.fields)
    late.fields.pop(once.FIELD)
    [body] = late.fields["body"]
    assert browser.post(page, late.with_(body=f"{body} By the sea.", save="1")).status_code == 302
    refused = browser.post(page, late.with_(body=f"{body} In the woods.", save="1"))
    assert refused.status_code == 409
    assert "Revision 3 is by" in " ".join(refused.content.decode().split())
    again = next(form for form in forms_of(refused, page) if "body" in form.fields)
    assert again.fields["body"] == [f"{body} In the woods."]
    assert browser.post(page, again.with_(save="1")).status_code == 302


UNREADABLE = ("", "{", "[]", "[" * 20_000, "9" * 5000, '{"alt-text": {}}')


@pytest.mark.parametrize("seen", share(UNREADABLE, "seen"), ids=lambda seen: seen[:20])
def test_what_was_seen_and_cannot_be_read_asks_about_everything(world: World, seen: str) -> None:
    browser, page = world.client("max"), _on(world, "{v}")
    form = form_of(browser, STALE[0], page)
    answer = browser.post(form.action, form.with_(**{"alt-text": "A kitchen with a stone sink", "alt-seen": seen}))
    assert answer.status_code == 409
