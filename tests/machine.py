"""What this machine has for the checks that need more than Python: a browser, PostgreSQL, Redis, ExifTool.

A check whose need is not met is skipped with one line that says what to install. With `IMPRIMATUR_NO_SKIPS=1` it fails.
"""

from __future__ import annotations

import os
import shutil
import socket
from functools import cache
from urllib.parse import urlsplit

NO_CHROMIUM = "No Chromium on PATH, so no test in a browser. Install it (Debian: apt-get install chromium)."
NO_EXIFTOOL = (
    "No ExifTool on PATH, so no test that reads delivered files with it. "
    "Install it (Debian: apt-get install libimage-exiftool-perl)."
)
NO_POSTGRES = (
    "No PostgreSQL to test on. Install and start it (Debian: apt-get install postgresql), "
    "or name one whose user may create databases in TEST_POSTGRES_URL."
)
NO_REDIS = (
    "No Redis on 127.0.0.1:6379, so no test with one. Install and start it (Debian: apt-get install redis-server), "
    "or name one in TEST_REDIS_URL."
)

CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POSTGRES_GUESSES = (
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://root@/postgres?host=/var/run/postgresql",
    "postgres://postgres@/postgres?host=/var/run/postgresql",
)


def forbids_skips() -> bool:
    return os.environ.get("IMPRIMATUR_NO_SKIPS", "") == "1"


def on_postgres() -> bool:
    """Whether this run is on PostgreSQL."""
    return os.environ.get("TEST_DATABASE") == "postgres"


@cache
def chromium() -> str | None:
    """The path of a Chromium that is installed."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@cache
def exiftool() -> str | None:
    """The path of ExifTool, if it is installed."""
    return shutil.which("exiftool")


@cache
def postgres_url() -> str | None:
    """The address of a PostgreSQL server that lets us in."""
    named = os.environ.get("TEST_POSTGRES_URL")
    return next((url for url in ((named,) if named else POSTGRES_GUESSES) if _postgres_answers(url)), None)


@cache
def redis_url() -> str | None:
    """The address of a Redis server that answers."""
    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=1).close()
    except OSError:
        return None
    return url


def _postgres_answers(url: str) -> bool:
    try:
        import psycopg

        psycopg.connect(url, connect_timeout=2).close()
    except (ImportError, psycopg.Error):
        return False
    return True
