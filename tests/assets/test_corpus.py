"""`make corpus`: what it prints of a file that is taken, one that is refused, and one that our own code fails on."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.imaging.refusals import Fault
from assets.library import intake
from assets.models import Version
from core.models import User
from tests import corpus
from tests.assets import worded

pytestmark = pytest.mark.django_db

SAYS = (0xFE, b"(c) Ann Example")


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_picture_is_taken_with_its_size_and_its_words(tmp_path: Path, ada: User) -> None:
    line = corpus.look(written(tmp_path, "kitchen.jpg", worded.jpeg(worded.segment(*SAYS))), "kitchen.jpg", ada)
    name, outcome, reason, size, _, found, unread = str(line).split("\t")
    assert (name, outcome, reason, unread) == ("kitchen.jpg", "taken", "", "")
    assert found == '{"text": {"file_comment": "(c) Ann Example"}}'
    version = Version.objects.get(asset__title="kitchen.jpg")
    assert size == f"{version.width} × {version.height}"


def test_what_is_no_picture_is_refused_in_words(tmp_path: Path, ada: User) -> None:
    line = corpus.look(written(tmp_path, "notes.txt", b"No picture.\tAt all."), "notes.txt", ada)
    words = "This is not a picture in PNG, JPEG, WebP, AVIF, HEIC or GIF format."
    assert str(line).split("\t")[1:3] == ["refused", words]


@pytest.mark.parametrize("error", [Fault(), ZeroDivisionError("by nought")])
def test_a_mistake_of_ours_is_a_crash(
    tmp_path: Path, ada: User, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(intake, "take_in", fail)
    line = corpus.look(written(tmp_path, "kitchen.jpg", worded.jpeg(b"")), "kitchen.jpg", ada)
    assert line.outcome == "crashed"
    assert line.reason


def test_what_another_reader_tells_more_is_named() -> None:
    found = {"exif": {"rights": "(c) Ann Example"}}
    told = {
        "IFD0:Copyright": "(c) Ann  Example",
        "XMP-dc:Rights": "All rights reserved",
        "XMP-xmp:Rating": 5,
        "IPTC:By-line": ["Ann", "Zoë"],
    }
    assert list(corpus.unread(told, found)) == ["XMP-dc:Rights", "IPTC:By-line"]


def test_totals_count_outcomes_and_reasons() -> None:
    lines = [
        corpus.Line("a", corpus.TAKEN, difference=0.2),
        corpus.Line("b", corpus.REFUSED, "Too large."),
        corpus.Line("c", corpus.REFUSED, "Too large."),
    ]
    told = list(corpus.totals(lines))
    assert told[0] == "total\t1 taken\t2 refused\t0 crashed"
    assert told[1] == "total\t2\tToo large."
    assert told[2] == "total\tcolors of 1 compared: 0.20 in the middle, 0 above 5"
