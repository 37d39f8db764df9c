"""The head of the log outside the database: kept every hour, never written again, and held against the log."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import Settings

from config.celery import BEAT_SCHEDULE
from config.dashboard import setup
from core import audit
from core.audit import outside
from core.models import LogEntry, LogHead, User
from core.tasks import export_log_head
from tests.assets import factories
from tests.core.test_storage import _bucket, s3
from tests.tampering import unguarded

__all__ = ["s3"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.LOG_HEAD_TO = str(tmp_path)
    return tmp_path


@pytest.fixture
def bucket(settings: Settings, s3: str) -> Any:
    _bucket(settings, s3)
    settings.LOG_HEAD_TO = "s3://imprimatur/heads"
    return storages["default"].connection.meta.client  # type: ignore[attr-defined] # the S3 storage's


@pytest.fixture
def posted(settings: Settings) -> Iterator[list[dict[str, str]]]:
    """What an address of this machine was posted; it answers 204, or 500 once `refuse` was posted."""
    got: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if self.path.endswith("refuse") else 204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.LOG_HEAD_TO = f"http://127.0.0.1:{server.server_port}/heads"
    yield got
    server.shutdown()
    server.server_close()


def record(by: User) -> LogEntry:
    with transaction.atomic():
        return audit.record(by, "listing.seen", factories.ListingFactory.create(), "Seen.")


def cut_the_log_with_its_head(last: LogEntry) -> None:
    before = LogEntry.objects.filter(pk__lt=last.pk).order_by("-pk")[0]
    unguarded("DELETE FROM core_logsubject WHERE entry_id = %s", last.pk)
    unguarded("DELETE FROM core_logentry WHERE id = %s", last.pk)
    LogHead.objects.update(count=LogEntry.objects.count(), digest=before.digest)


def test_it_is_kept_in_a_new_file_each_time(folder: Path, ada: User) -> None:
    record(ada)
    export_log_head()
    first = {path: path.read_text() for path in folder.iterdir()}
    record(ada)
    export_log_head()
    assert len(list(folder.iterdir())) == 2
    assert all(path.read_text() == text for path, text in first.items())
    assert [str(head) for head in outside.heads()[0]][-1] == str(audit.head())


def test_a_log_cut_with_its_head_is_found_by_what_was_kept(folder: Path, ada: User) -> None:
    record(ada)
    last = record(ada)
    export_log_head()
    kept = audit.head()
    cut_the_log_with_its_head(last)
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", stdout=StringIO(), stderr=err)
    assert f"does not contain the expected head {kept}" in err.getvalue()


@pytest.mark.parametrize("said", ["{}", "[]", "5", '{"head": []}', '{"head": "x:y"}'])
def test_what_is_no_head_is_named(folder: Path, said: str) -> None:
    (folder / "log-head-x.json").write_text(said)
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", stdout=StringIO(), stderr=err)
    assert "log-head-x.json is no head" in err.getvalue()


def test_heads_that_are_gone_or_cannot_be_read_are_named(
    folder: Path, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outside.heads() == ([], []), "nothing was kept yet"
    export_log_head()
    for kept in folder.iterdir():
        kept.unlink()
    with pytest.raises(CommandError, match="nothing of it is there any more"):
        call_command("verify", stdout=StringIO(), stderr=StringIO())
    monkeypatch.setattr(outside.Folder, "kept", _out_of_reach)
    with pytest.raises(CommandError, match="cannot be read: no such host"):
        call_command("verify", stdout=StringIO(), stderr=StringIO())


def _out_of_reach(place: outside.Folder) -> Iterator[tuple[str, str]]:
    raise OSError("no such host")


def test_a_bucket_keeps_it_too(bucket: Any, ada: User) -> None:
    record(ada)
    last = record(ada)
    export_log_head()
    keys = [each["Key"] for each in bucket.list_objects_v2(Bucket="imprimatur")["Contents"]]
    assert [key.startswith("heads/log-head-2") for key in keys] == [True]
    assert outside.heads() == ([audit.head()], [])
    cut_the_log_with_its_head(last)
    with pytest.raises(CommandError, match="does not contain"):
        call_command("verify", stdout=StringIO(), stderr=StringIO())


def test_an_address_is_posted_the_head_and_the_time(posted: list[dict[str, str]], ada: User) -> None:
    record(ada)
    export_log_head()
    assert [each["head"] for each in posted] == [str(audit.head())]
    assert outside.heads() == ([], [])


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/heads", "/nowhere/at/all", "refused"])
def test_a_failure_breaks_nothing_and_is_not_called_kept(
    posted: list[dict[str, str]], settings: Settings, address: str
) -> None:
    settings.LOG_HEAD_TO = f"{settings.LOG_HEAD_TO}/refuse" if address == "refused" else address
    export_log_head()
    assert outside.exported_at() is None


def test_without_a_place_nothing_is_kept(ada: User) -> None:
    export_log_head()
    assert outside.exported_at() is None
    assert "Not kept" in dict(setup.parts())["Head of the log"]


def test_settings_say_where_and_since_when(folder: Path, ada: User) -> None:
    record(ada)
    assert dict(setup.parts())["Head of the log"] == "To be kept in a folder; not yet"
    export_log_head()
    assert dict(setup.parts())["Head of the log"].startswith("Kept in a folder, last on ")


def test_the_clock_asks_for_it_every_hour() -> None:
    assert BEAT_SCHEDULE[export_log_head.name]["schedule"] == 3600
