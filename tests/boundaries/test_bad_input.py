"""Input that nobody means is answered in words: never a fault, and nothing that was typed is lost.

Each row meets a twelfth of the values, in rotation; `make prove` tries them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from approvals.models import Channel
from config.handler import Handler
from tests.boundaries.pages import Page
from tests.boundaries.table import DOERS, READERS, Row, a_decision
from tests.boundaries.urls import address, parameters
from tests.boundaries.world import Browser, World, taken_back
from tests.share import share

pytestmark = pytest.mark.django_db

DEEP = "[" * 20_000
NASTY = (
    "",
    "a\x00b",
    "-1",
    "9" * 30,
    "9" * 5000,
    "²",
    "٣",
    "none",
    DEEP[:8192],
    "' OR 1=1 --",
    "%s{0}{{7*7}}../../",
    "\ud83c\u202e",
    "9999-12-31T23:59:59-14:00",
    "00000000-0000-0000-0000-000000000000",
)
BRIEFLY = ("a\x00b", "9" * 5000, "²", DEEP, "9999-12-31")
"""For forms, of which there are many fields."""
MOST_FIELDS = 8
"""Of one form; the license asks each question in the same way."""
QUERIES = [row for row in READERS if row.reads]
FORMS = [row for row in DOERS if row.wrong]


def url(row: Row, world: World, **other: Any) -> str:
    return address(row.route, {**row.filled(world), **other})


def asks(row: Row) -> Iterator[str]:
    """Query strings: each parameter with each value, given twice, as a list, unknown, and not UTF-8."""
    for place, name in enumerate(row.reads):
        nasty = [urlencode({name: value.encode("utf-8", "surrogatepass")}) for value in NASTY]
        yield from share(
            [*nasty, f"{name}=1&{name}=2", f"{name}[]=1&{name}__gt=1", f"{name}=%ff%fe"], row, place, of=12
        )
    yield "unknown=1&__class__=x&" + "&".join(f"p{number}=1" for number in range(900))


@pytest.mark.parametrize("row", QUERIES, ids=str)
def test_no_query_is_a_fault(world: World, row: Row) -> None:
    browser = world.client("bricks" if row.is_api else "max")
    faults = {}
    browser.get(url(row, world))  # makes its copies, so that each answer after it is quick
    for query in asks(row):
        with taken_back():
            answer = browser.get(f"{url(row, world)}?{query}")
        if answer.status_code >= 500:
            faults[query[:60]] = answer.status_code
    assert not faults


@pytest.mark.parametrize("row", [row for row in (*READERS, *DOERS) if "<" in row.route], ids=str)
def test_no_address_is_a_fault(world: World, row: Row) -> None:
    browser = world.client("bricks" if row.is_api else "max")
    ask = browser.get if row.see else browser.post
    wrong = ("0", "9" * 30, "%00", "-", "x" * 8192, "%ff", "%F0%9F%8F%A0", "00000000-0000-0000-0000-000000000000")
    addresses = [
        url(row, world, **{name: value})
        for place, name in enumerate(parameters(row.route))
        for value in share(wrong, row, place, of=6)
    ]
    assert max(ask(address).status_code for address in addresses) < 500


@pytest.mark.parametrize("row", DOERS, ids=str)
def test_no_form_is_a_fault(world: World, row: Row) -> None:
    browser, faults = world.client("max"), {}
    for name, data in posts(row, row.sends(world)):
        with taken_back():
            status = browser.post(url(row, world), data).status_code
        if status >= 500:
            faults[name] = status
    assert not faults


def posts(row: Row, good: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A form that is empty, and with one field at a time that is missing, nasty, or a file."""
    yield "nothing", {}
    names = [*list(good)[: MOST_FIELDS // 2], *list(good)[-MOST_FIELDS // 2 :]]
    for name, kind in share([(name, kind) for name in names for kind in ("missing", "a file", *BRIEFLY)], row, of=12):
        wrong = {key: value for key, value in _rewound(good).items() if key != name}
        if kind == "a file":
            wrong[name] = SimpleUploadedFile("a\r\nb.png", b"\x89PNG\r\n\x1a\n\x00", "x/y")
        elif kind != "missing":
            wrong[name] = kind
        yield f"{name}: {kind[:20]}", wrong


def _rewound(good: Mapping[str, Any]) -> dict[str, Any]:
    for value in good.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    return dict(good)


BODIES = {
    "bytes": (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    "deep JSON": (DEEP.encode(), "application/json"),
    "half a part": (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
    "no boundary": (b"", "multipart/form-data"),
    "unknown charset": (b"<a/>", "text/xml; charset=nonsense"),
}


@pytest.mark.parametrize("row", DOERS, ids=str)
def test_no_body_is_a_fault(world: World, row: Row) -> None:
    browser, faults = world.client("max"), {}
    for name in share([*BODIES], row, of=5):
        with taken_back():
            status = browser.generic("POST", url(row, world), *BODIES[name]).status_code
        if status >= 500:
            faults[name] = status
    assert not faults


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_takes_no_body_at_all(world: World, method: str) -> None:
    browser = world.client("bricks")
    for row in READERS:
        if row.is_api:
            for body in (DEEP, json.dumps({"state": "live", "id": 1}), "\x00", "9" * 5000):
                answer = browser.generic(method.upper(), url(row, world), body.encode(), "application/json")
                assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("row", FORMS, ids=str)
def test_a_form_with_a_mistake_comes_back_as_it_was_typed(world: World, row: Row) -> None:
    browser, typed = world.client("max"), {**row.sends(world), **row.wrong}
    answer = browser.post(url(row, world), typed)
    assert answer.status_code == 422
    page = Page(answer.content.decode())
    assert {name: page.typed.get(name, "").strip() for name in row.keeps} == {name: typed[name] for name in row.keeps}


IMAGES = "/api/v1/images/"
CHARSETS = ("utf-7", "UTF-16", "idna", "punycode", "unicode_escape", "cp037", "iso-8859-1", "nonsense")


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_text_that_is_not_utf_8_is_refused_in_words(world: World, charset: str, kind: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n+AGE-\xff\r\n--x--\r\n'
    page = world.client("max").generic("POST", "/library/upload/", body, f"{kind}; charset={charset}")
    assert (page.status_code, "could not read that request" in page.content.decode()) == (400, True)
    told = world.client("bricks").get(IMAGES, CONTENT_TYPE=f"{kind}; charset={charset}")
    assert (told.status_code, told.json()["error"]["message"]) == (400, "Send text in UTF-8. Nothing was done.")


UNREADABLE = ("charset*=nonsense''x", "charset*=idna''x%ff", "a*=punycode''x%ff")


@pytest.mark.parametrize("kind", [*(f"charset={charset}" for charset in CHARSETS), *UNREADABLE])
def test_an_address_is_not_read_in_the_charset_of_a_body(kind: str) -> None:
    asked = RequestFactory()._base_environ(  # type: ignore[attr-defined] # what a web server hands over
        PATH_INFO=IMAGES, QUERY_STRING="channel=%2BAGE-%ff", CONTENT_TYPE=f"text/plain; {kind}"
    )
    said: list[str] = []
    answer = cast("Any", Handler())(asked, lambda status, _: said.append(status))
    assert (said, json.loads(b"".join(answer))["error"]["code"]) == (["400 Bad Request"], "invalid")


def test_a_host_that_is_not_ours_is_refused_in_the_format_of_whoever_asks(world: World) -> None:
    told = world.client("bricks").get(IMAGES, headers={"Host": "evil.example"})
    assert (told.status_code, told.json()["error"]["code"]) == (400, "invalid")
    assert "evil" not in told.content.decode()
    assert world.client("max").get(IMAGES, headers={"Host": "evil.example"}).status_code == 400
    page = world.client("max").get("/library/", headers={"Host": "evil.example"})
    assert (page.status_code, page["Content-Type"].partition(";")[0]) == (400, "text/html")


def test_an_api_refusal_never_repeats_what_was_sent(world: World) -> None:
    browser: Browser = world.client("bricks")
    answer = browser.get("/api/v1/images/?channel=<script>canary</script>&cursor=<script>canary</script>")
    assert answer.status_code == 400
    assert b"<script>" not in answer.content


def test_rules_that_cannot_be_read_block_their_channel_and_no_page(world: World) -> None:
    Channel.objects.update(disclosure={"nonsense": True})
    browser, asset, review = world.client("max"), world.places["ready"].asset_id, world.places["waiting"].pk
    pages = ["/review/", f"/review/{review}/", f"/library/{asset}/", "/channels/", "/channels/website/", "/"]
    assert {browser.get(page).status_code for page in pages} == {200}
    assert browser.post(f"/review/{review}/decide/", a_decision(world)).status_code == 422
