"""Twenty pictures at once that are made to cost: each costs its own request, and pages go on for everybody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest

from tests.assets import hostile
from tests.faults import inside
from tests.faults.conftest import MakeScene
from tests.portal import Portal, finds_processes

pytestmark = finds_processes

PATIENCE = 2
"""Seconds that a page may take meanwhile, beyond what it takes on this machine before."""
TOKEN = "a" * 32


@pytest.fixture(scope="module")
def portal(make_scene: MakeScene) -> Portal:
    portal = make_scene().portal
    portal.start()
    return portal


@pytest.fixture(scope="module")
def session(portal: Portal) -> dict[str, str]:
    return {"sessionid": portal.do(inside.session_of, "ada"), "csrftoken": TOKEN}


@dataclass
class Watch:
    """Asks two pages each second and keeps how long they took."""

    url: str
    session: dict[str, str]
    took: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        with httpx.Client(base_url=self.url, cookies=self.session, timeout=60) as client:
            while not self.took or not self.over.wait(1):
                self.took += [self.ask(client, path) for path in ("/healthz", "/library/")]

    def ask(self, client: httpx.Client, path: str) -> float:
        began = time.monotonic()
        assert client.get(path).status_code == 200
        return time.monotonic() - began

    def once(self) -> float:
        """How long the slower of them takes while nothing else happens."""
        with httpx.Client(base_url=self.url, cookies=self.session, timeout=60) as client:
            return max(self.ask(client, path) for path in ("/healthz", "/library/", "/library/"))


def form_with(data: bytes) -> httpx.Request:
    """An upload of one picture, written once, so that sending it costs whoever tests next to nothing."""
    form = {"csrfmiddlewaretoken": TOKEN, "kind": "photograph", "title": "A house"}
    request = httpx.Request("POST", "http://localhost/", data=form, files={"pictures": ("house.jpg", data)})
    request.read()
    return request


def upload(url: str, session: dict[str, str], form: httpx.Request) -> str:
    """Upload one picture; returns the page that comes back, which is not a success."""
    headers = {"Content-Type": form.headers["Content-Type"]}
    address = f"{url}/library/upload/"
    answer = httpx.post(address, cookies=session, content=form.content, headers=headers, timeout=120)
    assert answer.status_code == 422, answer.status_code
    return answer.text


@pytest.mark.parametrize(
    ("make", "words", "at_once"),
    [(lambda: hostile.many_scans(3000, (16, 16)), "passes", 20), (hostile.many_profiles, "takes longer", 6)],
    ids=["refused at once", "stopped at its limit"],
)
def test_pages_go_on_while_hostile_pictures_come(
    portal: Portal, session: dict[str, str], make: Callable[[], bytes], words: str, at_once: int
) -> None:
    form, watch = form_with(make()), Watch(portal.url, session)
    before = watch.once()
    with ThreadPoolExecutor(at_once + 1) as pool:
        watching = pool.submit(watch)
        answers = [each.result() for each in [pool.submit(upload, portal.url, session, form) for _ in range(at_once)]]
        watch.over.set()
        watching.result()
    assert max(watch.took) < PATIENCE + before, watch.took
    assert any(words in answer for answer in answers)
    assert all(words in answer or "Too many pictures" in answer for answer in answers)
