"""Metadata that somebody made to do harm: it never trips the reader, and costs little."""

from __future__ import annotations

import json
import random
import re
import time
import unicodedata
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from assets.imaging.metadata import reading
from assets.imaging.metadata.text import MOST
from assets.imaging.metadata.xmp import MOST_MENDED
from tests.assets import worded
from tests.assets.test_words_of_files import FILES
from tests.assets.worded import described, packet

MOST_SECONDS = 20
"""Of processor time: far above what any of these takes, and far below what it would take without bounds."""
OPEN = f"<x:xmpmeta {worded.DECLARED}><rdf:RDF>"
MEGABYTE = 1024 * 1024


def said_by(data: bytes) -> dict[str, Any]:
    """What is read without the net below the reader, in bounded time, and held to be what a database can keep."""
    start = time.process_time()
    found = reading.said_by(data)
    assert time.process_time() - start < MOST_SECONDS
    kept = json.dumps(found, ensure_ascii=False)
    assert not re.search(r"(?<!\\)\\u0000", kept)
    assert len(kept.encode()) < 10 * reading.MOST_CHARACTERS
    return found


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few changed, lost, doubled, or set to what lengths and counts should not be."""
    whole = bytearray(data)
    for _ in range(chance.randint(1, 10)):
        at = chance.randrange(len(whole) or 1)
        match chance.randrange(5):
            case 0:
                whole[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del whole[at : at + chance.randint(1, 40)]
            case 2:
                whole[at:at] = whole[at : at + chance.randint(1, 300)]
            case 3:
                whole[at : at + 4] = chance.choice([b"\xff" * 4, b"\x00" * 4, b"\x7f\xff\xff\xff", b"\x00\x00\x00\x01"])
            case _:
                whole[at : at + 1] = chance.choice([b"<", b">", b"&", b'"', b":", b"{", b"["])
    return bytes(whole)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_never_trips_it(name: str) -> None:
    chance = random.Random(name)  # the same changes in each run
    for _ in range(10):
        said_by(mutated(FILES[name].data, chance))


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_ends_anywhere_never_trips_it(name: str) -> None:
    data = FILES[name].data
    for end in range(0, len(data), max(1, len(data) // 20)):
        said_by(data[:end])


def with_xmp(words: str) -> bytes:
    return worded.webp((b"XMP ", words.encode()))


BOMBS: dict[str, Callable[[], bytes]] = {
    "35 MB of one property": lambda: with_xmp(f"{OPEN}{described('<dc:rights>' + 'x' * 35 * MEGABYTE)}"),
    "elements": lambda: with_xmp(OPEN + "<dc:rights/>" * 300_000),
    "depth": lambda: with_xmp(OPEN + "<dc:rights>" * 300_000),
    "lines": lambda: with_xmp(f"{OPEN}<rdf:Description><dc:rights>" + "\n" * 3 * MEGABYTE),
    "attributes": lambda: with_xmp(
        OPEN + "<rdf:Description " + " ".join(f"a{number}='b'" for number in range(200_000)) + "/>"
    ),
    "prefixes": lambda: with_xmp(OPEN + "".join(f"<p{number}:a/>" for number in range(200_000))),
    "a tag without end": lambda: with_xmp("<x:xmpmeta><a:" + "b" * (MOST_MENDED - 100)),
    "tags without end": lambda: with_xmp("<x:xmpmeta>" + "<a:b" * (MOST_MENDED // 5)),
    "attributes without values": lambda: with_xmp("<x:xmpmeta><a:b " + "c=" * (MOST_MENDED // 3) + ">"),
    "a long address before each name": lambda: with_xmp(
        f"{OPEN}<rdf:Description xmlns:n='{'n' * MEGABYTE}'>" + "<n:a n:b=''/>" * 60_000
    ),
    "brackets": lambda: with_xmp("<" * 3 * MEGABYTE),
    "texts that unfold": lambda: worded.png(
        *[(b"zTXt", b"Comment\x00\x00" + zlib.compress(b" " * 20 * MEGABYTE + b"x"))] * 100
    ),
    "packets that unfold": lambda: worded.png(
        *[(b"zTXt", b"XML:com.adobe.xmp\x00\x00" + zlib.compress((OPEN + "<a/>" * MEGABYTE).encode()))] * 30
    ),
    "blanks": lambda: worded.png_with_note("x" + " " * 3 * MEGABYTE + "Steps"),
    "settings": lambda: worded.png_with_note("Steps: [[[[[[\n" * 20_000),
    "deep JSON": lambda: worded.png_with_note('{"a":' + "[" * MEGABYTE, "prompt"),
    "large fields": lambda: worded.png(
        *[(b"eXIf", worded.tiff([(0x010E, worded.ASCII, b"a" * MEGABYTE)]).replace(b"\x00\x10\x00\x00", b"\x7f" * 4))]
        * 30
    ),
    "comments of nothing": lambda: worded.gif(b"!\xfe" + b"\x01a" * 3 * MEGABYTE),
    "application blocks": lambda: worded.gif(b"!\xff\x0bXMP DataXMP" + b"\x00" * 256) * 20_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_made_to_be_costly_is_not(name: str) -> None:
    said_by(BOMBS[name]())


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    found = said_by(worded.jpeg_with_xmp(packet(described(f"<dc:rights>{'x' * (MOST + 1)}</dc:rights>"))))
    assert (len(found["iptc"]["rights"]), found["iptc"]["rights"][-1]) == (MOST, "…")


def test_an_entity_is_never_unfolded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "boom">]>' + packet(described("<photoshop:Credit>&a;</photoshop:Credit>"))
    assert "boom" not in str(said_by(worded.jpeg_with_xmp(bomb)))
    inside = packet('<!DOCTYPE x [<!ENTITY a "boom">]>' + described("<photoshop:Credit>&a;</photoshop:Credit>"))
    assert "boom" not in str(said_by(worded.jpeg_with_xmp(inside)))


def test_no_control_character_or_half_character_is_kept() -> None:
    words = b"a\x00b\x1bc\xed\xa0\x80d\x9b"
    found = said_by(worded.jpeg(worded.segment(0xFE, words)))
    assert not {"Cc", "Cs"} & {unicodedata.category(each) for each in found["text"]["file_comment"]}


def test_half_a_character_in_a_note_is_not_kept() -> None:
    words = '{"sui_image_params": {"prompt": "a \\ud800kitchen\\u0000", "model": "m"}}'
    assert said_by(worded.png_with_note(words))["generator"]["prompt"] == "a kitchen"


def test_a_fault_in_the_reader_costs_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "said_by", lambda data: 1 / 0)
    assert reading.read(b"") == {}
