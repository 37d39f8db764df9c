"""A real web server whose database, broker, cache or bucket accepts connections and never answers."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from approvals.sites import access
from tests.mold import Mold
from tests.portal import Portal, finds_processes, wait_until
from tests.standins.silent import silent_server

pytestmark = finds_processes

SOON = 5
"""Seconds within which a busy machine gives an answer that is due within two."""
COOKIE = {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}


@pytest.fixture
def silent() -> Iterator[int]:
    with silent_server() as port:
        yield port


def ask(portal: Portal, path: str, **headers: str) -> tuple[int, str, str]:
    """Status, kind and text of an answer, which comes soon."""
    link = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=30)
    began = time.monotonic()
    link.request("GET", path, headers=headers)
    answer = link.getresponse()
    said = answer.read().decode()
    link.close()
    assert time.monotonic() - began < SOON, f"{path} took {time.monotonic() - began:.1f} s"
    return answer.status, answer.headers["Content-Type"].partition(";")[0], said


def test_with_a_silent_database_each_answers_in_its_format(tmp_path: Path, silent: int) -> None:
    with Portal(tmp_path / "var", DATABASE_URL=f"postgres://u:p@127.0.0.1:{silent}/none") as portal:
        portal.start_web()
        assert ask(portal, "/healthz", **COOKIE) == (200, "application/json", '{"status": "ok"}')
        status, _, said = ask(portal, "/readyz", **COOKIE)
        assert status == 503
        assert "database" in json.loads(said)["failing"]
        for path in ("/", "/library/"):
            status, kind, page = ask(portal, path, **COOKIE)
            assert (status, kind) == (503, "text/html")
            assert "database does not answer" in page
        body = f"imp_{'a' * access.PREFIX_LENGTH}_{'b' * access.SECRET_LENGTH}"  # well formed: others need no database
        key = {"Authorization": f"Bearer {body}{access.checksum(body)}"}
        status, kind, said = ask(portal, "/api/v1/images/", **COOKIE, **key)
        assert (status, kind, json.loads(said)["error"]["code"]) == (503, "application/json", "unavailable")


def test_with_a_silent_bucket_the_portal_is_not_ready_and_says_which_part(
    tmp_path: Path, silent: int, mold: Mold
) -> None:
    with mold.copy(
        tmp_path / "var",
        STORAGE="s3",
        S3_BUCKET="pictures",
        S3_ENDPOINT_URL=f"http://127.0.0.1:{silent}",
        S3_REGION="us-east-1",
        S3_ACCESS_KEY_ID="test",
        S3_SECRET_ACCESS_KEY="test",
    ) as portal:
        portal.start_web()
        status, _, said = ask(portal, "/readyz")
        assert (status, json.loads(said)["failing"]) == (503, ["storage"])
        assert ask(portal, "/accounts/login/")[0] == 200


def test_a_start_without_the_volume_is_refused_in_words(tmp_path: Path, mold: Mold) -> None:
    with mold.copy(tmp_path / "var") as portal:
        portal.python("from core import store_mark; store_mark.begin()")
        (portal.folder / "media").rename(tmp_path / "elsewhere")
        (portal.folder / "media").mkdir()
        started = portal.up()
        wait_until(lambda: started.poll() is not None, 60)
        assert started.returncode != 0
        assert "does not hold the pictures of this database" in portal.said
        assert "adopt_store" in portal.said
