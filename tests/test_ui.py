"""The component system: what the tags say, what the pieces draw, and whether everyone can use the whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config.dashboard import navigation as nav
from core import money
from core.errors import Finding
from core.models import User
from core.ui import charts, formats, states
from tests import browsing, console
from tests.specimen import SpecimenForm

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def draw(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


# Words and numbers


@pytest.mark.parametrize(
    ("micros", "currency", "words"),
    [
        (0, "USD", "$0.00"),
        (53_000, "USD", "$0.053"),
        (500_000, "EUR", "€0.50"),
        (1, "USD", "$0.000001"),
        (999_999, "USD", "$0.999999"),
        (1_250_000, "GBP", "£1.25"),
        (1_995_000, "USD", "$2.00"),
        (12_340_567_890, "CHF", "CHF 12,340.57"),
        (-1_500_000, "USD", "−$1.50"),
        (None, "USD", "not known"),
    ],
)
def test_money_shows_cents_from_one_unit_up_and_every_digit_below(
    micros: int | None, currency: str, words: str
) -> None:
    assert money.written(micros, currency) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_400, "1.4 kB"),
        (252_000, "252 kB"),
        (1_400_000, "1.4 MB"),
        (None, "not known"),
    ],
)
def test_sizes_are_written_in_decimal_steps(size: int | None, words: str) -> None:
    assert formats.bytesize(size) == words


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=-3), "3 min ago"),
        (timedelta(hours=5), "in 5 h"),
        (timedelta(hours=-23, minutes=-59), "1 day ago"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(days=-30), "4 weeks ago"),
        (timedelta(days=-400), "13 months ago"),
        (timedelta(days=1100), "in 3 years"),
    ],
)
def test_a_moment_is_told_by_how_far_it_is(distance: timedelta, words: str) -> None:
    assert formats.relative(NOON + distance, NOON) == words


def test_every_state_has_a_word_and_an_icon_that_exists() -> None:
    for state, known in states.STATUSES.items():
        badge = draw("{% status state %}", state=state)
        assert known.word in badge
        assert "<svg" in badge


@pytest.mark.parametrize("action", [*states.ACTION_ICONS, "release.expired", "never.heard_of"])
def test_whatever_the_log_tells_has_an_icon_that_exists(action: str) -> None:
    assert "<svg" in draw("{% icon action|deed_icon 16 %}", action=action)


def test_a_finding_is_a_sentence_and_its_code_is_for_support_alone() -> None:
    found = Finding("alt_text_missing", "There is no alt text.", field="alt_text")
    drawn = draw('{% include "components/finding.html" %}', finding=found, fix="/here/")
    assert 'data-code="alt_text_missing"' in drawn
    assert "alt_text_missing" not in strip_tags(drawn)


def test_only_approval_and_met_findings_are_seal_green() -> None:
    assert {state for state, known in states.STATUSES.items() if known.tone == "approved"} == {"approved", "informs"}


def test_a_state_nobody_listed_shows_its_own_name_plainly() -> None:
    assert states.status_of("never-heard_of") == states.Status("Never heard of", "circle-dashed", "plain")


# Pieces


def test_what_a_person_typed_is_escaped_inside_a_wrapper() -> None:
    drawn = draw("{% card title=title %}{{ said }}{% endcard %}", title="<b>", said="<script>")
    assert "&lt;b&gt;" in drawn
    assert "&lt;script&gt;" in drawn
    assert "<script>" not in drawn


def test_a_button_that_cannot_be_used_says_why_and_has_no_key() -> None:
    drawn = draw('{% include "components/button.html" with label="Approve" key="a" reason="You made it." only %}')
    assert "disabled" in drawn
    assert "You made it." in drawn
    assert "data-key" not in drawn


def test_a_field_ties_its_help_and_its_error_to_the_control() -> None:
    form = SpecimenForm({})
    drawn = draw("{% field form.title %}", form=form)
    assert 'aria-describedby="id_title_helptext id_title_error"' in drawn
    assert 'id="id_title_helptext"' in drawn
    assert 'id="id_title_error"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_a_field_keeps_what_was_typed_and_counts_it() -> None:
    drawn = draw("{% field form.alt_text counter=125 %}", form=SpecimenForm({"alt_text": "An oak stair"}))
    assert "An oak stair" in drawn
    assert "<output>12</output> of 125" in drawn


def test_a_picture_that_is_missing_says_so() -> None:
    drawn = draw('{% include "components/picture.html" with missing="Refused by the provider" only %}')
    assert "Refused by the provider" in drawn
    assert "<img" not in drawn


def test_a_page_of_a_list_says_how_many_there_are_in_all() -> None:
    page = Paginator(range(1240), 48).page(2)
    drawn = draw(
        '{% include "components/pagination.html" with page=page noun="pictures" query="q=a" only %}', page=page
    )
    assert "49–96 of 1240 pictures" in " ".join(drawn.split())
    assert 'href="?q=a&amp;page=3"' in drawn


def test_a_chart_has_its_numbers_in_a_table_behind_it() -> None:
    drawn = draw('{% bar_chart rows "Spend" unit="USD" %}', rows=[("Jun", 3.2, "$3.20"), ("Jul", 0.0, "$0.00")])
    assert '<td class="number" data-label="USD">$3.20</td>' in drawn
    assert drawn.count("<rect") == 2


def test_a_chart_of_nothing_draws_nothing() -> None:
    assert charts.line([]).marks == ()
    assert "Nothing to draw yet." in draw('{% line_chart rows "Spend" %}', rows=[])


def test_the_highest_bar_fills_the_chart_and_none_leaves_it() -> None:
    marks = charts.bars([("a", 2.0, "2"), ("b", 4.0, "4")]).marks
    assert marks[1].y == charts.HEAD
    assert marks[0].height * 2 == marks[1].height


# Navigation


@pytest.fixture
def places(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The addresses of the specimen page, and nothing that waits."""
    settings.ROOT_URLCONF = "tests.specimen"
    monkeypatch.setattr(nav, "NAV_COUNTS", {})


