"""Names of downloads: telling in any script, safe on any system, and never longer than one takes."""

from __future__ import annotations

import pytest
from django.utils.http import parse_header_parameters
from hypothesis import given
from hypothesis import strategies as st

from core.file_names import MOST_BYTES, disposition, file_name

FORBIDDEN = set('/\\:*?"<>|') | {chr(code) for code in range(32)} | set("\u202a\u202b\u202d\u202e\u2066\u2067\u200f")


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("HB-1042", "Küche mit Meerblick"), "HB-1042-Küche-mit-Meerblick-v2-website.jpg"),
        (("", "海の見える台所"), "海の見える台所-v2-website.jpg"),
        (("", "مطبخ"), "مطبخ-v2-website.jpg"),
        (("", "आधुनिक रसोई"), "आधुनिक-रसोई-v2-website.jpg"),
        (("../..", "a/b\\c: *"), "a-b-c-v2-website.jpg"),
        (("", "kitchen\u202egpj.exe"), "kitchengpj.exe-v2-website.jpg"),
        (("", "..."), "image-v2-website.jpg"),
    ],
)
def test_it_says_listing_title_version_and_channel(parts: tuple[str, str], name: str) -> None:
    assert file_name(*parts, ending=("v2", "website"), extension="jpg") == name


@given(st.text(), st.text(max_size=400))
def test_no_words_make_a_name_that_harms(reference: str, title: str) -> None:
    name = file_name(reference, title, ending=("v2", "website"), extension="jpg")
    assert not FORBIDDEN & set(name)
    assert name.endswith("-v2-website.jpg")
    assert len(name.encode()) <= MOST_BYTES
    assert not name.startswith((".", "-"))


def test_it_is_cut_at_whole_letters_and_keeps_version_and_channel() -> None:
    name = file_name("क" + "ि" * 60, ending=("v2", "website"), extension="jpg")
    assert name.encode().decode().endswith("-v2-website.jpg")
    assert file_name("é" * 200, ending=("v12",), extension="webp") == f"{'é' * 70}-v12.webp"


@given(st.text(max_size=60))
def test_the_header_carries_the_name_and_a_twin_in_ascii(title: str) -> None:
    name = file_name(title, ending=("v2",), extension="jpg")
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    kind, said = parse_header_parameters(header)
    assert (kind, said["filename"]) == ("attachment", name)


def test_a_program_that_reads_no_other_finds_ascii_first() -> None:
    header = disposition("Küche-v2.jpg")
    assert header == "attachment; filename=\"Kuche-v2.jpg\"; filename*=UTF-8''K%C3%BCche-v2.jpg"
    assert disposition("kitchen-v1.jpg") == 'attachment; filename="kitchen-v1.jpg"'
