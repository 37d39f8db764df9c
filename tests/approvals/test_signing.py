"""Delivered files are signed as the dossier says, or do not leave; and the reviewer is told which marks go along."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from approvals.channels import signing, verdict
from approvals.models import Decision, Release
from approvals.releases import files
from approvals.reviews import dossier, settling
from assets.imaging import credentials
from assets.imaging.credentials import NotSigned
from assets.imaging.metadata import SOURCE_TYPES
from assets.models import Origin, Version
from assets.provenance.data import ProvenanceData
from core import storage
from core.errors import Severity
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import signed, verbs
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def signs(settings: Settings) -> signed.Identity:
    """This portal signs as Harbor Homes."""
    them = signed.identity("Harbor Homes")
    settings.C2PA_CERTIFICATE, settings.C2PA_PRIVATE_KEY = them.chain, them.key
    return them


def brought(by: User, data: bytes, **options: Any) -> Version:
    """A picture as it came, of which the file's own words are kept."""
    return library.explained(library.ready_version(by, data=data, **options), by)


def delivered(release: Release) -> bytes:
    return storage.read(release.file_sha256)


def claimed(release: Release) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    """What the library says of a delivered file: its state, its newest actions, and all of its manifests."""
    told, details = signed.manifests_of(delivered(release), release.file_media_type)
    newest = told["manifests"][told["active_manifest"]]
    actions = next(each["data"]["actions"] for each in newest["assertions"] if each["label"] == "c2pa.actions.v2")
    return told["validation_state"], actions, details["manifests"]


def told_of(version: Version) -> dict[str, str]:
    """Code of a finding about the signature → its words."""
    channel = factories.channel()
    found = verdict.findings(version, channel, channel.today)
    about = [each for each in found if each.code.startswith(("sign", "marks"))]
    assert not [each for each in about if each.severity == Severity.BLOCKS and each.code != "signing_over"]
    return {each.code: each.words for each in about}


def test_what_leaves_is_signed_and_says_what_was_decided(ada: User, signs: signed.Identity) -> None:
    version = brought(ada, signed.provider("image/png", private=True))
    verbs.mark(version, digital_source="trainedAlgorithmicMedia", by=ada)
    small = {"format": "image/jpeg", "min_width": 32, "min_height": 32, "max_width": 320, "max_height": 320}
    channels = [factories.channel("small", rules=small), factories.channel("web", rules={"format": "image/webp"})]
    decision = factories.decide(factories.review(version, *channels))
    settling.settle(decision)
    releases = {each.channel.slug: each for each in Release.objects.filter(decision=decision)}
    steps = {"small": ["c2pa.opened", "c2pa.resized", "c2pa.edited.metadata", "c2pa.transcoded"]}
    steps["web"] = [step for step in steps["small"] if step != "c2pa.resized"]
    for slug, release in releases.items():
        state, actions, manifests = claimed(release)
        facts = decision.dossier
        assert state == "Valid"
        assert [each["action"] for each in actions if each["action"] != "c2pa.redacted"] == steps[slug]
        assert actions[0]["digitalSourceType"] == f"{SOURCE_TYPES}{facts['disclosure']['digital_source']}"
        assert facts["signing"] == {"signed": True, "signer": "Harbor Homes", "trusted": False}
        assert len(manifests) == 2
        assert len(delivered(release)) == release.file_size
        assert not [word for word in signed.PRIVATE if word.encode() in delivered(release)]
    assert len({release.file_sha256 for release in releases.values()}) == 2


def test_a_picture_made_here_begins_as_created_with_its_model(ada: User, signs: signed.Identity) -> None:
    made = ProvenanceData(provider="openai", provider_name="OpenAI", model_asked="gpt-image-1")
    version = library.ready_version(ada, origin=Origin.GENERATED, provenance=made)
    verbs.mark(version, digital_source="trainedAlgorithmicMedia", by=ada)
    facts = dossier.of(Version.objects.with_dossier().get(pk=version.pk), [factories.channel()]).facts
    (file,) = files.prepare(facts).values()
    told, _ = signed.manifests_of(file.data, file.media_type)
    said = {each["label"]: each["data"] for each in told["manifests"][told["active_manifest"]]["assertions"]}
    assert said["c2pa.actions.v2"]["actions"][0]["action"] == "c2pa.created"
    assert said["c2pa.ai-disclosure"]["modelName"] == "gpt-image-1"


def test_a_photograph_claims_no_model(ada: User, signs: signed.Identity) -> None:
    made = factories.released(library.ready_version(ada))
    told, _ = signed.manifests_of(delivered(made), made.file_media_type)
    newest = told["manifests"][told["active_manifest"]]
    assert "c2pa.ai-disclosure" not in json.dumps(newest)
    assert newest["ingredients"][0]["relationship"] == "parentOf"


