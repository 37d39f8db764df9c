"""What files say of rights, of AI and to those who cannot see: read as ExifTool reads it, in every legal shape."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from assets.imaging import metadata
from tests.assets import worded
from tests.assets.worded import ASCII, BYTE, UNDEFINED, described, in_languages, jpeg_with_xmp, packet, record, resource

TRAINED = f"{metadata.SOURCE_TYPES}trainedAlgorithmicMedia"
CREDIT = "<photoshop:Credit>Example Agency</photoshop:Credit>"
EDITORIAL = "EDITORIAL USE ONLY"
MARK = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'


@dataclass(frozen=True)
class File:
    """A file, all that we read of it, and where ExifTool 12.57 tells less or more."""

    data: bytes
    found: dict[str, Any]
    only_here: set[str] = field(default_factory=set)
    only_there: set[str] = field(default_factory=set)

    @property
    def told(self) -> set[str]:
        """What ExifTool tells of it."""
        return set(texts(self.found)) - self.only_here | self.only_there


def xmp(descriptions: str, /, only_there: set[str] | None = None, **found: Any) -> File:
    return File(jpeg_with_xmp(packet(descriptions)), {"iptc": found}, only_there=only_there or set())


def licensor(inner: str) -> str:
    return described(f"<plus:Licensor>{inner}</plus:Licensor>")


SHAPES = {
    "element": xmp(
        described(f"<Iptc4xmpExt:DigitalSourceType>{TRAINED}</Iptc4xmpExt:DigitalSourceType>"), digital_source=TRAINED
    ),
    "attribute": xmp(f"<rdf:Description rdf:about='' photoshop:Instructions='{EDITORIAL}'/>", instructions=EDITORIAL),
    "resource": xmp(described(f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{TRAINED}"/>'), digital_source=TRAINED),
    "resources in a bag": xmp(
        described('<cc:prohibits><rdf:Bag><rdf:li rdf:resource="cc:Uses"/></rdf:Bag></cc:prohibits>'),
        license_prohibits="cc:Uses",
    ),
    "sequence": xmp(
        described("<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Bob</rdf:li></rdf:Seq></dc:creator>"),
        creator="Ann; Bob",
    ),
    "languages": xmp(
        described(f"<xmpRights:UsageTerms>{in_languages(x_default=EDITORIAL, de='Nur Presse')}</xmpRights:UsageTerms>"),
        usage_terms=EDITORIAL,
        languages={"usage_terms": {"de": "Nur Presse"}},
    ),
    "no default language": xmp(
        described(
            f"<Iptc4xmpCore:AltTextAccessibility>{in_languages(fr='Cuisine')}</Iptc4xmpCore:AltTextAccessibility>"
        ),
        alt_text="Cuisine",
        languages={"alt_text": {"fr": "Cuisine"}},
    ),
    "several descriptions": xmp(
        described(CREDIT) + "<rdf:Description rdf:about='' dc:source='Archive'/>",
        credit="Example Agency",
        dc_source="Archive",
    ),
    "value and qualifier": xmp(
        described(
            '<dc:rights rdf:parseType="Resource"><rdf:value>(c) Ann</rdf:value><dc:type>note</dc:type></dc:rights>'
        ),
        only_there={"note"},
        rights="(c) Ann",
    ),
    "value in a description": xmp(
        described('<photoshop:Credit><rdf:Description rdf:value="Ann"/></photoshop:Credit>'), credit="Ann"
    ),
    "structure": xmp(
        licensor(
            '<rdf:Bag><rdf:li rdf:parseType="Resource"><plus:LicensorURL>u1</plus:LicensorURL></rdf:li></rdf:Bag>'
        ),
        licensor_url="u1",
    ),
    "structure of an end user": xmp(
        described('<plus:EndUser><rdf:Seq><rdf:li plus:EndUserName="Ann"/></rdf:Seq></plus:EndUser>'), end_user="Ann"
    ),
    **{
        path: File(jpeg_with_xmp(packet(described(f"<{path}>{EDITORIAL}</{path}>"))), {"iptc": {name: EDITORIAL}})
        for path, name in (
            ("prism:killDate", "prism_kill"),
            ("prism:rights", "old_prism_rights"),
            ("prl:embargoDate", "prl_embargo"),
            ("prl:expirationDate", "prl_expires"),
            ("prl:geography", "prl_geography"),
            ("pur:exclusivityEndDate", "exclusive_until"),
            ("pur:optionEndDate", "option_until"),
            ("plus:LicensorNotes", "licensor_notes"),
            ("plus:LicenseeImageNotes", "licensee_notes"),
        )
    },
    "structure in a nested description": xmp(
        licensor('<rdf:Bag><rdf:li><rdf:Description plus:LicensorURL="u2"/></rdf:li></rdf:Bag>'), licensor_url="u2"
    ),
    "structure in attributes": xmp(
        licensor('<rdf:Seq><rdf:li plus:LicensorURL="u3" plus:LicensorName="Ann"/></rdf:Seq>'),
        licensor_url="u3",
        licensor="Ann",
    ),
    "structure that stands elsewhere": xmp(
        licensor('<rdf:Bag><rdf:li rdf:nodeID="n"/></rdf:Bag>')
        + '<rdf:Description rdf:nodeID="n"><plus:LicensorURL>u4</plus:LicensorURL></rdf:Description>',
        licensor_url="u4",
    ),
    "what another picture says": xmp(
        described(
            '<photoshop:DocumentAncestors rdf:parseType="Resource"><dc:rights>(c) Bob</dc:rights>'
            f"</photoshop:DocumentAncestors>{CREDIT}"
        ),
        only_there={"(c) Bob"},
        credit="Example Agency",
    ),
    "character data": xmp(described("<photoshop:Credit><![CDATA[A & <B>]]></photoshop:Credit>"), credit="A & <B>"),
    "references": xmp(
        described("<photoshop:Credit>M&#252;ller &amp; S&#xf6;hne</photoshop:Credit>"), credit="Müller & Söhne"
    ),
    "bare ampersand": xmp(
        described("<photoshop:Credit>A & B</photoshop:Credit><dc:source>Archive</dc:source>"),
        credit="A & B",
        dc_source="Archive",
    ),
    "attributes twice": xmp(
        f'<rdf:Description xmlns:q="a" xmlns:q="a" rdf:about="" rdf:about="">{CREDIT}</rdf:Description>',
        credit="Example Agency",
    ),
    "no space between attributes": xmp(
        '<rdf:Description rdf:about=""photoshop:Credit="Ann"dc:source="Archive"/>', credit="Ann", dc_source="Archive"
    ),
    "a prefix of nothing": xmp(
        f'<rdf:Description rdf:about="" xmlns:q="">{CREDIT}</rdf:Description>', credit="Example Agency"
    ),
    "brackets in texts": xmp(
        f'<rdf:Description rdf:about="" dc:source="a<b">{CREDIT}<dc:rights>c < d</dc:rights></rdf:Description>',
        credit="Example Agency",
        dc_source="a<b",
        rights="c < d",
    ),
    "dashes in a comment": xmp(described(f"<!-- a -- b -->{CREDIT}<!-- c"), credit="Example Agency"),
    "the address of a description": xmp(
        described('<cc:license><rdf:Description rdf:about="https://l.example"/></cc:license>'),
        license_url="https://l.example",
    ),
    "a description directly": xmp(CREDIT, credit="Example Agency"),
    "undeclared prefix": File(
        jpeg_with_xmp(packet(described(f"{CREDIT}<MicrosoftPhoto:Rating>4</MicrosoftPhoto:Rating>"))),
        {"iptc": {"credit": "Example Agency"}},
    ),
    "nothing declared": File(
        jpeg_with_xmp(packet(described(CREDIT), declared="")), {"iptc": {"credit": "Example Agency"}}
    ),
    "another prefix": File(
        jpeg_with_xmp(
            packet(described("<p:Credit>Ann</p:Credit>")).replace("xmlns:photoshop", "xmlns:p"),
        ),
        {"iptc": {"credit": "Ann"}},
    ),
    "another version of an address": File(
        jpeg_with_xmp(packet(described(CREDIT)).replace("photoshop/1.0/", "photoshop/2.0")),
        {"iptc": {"credit": "Example Agency"}},
    ),
    "cut off": File(
        jpeg_with_xmp(packet(described(f"{CREDIT}<dc:source>Archive</dc:source><dc:format")).split("<dc:format")[0]),
        {"iptc": {"credit": "Example Agency", "dc_source": "Archive"}},
        only_here={"Example Agency", "Archive"},
    ),
    "no wrapper and rubbish behind": File(
        jpeg_with_xmp(f"<rdf:RDF {worded.DECLARED}>{described(CREDIT)}</rdf:RDF>\x00\x00<<&"),
        {"iptc": {"credit": "Example Agency"}},
    ),
    "trailer and padding": File(
        jpeg_with_xmp(f"{MARK}{packet(described(CREDIT))}{' ' * 99}<?xpacket en"),
        {"iptc": {"credit": "Example Agency"}},
    ),
    **{
        coding: File(
            jpeg_with_xmp((MARK + packet(described("<photoshop:Credit>Zoë</photoshop:Credit>"))).encode(coding)),
            {"iptc": {"credit": "Zoë"}},
        )
        for coding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
    },
    "no more than a byte order mark": File(
        jpeg_with_xmp(packet(described(CREDIT)).encode("utf-16")),
        {"iptc": {"credit": "Example Agency"}},
        only_here={"Example Agency"},
    ),
    "Latin-1": File(
        jpeg_with_xmp(packet(described("<photoshop:Credit>Zoë</photoshop:Credit>")).encode("latin-1")),
        {"iptc": {"credit": "Zoë"}},
        only_here={"Zoë"},
        only_there={"Zo?"},
    ),
    "AI": xmp(
        described(
            "<Iptc4xmpExt:AISystemUsed>S</Iptc4xmpExt:AISystemUsed>"
            "<Iptc4xmpExt:AISystemVersionUsed>7</Iptc4xmpExt:AISystemVersionUsed>"
            "<Iptc4xmpExt:AIPromptInformation>a sofa</Iptc4xmpExt:AIPromptInformation>"
            "<Iptc4xmpExt:AIPromptWriterName>Ada</Iptc4xmpExt:AIPromptWriterName>"
        ),
        ai_system="S",
        ai_system_version="7",
        ai_prompt="a sofa",
        ai_prompt_writer="Ada",
    ),
    "restrictions": xmp(
        described(
            f"<plus:OtherConstraints>{in_languages(x_default=EDITORIAL)}</plus:OtherConstraints>"
            "<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</plus:DataMining>"
            "<xmpRights:Marked>True</xmpRights:Marked><cc:license rdf:resource='https://l.example'/>"
        ),
        other_constraints=EDITORIAL,
        data_mining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED",
        marked="True",
        license_url="https://l.example",
    ),
}
RIGHTS = described(f"<dc:rights>{in_languages(x_default='(c) Zoë')}</dc:rights>")
ANN = worded.tiff([(0x8298, ASCII, b"(c) Ann\x00")])
IIM = record(80, "Zoë Example".encode("latin-1")) + record(40, EDITORIAL.encode())
OF_IIM = {"creator": "Zoë Example", "instructions": EDITORIAL}
CARRIERS = {
    "extended": File(worded.jpeg_with_extended_xmp(packet(RIGHTS), pieces=3), {"iptc": {"rights": "(c) Zoë"}}),
    "extended with another digest": File(
        worded.jpeg_with_extended_xmp(packet(RIGHTS), digest="A" * 32), {}, only_there={"(c) Zoë"}
    ),
    "IIM in Latin-1": File(worded.jpeg_with_resources(resource(0x0404, IIM)), {"iim": OF_IIM}),
    "IIM in UTF-8": File(
        worded.jpeg_with_resources(
            resource(
                0x0404, record(90, b"\x1b%G", 1) + record(116, "© Zoë".encode()) + record(105, "Küche".encode()[:3])
            )
        ),
        {"iim": {"rights": "© Zoë", "headline": "Kü"}},
    ),
    "IIM in several segments": File(
        worded.jpeg(
            *(
                worded.segment(0xED, b"Photoshop 3.0\x00" + part)
                for whole in [resource(0x040B, b"https://u.example") + resource(0x0404, IIM)]
                for part in (whole[:40], whole[40:])
            )
        ),
        {"iim": {**OF_IIM, "web_statement": "https://u.example"}},
    ),
    "IIM of several creators": File(
        worded.jpeg_with_resources(resource(0x0404, record(80, b"Ann") + record(80, b"Bob"))),
        {"iim": {"creator": "Ann; Bob"}},
    ),
    "marked by Photoshop": File(
        worded.jpeg_with_resources(resource(0x040A, b"\x01")), {"iim": {"marked": "True"}}, {"True"}, {"1"}
    ),
    "EXIF": File(
        worded.jpeg_with_exif(
            worded.tiff(
                [
                    (0x8298, ASCII, b"(c) Ann\x00Bob\x00"),
                    (0x013B, ASCII, "Zoë".encode() + b"\x00rest"),
                    (0x010E, ASCII, "Küche\x00".encode("latin-1")),
                    (0x9C9B, BYTE, "Tür\x00".encode("utf-16-le")),
                ],
                [(0x9286, UNDEFINED, b"UNICODE\x00" + "Ñandú".encode("utf-16-be"))],
                order="<",
            )
        ),
        {
            "exif": {
                "description": "Küche",
                "creator": "Zoë",
                "rights": "(c) Ann; Bob",
                "windows_title": "Tür",
                "comment": "Ñandú",
            }
        },
        only_here={"Küche"},
        only_there={"K?che"},
    ),
    "PNG, plain": File(
        worded.png(
            (b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + packet(RIGHTS).encode()),
            (b"eXIf", ANN),
            (b"tEXt", "Copyright\x00© Bob".encode("latin-1")),
        ),
        {"iptc": {"rights": "(c) Zoë"}, "exif": {"rights": "(c) Ann"}, "text": {"rights": "© Bob"}},
    ),
    "PNG, packed": File(
        worded.png(
            (b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(packet(RIGHTS).encode())),
            worded.raw_profile("exif", b"Exif\x00\x00" + ANN),
            worded.raw_profile("iptc", resource(0x0404, IIM)),
            (b"zTXt", b"Author\x00\x00" + zlib.compress(b"Bob")),
        ),
        {"iptc": {"rights": "(c) Zoë"}, "iim": OF_IIM, "exif": {"rights": "(c) Ann"}, "text": {"creator": "Bob"}},
    ),
    "PNG, XMP as a profile": File(
        worded.png(worded.raw_profile("xmp", packet(RIGHTS).encode())), {"iptc": {"rights": "(c) Zoë"}}
    ),
    "WebP": File(
        worded.webp((b"EXIF", ANN), (b"XMP ", packet(RIGHTS).encode())),
        {"iptc": {"rights": "(c) Zoë"}, "exif": {"rights": "(c) Ann"}},
    ),
    "GIF": File(
        worded.gif(b"!\xfe\x05hello\x00", worded.gif_xmp(packet(RIGHTS))),
        {"iptc": {"rights": "(c) Zoë"}, "text": {"file_comment": "hello"}},
    ),
    **{
        f"HEIC {inside} {long}": File(
            worded.heic(ANN, packet(RIGHTS).encode(), inside=inside, long=long),
            {"iptc": {"rights": "(c) Zoë"}, "exif": {"rights": "(c) Ann"}},
            only_here={"(c) Zoë", "(c) Ann"} if inside else set(),
        )
        for inside in (False, True)
        for long in (False, True)
    },
    **{
        f"HEIC {head!r}": File(
            worded.heic(ANN, packet(RIGHTS).encode(), head=head),
            {"iptc": {"rights": "(c) Zoë"}, "exif": {"rights": "(c) Ann"}},
        )
        for head in (b"", b"Exif\x00\x00")
    },
    **{
        f"PNG {keyword}": File(worded.png((b"tEXt", f"{keyword}\x00{EDITORIAL}".encode())), {"text": {name: EDITORIAL}})
        for keyword, name in (
            ("Usage Terms", "terms_of_use"),
            ("Rights", "stated_rights"),
            ("Instructions", "instructions"),
            ("Restrictions", "restrictions"),
            ("Copyright Notice", "copyright_notice"),
            ("Credit Line", "credit_line"),
        )
    },
    "a comment": File(worded.jpeg(worded.segment(0xFE, b"(c) Ann")), {"text": {"file_comment": "(c) Ann"}}),
}
FILES = {**SHAPES, **CARRIERS}


@pytest.mark.parametrize("name", FILES)
def test_it_reads_what_a_file_says(name: str) -> None:
    assert metadata.read(FILES[name].data) == FILES[name].found


def texts(value: Any) -> Iterator[str]:
    """Every text in a found part, and each of several values that we keep as one."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    else:
        yield from re.split("; |\n", str(value))


