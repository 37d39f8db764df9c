"""What a delivered copy says about itself, in XMP and in its older twins: read back as it was written."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms

from assets.imaging import metadata, rendering
from assets.imaging.metadata import EmbeddedMetadata, carriers, iim, twins
from assets.imaging.rendering import Order, Spec
from tests import exiftool
from tests.assets.factories import picture

TYPES = ["image/jpeg", "image/png", "image/webp", "image/avif"]
WITH_RECORDS = ["image/jpeg", "image/png"]
"""Types that have a place for IPTC-IIM."""
FULL = EmbeddedMetadata(
    title="Küche mit Meerblick",
    description="Virtually staged: Sofa. Das Original: https://portal.example/originals/1/",
    alt_text="Küche <mit> „Tisch“ & Stuhl",
    language="de",
    further_alt_texts={"ja": "台所", "ar": "مطبخ"},
    long_description="Links ein Fenster, rechts ein Herd.",
    creator="Jörg Müller; 山田太郎",
    credit="Müller/Agentur",
    rights="© 2026 Jörg Müller — alle Rechte vorbehalten",
    marked=True,
    usage_terms="Nur für diese Anzeige",
    web_statement="https://license.example/1",
    licensor="Bildagentur Süd",
    licensor_url="https://license.example/",
    data_mining="DMI-PROHIBITED-SEECONSTRAINT",
    constraints="Kein Training",
    digital_source="compositeWithTrainedAlgorithmicMedia",
    ai_system="Midjourney",
    ai_system_version="7",
    dpi=300,
)
LONG = "Ein langer Titel über eine Küche – 台所 " * 20


def delivered(card: EmbeddedMetadata | None, media_type: str = "image/jpeg") -> bytes:
    return rendering.render(picture(200, 150), Spec("test", 100, 100, media_type, 85), card).data


def said_in_xmp(card: EmbeddedMetadata) -> Mapping[str, Any]:
    """What `metadata.read` is to find in the XMP of a copy with this card."""
    languages = {"alt_text": {card.language: card.alt_text, **card.further_alt_texts}}
    return {
        "title": card.title,
        "description": card.description,
        "alt_text": card.alt_text,
        "extended_description": card.long_description,
        "languages": languages | {"extended_description": {card.language: card.long_description}},
        "creator": card.creator,
        "credit": card.credit,
        "rights": card.rights,
        "marked": str(card.marked),
        "usage_terms": card.usage_terms,
        "web_statement": card.web_statement,
        "licensor": card.licensor,
        "licensor_url": card.licensor_url,
        "data_mining": f"http://ns.useplus.org/ldf/vocab/{card.data_mining}",
        "other_constraints": card.constraints,
        "digital_source": f"{metadata.SOURCE_TYPES}{card.digital_source}",
        "ai_system": card.ai_system,
        "ai_system_version": card.ai_system_version,
    }


@pytest.mark.parametrize("media_type", TYPES)
def test_what_is_written_is_read_back(media_type: str) -> None:
    found = metadata.read(delivered(FULL, media_type))
    assert found["iptc"] == said_in_xmp(FULL)
    assert found["exif"] == {"description": FULL.description, "creator": FULL.creator, "rights": FULL.rights}


@pytest.mark.parametrize("media_type", WITH_RECORDS)
def test_the_records_say_what_the_xmp_says(media_type: str) -> None:
    found = metadata.read(delivered(FULL, media_type))
    twins_in_xmp = ("title", "creator", "credit", "rights", "description", "marked", "web_statement")
    assert found["iim"] == {name: found["iptc"][name] for name in twins_in_xmp}


@pytest.mark.parametrize("media_type", TYPES)
def test_long_texts_are_whole_in_xmp_and_begin_alike_in_the_twins(media_type: str) -> None:
    card = replace(FULL, title=LONG.strip(), creator=LONG.strip(), rights=LONG * 20, description=LONG * 20)
    found = metadata.read(delivered(card, media_type))
    for name in ("title", "creator", "rights", "description"):
        whole = found["iptc"][name]
        assert whole == getattr(card, name).strip()
        for twin in ("iim", "exif"):
            short = found.get(twin, {}).get(name, "")
            assert whole.startswith(short)
            assert len(short.encode()) <= (2_000 if twin == "iim" else 4_000)


def test_no_record_is_longer_than_iim_allows_and_none_ends_in_half_a_character() -> None:
    card = replace(FULL, title=LONG, creator=LONG, credit=LONG, rights=LONG, description=LONG * 5)
    records = dict(iim.resources(twins.photoshop_resources(card)))[0x0404]
    told = {key: value for key, value in iim._records(records) if key in twins.LONGEST}
    for key, value in told.items():
        assert twins.LONGEST[key] - 3 < len(value) <= twins.LONGEST[key]
        assert value.decode()


@pytest.mark.parametrize("media_type", WITH_RECORDS)
def test_the_digest_tells_photoshop_that_records_and_xmp_belong_together(media_type: str) -> None:
    [resources] = carriers.carried(delivered(FULL, media_type)).of("photoshop")
    parts = dict(iim.resources(resources))
    assert parts[0x0425] == hashlib.md5(parts[0x0404], usedforsecurity=False).digest()
    assert parts[0x0404].startswith(b"\x1c\x01\x5a\x00\x03\x1b%G")


def test_more_xmp_than_one_segment_of_a_jpeg_holds_is_read_back_whole() -> None:
    further = {f"x{number}": "\U0001f3e0" * 1_000 for number in range(8)}
    card = replace(FULL, further_alt_texts=further, long_description="\U0001f3e0" * 20_000)
    assert metadata.read(delivered(card))["iptc"] == said_in_xmp(card)


@pytest.mark.parametrize("media_type", TYPES)
def test_the_profile_is_the_one_of_srgb_and_moves_no_color(media_type: str) -> None:
    with Image.open(io.BytesIO(delivered(FULL, media_type))) as image:
        pixels = image.convert("RGB")
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert ImageCms.getProfileDescription(profile).strip() == "sRGB"
    shown = ImageCms.profileToProfile(pixels, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert shown is not None
    assert max(ImageChops.difference(pixels, shown).tobytes()) <= 1


@pytest.mark.parametrize("media_type", WITH_RECORDS)
def test_the_resolution_is_said_where_it_is_known(media_type: str) -> None:
    with Image.open(io.BytesIO(delivered(FULL, media_type))) as image:
        assert [round(density) for density in image.info["dpi"]] == [300, 300]
        assert image.getexif()[0x011A] == 300
    with Image.open(io.BytesIO(delivered(replace(FULL, dpi=0), media_type))) as image:
        assert 0x011A not in image.getexif()


def test_nobody_says_whether_it_is_protected_and_so_neither_does_the_file() -> None:
    found = metadata.read(delivered(replace(FULL, marked=None)))
    assert "marked" not in {**found["iptc"], **found["iim"]}


@pytest.mark.parametrize("media_type", TYPES)
def test_a_copy_for_our_own_pages_carries_nothing(media_type: str) -> None:
    data = delivered(None, media_type)
    assert metadata.read(data) == {}
    with Image.open(io.BytesIO(data)) as image:
        assert not {"icc_profile", "exif", "dpi", "photoshop"} & image.info.keys()


@pytest.mark.parametrize("media_type", TYPES)
def test_the_same_card_gives_the_same_bytes(media_type: str) -> None:
    order = Order(Spec("test", 100, 100, media_type, 85), FULL)
    one, other = rendering.render_all(picture(200, 150), [order, order])
    assert one == other


@pytest.mark.exiftool
def test_exiftool_reads_the_same_in_every_format() -> None:
    """Of our channels none takes PNG or AVIF; of a channel that does, each file says the same."""
    in_xmp = {
        "XMP-dc:Title": FULL.title,
        "XMP-dc:Description": FULL.description,
        "XMP-dc:Creator": FULL.creators,
        "XMP-dc:Rights": FULL.rights,
        "XMP-plus:OtherConstraints": FULL.constraints,
        "XMP-plus:Licensor": [{"LicensorName": FULL.licensor, "LicensorURL": FULL.licensor_url}],
        "XMP-iptcCore:AltTextAccessibility-ja": "台所",
        "XMP-iptcCore:ExtDescrAccessibility-de": FULL.long_description,
        "IFD0:Artist": FULL.creator,
        "IFD0:XResolution": 300,
        "ICC_Profile:ProfileDescription": "sRGB",
    }
    in_records = {
        "IPTC:By-line": FULL.creators,
        "IPTC:Caption-Abstract": FULL.description,
        "Photoshop:CopyrightFlag": 1,
    }
    told = exiftool.read(*(delivered(FULL, media_type) for media_type in TYPES))
    for media_type, found in zip(TYPES, told, strict=True):
        wanted = in_xmp | (in_records if media_type in WITH_RECORDS else {})
        assert {name: found.get(name) for name in wanted} == wanted, media_type


@pytest.mark.exiftool
def test_exiftool_finds_what_extends_the_xmp_of_a_jpeg() -> None:
    [found] = exiftool.read(delivered(replace(FULL, long_description="Ein Fenster. " * 10_000)))
    assert found["XMP-iptcCore:ExtDescrAccessibility"] == ("Ein Fenster. " * 10_000)
    assert found["XMP-dc:Rights"] == FULL.rights
