"""Every delivered file, read again by ExifTool, says what its dossier says, field by field, and nothing else.

All channels that a fresh portal starts with, each with what it takes of a photograph, an altered one, a generated
picture and a drawing. Private words are planted in each file before it comes in; none of them leaves.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import reverse
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pytest_django import DjangoDbBlocker

from approvals.channels import loading, verdict
from approvals.models import Channel, Release
from approvals.pages import delivered_words
from assets.imaging import containers
from assets.imaging.metadata import SOURCE_TYPES
from assets.models import Origin, Version
from assets.provenance.data import ProvenanceData
from core import storage
from tests import exiftool
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs
from tests.assets.factories import picture
from tests.assets.worded import described, packet
from tests.browsing import browser_of
from tests.together import in_one_transaction

pytestmark = [pytest.mark.django_db, pytest.mark.exiftool]

SECRET = "Zq7secret"
"""In each private word, so that one search finds them all."""
PRIVATE = (
    f"EXIF:OwnerName={SECRET} owner",
    f"EXIF:SerialNumber={SECRET} body",
    f"EXIF:LensSerialNumber={SECRET} lens",
    f"EXIF:UserComment={SECRET} note",
    f"EXIF:ImageUniqueID={SECRET} id",
    "EXIF:GPSLatitude=54.0123456",
    "EXIF:GPSLatitudeRef=N",
    f"EXIF:GPSAreaInformation={SECRET} street",
    f"XMP-xmpMM:DocumentID={SECRET} document",
    f"XMP-xmpMM:HistoryParameters={SECRET} history",
    f"XMP-xmpMM:HistorySoftwareAgent={SECRET} editor",
    f"XMP-iptcCore:CreatorWorkTelephone={SECRET} telephone",
    f"XMP-iptcCore:Location={SECRET} place",
    f"XMP-photoshop:Instructions={SECRET} instructions",
    f"XMP-iptcExt:PersonInImage={SECRET} person",
    f"XMP-crs:RawFileName={SECRET} raw",
)
OF_PROGRAMS = (f"IPTC:Writer-Editor={SECRET} writer", f"IPTC:SpecialInstructions={SECRET} wish")
"""What only a JPEG and a PNG can hold."""


@dataclass(frozen=True)
class Case:
    """A kind of picture, as it comes in and as it is told to leave."""

    title: str
    alt_text: str
    further: Mapping[str, str]
    digital_source: str
    form: str
    planted: Sequence[str]
    """What its file says of its creator and how it came about."""
    newer: str = ""
    """The same in XMP, of properties that are younger than ExifTool 12.57."""
    says: Mapping[str, str] = field(default_factory=dict)
    """What every delivered file must say of that: creator, notice, credit, usage terms and so on, and the AI system."""
    alterations: Sequence[str] = ()
    note: str = ""
    language: str = "en"
    made: ProvenanceData = field(default_factory=ProvenanceData)


CASES = {
    "photograph": Case(
        title="Küche mit Meerblick – für Gäste",
        alt_text="Eine helle Küche mit Eichentisch, „frisch gestrichen“",
        further={"ar": "مطبخ مضيء", "ja": "明るい台所"},
        digital_source="digitalCapture",
        form="JPEG",
        language="de",
        planted=(
            "EXIF:Make=Canon",
            "EXIF:Model=EOS R5",
            "EXIF:ExposureTime=0.01",
            "EXIF:FNumber=8",
            "EXIF:Artist=Jörg Müller; 山田太郎",
            "EXIF:Copyright=© 2026 Jörg Müller, alle Rechte vorbehalten",
            "XMP-dc:Creator=Jörg Müller",
            "XMP-dc:Creator=山田太郎",
            "XMP-dc:Rights=© 2026 Jörg Müller, alle Rechte vorbehalten",
            "XMP-xmpRights:UsageTerms=Nur für die Vermarktung dieses Hauses",
            "XMP-xmpRights:WebStatement=https://mueller.example/lizenz",
            "XMP-xmpRights:Marked=True",
            "XMP-plus:LicensorName=Bildagentur Süd",
            "XMP-plus:LicensorURL=https://agentur.example/",
        ),
        newer="<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING</plus:DataMining>",
        says={
            "creator": "Jörg Müller; 山田太郎",
            "notice": "© 2026 Jörg Müller, alle Rechte vorbehalten",
            "usage_terms": "Nur für die Vermarktung dieses Hauses",
            "web_statement": "https://mueller.example/lizenz",
            "marked": "True",
            "licensor": "Bildagentur Süd",
            "licensor_url": "https://agentur.example/",
            "data_mining": "DMI-PROHIBITED-AIMLTRAINING",
        },
    ),
    "altered": Case(
        title="海の見える台所 “staged” & <bright>",
        alt_text="Kitchen with an oak table, virtually staged",
        further={"fr": "Cuisine aménagée virtuellement"},
        digital_source="compositeWithTrainedAlgorithmicMedia",
        form="PNG",
        planted=(
            "XMP-dc:Creator=Jörg Müller",
            "XMP-dc:Rights=© 2026 Jörg Müller",
            "XMP-iptcExt:DigitalSourceType#=http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia",
        ),
        newer=f"<Iptc4xmpExt:AIPromptInformation>{SECRET} prompt</Iptc4xmpExt:AIPromptInformation>",
        says={
            "creator": "Jörg Müller",
            "notice": "© 2026 Jörg Müller",
            "ai_system": "ChatGPT",
            "ai_system_version": "gpt-image-2",
        },
        alterations=("VirtualStagingItemAddition",),
        note="Sofa added",
        made=ProvenanceData(
            provider="chatgpt",
            provider_name="ChatGPT (by hand)",
            ai_system="ChatGPT",
            model_asked="gpt-image-2",
            prompt=f"{SECRET} prompt",
            negative=f"{SECRET} negative",
        ),
    ),
    "generated": Case(
        title="مطبخ على البحر",
        alt_text="A bright kitchen by the sea, made with AI",
        further={},
        digital_source="trainedAlgorithmicMedia",
        form="PNG",
        planted=(
            "XMP-dc:Description=" + SECRET + " --v 7 Job ID: 0b7a1c2e-1111-2222-3333-444455556666",
            "XMP-iptcExt:DigitalSourceType#=http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            "XMP-xmpRights:WebStatement=https://provider.example/terms",
        ),
        says={"ai_system": "Midjourney", "ai_system_version": "7"},
        made=ProvenanceData(
            provider="midjourney",
            provider_name="Midjourney (by hand)",
            ai_system="Midjourney",
            model_asked="7",
            digital_source="trainedAlgorithmicMedia",
            prompt=f"{SECRET} prompt",
        ),
    ),
    "drawn": Case(
        title="Plan of the flat, ½ scale",
        alt_text="Floor plan of a flat with two rooms",
        further={"de": "Grundriss"},
        digital_source="algorithmicMedia",
        form="WEBP",
        planted=(),
        made=ProvenanceData(
            provider="sketch",
            provider_name="Sketch",
            model_asked="sketch-1",
            digital_source="algorithmicMedia",
            prompt=f"{SECRET} prompt",
        ),
    ),
}


# The portal


@dataclass(frozen=True)
class Portal:
    """What was released, and what ExifTool tells of it."""

    releases: Mapping[tuple[str, str], Release]
    """Kind and channel → the release."""
    told: Mapping[tuple[str, str], exiftool.Told]


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Portal]:
    with in_one_transaction(django_db_blocker), override_settings(UNDO_SECONDS=0):
        channels = loading.load() and list(Channel.objects.filter(active=True))
        releases = dict(_released(channels))
        files = [storage.read(release.file_sha256) for release in releases.values()]
        yield Portal(releases, dict(zip(releases, exiftool.read(*files), strict=True)))


def _released(channels: Sequence[Channel]) -> Iterator[tuple[tuple[str, str], Release]]:
    """The photograph first: it is the original of the altered one."""
    original: Version | None = None
    for kind, case in CASES.items():
        version = _made(case, original if case.alterations else None)
        original = original or version
        takes = [each for each in channels if not _refusals(version, each)]
        release = factories.released(version, *takes)
        for each in Release.objects.filter(decision=release.decision).select_related("channel", "decision", "version"):
            yield (kind, each.channel.slug), each


def _refusals(version: Version, channel: Channel) -> list[str]:
    return [found.code for found in verdict.findings(version, channel, channel.today) if found.blocks]


def _made(case: Case, original: Version | None) -> Version:
    ada = library.ada()
    listing = library.ListingFactory.create(reference="HB-1042")
    version = library.VersionFactory.create(
        by=ada,
        data=_with_private_words(case),
        title=case.title,
        listing=listing,
        origin=Origin.BROUGHT if case.made.provider else Origin.UPLOADED,
        digital_source=case.digital_source,
        provenance=case.made,
    )
    library.make_ready(version, ada)
    owner = case.says.get("creator", "Harbor Homes")
    library.complete_license(version, ada, holder=owner, attribution=f"{owner}/Häfen")
    verbs.describe(version, text=case.alt_text, further=case.further, language=case.language, by=ada)
    verbs.mark(
        version,
        digital_source=case.digital_source,
        alterations=case.alterations,
        original=original,
        disclosure_note=case.note,
        by=ada,
    )
    return Version.objects.with_dossier().get(pk=version.pk)


def _with_private_words(case: Case) -> bytes:
    """A file of a camera or a program, full of what is nobody's business."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x927C] = f"{SECRET} maker note".encode()
    options: dict[str, Any] = {"exif": exif}
    if case.form == "PNG":
        chunks = PngInfo()
        chunks.add_text("Comment", f"{SECRET} comment", zip=True)
        chunks.add_itxt("Account", f"{SECRET} account")
        if case.newer:
            chunks.add_itxt("XML:com.adobe.xmp", packet(described(case.newer)))
        options["pnginfo"] = chunks
    elif case.form == "JPEG":
        options["comment"] = f"{SECRET} comment"
    if case.newer and case.form != "PNG":
        options["xmp"] = packet(described(case.newer)).encode()
    data = picture(1200, 1100, seed=len(case.title), form=case.form, **options)
    thumbnail = picture(96, 64, form="JPEG", comment=f"{SECRET} thumbnail") if case.form == "JPEG" else b""
    records = () if case.form == "WEBP" else OF_PROGRAMS
    made = exiftool.planted(data, [*PRIVATE, *records, *case.planted], thumbnail)
    assert SECRET.encode() in made
    return made


