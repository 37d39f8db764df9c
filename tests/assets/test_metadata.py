"""What copies say about themselves, read back by an independent parser, and what other programs' files say."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from assets.alt_texts import forms
from assets.imaging import metadata, rendering
from assets.imaging.metadata import EmbeddedMetadata
from assets.imaging.rendering import SPECS, Spec
from tests.assets.factories import picture

IPTC_EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
IPTC_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
DC = "{http://purl.org/dc/elements/1.1/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LI = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
TYPES = ["image/jpeg", "image/webp", "image/png", "image/avif"]

CARD = EmbeddedMetadata(
    alt_text='Küche <mit> "Tisch" & Stuhl',
    language="de",
    title="Küche",
    credit="Harbor Homes",
    rights="© Harbor Homes",
    web_statement="https://license.example/1",
    digital_source="trainedAlgorithmicMedia",
    ai_system="OpenAI",
    ai_system_version="gpt-image-2",
    ai_prompt="A kitchen",
)


def xmp_of(data: bytes) -> ElementTree.Element:
    """Cut the packet out of the file's bytes, without Pillow and without our own reader."""
    start, end = data.index(b"<x:xmpmeta"), data.index(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")
    return ElementTree.fromstring(data[start:end].decode())  # noqa: S314 - our own output


def text_of(root: ElementTree.Element, name: str) -> str | None:
    element = next(root.iter(name), None)
    if element is None:
        return None
    return next((item.text for item in element.iter(LI)), element.text)


def rendered(card: EmbeddedMetadata, media_type: str = "image/jpeg") -> bytes:
    return rendering.render(picture(200, 150), Spec("test", 100, 100, media_type, 85), card).data


@pytest.mark.parametrize("media_type", TYPES)
def test_another_parser_reads_every_field_back(media_type: str) -> None:
    root = xmp_of(rendered(CARD, media_type))
    assert text_of(root, f"{IPTC_EXT}AISystemUsed") == "OpenAI"
    assert text_of(root, f"{IPTC_EXT}AISystemVersionUsed") == "gpt-image-2"
    assert text_of(root, f"{IPTC_EXT}AIPromptInformation") == "A kitchen"
    assert (
        text_of(root, f"{IPTC_EXT}DigitalSourceType")
        == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    )
    assert text_of(root, f"{IPTC_CORE}AltTextAccessibility") == CARD.alt_text
    assert text_of(root, f"{DC}rights") == "© Harbor Homes"
    assert text_of(root, f"{PHOTOSHOP}Credit") == "Harbor Homes"
    assert text_of(root, f"{RIGHTS}WebStatement") == "https://license.example/1"


@pytest.mark.parametrize("media_type", TYPES)
def test_our_own_reader_agrees(media_type: str) -> None:
    iptc = metadata.read(rendered(CARD, media_type))["iptc"]
    assert (iptc["alt_text"], iptc["ai_system"]) == (CARD.alt_text, "OpenAI")
    assert iptc["digital_source"].endswith("/trainedAlgorithmicMedia")


def test_the_alt_text_is_written_in_every_language() -> None:
    root = xmp_of(rendered(replace(CARD, further_alt_texts={"fr": "Cuisine avec une table"})))
    said = {item.get(XML_LANG): item.text for item in next(root.iter(f"{IPTC_CORE}AltTextAccessibility")).iter(LI)}
    assert said == {"x-default": CARD.alt_text, "de": CARD.alt_text, "fr": "Cuisine avec une table"}


def test_the_longest_words_in_the_most_languages_fit_into_a_jpeg() -> None:
    texts = {f"x{number}": "\U0001f3e0" * forms.LENGTH for number in range(forms.MOST)}
    card = EmbeddedMetadata(
        alt_text="\U0001f3e0" * 2000, further_alt_texts=texts, title="\U0001f3e0" * 200, rights="©" * 200
    )
    assert b"AltTextAccessibility" in rendered(card)


def test_what_is_empty_is_not_written() -> None:
    root = xmp_of(rendered(EmbeddedMetadata(alt_text="A kitchen")))
    assert text_of(root, f"{IPTC_EXT}AIPromptInformation") is None
    assert text_of(root, f"{PHOTOSHOP}Credit") is None


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1))
def test_any_text_gives_xmp_that_parses(text: str) -> None:
    packet = EmbeddedMetadata(alt_text=text, credit=text).as_xmp()
    ElementTree.fromstring(packet.decode("utf-8").replace("\ufeff", "", 1))  # noqa: S314 - our own output


