"""What a site's call and a person's page cost at a thousand, ten thousand and a hundred thousand releases.

Milliseconds of this process's own processor time around the whole of Django, key, count and log included, warmed, the
median of many calls; of pages, all time until the answer is there, the database's too. Each figure is one line: name,
value, goal, met or missed. On PostgreSQL alone, whose copies of rows make so many in a minute.
"""

from __future__ import annotations

import io
import logging
import logging.config
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from django.test import Client

from approvals.api import cursors
from approvals.models import ListingSite, Release
from approvals.releases import lifecycle
from approvals.releases.pages import Position
from config.handler import Handler
from config.logs import logging_config
from core import statements
from core.models import User
from tests.approvals import factories
from tests.benchmarks import fill, machine_facts
from tests.benchmarks.machine_facts import figure, missing

CALLS, WARMED = 200, 30
LIST = "/api/v1/images/?page_size=20"
PEER = Path(__file__).parent / "peer_wagtail.py"
PEER_PACKAGES = ("wagtail==7.2",)
PAGES = ("/", "/library/", "/review/", "/channels/", "/channels/website/")

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


class Caller:
    """A listing site that calls the portal as a web server does."""

    def __init__(self, key: str) -> None:
        self.key, self.portal = key, cast("Any", Handler())

    def environment(self, address: str, **headers: str) -> dict[str, Any]:
        path, _, query = address.partition("?")
        server = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost"}
        asked = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query}
        wsgi = {"wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "SERVER_PROTOCOL": "HTTP/1.1"}
        return {**server, **asked, **wsgi, "HTTP_AUTHORIZATION": f"Bearer {self.key}", **headers}

    def call(self, address: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
        told: dict[str, Any] = {}
        answer = self.portal(
            self.environment(address, **headers), lambda status, said: told.update(status=status, headers=dict(said))
        )
        body = b"".join(answer)
        answer.close()
        return told["status"], told["headers"], body

    def cost(self, address: str, expected: str = "200 OK", **headers: str) -> float:
        """Milliseconds of processor time of one call; each comes in a request of its own."""
        assert self.call(address, **headers)[0] == expected
        return _cost(lambda: self.call(address, **headers))


def _cost(call: Callable[[], object]) -> float:
    for _ in range(WARMED):
        call()
    costs = []
    for _ in range(CALLS):
        begun = time.process_time()
        call()
        costs.append(time.process_time() - begun)
    return statistics.median(costs) * 1000


def test_speed_of_calls_and_pages(max_: User, settings: Any) -> None:
    settings.WHITENOISE_AUTOREFRESH, settings.UNDO_SECONDS = False, 0
    _log_to_nowhere()
    facts, lines = machine_facts.facts(), list[str]()
    first = factories.released(factories.ready(title="Hall"), factories.channel())
    lifecycle.expire_due()  # so that the copies, too, are such as a sweep has looked at
    first.refresh_from_db()
    assert not first.touched
    key = factories.key(factories.site(first.channel))
    ListingSite.objects.update(requests_per_minute=1_000_000)
    caller, there = Caller(key.text), 0
    for name, count in (("1k", 1_000), ("10k", 10_000), ("100k", 100_000)):
        fill.released(first, there + 1, count - 1)
        there = count - 1
        mine = caller.cost(LIST)
        lines.append(figure(f"list_{name}", mine, 1, " ms"))
        if name == "1k":
            lines += _against_wagtail(count, mine)
    assert Release.objects.count() == 100_000
    lines += [*_deep_and_unchanged(caller), *_pages(max_), _idle_sweep()]
    machine_facts.say(*lines, _to_compare(caller), facts)


def _to_compare(caller: Caller) -> str:
    """What this machine takes for the least that there is: a page that asks nothing, and a question of nothing."""
    asked = _cost(lambda: statements.read("SELECT 1", (), (None,)))
    return f"to compare: {caller.cost('/healthz'):.2f} ms for /healthz, {asked:.2f} ms for SELECT 1"


def _log_to_nowhere() -> None:
    """Each call's line is written as it is in production, past pytest, to where it takes no room."""
    logger, usual = logging.getLogger("portal.request"), logging_config("json", "INFO")
    configurator = logging.config.DictConfigurator(usual)
    handler = logging.FileHandler(os.devnull)
    handler.setFormatter(configurator.configure_formatter(usual["formatters"]["lines"]))
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)


def _deep_and_unchanged(caller: Caller) -> list[str]:
    middle = Release.objects.order_by("released_at", "id").only("released_at")[50_000]
    position = cursors.written(Position(middle.released_at, middle.pk))
    return [
        figure("list_deep", caller.cost(f"{LIST}&cursor={position}"), 1, " ms"),
        figure("not_modified", _unchanged(caller), 0.7, " ms"),
    ]


def _unchanged(caller: Caller) -> float:
    release = Release.objects.order_by("released_at", "id")[0]
    address, tag = f"/api/v1/images/{release.pk}/file", f'"{release.file_sha256}"'
    return caller.cost(address, "304 Not Modified", HTTP_IF_NONE_MATCH=tag)


def _pages(max_: User) -> list[str]:
    """The slowest of the pages: of each the median of five openings, after one that fills what a process keeps."""
    client = Client()
    client.force_login(max_)
    release = Release.objects.select_related("version").order_by("released_at", "id")[0]
    slowest = ("", 0.0)
    for address in (*PAGES, release.version.get_absolute_url(), f"/channels/releases/{release.pk}/", "/spend/"):
        client.get(address)
        took = statistics.median(_opening(client, address) for _ in range(5))
        slowest = max(slowest, (address, took), key=lambda each: each[1])
    return [figure("pages_100k", slowest[1], 100, " ms"), f"the slowest of the pages is {slowest[0]}"]


def _opening(client: Client, address: str) -> float:
    begun = time.perf_counter()
    assert client.get(address).status_code == 200
    return (time.perf_counter() - begun) * 1000


def _idle_sweep() -> str:
    lifecycle.expire_due()
    begun = time.perf_counter()
    lifecycle.expire_due()
    return figure("idle_sweep_100k", (time.perf_counter() - begun) * 1000, 20, " ms")


def _against_wagtail(count: int, mine: float) -> list[str]:
    """The same list of Wagtail's own API, in an environment that is thrown away."""
    goal = 0.25
    try:
        theirs = _wagtails(count)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        words = getattr(error, "stderr", "") or str(error)
        return [missing("wagtail_ratio", goal), f"no Wagtail here: {' '.join(words.split())[-200:]}"]
    return [figure("wagtail_ratio", mine / theirs, goal), f"a list of Wagtail's takes {theirs:.1f} ms"]


def _wagtails(count: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        python = f"{folder}/venv/bin/python"
        quiet: dict[str, Any] = {"check": True, "capture_output": True, "text": True, "timeout": 600}
        subprocess.run([sys.executable, "-m", "venv", f"{folder}/venv"], **quiet)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEER_PACKAGES], **quiet)
        told = subprocess.run([python, str(PEER), folder, str(count)], **quiet)
        return float(told.stdout.strip().splitlines()[-1])