# What a file must say


def expected(kind: str, release: Release) -> dict[str, Any]:
    """By ExifTool's names, all that a file says; out of what was decided, and not of what we write."""
    facts, said = release.decision.dossier, CASES[kind].says
    credit = facts["license"]["attribution"]
    creators = [name for name in said.get("creator", "").split("; ") if name]
    description = disclosed(release)
    licensor = {"LicensorName": said.get("licensor"), "LicensorURL": said.get("licensor_url")}
    licensors = [licensor] if licensor["LicensorName"] else None
    mining = said.get("data_mining")
    web_statement = facts["license"]["url"] or said.get("web_statement")
    marked = said.get("marked")
    has_records = release.file_media_type in ("image/jpeg", "image/png")
    language = facts["alt_text"]["language"]
    fields = {
        "XMP-dc:Title": facts["title"],
        "XMP-dc:Description": description,
        "XMP-dc:Creator": creators,
        "XMP-dc:Rights": said.get("notice"),
        "XMP-photoshop:Credit": credit,
        "XMP-xmpRights:UsageTerms": said.get("usage_terms"),
        "XMP-xmpRights:WebStatement": web_statement,
        "XMP-xmpRights:Marked": marked,
        "XMP-plus:Licensor": licensors,
        "XMP-plus:DataMining": mining and f"http://ns.useplus.org/ldf/vocab/{mining}",
        "XMP-iptcExt:DigitalSourceType": f"{SOURCE_TYPES}{facts['disclosure']['digital_source']}",
        "XMP-iptcExt:AISystemUsed": said.get("ai_system"),
        "XMP-iptcExt:AISystemVersionUsed": said.get("ai_system_version"),
        "XMP-iptcCore:AltTextAccessibility": facts["alt_text"]["texts"][language],
        **{f"XMP-iptcCore:AltTextAccessibility-{tag}": text for tag, text in facts["alt_text"]["texts"].items()},
        "IFD0:ImageDescription": description,
        "IFD0:Artist": "; ".join(creators),
        "IFD0:Copyright": said.get("notice"),
        "ExifIFD:ExifVersion": "0300",
        "ExifIFD:ColorSpace": 1,
        **_resolution(facts["channels"][release.channel.slug]["rules"].get("dpi", 0)),
    }
    if has_records:
        fields |= {
            "IPTC:CodedCharacterSet": "\x1b%G",
            "IPTC:ApplicationRecordVersion": 4,
            "IPTC:ObjectName": beginning(facts["title"], 64),
            "IPTC:By-line": [beginning(name, 32) for name in creators],
            "IPTC:Credit": beginning(credit, 32),
            "IPTC:CopyrightNotice": beginning(said.get("notice", ""), 128),
            "IPTC:Caption-Abstract": beginning(description, 2_000),
            "Photoshop:CopyrightFlag": marked and 1,
            "Photoshop:URL": web_statement,
        }
    return {name: alone(value) for name, value in fields.items() if value not in (None, "", [])}