def test_the_limit_of_bytes_holds_for_the_signed_file(ada: User, signs: signed.Identity) -> None:
    noise = io.BytesIO()
    Image.effect_noise((300, 200), 60).save(noise, "PNG")
    version = library.ready_version(ada, data=noise.getvalue())
    whole = factories.channel("whole", rules={"quality": 95})
    facts = dossier.of(version, [whole]).facts
    signed_size = len(files.prepare(facts)["whole"].data)
    limit = signed_size - 1000
    facts["channels"]["whole"]["rules"]["max_bytes"] = limit
    file = files.prepare(facts)["whole"]
    assert len(file.data) <= limit
    assert signed.manifests_of(file.data, file.media_type)[0]["validation_state"] == "Valid"


def test_the_same_file_for_two_channels_is_signed_once(ada: User, signs: signed.Identity) -> None:
    version = library.ready_version(ada)
    facts = dossier.of(version, [factories.channel("one"), factories.channel("two")]).facts
    one, two = files.prepare(facts).values()
    assert one.sha256 == two.sha256


def test_nothing_leaves_unsigned_that_was_to_be_signed(
    ada: User, signs: signed.Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> bytes:
        raise NotSigned("The server for time stamps did not answer.")

    decision = factories.decide(factories.review(library.ready_version(ada)))
    monkeypatch.setattr(credentials, "sign", fail)
    settling.settle(decision)
    decision = Decision.objects.get(pk=decision.pk)
    assert not Release.objects.exists()
    assert "could not be signed. The server for time stamps did not answer." in decision.lapsed_because


def test_a_decision_lapses_when_the_signer_changes_before_it_takes_effect(
    ada: User, signs: signed.Identity, settings: Settings
) -> None:
    decision = factories.decide(factories.review(library.ready_version(ada)))
    other = signed.identity("Somebody else")
    settings.C2PA_CERTIFICATE, settings.C2PA_PRIVATE_KEY = other.chain, other.key
    settling.settle(decision)
    lapsed = Decision.objects.get(pk=decision.pk).lapsed_because
    assert "Who signs delivered files: was “Harbor Homes”, is now “Somebody else”." in lapsed
    assert not Release.objects.exists()


def test_a_decision_lapses_when_nothing_signs_any_more(ada: User, signs: signed.Identity, settings: Settings) -> None:
    decision = factories.decide(factories.review(library.ready_version(ada)))
    settings.C2PA_CERTIFICATE = settings.C2PA_PRIVATE_KEY = ""
    settling.settle(decision)
    assert "No certificate is set any more" in Decision.objects.get(pk=decision.pk).lapsed_because
    assert not Release.objects.exists()


def test_unsigned_delivery_names_the_marks_that_it_drops(ada: User) -> None:
    words = told_of(brought(ada, signed.provider()))["marks_dropped"]
    assert "not signed here" in words
    assert "signed by Provider Inc (Created, with GPT-4o)" in words
    assert told_of(library.ready_version(ada)) == {}


def test_signed_delivery_says_by_whom_and_what_was_taken_out(ada: User, signs: signed.Identity) -> None:
    kept, private = told_of(brought(ada, signed.provider())), told_of(brought(ada, signed.provider(private=True)))
    assert list(kept) == ["signed"]
    assert "Harbor Homes" in kept["signed"]
    assert "thumbnail" in private["marks_redacted"]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: signed.provider(title="Jane’s house.jpg"), "a file name in words, which cannot be taken out"),
        (lambda: signed.tampered(signed.provider(seed=2)), "changed after it was signed"),
    ],
    ids=["words", "tampered"],
)
def test_marks_that_cannot_travel_are_named_with_the_reason(
    ada: User, signs: signed.Identity, make: Callable[[], bytes], why: str
) -> None:
    version = brought(ada, make())
    assert why in told_of(version)["marks_dropped"]
    made = factories.released(version)
    state, actions, manifests = claimed(made)
    assert (state, actions[0]["action"], len(manifests)) == ("Valid", "c2pa.opened", 1)
    assert "Jane’s house" not in delivered(made).decode("latin-1")


def test_a_certificate_that_has_ended_blocks(ada: User, settings: Settings) -> None:
    ended = signed.identity("Harbor Homes", days=1, since=9)
    settings.C2PA_CERTIFICATE, settings.C2PA_PRIVATE_KEY = ended.chain, ended.key
    assert "has ended" in told_of(library.ready_version(ada))["signing_over"]


def test_who_is_trusted_is_said(settings: Settings, signs: signed.Identity) -> None:
    assert not signing.facts()["trusted"]
    settings.C2PA_TRUST_ANCHORS = signs.root
    assert signing.facts()["trusted"]


def test_the_reviewer_reads_what_the_credentials_say(ada: User, rita: User, signs: signed.Identity) -> None:
    review = factories.review(brought(ada, signed.provider(private=True)))
    page = browser_of(rita).get(reverse("approvals:review", args=[review.pk])).content.decode()
    for words in ("Intact, by a signer who is not known here", "Created, with GPT-4o", "Signed as “Harbor Homes”"):
        assert words in page
    assert "go along without what is private" in page
