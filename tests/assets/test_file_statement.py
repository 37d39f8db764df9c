"""What a file says about itself, shown in plain words with the place where it stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from assets.imaging.metadata import exif, iim, reading, vocabulary
from assets.imaging.metadata.file_words import MAKING, RIGHTS
from assets.models import DigitalSource
from assets.pages.file_statement import About, FileFact, file_statement
from assets.provenance.data import ProvenanceData
from core.models import User
from tests.assets import factories, worded
from tests.assets.worded import ASCII, described, packet, record, resource

pytestmark = pytest.mark.django_db

NOTICE = b"(c) 2026 Ann Example"
RESTRICTED = worded.jpeg(
    worded.segment(0xE1, b"Exif\x00\x00" + worded.tiff([(0x8298, ASCII, NOTICE + b"\x00")])),
    worded.segment(
        0xED, b"Photoshop 3.0\x00" + resource(0x0404, record(116, NOTICE) + record(40, b"EDITORIAL USE ONLY"))
    ),
    worded.xmp_segment(
        packet(
            described(
                "<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING</plus:DataMining>"
                "<Iptc4xmpExt:DigitalSourceType>trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>"
            )
        ).encode()
    ),
)


def facts(ada: User, about: About, found: dict[str, Any]) -> list[FileFact]:
    version = factories.VersionFactory.create(by=ada, provenance=ProvenanceData(found=found))
    return file_statement(version, about)


def test_a_notice_that_stands_in_several_places_is_told_once_with_all_of_them(ada: User) -> None:
    version = factories.VersionFactory.create(by=ada, data=RESTRICTED)
    assert [(fact.name, fact.value, fact.source) for fact in file_statement(version, About.RIGHTS)] == [
        ("Copyright notice", "(c) 2026 Ann Example", "IPTC CopyrightNotice, EXIF Copyright"),
        ("Instructions", "EDITORIAL USE ONLY", "IPTC SpecialInstructions"),
        ("AI training and data mining", "Prohibited for AI training", "XMP plus:DataMining"),
    ]


def test_the_page_of_a_version_shows_them_unfolded(client: Client, ada: User) -> None:
    version = factories.VersionFactory.create(by=ada, data=RESTRICTED)
    client.force_login(ada)
    page = client.get(version.get_absolute_url()).content.decode()
    shown = page[page.index("Rights stated in the file") :]
    for words in ("Copyright notice", "(c) 2026 Ann Example", "EXIF Copyright", "EDITORIAL USE ONLY"):
        assert words in shown
    assert "Made by a trained model" in page[page.index("The file says of its making") :]


def test_who_says_something_else_is_told_beside(ada: User) -> None:
    said = facts(ada, About.RIGHTS, {"iptc": {"rights": "(c) Ann"}, "exif": {"rights": "(c) Bob"}})
    assert [(fact.value, fact.source) for fact in said] == [
        ("(c) Ann", "XMP dc:rights"),
        ("(c) Bob", "EXIF Copyright"),
    ]


def test_further_languages_are_told(ada: User) -> None:
    found = {"iptc": {"usage_terms": "Press only", "languages": {"usage_terms": {"de": "Nur Presse"}}}}
    assert [(fact.name, fact.value) for fact in facts(ada, About.RIGHTS, found)] == [
        ("Usage terms", "Press only"),
        ("Usage terms (de)", "Nur Presse"),
    ]


def test_how_it_was_made_is_told_in_plain_words(ada: User) -> None:
    found = {
        "c2pa": {"present": True, "says": []},
        "iptc": {"ai_system": "S"},
        "generator": {"name": "ComfyUI", "seed": "7", "graph": "{}"},
    }
    assert [(fact.name, fact.value) for fact in facts(ada, About.MAKING, found)] == [
        ("Content Credentials", "Present, not verified"),
        ("AI system", "S"),
        ("Generator", "ComfyUI"),
        ("Generator’s seed", "7"),
    ]


def test_the_kind_of_source_is_told_whatever_its_capitals(ada: User) -> None:
    found = {"iptc": {"digital_source": "http://cv.iptc.org/newscodes/digitalsourcetype/TrainedAlgorithmicMedia"}}
    label = str(DigitalSource("trainedAlgorithmicMedia").label)
    assert [(fact.name, fact.value) for fact in facts(ada, About.MAKING, found)] == [("How it was made", label)]


def test_codes_are_told_in_plain_words(ada: User) -> None:
    plus = "http://ns.useplus.org/ldf/vocab/"
    found = {"iptc": {"alteration_constraints": f"{plus}AL-CRP; {plus}AL-MRG; {plus}XX-NEW", "marked": "true"}}
    assert [(fact.name, fact.value) for fact in facts(ada, About.RIGHTS, found)] == [
        ("Restrictions", f"No cropping; No merging with other pictures; {plus}XX-NEW"),
        ("Marked as copyrighted", "Yes"),
    ]


def test_all_else_is_told_too(ada: User) -> None:
    found = {"camera": {"model": "K1"}, "trailing_bytes": 3, "generator": {"graph": "{}"}, "exif": {"software": "P"}}
    assert [(fact.name, fact.value, fact.source) for fact in facts(ada, About.ALL_ELSE, found)] == [
        ("Camera model", "K1", ""),
        ("Trailing bytes", "3", ""),
        ("Generator graph", "{}", ""),
        ("Software", "P", "EXIF Software"),
    ]


def test_every_name_that_has_plain_words_is_read_somewhere() -> None:
    told = {name for names in (*RIGHTS.values(), *MAKING.values()) for name in names}
    read = {*vocabulary.NAMES, *iim.NAMES, *exif.NAMES, *reading.TEXT_CHUNKS.values()}
    assert told - read == set()


def test_a_text_of_a_png_is_told_under_its_own_keyword() -> None:
    for keyword, name in reading.TEXT_CHUNKS.items():
        assert reading.place_of("text", name).lower() in {f"png {keyword}", "comment"}
