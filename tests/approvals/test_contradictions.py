"""Files that contradict what is stated of them: each blocks, is seen where it is decided, and leaves only explained."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from approvals.models import Review
from approvals.reviews import services
from assets.imaging import metadata
from assets.imaging.metadata import SOURCE_TYPES
from assets.imaging.metadata.vocabulary import NAMESPACES
from assets.models import Origin, Version
from assets.provenance import agreement, explaining
from assets.provenance.data import ProvenanceData
from core.errors import Blocked
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import signed, verbs
from tests.assets.factories import picture
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db

GENERATED, COMPOSITE = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
CAMERA = {271: "Canon", 272: "Canon EOS R5", 33434: 0.01, 33437: 8.0, 34855: 200, 36867: "2026:10:01 10:00:00"}


def xmp(properties: str) -> bytes:
    known = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
    body = f'<rdf:Description rdf:about="">{properties}</rdf:Description>'
    return f"<x:xmpmeta {known}><rdf:RDF>{body}</rdf:RDF></x:xmpmeta>".encode()


def jpeg(properties: str = "", exif: dict[int, Any] | None = None) -> bytes:
    tags = Image.Exif()
    for tag, value in (exif or {}).items():
        (tags if tag < 0x8000 else tags.get_ifd(0x8769))[tag] = value
    said: dict[str, Any] = {"xmp": xmp(properties)} if properties else {}
    return picture(seed=5, form="JPEG", exif=tags, **said)


def png(**texts: str) -> bytes:
    chunks, out = PngInfo(), io.BytesIO()
    for keyword, text in texts.items():
        chunks.add_itxt(keyword, text)
    Image.open(io.BytesIO(picture(seed=6))).save(out, "PNG", pnginfo=chunks)
    return out.getvalue()


def source(term: str) -> str:
    return f"<Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPES}{term}</Iptc4xmpExt:DigitalSourceType>"


GRAPH = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 5}}})
NOTE = "a house\nNegative prompt: people\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512, Model: any"
MIDJOURNEY = "a house --ar 3:2 Job ID: 0f8fad5b-d9cb-469f-a165-70867728950e"
AI: dict[str, Callable[[], bytes]] = {
    "XMP source type": lambda: jpeg(source(GENERATED)),
    "XMP source type as a resource": lambda: jpeg(
        f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{SOURCE_TYPES}{GENERATED}"/>'
    ),
    "XMP source type of a composite": lambda: jpeg(source(COMPOSITE)),
    "XMP AI system": lambda: jpeg("<Iptc4xmpExt:AISystemUsed>DALL-E 3</Iptc4xmpExt:AISystemUsed>"),
    "XMP AI prompt": lambda: jpeg("<Iptc4xmpExt:AIPromptInformation>a house</Iptc4xmpExt:AIPromptInformation>"),
    "XMP credit": lambda: jpeg("<photoshop:Credit>Made with Google AI</photoshop:Credit>"),
    "EXIF software": lambda: jpeg(exif={0x0131: "Midjourney"}),
    "note of AUTOMATIC1111": lambda: png(parameters=NOTE),
    "graph of ComfyUI": lambda: png(prompt=GRAPH),
    "description of Midjourney": lambda: png(Description=MIDJOURNEY),
    "Content Credentials": signed.provider,
    "Content Credentials in AVIF": lambda: signed.provider("image/avif"),
}
"""Files that say that AI made them, each in another vocabulary."""


def taken_in(data: bytes, by: User, source: str, **options: Any) -> Version:
    version = library.VersionFactory.create(data=data, by=by, digital_source=source, **options)
    return library.make_ready(version, by)


def blocked(version: Version) -> list[str]:
    with pytest.raises(Blocked) as error:
        services.submit(version, [factories.channel()], "", by=version.created_by)
    return [finding.code for finding in error.value.findings]


def page(path: str, person: User) -> str:
    return browser_of(person).get(path).content.decode()


@pytest.mark.parametrize("vocabulary", AI)
def test_a_file_of_ai_does_not_leave_as_a_photograph(vocabulary: str, ada: User, rita: User) -> None:
    version = taken_in(AI[vocabulary](), ada, "digitalCapture")
    assert blocked(version) == ["file_says_ai"]
    assert "The file says that AI made or changed it" in page(version.get_absolute_url(), ada)

    explaining.explain([version], {"file_says_ai": "Denoised in a program that marks all it saves."}, by=ada)
    review = services.submit(Version.objects.get(pk=version.pk), [factories.channel()], "", by=ada)
    shown = page(reverse("approvals:review", args=[review.pk]), rita)
    assert "The file says that AI made or changed it" in shown
    assert "Denoised in a program that marks all it saves." in shown


def test_a_file_that_was_changed_after_it_was_signed(ada: User) -> None:
    """What is left of its credentials is a claim like any other, and that they do not hold is one more."""
    data = signed.tampered(signed.provider())
    assert metadata.read(data)["c2pa"]["state"] == "tampered"
    assert blocked(taken_in(data, ada, "digitalCapture")) == ["credentials_tampered", "file_says_ai"]


@pytest.mark.parametrize("stated", ["trainedAlgorithmicMedia", "digitalCreation", "algorithmicMedia"])
def test_a_file_of_a_camera_does_not_leave_as_made_without_one(stated: str, ada: User) -> None:
    assert blocked(taken_in(jpeg(exif=CAMERA), ada, stated)) == ["file_says_camera"]


def test_a_camera_file_handed_in_as_a_services_picture(ada: User) -> None:
    """The path knows from where it was brought, and takes the word of whoever brought it for what it is."""
    made = ProvenanceData(provider="midjourney", provider_name="Midjourney")
    version = taken_in(jpeg(exif=CAMERA), ada, GENERATED, origin=Origin.BROUGHT, maker="Midjourney", provenance=made)
    assert blocked(version) == ["file_says_camera"]


def test_a_picture_of_another_service_than_the_one_named(ada: User) -> None:
    made = ProvenanceData(provider_name="Adobe Firefly")
    version = taken_in(png(Description=MIDJOURNEY), ada, GENERATED, maker="Adobe Firefly", provenance=made)
    assert blocked(version) == ["file_names_other_system"]


@pytest.mark.parametrize("stated", ["digitalCapture", "digitalCreation", "compositeWithTrainedAlgorithmicMedia"])
def test_what_was_made_here_does_not_leave_as_something_else(stated: str, ada: User) -> None:
    made = ProvenanceData(provider_name="OpenAI", digital_source=GENERATED)
    version = taken_in(picture(seed=7), ada, stated, origin=Origin.GENERATED, provenance=made)
    assert "path_knows_otherwise" in blocked(version)


def test_what_the_path_knows_outweighs_a_mark_that_a_provider_puts_on_everything(ada: User) -> None:
    """Services mark an altered photograph as made by a model; here it is known what it was made from."""
    made = ProvenanceData(provider_name="OpenAI", digital_source=COMPOSITE)
    version = taken_in(jpeg(source(GENERATED)), ada, COMPOSITE, origin=Origin.GENERATED, provenance=made)
    assert agreement.of(version) == []


FURTHER = {
    "another owner": (
        "<dc:creator><rdf:Seq><rdf:li>Jane Roe</rdf:li></rdf:Seq></dc:creator>",
        "file_names_other_owner",
    ),
    "a restriction": (
        "<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang='x-default'>Editorial use only</rdf:li></rdf:Alt>"
        "</xmpRights:UsageTerms>",
        "file_restricts_use",
    ),
    "another source": (source("screenCapture"), "file_says_other_source"),
}


@pytest.mark.parametrize("what", FURTHER)
def test_what_else_a_file_says(what: str, ada: User) -> None:
    properties, code = FURTHER[what]
    assert blocked(taken_in(jpeg(properties), ada, "digitalCapture")) == [code]


# Explanations


def test_an_explanation_ends_when_something_else_is_stated(ada: User) -> None:
    version = taken_in(AI["XMP AI system"](), ada, "digitalCapture")
    explaining.explain([version], {"file_says_ai": "A mistake of the sender."}, by=ada)
    verbs.mark(Version.objects.get(pk=version.pk), digital_source="digitalCreation", by=ada)
    assert blocked(Version.objects.with_dossier().get(pk=version.pk)) == ["file_says_ai"]


def test_whoever_explains_cannot_decide(ada: User, rita: User) -> None:
    library.give(rita, "assets.edit_library")
    version = taken_in(AI["XMP AI system"](), ada, "digitalCapture")
    explaining.explain([version], {"file_says_ai": "A mistake of the sender."}, by=rita)
    review = services.submit(Version.objects.get(pk=version.pk), [factories.channel()], "", by=ada)
    assert "stated how it was made" in page(reverse("approvals:review", args=[review.pk]), rita)


def test_an_explanation_is_part_of_what_is_decided(ada: User, rita: User) -> None:
    version = taken_in(AI["XMP AI system"](), ada, "digitalCapture")
    explaining.explain([version], {"file_says_ai": "A mistake of the sender."}, by=ada)
    decision = factories.decide(services.submit(Version.objects.get(pk=version.pk), [factories.channel()], "", by=ada))
    assert decision.dossier["disclosure"]["explanations"]["file_says_ai"]["words"] == "A mistake of the sender."
    explaining.explain([Version.objects.get(pk=version.pk)], {"file_says_ai": "Another story."}, by=ada)
    assert Review.objects.get().version.dossier_hash != decision.dossier_hash


def test_empty_words_explain_nothing(ada: User) -> None:
    version = taken_in(AI["XMP AI system"](), ada, "digitalCapture")
    address = reverse("assets:agreement", args=[version.asset_id, version.number])
    browser_of(ada).post(address, {"agreement-file_says_ai": "   "})
    assert blocked(Version.objects.with_dossier().get(pk=version.pk)) == ["file_says_ai"]
    browser_of(ada).post(address, {"agreement-file_says_ai": "It is the sender’s mistake."})
    assert agreement.of(Version.objects.with_dossier().get(pk=version.pk))[0].explanation


def test_a_picture_that_says_nothing_contradicts_nothing(ada: User) -> None:
    assert agreement.of(taken_in(picture(seed=9), ada, "digitalCapture")) == []