OF_NO_INTEREST = (
    "XMPToolkit",
    "HasExtendedXMP",
    "RatingPercent",
    "Codec",
    "CodedCharacterSet",
    "ApplicationRecordVersion",
)
GROUPS = (
    "XMP-",
    "IPTC:",
    "IFD0:",
    "ExifIFD:",
    "Photoshop:",
    "PNG:Copyright",
    "PNG:Author",
    "PNG:UsageTerms",
    "PNG:Rights",
    "PNG:Instructions",
    "PNG:Restrictions",
    "PNG:CreditLine",
    "File:Comment",
    "GIF:Comment",
)


def told_by_exiftool(files: dict[str, File], folder: Path) -> dict[str, set[str]]:
    """What ExifTool tells of rights and words, by file; where it is not installed, what it told when it was."""
    program = shutil.which("exiftool")
    if program is None:
        return {name: file.told for name, file in files.items()}
    paths = {folder / str(number): name for number, name in enumerate(files)}
    for path, name in paths.items():
        path.write_bytes(files[name].data)
    command = [program, "-j", "-G1", "-a", "-struct", "-n", *map(str, paths)]
    rows = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return {
        paths[Path(row["SourceFile"])]: {
            text
            for tag, value in row.items()
            if tag.startswith(GROUPS) and not tag.endswith(OF_NO_INTEREST) and "Resolution" not in tag
            for text in texts(value)
        }
        for row in rows
    }


def test_exiftool_reads_the_same(tmp_path: Path) -> None:
    told = told_by_exiftool(FILES, tmp_path)
    assert {name: told[name] for name in FILES} == {name: file.told for name, file in FILES.items()}
