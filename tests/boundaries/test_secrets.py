"""Secrets stay where they were set: a real portal, a provider that gives its key away, and a search of everything.

Every secret that the settings know holds a canary. The provider's double echoes the key in errors, answers, headers
and pages of nonsense. Then logs, database, mail, queue, kept pictures, pages and API answers are searched.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest

from generation.providers.directory import adapters
from generation.providers.options import settings_of
from tests.boundaries import inside
from tests.mold import Mold
from tests.portal import ROOT, Portal, finds_processes, wait_until
from tests.standins.openai import OpenAIStandIn
from tests.standins.server import Handler

pytestmark = finds_processes

SETTINGS = (ROOT / "config/settings.py").read_text()
DECLARED = [each for kind in adapters() for each in settings_of(kind.Options)]
OWN = re.findall(r'(?:secret|required)\(\s*"(\w*(?:KEY|TOKEN|PASSWORD|SECRET)\w*)"', SETTINGS)
SECRETS = sorted({*OWN, *(each.variable for each in DECLARED if each.is_secret)})
"""Names of all variables that the settings read as a secret, themselves or because an adapter declares it."""
CANARIES = {name: f"canary{hashlib.sha256(name.encode()).hexdigest()}" for name in SECRETS}
"""Values that look like nothing known, so that only knowing them can take them out."""
POINTS = {each.variable: each.example for each in DECLARED if each.needed and each.example}
"""What switches those on that need more than a key."""
MOST_PAGES = 60
"""Pages that one person looks at; the portal of this test has fewer that differ."""


class Telltale(OpenAIStandIn):
    """Gives the key it was called with away wherever it can."""

    key = ""

    def respond(self, handler: Handler, method: str, path: str) -> None:
        self.key = handler.headers.get("Authorization", "").removeprefix("Bearer ")
        super().respond(handler, method, path)

    def _act(self, handler: Handler, mode: str, wish: dict[str, Any], files: list[Any]) -> None:
        prompt = str(wish.get("prompt"))
        words = f"Bearer {self.key} and {self.key} and {base64.b64encode(self.key.encode()).decode()} are wrong"
        if mode == "nonsense":
            page = f"<html>{words} {quote(self.key)}</html>".encode()
            return handler.answer_bytes(200, page, "text/html", x_request_id=self.key)
        if mode in ("refuse", "down"):
            error = {"message": words, "type": self.key, "code": "moderation_blocked", "param": self.key}
            status = 400 if mode == "refuse" else 503
            return handler.answer(status, {"error": error, self.key: prompt}, x_request_id=self.key)
        return super()._act(handler, mode, wish, files)

    def _answer(self, *given: Any) -> dict[str, Any]:
        return super()._answer(*given) | {"account": self.key, "echo": {"authorization": f"Bearer {self.key}"}}


class Links(HTMLParser):
    """The addresses that a page names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


@pytest.fixture(scope="module")
def openai() -> Iterator[Telltale]:
    with Telltale() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def portal(mold: Mold, tmp_path_factory: pytest.TempPathFactory, openai: Telltale) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("secrets") / "var"
    points = POINTS | {"OPENAI_BASE_URL": f"{openai.url}/v1", "LOG_LEVEL": "debug", "UNDO_SECONDS": "0"}
    with mold.copy(folder, postgres=False, **CANARIES, **points) as portal:
        portal.start()
        yield portal


def test_the_settings_name_their_secrets() -> None:
    assert {"OPENAI_API_KEY", "S3_SECRET_ACCESS_KEY", "SECRET_KEY"} <= {*SECRETS}


def test_no_secret_is_found_anywhere(portal: Portal, openai: Telltale) -> None:
    portal.do(inside.send, ["[down]"])  # is tried again for as long as this test takes
    wait_until(lambda: "[down]" in openai.prompts, 20)
    jobs = portal.do(inside.send, ["[refuse]", "[lost]", "[nonsense]", "[gone]", "a brick house"])
    wait_until(lambda: portal.do(inside.have_ended, jobs), 40)
    made = portal.do(inside.release_and_make_a_key)
    secrets = {**CANARIES, "the site's key": made}

    pages = {name: crawl(portal, name) for name in ("ada", "rita", "max", "")}
    site = {path: httpx.get(f"{portal.url}/api/v1{path}", headers=bearer(made)) for path in ("/images/", "/events/")}
    said = {f"{name} at {path}": text for name, seen in pages.items() for path, text in seen.items()}
    said |= {path: f"{answer.headers}{answer.text}" for path, answer in site.items()}
    portal.kill()

    assert openai.key == CANARIES["OPENAI_API_KEY"], "the provider was called with the canary"
    assert all(len(seen) > 10 for name, seen in pages.items() if name), {
        name: len(seen) for name, seen in pages.items()
    }
    assert {answer.status_code for answer in site.values()} == {200}
    assert hits(secrets, said | {"the log": portal.said}) == []
    assert hits(secrets, {str(path): path.read_bytes() for path in portal.folder.rglob("*") if path.is_file()}) == []


def crawl(portal: Portal, name: str) -> dict[str, str]:
    """Everything that a person reaches by following links, headers included; without a name, a visitor."""
    with httpx.Client(base_url=portal.url, follow_redirects=True, timeout=30) as browser:
        if name:
            browser.get("/accounts/login/")
            form = {
                "login": name,
                "password": portal.passwords[name],
                "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            }
            assert browser.post("/accounts/login/", data=form).url.path == "/"
        seen: dict[str, str] = {}
        waiting = ["/", "/nowhere/", "/api/schema/", "/api/v1/images/?key=1", "/spend/ledger.csv"]
        while waiting and len(seen) < MOST_PAGES:
            path = waiting.pop(0)
            if kind(path) in map(kind, seen) or "logout" in path:
                continue
            answer = browser.get(path)
            seen[path] = f"{answer.status_code} {answer.headers} {answer.text}"
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                links = (urlsplit(urljoin(str(answer.url), link)) for link in Links(answer.text).found)
                waiting += [link._replace(fragment="").geturl() for link in links if link.netloc in portal.url]
        return seen


def kind(address: str) -> str:
    """One page of each sort is enough, save for the briefs, each of which came to another end."""
    path = urlsplit(address).path
    return path if path.startswith("/briefs/") else re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "…", path)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def hits(secrets: dict[str, str], places: dict[str, Any]) -> list[tuple[str, str]]:
    """Which secret was found where, also in the forms in which it travels."""
    found = []
    for where, text in places.items():
        content = text if isinstance(text, bytes) else text.encode()
        for name, secret in secrets.items():
            forms = (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode())
            found += [(name, Path(where).name) for form in forms if form.encode() in content]
    return found
