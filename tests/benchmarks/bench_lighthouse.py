"""The nine main pages as Lighthouse sees them on a phone: a line each with the lowest of its four scores.

`make lighthouse` runs it. It needs Node with npm, Chromium, and a machine that does nothing else meanwhile: the scores
for speed are times. Lighthouse itself is an npm package that serves this file alone, at the version in `lighthouse/`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from tests import machine
from tests.benchmarks import machine_facts
from tests.journey import life as life_of_a_portal
from tests.journey import steps
from tests.journey.people import Person
from tests.portal import Portal, free_port

pytestmark = pytest.mark.browser

PACKAGE = Path(__file__).with_name("lighthouse")
GOAL = 95
"""Of 100, for each score."""
PATIENCE = 300
"""Seconds for one page, three times."""
TIMES = int(os.environ.get("LIGHTHOUSE_TIMES", "3"))
"""How often a page is asked; the middle one counts, as Lighthouse's own makers advise."""
KINDS = ("performance", "accessibility", "best-practices", "seo")
NOT_OURS = ("is-crawlable",)
"""What a page behind a sign-in must fail: it asks not to be found by search engines."""

PAGES = {
    "overview": ("ada", "/"),
    "make": ("ada", "/make/"),
    "compose": ("ada", "/make/exterior-twilight/"),
    "results": ("ada", "{brief}"),
    "library": ("ada", "/library/"),
    "version": ("ada", "{draft}"),
    "review": ("rita", "{review}"),
    "channel": ("max", "/channels/website/"),
    "spend": ("max", "/spend/"),
}
"""Name of a figure -> who looks, and where; words in braces are what the life of the portal left behind."""


@pytest.fixture
def left(tmp_path: Path) -> Iterator[tuple[Portal, Mapping[str, str]]]:
    with Portal(tmp_path / "var", UNDO_SECONDS="0") as portal:
        portal.start(300)
        yield portal, portal.do(life_of_a_portal.begin, steps.PHOTOGRAPH)


def test_the_main_pages(
    left: tuple[Portal, Mapping[str, str]], browser: Browser, playwright: Playwright, tmp_path: Path
) -> None:
    portal, places = left
    lighthouse = installed(Path(os.environ.get("LIGHTHOUSE_HOME", PACKAGE)))
    people = {name: Person(portal, browser, name) for name in ("ada", "rita", "max")}
    for name, (who, place) in PAGES.items():
        address = portal.url + place.format(**places)
        runs = []
        for number in range(TIMES):
            with signed_in(playwright, people[who], tmp_path / f"{name}-{number}") as port:
                runs.append(scores(lighthouse, address, port, tmp_path / f"{name}.json"))
        middle = sorted(runs, key=lambda each: each[0]["performance"])[TIMES // 2]
        machine_facts.say(line(name, middle[0]), *(f"# {name}: {why}" for why in middle[1]))
    machine_facts.say(f"# {machine_facts.facts()}")


def line(name: str, found: Mapping[str, int]) -> str:
    """`lighthouse_NAME`, the lowest score, the goal, and whether it is met."""
    lowest = min(found.values())
    return f"lighthouse_{name}\t{lowest}\t{GOAL}\t{'met' if lowest >= GOAL else 'missed'}"


def installed(folder: Path) -> Path:
    """The command, installed once beside its lock file."""
    command = folder / "node_modules" / ".bin" / "lighthouse"
    if not command.exists():
        npm = shutil.which("npm")
        assert npm, "No npm on PATH, so no Lighthouse. Install Node 18 or newer."
        subprocess.run([npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return command


@contextmanager
def signed_in(playwright: Playwright, person: Person, profile: Path) -> Iterator[int]:
    """The port of a new browser with the person's cookies: as a header they would not go with pictures."""
    port = free_port()
    browser = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=machine.chromium(),
        args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--remote-debugging-port={port}"],
    )
    with closing(browser):
        browser.add_cookies(person.page.context.cookies())  # type: ignore[arg-type] # what it gives is what it takes
        yield port


def scores(lighthouse: Path, address: str, port: int, report: Path) -> tuple[dict[str, int], list[str]]:
    """Kind -> score of 100, and what cost points, in words."""
    subprocess.run(
        [
            *(str(lighthouse), address, "--quiet", "--output=json", f"--output-path={report}"),
            *(f"--port={port}", "--disable-storage-reset", f"--only-categories={','.join(KINDS)}"),
            *(f"--skip-audits={','.join(NOT_OURS)}", "--disable-full-page-screenshot"),
        ],
        check=True,
        timeout=PATIENCE,
        capture_output=True,
    )
    told: dict[str, Any] = json.loads(report.read_text())
    assert told["finalDisplayedUrl"] == address, "Another page came, such as the sign-in."
    found = {kind: round(told["categories"][kind]["score"] * 100) for kind in KINDS}
    return found, list(_lost(told))


def _lost(told: Mapping[str, Any]) -> Iterator[str]:
    for kind in KINDS:
        for asked in told["categories"][kind]["auditRefs"]:
            audit = told["audits"][asked["id"]]
            if asked["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"{kind}: {audit['title']} {audit.get('displayValue', '')}"
