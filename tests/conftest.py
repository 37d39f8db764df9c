"""What every test runs under: one database engine a run, needs of the machine checked in one place, and the cast."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

import hypothesis
import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from config import static_files
from core import dispatch
from core.models import User
from tests import console, emptying, machine, mold, plan
from tests.assets import factories

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop on the thread that uses the ORM

NEEDS = {
    "browser": (machine.chromium, machine.NO_CHROMIUM),
    "redis": (machine.redis_url, machine.NO_REDIS),
    "exiftool": (machine.exiftool, machine.NO_EXIFTOOL),
}
"""Marker -> what must be there for a test with it, and the words when it is not."""


# A busy machine is slow, which is no fault of the code, and what a run finds must not hang on earlier runs.
hypothesis.settings.register_profile("imprimatur", deadline=None, database=None)
hypothesis.settings.load_profile("imprimatur")


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("TEST_DATABASE") == "postgres" and not machine.postgres_url():
        pytest.exit(machine.NO_POSTGRES, returncode=1 if machine.forbids_skips() else 0)
    emptying.empty_quickly()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        mold.drop_databases()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark each test as it is found: when this file is asked about all of them, pytest-xdist has read the groups."""
    if plan.may_differ(item):
        item.add_marker("engine")
    if group := plan.group_of(item):
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    deselected = [item for item in items if plan.left_out(item, config.getoption("markexpr"))]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if item not in deselected]
    items.sort(key=plan.place)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of tests are there to stay, so that looking through them for garbage, again and again, finds none."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (look, words) in NEEDS.items():
        if item.get_closest_marker(marker) and not look():
            (pytest.fail if machine.forbids_skips() else pytest.skip)(words)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A copy of the database that the run migrated once."""
    with django_db_blocker.unblock():
        mold.take_database()
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(scope="session")
def collected_files() -> static_files.Storage:
    """Stylesheets and scripts collected as for a real portal, once for a run: a page asks for 25 files and not 70."""
    where, kind = f"{mold.RUN}/static", {"staticfiles": {"BACKEND": "config.static_files.Storage"}}
    with override_settings(STATIC_ROOT=where, STORAGES=settings.STORAGES | kind):
        static_files.collect()
    return static_files.Storage(location=where, base_url="/static/")


@pytest.fixture(scope="session")
def live_server(collected_files: static_files.Storage) -> Iterator[LiveServer]:
    """pytest-django's, where the portal itself gives what was collected, as it does in production."""
    whitenoise = {"STATIC_ROOT": collected_files.location, "WHITENOISE_AUTOREFRESH": False}
    itself = mock.patch("django.contrib.staticfiles.handlers.StaticFilesHandler", lambda application: application)
    with itself, override_settings(WHITENOISE_USE_FINDERS=False, **whitenoise):
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _pages_name_what_was_collected(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "live_server" in request.fixturenames:
        monkeypatch.setattr(staticfiles_storage, "_wrapped", request.getfixturevalue("collected_files"))


@pytest.fixture(scope="session", name="mold")
def _mold() -> mold.Mold:
    """A prepared portal that nobody runs."""
    return mold.Mold()


QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",  # a picture of a page needs none, and doing its work in software takes half a processor
)
"""What Chromium leaves be in a test."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of this machine; root has no sandbox to put it in."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {
        "executable_path": machine.chromium(),
        "args": [*sandbox, *QUIET],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Nothing glides: a test need not wait for it, and axe meets no color on its way to another."""
    return browser_context_args | {"reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def _warm_context(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture
def context(request: pytest.FixtureRequest, _warm_context: BrowserContext) -> Iterator[BrowserContext]:
    """As good as new, but with the stylesheets and scripts of earlier tests, which are named by their content.

    Whoever wants another kind of context, or records what happens in it, gets one of their own.
    """
    records = (request.config.getoption(name) != "off" for name in ("--tracing", "--video", "--screenshot"))
    if any(records) or request.node.get_closest_marker("browser_context_args"):
        yield request.getfixturevalue("new_context")()
        return
    yield _warm_context
    [page, *_] = _warm_context.pages or [_warm_context.new_page()]
    _warm_context.new_cdp_session(page).send(
        "Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "local_storage,session_storage"}
    )
    for page in _warm_context.pages:
        page.close()
    _warm_context.clear_cookies()
    _warm_context.clear_permissions()
    _warm_context.set_offline(False)


@pytest.fixture(autouse=True)
def _broker_is_not_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that did not answer one test is asked again by the next."""
    monkeypatch.setattr(dispatch, "_left_alone_until", 0.0)


@pytest.fixture(autouse=True)
def _leave_no_tab_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that stays open goes on asking its server how things stand, and takes the processor from later tests."""
    if not request.node.get_closest_marker("browser"):
        yield
        return
    browser: Browser = request.getfixturevalue("browser")
    before = {*browser.contexts, request.getfixturevalue("_warm_context")}
    yield
    for context in set(browser.contexts) - before:
        context.close()


@pytest.fixture
def tab(plain_tab: Page) -> Iterator[Page]:
    """The `plain_tab` of a module of tests, with a console that must stay silent."""
    said = console.complaints(plain_tab)
    yield plain_tab
    assert said == []


@pytest.fixture(autouse=True)
def _forget_what_was_counted() -> None:
    """Rate limits count in the cache; no test may use up another's."""
    cache.clear()


@pytest.fixture
def ada(db: None) -> User:
    return factories.ada()


@pytest.fixture
def rita(db: None) -> User:
    return factories.rita()


@pytest.fixture
def max_(db: None) -> User:
    return factories.max_()


@pytest.fixture
def nils(db: None) -> User:
    return factories.nils()
