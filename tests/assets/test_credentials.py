"""Content Credentials: whether those that come in hold, in plain words, and what is signed for delivery."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler as Handler
from http.server import ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from PIL import Image

from assets.imaging import credentials, metadata, rendering
from assets.imaging.credentials import BadCertificate, Claim, NotSigned, certificates, privacy, reading
from assets.imaging.credentials.signer import SigningCertificate
from assets.imaging.metadata import SOURCE_TYPES
from tests.assets import signed
from tests.assets.factories import picture

DELIVERED = ["image/jpeg", "image/png", "image/webp"]
MADE = f"{SOURCE_TYPES}trainedAlgorithmicMedia"


def said(data: bytes, anchors: str = "") -> dict[str, Any]:
    """What is found of a file's credentials, as an upload finds it: behind the fence."""
    credentials.trust(anchors)
    try:
        found: dict[str, Any] = rendering.see(data).found.get("c2pa", {})
    finally:
        credentials.trust("")
    return found


@pytest.fixture(scope="module")
def ours() -> SigningCertificate:
    them = signed.identity("Harbor Homes")
    return certificates.load(them.chain, them.key)


# Reading


@pytest.mark.parametrize("media_type", [*DELIVERED, "image/avif"])
def test_what_holds_is_valid_and_told_in_plain_words(media_type: str) -> None:
    found = said(signed.provider(media_type))
    assert (found["present"], found["state"]) == (True, "valid")
    assert (found["signer"], found["generator"]) == ("Provider Inc", "Provider’s generator 1")
    assert found["actions"] == ["Created, with GPT-4o"]
    assert found["says"] == ["trainedAlgorithmicMedia"]


def test_a_signer_whom_an_anchor_vouches_for_is_trusted() -> None:
    assert said(signed.provider(), signed.identity("Provider Inc").root)["state"] == "trusted"
    assert said(signed.provider(), signed.identity("Somebody else").root)["state"] == "valid"


@pytest.mark.parametrize("media_type", [*DELIVERED, "image/avif"])
def test_a_changed_byte_is_tampering(media_type: str) -> None:
    data = signed.tampered(signed.provider(media_type))
    found = metadata.read(data)["c2pa"]  # which may not be a whole picture any more
    assert (found["state"], found["travels"]) == ("tampered", "no")


def test_a_parent_that_was_changed_is_tampering_although_the_newest_signature_holds() -> None:
    parent = signed.tampered(signed.provider())
    begun = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["it"]}}
    opened = {"label": "c2pa.actions.v2", "data": {"actions": [begun]}}
    told = {"relationship": "parentOf", "label": "it", "title": "image.jpg"}
    by = signed.identity("Provider Inc")
    data = signed.sign(picture(), "image/png", {"assertions": [opened]}, by, [(told, "image/jpeg", parent)])
    found = said(data, by.root)
    assert found["state"] == "tampered"
    assert found["ingredients"] == ["Made from “image.jpg”, which was changed after it was signed"]


def test_a_saved_copy_has_none() -> None:
    out = io.BytesIO()
    Image.open(io.BytesIO(signed.provider())).save(out, "JPEG")
    assert said(out.getvalue()) == {}


def test_a_certificate_that_ended_since_is_named_and_is_no_tampering() -> None:
    failure = [{"code": "signingCredential.untrusted"}, {"code": "signingCredential.expired"}]
    told = {"validation_state": "Invalid", "validation_results": {"activeManifest": {"failure": failure}}}
    found = reading._said(told, {})
    assert found["state"] == "unreadable"
    assert "certificate had ended" in found["problem"]


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        yield listening