def ask(path: str, user: User) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user
    return request


def labels(navigation: nav.Navigation) -> list[str]:
    return [entry.place.label for entry in navigation.entries]


@pytest.mark.usefixtures("places")
def test_the_places_stand_in_their_fixed_order() -> None:
    navigation = nav.Navigation(ask("/", User(is_superuser=True)))
    assert labels(navigation) == ["Overview", "Make", "Library", "Review", "Channels", "Spend", "Settings"]


@pytest.mark.usefixtures("places", "db")
def test_a_person_sees_only_the_places_they_have_a_right_to() -> None:
    nora = User.objects.create_user("nora")
    nora.user_permissions.set(Permission.objects.filter(codename__in=["view_asset", "make_images"]))
    assert labels(nav.Navigation(ask("/", User.objects.get(pk=nora.pk)))) == ["Overview", "Make", "Library"]


@pytest.mark.usefixtures("places", "db")
def test_a_stranger_sees_no_place_and_no_search() -> None:
    navigation = nav.Navigation(ask("/", User.objects.create_user("nora")))
    assert navigation.entries == []
    assert navigation.search == ""


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("path", "place"), [("/", "Overview"), ("/library/x/v2/", "Library"), ("/briefs/x/", "Make"), ("/spend/", "Spend")]
)
def test_the_place_a_page_belongs_to_is_marked(path: str, place: str) -> None:
    navigation = nav.Navigation(ask(path, User(is_superuser=True)))
    assert [entry.place.label for entry in navigation.entries if entry.current] == [place]


@pytest.mark.usefixtures("places")
def test_a_phone_keeps_four_places_in_sight_and_the_rest_under_more() -> None:
    navigation = nav.Navigation(ask("/", User(is_superuser=True)))
    assert len(navigation.first) == 4
    assert [entry.place.label for entry in navigation.rest] == ["Channels", "Spend", "Settings"]


def seven_wait(user: User) -> int:
    return 7


@pytest.mark.usefixtures("places")
def test_a_count_stands_on_a_place_where_something_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(nav.NAV_COUNTS, "approvals:queue", f"{__name__}.seven_wait")
    entries = nav.Navigation(ask("/", User(is_superuser=True))).entries
    assert {entry.place.label: entry.count for entry in entries if entry.count} == {"Review": 7}


# Pages


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 429, 500])
def test_an_error_page_says_what_is_safe_and_what_to_do_without_the_database(client: Client, code: int) -> None:
    page = client.get(f"/mishap/{code}/")
    assert page.status_code == code
    assert b"What is safe" in page.content
    assert b"What to do" in page.content