SECRETS = b"GPS of a home"


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_nothing_that_the_file_carried_is_in_a_copy(spec: Spec) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRETS.decode()
    exif[0x8825] = {1: "N", 2: (54.0, 1.0, 2.0), 29: SECRETS.decode()}
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRETS + b"</x:xmpmeta>"
    data = picture(300, 200, form="JPEG", exif=exif, xmp=packet, comment=SECRETS)
    assert data.count(SECRETS) >= 3
    copy = rendering.render(data, spec)
    assert SECRETS not in copy.data
    with Image.open(io.BytesIO(copy.data)) as image:
        assert not image.getexif()


def test_text_chunks_of_a_png_are_not_in_a_copy() -> None:
    chunks = PngInfo()
    chunks.add_text("parameters", SECRETS.decode())
    png = Spec("test", 100, 100, "image/png", 100)
    assert SECRETS not in rendering.render(picture(pnginfo=chunks), png).data


# Reading other programs' files


def with_text(key: str, text: str) -> bytes:
    chunks = PngInfo()
    chunks.add_text(key, text)
    return picture(pnginfo=chunks)


def test_what_no_database_can_hold_is_left_out() -> None:
    found = metadata.read(with_text("parameters", "a kit\x00chen\nSteps: 20, Sampler: Euler, Seed: 42"))
    assert found["generator"]["prompt"] == "a kitchen"


def test_it_reads_what_automatic1111_writes() -> None:
    text = "a kitchen, dusk\nNegative prompt: people\nSteps: 20, Sampler: Euler, Seed: 42, Size: 96x64, Model: sdxl"
    assert metadata.read(with_text("parameters", text))["generator"] == {
        "name": "AUTOMATIC1111",
        "prompt": "a kitchen, dusk",
        "negative": "people",
        "settings": "Steps: 20, Sampler: Euler, Seed: 42, Size: 96x64, Model: sdxl",
        "model": "sdxl",
        "seed": "42",
    }


def test_it_reads_what_comfyui_writes() -> None:
    found = metadata.read(with_text("prompt", '{"3": {"class_type": "KSampler"}}'))["generator"]
    assert (found["name"], "KSampler" in found["graph"]) == ("ComfyUI", True)


JOB = "0b7a1c2e-1111-2222-3333-444455556666"


def test_it_reads_midjourneys_description() -> None:
    found = metadata.read(with_text("Description", f"a kitchen --ar 3:2 --v 7 Job ID: {JOB}"))["generator"]
    assert found == {"name": "Midjourney", "prompt": "a kitchen --ar 3:2 --v 7", "job": JOB}


def test_it_reads_the_camera_but_not_the_place() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "EOS R5"
    exif[0x8769] = {0x829A: 0.01, 0x829D: 8.0}
    exif[0x8825] = {1: "N", 2: (54.0, 1.0, 2.0)}
    found = metadata.read(picture(form="JPEG", exif=exif))
    assert found == {"camera": {"make": "Canon", "model": "EOS R5"}}


def test_it_notices_content_credentials_in_a_png() -> None:
    body = b"\x00\x00\x00\x20jumbjumdc2pa" + b"trainedAlgorithmicMedia"
    chunk = struct.pack(">I", len(body)) + b"caBX" + body + struct.pack(">I", zlib.crc32(b"caBX" + body))
    data = picture()
    found = metadata.read(data[:33] + chunk + data[33:])["c2pa"]
    assert (found["present"], found["says"]) == (True, ["trainedAlgorithmicMedia"])


def test_it_notices_content_credentials_in_a_jpeg() -> None:
    body = b"JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x20jumbjumdc2pa"
    data = picture(form="JPEG")
    found = metadata.read(data[:2] + b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body + data[2:])
    assert found["c2pa"]["present"]


@pytest.mark.parametrize("data", [b"", b"nonsense", picture()[:40], b"\xff\xd8\xff\xeb", b"RIFF\x00\x00"])
def test_it_never_trips(data: bytes) -> None:
    assert metadata.read(data) == {}


def test_an_entity_bomb_in_xmp_is_not_unpacked() -> None:
    entities = b'<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
    bomb = b"<!DOCTYPE x [" + entities + b']><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>'
    assert "iptc" not in metadata.read(picture(form="JPEG", xmp=bomb))