def test_credentials_kept_elsewhere_are_not_fetched(server: socket.socket, ours: SigningCertificate) -> None:
    address = f"http://127.0.0.1:{server.getsockname()[1]}/picture.c2pa"
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="{address}"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    data = picture(form="JPEG", xmp=xmp.encode())
    expected = {"present": True, "says": [], "state": "elsewhere", "elsewhere": address}
    # Outside of the fence, where it could ask: what is shown is that it does not want to.
    assert metadata.read(data)["c2pa"] == said(data) == expected
    with pytest.raises(NotSigned):
        credentials.sign(picture(form="JPEG"), "image/jpeg", claim(original=data), ours)
    with pytest.raises(TimeoutError):
        server.accept()


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_damaged_record_harms_nobody(cut: float) -> None:
    data = signed.provider("image/png", private=True)
    at = data.index(b"caBX")
    size = int.from_bytes(data[at - 4 : at], "big")
    keep = int(size * cut)
    body = data[at + 4 : at + 4 + keep] + bytes(size - keep)
    found = metadata.read(data[: at + 4] + body + data[at + 4 + size :])["c2pa"]
    assert found["state"] in ("unreadable", "tampered")


def test_no_library_is_no_verdict(monkeypatch: pytest.MonkeyPatch, ours: SigningCertificate) -> None:
    monkeypatch.setattr(credentials.native, "is_installed", lambda: False)
    assert metadata.read(signed.provider())["c2pa"] == {"present": True, "says": ["trainedAlgorithmicMedia"]}
    with pytest.raises(NotSigned, match="not installed"):
        credentials.sign(picture(form="JPEG"), "image/jpeg", claim(), ours)


# Privacy


def test_what_is_private_is_named() -> None:
    found = said(signed.provider(private=True))
    assert found["travels"] == "redacted"
    assert set(found["private"]) >= {"place", "names", "thumbnail"}
    assert said(signed.provider())["travels"] == "whole"


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        ({"title": "14 Harbor Street, Jane.png", "assertions": [signed.created()]}, "a file name in words"),
        ({"assertions": [signed.created(description="Jane’s kitchen")]}, "words in its list of actions"),
        ({"assertions": [signed.created(parameters={"prompt": "Jane"})]}, "words in its list of actions"),
    ],
)
def test_words_that_cannot_be_taken_out_keep_the_whole_from_travelling(manifest: dict[str, Any], why: str) -> None:
    found = said(signed.sign(picture(), "image/png", manifest, signed.identity("Provider Inc")))
    assert (found["travels"], found["private"]) == ("no", [why])


@pytest.mark.parametrize("title", ["image.png", "ChatGPT Image Nov 30, 2026, 10_02_11 AM.png", "DSC_0042.JPG", ""])
def test_names_that_programs_give_say_nothing(title: str) -> None:
    assert privacy._is_plain(title)


# Signing


def claim(**facts: Any) -> Claim:
    given: dict[str, Any] = {
        "begins": "opened",
        "digital_source": MADE,
        "steps": ("resized", "transcoded"),
        "media_type": "image/jpeg",
    }
    return Claim(**given | facts)


def actions_of(data: bytes, media_type: str) -> list[dict[str, Any]]:
    told, _ = signed.manifests_of(data, media_type)
    newest = told["manifests"][told["active_manifest"]]
    actions = next(each for each in newest["assertions"] if each["label"] == "c2pa.actions.v2")
    found: list[dict[str, Any]] = actions["data"]["actions"]
    return found


@pytest.mark.parametrize("media_type", DELIVERED)
@pytest.mark.parametrize("private", [False, True])
def test_a_signed_file_holds_and_keeps_what_its_provider_signed(
    media_type: str, private: bool, ours: SigningCertificate
) -> None:
    file = picture(form=signed.FORMS[media_type])
    made = credentials.sign(file, media_type, claim(original=signed.provider(private=private)), ours)
    told, details = signed.manifests_of(made, media_type)
    assert told["validation_state"] == "Valid"
    assert len(details["manifests"]) == 2
    assert not [word for word in signed.PRIVATE if word.encode() in made]
    assert not [name for each in details["manifests"].values() for name in each["assertion_store"] if "thumb" in name]
    taken = ["c2pa.redacted"] * (4 if private else 0)
    names = [each["action"] for each in actions_of(made, media_type)]
    assert names == ["c2pa.opened", "c2pa.resized", "c2pa.transcoded", *taken]
    assert Image.open(io.BytesIO(made)).tobytes() == Image.open(io.BytesIO(file)).tobytes()