def disclosed(release: Release) -> str:
    """Caption, label and statement, as the public document has them; the latter with the address of the original."""
    said = release.document.disclosure
    facts = release.decision.dossier
    address = f"{settings.SITE_URL}/originals/{facts['asset']}/{facts['file']['number']}/"
    parts: list[str] = []
    for words in (said.caption, said.label, said.statement.replace("{original}", address)):
        if words and words.lower() not in " ".join(parts).lower():
            parts.append(words)
    return " ".join([*(words if words.endswith(".") else f"{words}." for words in parts[:-1]), *parts[-1:]])


def _resolution(dpi: int) -> dict[str, Any]:
    return {"IFD0:XResolution": dpi, "IFD0:YResolution": dpi, "IFD0:ResolutionUnit": 2} if dpi else {}


def beginning(words: str, most: int) -> str:
    return words.encode()[:most].decode("utf-8", "ignore")


def alone(value: Any) -> Any:
    """ExifTool gives a list of one text as the text, here and there, and text that is a number as a number."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, list | dict) else str(value)


def says(told: exiftool.Told) -> dict[str, Any]:
    """What a file says in fields that anybody writes; how pixels are kept is left out."""
    groups = ("XMP", "IPTC", "Photoshop", "IFD", "ExifIFD", "GPS", "MakerNotes", "PNG", "JFIF", "Adobe")
    found = {name: value for name, value in told.items() if name.startswith(groups)}
    return {name: alone(value) for name, value in found.items() if name not in HOW_IT_IS_KEPT}


HOW_IT_IS_KEPT = {
    "Photoshop:IPTCDigest", "JFIF:JFIFVersion", "JFIF:ResolutionUnit", "JFIF:XResolution", "JFIF:YResolution",
}  # fmt: skip


# The tests


def test_every_channel_takes_a_photograph_and_each_kind_leaves_somewhere(portal: Portal) -> None:
    channels = set(Channel.objects.filter(active=True).values_list("slug", flat=True))
    assert {channel for kind, channel in portal.releases if kind == "photograph"} == channels
    assert {kind for kind, _ in portal.releases} == set(CASES)


def test_every_delivered_file_says_what_was_decided_and_nothing_else(portal: Portal) -> None:
    """The table: kind × channel, each field of XMP, IIM, Photoshop and EXIF."""
    said = {key: says(told) for key, told in portal.told.items()}
    wanted = {key: expected(key[0], release) for key, release in portal.releases.items()}
    differing = {
        (*key, name): (said[key].get(name), value)
        for key, fields in wanted.items()
        for name in fields.keys() | said[key].keys()
        if said[key].get(name) != (value := fields.get(name))
    }
    assert differing == {}


def test_the_records_are_as_their_digest_says(portal: Portal) -> None:
    told = [each for each in portal.told.values() if "IPTC:ObjectName" in each]
    assert told
    assert all(each["File:CurrentIPTCDigest"] == each["Photoshop:IPTCDigest"] for each in told)


def test_every_delivered_file_is_in_srgb_and_has_its_channel_s_resolution(portal: Portal) -> None:
    for (_, channel), told in portal.told.items():
        rules = Channel.objects.get(slug=channel).rules
        assert told["ICC_Profile:ProfileDescription"] == "sRGB"
        if rules.get("dpi") and told["File:MIMEType"] == "image/jpeg":
            assert (told["JFIF:XResolution"], told["JFIF:ResolutionUnit"]) == (rules["dpi"], 1)


def test_the_document_says_what_the_file_says(portal: Portal) -> None:
    for (kind, _), release in portal.releases.items():
        license, said = release.document.license, CASES[kind].says
        for name in ("creator", "notice", "usage_terms", "licensor", "licensor_url", "data_mining"):
            assert getattr(license, name) == said.get(name, "")
        assert license.url == said.get("web_statement", "")


def test_nothing_private_leaves(portal: Portal) -> None:
    for key, release in portal.releases.items():
        data = storage.read(release.file_sha256)
        for hidden in forms_of(SECRET):
            assert hidden not in unpacked(data), key
        assert not [name for name in portal.told[key] if name.startswith(("GPS", "IFD1", "MakerNotes", "XMP-xmpMM"))]
        assert SECRET not in repr(portal.told[key])
        assert SECRET not in release.document_text


def forms_of(words: str) -> list[bytes]:
    return [words.encode(), words.encode("utf-16-le"), words.encode("utf-16-be"), words.encode().hex().encode()]


def unpacked(data: bytes) -> bytes:
    """The bytes of a file, and what its packed texts hold."""
    texts = (data[start:end] for name, start, end in containers.png_chunks(data) if name in ("zTXt", "iTXt", "iCCP"))
    return data + b"".join(_inflated(text) for text in texts)


def _inflated(text: bytes) -> bytes:
    at = text.find(b"\x78")
    try:
        return zlib.decompressobj().decompress(text[at:]) if at >= 0 else b""
    except zlib.error:
        return b""


def test_no_delivered_file_is_out_of_order(portal: Portal) -> None:
    """What ExifTool misses are fields of cameras that a copy for a page has no use for."""
    for release in portal.releases.values():
        found = exiftool.warnings(storage.read(release.file_sha256)).splitlines()
        assert [line for line in found if "Missing required" not in line and "Warnings" not in line] in ([], ["OK"])


def test_each_file_has_a_name_of_its_own_in_any_script(portal: Portal) -> None:
    names = {key: release.document.file.name for key, release in portal.releases.items()}
    assert len(set(names.values())) == len(names)
    assert names["altered", "website"] == "HB-1042-海の見える台所-“staged”-&-bright-v1-website.webp"
    assert names["photograph", "brochures"] == "HB-1042-Küche-mit-Meerblick-–-für-Gäste-v1-brochures.jpg"


def test_the_reviewer_was_shown_what_the_file_says(portal: Portal) -> None:
    coded = ("XMP-iptcExt:DigitalSourceType", "XMP-plus:DataMining", "XMP-plus:Licensor", "XMP-xmpRights:Marked")
    for (kind, channel), release in portal.releases.items():
        shown = {words for _, words, _ in delivered_words.told(release.version, [release.channel])}
        for name, value in expected(kind, release).items():
            if name.startswith("XMP") and name not in coded:
                assert (value if isinstance(value, str) else "; ".join(value)) in shown, (channel, name)


def test_it_stands_on_the_page_of_the_review(portal: Portal) -> None:
    release = portal.releases["altered", "website"]
    page = browser_of(library.rita()).get(reverse("approvals:review", args=[release.decision.review_id]))
    assert "What the file will say" in page.content.decode()
