"""The store: what is put in comes out, is written once, and is never half there. The same on a folder and on S3."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from django.core.files.storage import storages
from pytest_django import Settings

from core import storage

BUCKET = "imprimatur"


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A stand-in for S3 on this machine."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def _folder(settings: Settings, where: Path) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    options = {"location": where, "file_permissions_mode": 0o600}
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": backend, "OPTIONS": options}}


def _bucket(settings: Settings, address: str) -> None:
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": address,
        "region_name": "us-east-1",
        "access_key": "test",
        "secret_key": "test",
        "file_overwrite": False,
        "addressing_style": "path",
    }
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    store: Any = storages["default"]
    client = store.connection.meta.client
    client.create_bucket(Bucket=BUCKET)


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> str:
    if request.param == "folder":
        _folder(settings, tmp_path)
    else:
        _bucket(settings, request.getfixturevalue("s3"))
    return str(request.param)


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    _folder(settings, tmp_path)
    return tmp_path


def test_what_is_put_in_comes_out(store: str) -> None:
    sha256 = storage.put(b"some bytes")
    assert sha256 == hashlib.sha256(b"some bytes").hexdigest()
    assert storage.read(sha256) == b"some bytes"
    assert storage.exists(sha256)


def test_putting_the_same_bytes_again_changes_nothing(store: str) -> None:
    assert storage.put(b"twice") == storage.put(b"twice")
    assert storage.read(storage.put(b"twice")) == b"twice"


def test_many_writers_of_the_same_bytes_all_succeed(store: str) -> None:
    data = os.urandom(200_000)
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: storage.put(data), range(16)))
    assert len(names) == 1
    assert storage.read(names.pop()) == data


def test_what_was_never_put_in_is_not_there(store: str) -> None:
    assert not storage.exists("0" * 64)
    with pytest.raises(FileNotFoundError):
        storage.read("0" * 64)


def test_s3_never_replaces_what_stands_under_a_key(settings: Settings, s3: str) -> None:
    _bucket(settings, s3)
    sha256 = storage.put(b"first")
    storage._into_bucket(storages["default"], storage.path_of(sha256), b"second")
    assert storage.read(sha256) == b"first"


@pytest.mark.parametrize(("answers", "is_put"), [([409], True), ([409, 412], True), ([409, 409, 409], False)])
def test_while_somebody_else_puts_the_same_bytes_it_is_tried_again(
    settings: Settings, s3: str, monkeypatch: pytest.MonkeyPatch, answers: list[int], is_put: bool
) -> None:
    """S3 answers 409 to the second of two conditional writes at once, and asks to try again."""
    _bucket(settings, s3)
    said: list[Any] = [{"ResponseMetadata": {"HTTPStatusCode": status}} for status in answers]
    client = mock.Mock()
    client.put_object.side_effect = [*(ClientError(each, "PutObject") for each in said), {}]
    monkeypatch.setattr(storage, "AGAIN", 0.0)
    monkeypatch.setattr(storage, "client", lambda store=None: client)
    with nullcontext() if is_put else pytest.raises(storage.Unavailable):
        storage._into_bucket(storages["default"], storage.path_of("0" * 64), b"x")
    assert client.put_object.call_count == (3 if answers == [409] * 3 else 2)


def test_bytes_that_changed_on_the_disk_are_never_handed_out(folder: Path) -> None:
    sha256 = storage.put(b"the picture")
    target = folder / storage.path_of(sha256)
    target.write_bytes(b"another one")
    with pytest.raises(storage.CorruptFile):
        storage.read(sha256)


def test_putting_the_bytes_again_repairs_a_damaged_file(folder: Path) -> None:
    sha256 = storage.put(b"the picture")
    (folder / storage.path_of(sha256)).write_bytes(b"the pic")
    storage.put(b"the picture")
    assert storage.read(sha256) == b"the picture"


def test_a_full_disk_leaves_no_half_file(folder: Path) -> None:
    with mock.patch("os.fsync", side_effect=OSError("No space left on device")), pytest.raises(OSError, match="space"):
        storage.put(b"the picture")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_name_that_is_no_hash_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        storage.path_of(name)