def test_without_credentials_of_its_own_the_original_is_an_ingredient_all_the_same(ours: SigningCertificate) -> None:
    made = credentials.sign(picture(form="JPEG"), "image/jpeg", claim(), ours)
    found = said(made)
    assert found["actions"] == ["Opened", "Resized, with Imprimatur", "Saved in another encoding, with Imprimatur"]
    assert found["ingredients"] == ["Made from “original”, with no Content Credentials of its own"]


def test_a_model_is_named_only_where_it_is_known(ours: SigningCertificate) -> None:
    def disclosed(**facts: Any) -> list[dict[str, Any]]:
        made = credentials.sign(picture(form="JPEG"), "image/jpeg", claim(begins="created", **facts), ours)
        told, _ = signed.manifests_of(made, "image/jpeg")
        newest = told["manifests"][told["active_manifest"]]
        return [each["data"] for each in newest["assertions"] if each["label"] == "c2pa.ai-disclosure"]

    looked_at = {"modelType": "c2pa.types.model", "contentProfile": {"humanOversightLevel": "human_validated"}}
    assert disclosed() == []
    assert disclosed(model_was_used=True) == [looked_at]
    assert disclosed(model_was_used=True, model="gpt-image-1") == [looked_at | {"modelName": "gpt-image-1"}]


def test_what_cannot_be_signed_says_why(ours: SigningCertificate) -> None:
    ended = signed.identity("Ended", days=1, since=2)
    with pytest.raises(NotSigned, match="has ended"):
        credentials.sign(picture(form="JPEG"), "image/jpeg", claim(), certificates.load(ended.chain, ended.key))
    private = signed.provider(title="Jane’s house.jpg")
    with pytest.raises(NotSigned, match="may not travel"):
        credentials.sign(picture(form="JPEG"), "image/jpeg", claim(original=private), ours)


class Stamps(Handler):
    """A server for time stamps that is asked, and has none."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.send_error(503)

    def log_message(self, *_: object) -> None: ...


def test_without_the_time_stamp_that_was_to_be_the_file_is_not_signed() -> None:
    them = signed.identity("Harbor Homes")
    with ThreadingHTTPServer(("127.0.0.1", 0), Stamps) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/stamps"
        stamped = certificates.load(them.chain, them.key, timestamp_url=address)
        with pytest.raises(NotSigned, match="time stamps"):
            credentials.sign(picture(form="JPEG"), "image/jpeg", claim(), stamped)
        server.shutdown()
    assert set(Stamps.asked) == {"/stamps"}


# Certificates


def test_a_certificate_made_here_signs_and_says_that_nobody_trusts_it() -> None:
    own = certificates.load(*certificates.make())
    found = said(credentials.sign(picture(form="PNG"), "image/png", claim(), own))
    assert (own.is_for_development, own.trusted) == (True, False)
    assert "not trusted" in found["signer"]


def test_a_wrong_certificate_is_told_apart() -> None:
    ours, other = signed.identity("Harbor Homes"), signed.identity("Somebody else")
    sec1 = ours.key.replace("BEGIN PRIVATE", "BEGIN EC PRIVATE")
    for chain, key, why in [
        ("nothing", ours.key, "PEM"),
        (ours.chain, other.key, "does not belong"),
        (ours.chain, sec1, "PKCS#8"),
        (ours.root, ours.key, "lacks|authority"),
    ]:
        with pytest.raises(BadCertificate, match=why):
            certificates.load(chain, key)
    assert certificates.load(ours.chain, ours.key, anchors=ours.root).trusted
    assert not certificates.load(ours.chain, ours.key, anchors=other.root).trusted