@pytest.mark.usefixtures("places", "db")
@pytest.mark.parametrize("path", ["/library/specimen/", "/accounts/login/", "/accounts/password/reset/"])
def test_no_page_carries_inline_style_or_script(client: Client, path: str) -> None:
    words = client.get(path).content.decode()
    assert 'style="' not in words
    assert " onclick" not in words
    assert "<style" not in words
    assert "<script>" not in words


# In the browser

PICTURE = mark_safe(
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}">'
    '<rect width="100%" height="60%" fill="#c9a26b"/><rect y="60%" width="100%" height="40%" fill="#5b6b5a"/></svg>'
)


def _picture(route: Route) -> None:
    width, height = (600, 1000) if "tall" in route.request.url else (1200, 800)
    route.fulfill(body=PICTURE.format(width, height), content_type="image/svg+xml")


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console objects to while the specimen's pictures come."""
    page.route("**/specimen/*.svg", _picture)
    return console.complaints(page)


PAGES = ["/library/specimen/", "/accounts/login/"]


@pytest.mark.browser
@pytest.mark.usefixtures("places")
def test_axe_finds_nothing_and_the_console_is_silent(
    live_server: LiveServer, page: Page, complaints: list[str]
) -> None:
    found = []
    for path in PAGES:
        page.goto(live_server.url + path)
        found += browsing.found_by_axe(page)
        page.emulate_media(color_scheme="dark")
        found += browsing.found_by_axe(page, runOnly=["color-contrast"])
        page.emulate_media(color_scheme="light")
    assert found == []
    assert complaints == []


@pytest.mark.browser
@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(("refused", "status", "shown"), [(1, 503, True), (99, 404, False)])
def test_a_picture_that_had_no_turn_comes_later_by_itself(
    live_server: LiveServer, page: Page, refused: int, status: int, shown: bool
) -> None:
    asked: list[str] = []

    def refuse_at_first(route: Route) -> None:
        asked.append(route.request.url)
        if asked.count(route.request.url) > refused:
            return _picture(route)
        return route.fulfill(status=status, headers={"Retry-After": "5"} if status == 503 else {})

    def with_a_picture(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", f'<img src="{wide}" alt=""></main>'))

    wide = f"{live_server.url}/specimen/wide.svg"
    page.route("**/specimen/*.svg", refuse_at_first)
    page.route("**/library/frame/", with_a_picture)
    page.goto(f"{live_server.url}/library/frame/")
    picture = page.locator("img[src$='.svg']")
    while asked.count(wide) < 2:
        page.wait_for_timeout(50)
    expect(picture).not_to_have_attribute("data-waits", "")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth > 0") is shown


@pytest.mark.browser
@pytest.mark.usefixtures("places")
def test_a_picture_that_cannot_be_drawn_is_not_asked_for_ever(live_server: LiveServer, page: Page) -> None:
    def with_a_picture(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", '<img src="/bad.png" alt=""></main>'))

    fetched: list[str] = []
    page.clock.install()
    page.route("**/bad.png", lambda route: route.fulfill(body="no picture", content_type="image/png"))
    page.route("**/library/frame/", with_a_picture)
    page.on("request", lambda request: fetched.append(request.url) if request.resource_type == "fetch" else None)
    page.goto(f"{live_server.url}/library/frame/")
    for _ in range(15):
        page.clock.run_for(2_000)
        page.wait_for_timeout(100)
    assert 1 < len(fetched) <= 6


@pytest.mark.browser
@pytest.mark.usefixtures("places", "complaints")
def test_no_page_is_wider_than_its_window(live_server: LiveServer, page: Page) -> None:
    page.goto(f"{live_server.url}/library/specimen/")
    for width in (390, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.usefixtures("places", "complaints")
def test_a_chosen_theme_is_there_before_the_first_paint_of_the_next_page(live_server: LiveServer, page: Page) -> None:
    page.goto(f"{live_server.url}/library/frame/")
    page.click(".menu.me > summary")
    page.click("[data-theme-switch] [value=dark]")
    page.reload(wait_until="commit")
    page.wait_for_selector("body", state="attached")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.browser
@pytest.mark.usefixtures("places", "complaints")
def test_keys_rest_while_a_person_types(live_server: LiveServer, page: Page) -> None:
    page.goto(f"{live_server.url}/library/frame/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    page.keyboard.type("?")
    assert page.input_value("header input[name=q]") == "?"
    assert not page.is_visible("#keys")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
