"""The library's pages, as the cast sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.imaging.rendering import FOR_PAGES, SPECS
from assets.models import Asset, Question, Version
from assets.provenance.data import ProvenanceData
from assets.rights.consents import GivenConsent
from core import storage
from core.languages import LANGUAGES
from core.models import LogEntry, User
from tests.assets import factories, verbs
from tests.assets.factories import picture

HTMX = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def as_ada(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def as_rita(rita: User) -> Client:
    client = Client()
    client.force_login(rita)
    return client


@pytest.fixture
def as_max(max_: User) -> Client:
    client = Client()
    client.force_login(max_)
    return client


@pytest.fixture
def as_nils(nils: User) -> Client:
    client = Client()
    client.force_login(nils)
    return client


def reread(version: Version) -> Version:
    return Version.objects.with_dossier().get(pk=version.pk)


def upload_of(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def change(version: Version, name: str) -> str:
    return reverse(f"assets:{name}", args=(version.asset_id, version.number))


LOOKING: dict[str, Callable[[Version], str]] = {
    "library": lambda v: reverse("assets:library"),
    "asset": lambda v: v.asset.get_absolute_url(),
    "version": lambda v: v.get_absolute_url(),
    "thumb": lambda v: reverse("assets:file", args=(v.pk, "thumb")),
    "preview": lambda v: reverse("assets:file", args=(v.pk, "preview")),
}
CHANGING = ("alt_text", "check_alt_text", "license", "shown", "consent", "disclosure", "archive")


def answers_of(client: Client, version: Version) -> dict[str, int]:
    """How each door answers."""
    return {door: client.get(address(version)).status_code for door, address in LOOKING.items()}


class TestDoors:
    def test_who_is_not_signed_in_is_asked_to(self, client: Client, version: Version) -> None:
        assert answers_of(client, version) == dict.fromkeys(LOOKING, 302)

    def test_a_stranger_sees_nothing(self, as_nils: Client, version: Version) -> None:
        assert answers_of(as_nils, version) == dict.fromkeys(LOOKING, 403)

    def test_reviewers_and_staff_see_everything(self, as_rita: Client, as_ada: Client, version: Version) -> None:
        assert answers_of(as_rita, version) == answers_of(as_ada, version) == dict.fromkeys(LOOKING, 200)

    def test_who_may_only_look_changes_nothing(self, as_rita: Client, version: Version) -> None:
        before = LogEntry.objects.count()
        answers = {name: as_rita.post(change(version, name)).status_code for name in CHANGING}
        assert answers == dict.fromkeys(CHANGING, 403)
        assert LogEntry.objects.count() == before

    def test_looking_at_the_address_of_a_change_changes_nothing(self, as_ada: Client, version: Version) -> None:
        answers = {name: as_ada.get(change(version, name)).status_code for name in CHANGING}
        assert answers == dict.fromkeys(CHANGING, 405)

    def test_reviewers_cannot_upload(self, as_rita: Client) -> None:
        assert as_rita.get(reverse("assets:upload")).status_code == 403

    def test_a_version_is_only_found_under_its_own_asset(self, as_ada: Client, version: Version, ada: User) -> None:
        other = factories.AssetFactory.create(by=ada)
        factories.VersionFactory.create(by=ada, asset=other)
        assert as_ada.get(reverse("assets:version", args=(version.asset_id, 2))).status_code == 404


@pytest.mark.engine
class TestGrid:
    def test_an_empty_library_says_what_will_be_here(self, as_ada: Client) -> None:
        page = as_ada.get(reverse("assets:library")).content.decode()
        assert "Every picture the team keeps" in page
        assert "Upload your first picture" in page

    def test_it_shows_title_state_and_label(self, as_ada: Client, version: Version) -> None:
        page = as_ada.get(reverse("assets:library")).content.decode()
        assert version.asset.title in page
        assert version.label in page
        assert "1 picture" in page

    @pytest.fixture
    def three(self, ada: User, rita: User) -> None:
        listing = factories.ListingFactory.create(reference="HB-77")
        factories.VersionFactory.create(by=ada, title="Kitchen", listing=listing)
        made = ProvenanceData(prompt="a lighthouse at dusk", model_asked="sketch-1")
        factories.VersionFactory.create(by=ada, title="Harbor", maker="Sketch", provenance=made)
        factories.approve(factories.ready_version(ada, title="Garden"), rita)

    def test_the_address_says_what_is_shown(self, three: None, as_ada: Client) -> None:
        wanted: dict[str, set[str]] = {
            "": {"Kitchen", "Harbor", "Garden"},
            "?q=kitch": {"Kitchen", "Garden"},
            "?q=LIGHTHOUSE": {"Harbor"},
            "?q=sketch-1": {"Harbor"},
            "?q=oak+table": {"Garden"},
            "?q=hb-77": {"Kitchen"},
            "?q=oak+lighthouse": set(),
            "?status=approved": {"Garden"},
            "?status=nonsense": {"Kitchen", "Harbor", "Garden"},
            "?provider=Sketch": {"Harbor"},
            "?provider=Sketch&status=approved": set(),
            "?listing=HB-77": {"Kitchen"},
            "?q=%27%22%29+OR+1%3D1--": set(),
            "?page=99": {"Kitchen", "Harbor", "Garden"},
        }
        shown = {query: as_ada.get(reverse("assets:library") + query).context["tiles"] for query in wanted}
        assert {query: {tile.asset.title for tile in tiles} for query, tiles in shown.items()} == wanted

    def test_htmx_gets_the_results_alone(self, as_ada: Client, version: Version) -> None:
        page = as_ada.get(reverse("assets:library"), headers=HTMX).content.decode()
        assert version.asset.title in page
        assert "<html" not in page

    def test_many_pictures_take_no_more_queries_than_a_few(self, as_ada: Client, ada: User) -> None:
        from django.db import connection

        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                as_ada.get(reverse("assets:library"))
            return len(captured)

        for n in range(3):
            factories.VersionFactory.create(by=ada, listing=factories.ListingFactory.create(reference=f"A{n}"))
        few = queries()
        for n in range(4):
            factories.VersionFactory.create(by=ada, listing=factories.ListingFactory.create(reference=f"B{n}"))
        assert queries() == few


class TestUpload:
    url = "/library/upload/"

    def test_each_file_becomes_an_asset_named_as_the_file(self, as_ada: Client, ada: User) -> None:
        files = [upload_of("front_door.png", picture(seed=1)), upload_of("garden.png", picture(seed=2))]
        response = as_ada.post(self.url, {"pictures": files, "kind": "photograph"})
        assert response.status_code == 302
        assert set(Asset.objects.values_list("title", flat=True)) == {"front door", "garden"}
        assert set(Version.objects.values_list("digital_source", "maker")) == {("digitalCapture", "upload")}

    def test_the_bytes_are_kept_as_they_came(self, as_ada: Client) -> None:
        data = picture(form="JPEG", comment=b"kept")
        as_ada.post(self.url, {"pictures": upload_of("a.jpg", data), "kind": "photograph", "title": "Door"})
        assert storage.read(Version.objects.get().sha256) == data

    def test_a_picture_made_elsewhere_names_who_made_it_and_takes_its_terms(self, as_ada: Client) -> None:
        terms = factories.TermsFactory.create(key="midjourney")
        said = {"pictures": upload_of("a.png", picture()), "kind": "generated", "maker": "Midjourney"}
        as_ada.post(self.url, said)
        version = Version.objects.get()
        assert (version.maker, version.origin, version.provenance.terms) == ("Midjourney", "brought", terms)
        assert version.digital_source == "trainedAlgorithmicMedia"

    def test_a_new_version_joins_its_asset(self, as_ada: Client, version: Version) -> None:
        url = f"{self.url}?asset={version.asset_id}"
        as_ada.post(url, {"pictures": upload_of("a.png", picture(seed=9)), "kind": "photograph"})
        newest = version.asset.latest
        assert newest is not None
        assert (newest.number, newest.parent) == (2, version)

    def test_an_original_is_linked_to_what_was_made_from_it(self, as_ada: Client, version: Version) -> None:
        url = f"{self.url}?original_of={version.pk}"
        as_ada.post(url, {"pictures": upload_of("before.png", picture(seed=9)), "kind": "photograph"})
        original = reread(version).original
        assert original is not None
        assert original.asset.title == "before"

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"kind": "photograph"}, "Choose the pictures to upload, or drop them here."),
            ({"kind": "generated", "pictures": "good"}, "Say which service made it"),
            ({"kind": "photograph", "pictures": "html"}, "“door.png” was not accepted."),
        ],
    )
    def test_a_refusal_says_why_and_keeps_what_was_typed(
        self, said: dict[str, Any], words: str, as_ada: Client
    ) -> None:
        bytes_of = {"good": picture(), "html": b"<html>"}
        if "pictures" in said:
            said = said | {"pictures": upload_of("door.png", bytes_of[said["pictures"]])}
        response = as_ada.post(self.url, said | {"title": "My own words"})
        page = response.content.decode()
        assert response.status_code == 422
        assert words in page
        assert "My own words" in page
        assert not Asset.objects.exists()

    def test_an_address_that_names_no_asset_is_an_ordinary_upload(self, as_ada: Client) -> None:
        assert as_ada.get(f"{self.url}?asset=nonsense&original_of=1").status_code == 200


def handed_out() -> list[tuple[int, str]]:
    """Who downloaded which original, by the log."""
    noted = LogEntry.objects.filter(action="version.original_downloaded")
    return list(noted.values_list("actor", "subjects__key"))


class TestFiles:
    def test_a_copy_is_private_and_cannot_run(self, as_ada: Client, version: Version) -> None:
        response = as_ada.get(reverse("assets:file", args=(version.pk, "preview")))
        assert response["Content-Type"] == "image/webp"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"].startswith("private")

    def test_the_original_is_a_download_for_whoever_has_the_right_and_is_noted(
        self, as_ada: Client, as_max: Client, version: Version, max_: User
    ) -> None:
        url = reverse("assets:file", args=(version.pk, "original"))
        assert as_ada.get(url).status_code == 403
        assert (as_max.head(url).status_code, handed_out()) == (200, [])
        response = as_max.get(url)
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Cache-Control"] == "private, no-store"
        assert response.content == storage.read(version.sha256)
        assert handed_out() == [(max_.pk, str(version.pk))]

    def test_no_preset_is_made_of_what_is_not_released(self, as_ada: Client, version: Version) -> None:
        presets = [name for name in SPECS if name not in FOR_PAGES]
        assert {as_ada.get(f"/files/{version.pk}/{name}/").status_code for name in presets} == {404}

    def test_an_unknown_copy_is_not_made(self, as_ada: Client, version: Version) -> None:
        for spec in ("huge", "../thumb", "thumb.webp", "99999x99999"):
            assert as_ada.get(f"/files/{version.pk}/{spec}/").status_code == 404, spec
        assert set(version.renditions.values_list("spec", flat=True)) == {"thumb", "small", "preview"}

    def test_an_unchanged_copy_is_not_sent_twice(self, as_ada: Client, version: Version) -> None:
        url = reverse("assets:file", args=(version.pk, "thumb"))
        etag = as_ada.get(url)["ETag"]
        assert as_ada.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304

    def test_a_stranger_learns_nothing_from_an_etag(self, as_nils: Client, as_ada: Client, version: Version) -> None:
        url = reverse("assets:file", args=(version.pk, "thumb"))
        etag = as_ada.get(url)["ETag"]
        assert as_nils.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 403

    def test_a_damaged_file_is_said_to_be_damaged(self, as_max: Client, version: Version) -> None:
        from pathlib import Path

        from django.conf import settings

        path = Path(settings.STORAGES["default"]["OPTIONS"]["location"]) / storage.path_of(version.sha256)
        path.write_bytes(b"broken")
        assert as_max.get(reverse("assets:file", args=(version.pk, "original"))).status_code == 503
        assert handed_out() == []


class TestStory:
    def test_it_tells_where_the_picture_came_from(self, as_ada: Client, ada: User) -> None:
        made = ProvenanceData(
            provider_name="Sketch",
            model_asked="sketch-1",
            prompt="a lighthouse at dusk",
            seed="4711",
            cost_micros=53_000,
            currency="USD",
            parameters={"size": "1024x768"},
            found={"camera": {"model": "EOS R5"}},
        )
        version = factories.VersionFactory.create(by=ada, maker="Sketch", provenance=made)
        page = as_ada.get(version.get_absolute_url()).content.decode()
        for words in ("a lighthouse at dusk", "sketch-1", "4711", "$0.053", "1024x768", "EOS R5", "was added"):
            assert words in page

    def test_it_says_in_one_line_what_is_missing(self, as_ada: Client, version: Version) -> None:
        page = as_ada.get(version.get_absolute_url()).content.decode()
        assert "Needed before review" in page

    def test_it_says_when_nothing_is(self, as_ada: Client, ready: Version) -> None:
        assert "Nothing is missing" in as_ada.get(ready.get_absolute_url()).content.decode()

    def test_a_reviewer_gets_no_form(self, as_rita: Client, ready: Version) -> None:
        page = as_rita.get(ready.get_absolute_url()).content.decode()
        assert ready.alt_text in page
        assert change(ready, "alt_text") not in page

    def test_an_approved_version_warns_before_it_is_changed(self, as_ada: Client, ready: Version, rita: User) -> None:
        factories.approve(ready, rita)
        page = as_ada.get(ready.get_absolute_url()).content.decode()
        assert "Its releases pause at once" in page
        assert change(ready, "alt_text") not in page
        assert change(ready, "alt_text") in as_ada.get(ready.get_absolute_url() + "?edit=words").content.decode()

    def test_an_earlier_version_points_at_the_newest(self, as_ada: Client, version: Version, ada: User) -> None:
        newer = factories.VersionFactory.create(by=ada, asset=version.asset)
        page = as_ada.get(version.get_absolute_url()).content.decode()
        assert "earlier version" in page
        assert newer.get_absolute_url() in page

    def test_newer_terms_are_shown_and_can_be_answered_from(self, as_ada: Client, ada: User) -> None:
        old = factories.TermsFactory.create()
        version = factories.VersionFactory.create(by=ada, provenance=ProvenanceData(terms=old))
        factories.TermsFactory.create(read_on="2026-11-23", answers={"commercial": {"answer": "no"}})
        assert "terms have changed" in as_ada.get(version.get_absolute_url()).content.decode()
        form = as_ada.get(version.get_absolute_url() + "?edit=terms").context["page"].license_form
        assert form["ask_commercial"].value() == "no"

    def test_hostile_words_are_shown_as_words(self, as_ada: Client, ada: User) -> None:
        listing = factories.ListingFactory.create(title=HOSTILE)
        made = ProvenanceData(
            prompt=HOSTILE, model_asked=HOSTILE, found={HOSTILE: HOSTILE}, parameters={HOSTILE: HOSTILE}
        )
        version = factories.VersionFactory.create(
            by=ada, title=HOSTILE, maker=HOSTILE, provenance=made, listing=listing
        )
        verbs.describe(version, text=HOSTILE, decorative=False, language="en", by=ada)
        factories.complete_license(version, holder=HOSTILE, attribution=HOSTILE)
        verbs.record_consent(version, GivenConsent(kind="person", name=HOSTILE, scope=HOSTILE), by=ada)
        for url in (version.get_absolute_url(), reverse("assets:library")):
            assert HOSTILE not in as_ada.get(url).content.decode()


LICENSE = {f"license-ask_{question}": "yes" for question in Question} | {"license-attribution": "Harbor Homes"}

SAID = {
    "alt_text": {"alt-text": "A kitchen", "alt-language": "en"},
    "license": LICENSE,
    "shown": {"shown-people": "no", "shown-property": "no"},
    "consent": {"consent-kind": "person", "consent-name": "Jo", "consent-given": "yes"},
    "disclosure": {"disclosure-digital_source": "digitalCapture", "disclosure-disclosure_note": "As it is."},
}
WRONG = {
    "alt_text": {"alt-text": "A kitchen", "alt-language": ""},
    "license": LICENSE | {"license-valid_until": "soon", "license-ask_term_source": "section 3 of the long terms"},
    "shown": {"shown-people": "perhaps", "shown-property": "no"},
    "consent": {"consent-kind": "person", "consent-name": "", "consent-scope": "All of it", "consent-given": "yes"},
    "disclosure": {"disclosure-digital_source": "magic", "disclosure-disclosure_note": "As it is."},
}


class TestPanels:
    def test_saving_leads_back_to_the_panel(self, as_ada: Client, version: Version) -> None:
        hashes = [version.dossier_hash]
        for name, said in SAID.items():
            response = as_ada.post(change(version, name), said)
            assert response.status_code == 302, name
            assert response["Location"].startswith(version.get_absolute_url() + "#"), name
            hashes.append(reread(version).dossier_hash)
        assert len({*hashes}) == len(SAID) + 1

    def test_htmx_gets_the_panel_and_what_depends_on_it(self, as_ada: Client, version: Version) -> None:
        for name, said in SAID.items():
            page = as_ada.post(change(version, name), said, headers=HTMX).content.decode()
            assert "<html" not in page, name
            assert 'id="readiness" hx-swap-oob="true"' in page, name
            assert 'id="standing" hx-swap-oob="true"' in page, name

    @pytest.mark.parametrize("htmx", [{}, HTMX], ids=["page", "htmx"])
    def test_a_mistake_changes_nothing_and_keeps_what_was_typed(
        self, htmx: dict[str, str], as_ada: Client, version: Version
    ) -> None:
        for name, said in WRONG.items():
            response = as_ada.post(change(version, name), said, headers=htmx)
            assert response.status_code == 422, name
            assert reread(version).dossier_hash == version.dossier_hash, name
            typed = max(said.values(), key=len)
            assert typed in response.content.decode() or name in {"shown"}, name

    def test_the_license_is_answered_whole(self, as_ada: Client, version: Version) -> None:
        response = as_ada.post(change(version, "license"), LICENSE)
        assert response.status_code == 302
        license = reread(version).license
        assert license is not None
        assert {given["answer"] for given in license.answers.values()} == {"yes"}
        assert license.attribution == "Harbor Homes"

    def test_answers_can_be_filled_in_from_terms_before_they_are_saved(self, as_ada: Client, version: Version) -> None:
        terms = factories.TermsFactory.create()
        response = as_ada.post(change(version, "license"), {"license-terms": terms.pk, "prefill": "1"})
        assert response.status_code == 200
        assert response.context["page"].license_form["ask_commercial"].value() == "yes"
        assert reread(version).dossier_hash == version.dossier_hash

    def test_terms_take_the_place_of_typed_words_only_where_they_speak_and_it_is_said(
        self, as_ada: Client, version: Version
    ) -> None:
        terms = factories.TermsFactory.create(answers={"commercial": {"answer": "yes", "source": "section 3"}})
        typed = {
            **{"license-terms": terms.pk, "prefill": "1"},
            **{"license-ask_commercial": "no", "license-ask_commercial_source": "A letter"},
            **{"license-ask_commercial_detail": "Only for us", "license-ask_territory": "no"},
            **{"license-holder": "Harbor Homes", "license-valid_until": "2027-05-05"},
        }
        page = as_ada.post(change(version, "license"), typed)
        form = page.context["page"].license_form
        assert {name: form[name].value() for name in ("holder", "valid_until", "ask_territory")} == {
            "holder": "Harbor Homes",
            "valid_until": "2027-05-05",
            "ask_territory": "no",
        }
        assert (form["ask_commercial"].value(), form["ask_commercial_detail"].value()) == ("yes", "Only for us")
        assert [each.typed for each in form.replaced] == ["No", "A letter"]
        assert "These terms say something else than you typed" in page.content.decode()

    def test_other_terms_take_back_what_the_first_filled_in(self, as_ada: Client, version: Version) -> None:
        first, second = factories.TermsFactory.create(), factories.TermsFactory.create(key="other", answers={})
        said = {"license-terms": second.pk, "license-filled": first.pk, "prefill": "1", "license-ask_commercial": "yes"}
        form = as_ada.post(change(version, "license"), said).context["page"].license_form
        assert (form["ask_commercial"].value(), form.replaced) == ("unknown", [])

    def test_clearing_the_alt_text_asks_for_a_word(self, as_ada: Client, version: Version) -> None:
        response = as_ada.post(change(version, "alt_text"), {"alt-text": "", "alt-language": "en"})
        assert (response.status_code, "or that it is decorative" in response.content.decode()) == (422, True)

    def test_a_decorative_picture_needs_no_text(self, as_ada: Client, version: Version) -> None:
        as_ada.post(change(version, "alt_text"), {"alt-decorative": "on", "alt-text": "", "alt-language": "en"})
        assert reread(version).decorative

    def test_alt_text_is_checked_while_it_is_typed_and_not_saved(self, as_ada: Client, version: Version) -> None:
        said = {"alt-text": "IMG_2041.jpg", "alt-language": "en"}
        page = as_ada.post(change(version, "check_alt_text"), said).content.decode()
        assert "file name" in page
        assert reread(version).alt_text == ""

    def test_a_good_text_is_told_so(self, as_ada: Client, version: Version) -> None:
        said = {"alt-text": "Oak table by a window", "alt-language": "en"}
        assert "Nothing to fix" in as_ada.post(change(version, "check_alt_text"), said).content.decode()

    def test_a_further_language_is_added_changed_and_removed(self, as_ada: Client, version: Version) -> None:
        url, said = change(version, "alt_text"), {"alt-text": "A kitchen", "alt-language": "en"}
        as_ada.post(url, said | {"alt-new_language": "de", "alt-new_text": "Eine Küche"})
        assert 'lang="de"' in as_ada.get(version.get_absolute_url()).content.decode()
        as_ada.post(url, said | {"alt-text_de": "Eine alte Küche"})
        assert [each.text for each in reread(version).translations.all()] == ["Eine alte Küche"]
        as_ada.post(url, said | {"alt-text_de": ""})
        assert not reread(version).translations.exists()

    def test_a_further_language_that_cannot_be_kept_is_refused_with_its_words(
        self, as_ada: Client, version: Version
    ) -> None:
        wrong: dict[str, dict[str, str]] = {
            "Say which language this is.": {"alt-new_text": "Eine Küche"},
            "Write the text in German": {"alt-new_language": "de"},
            "Keep one of them.": {"alt-text_de": "Eine Küche", "alt-language": "de"},
            "Select a valid choice.": {"alt-new_language": "tlh", "alt-new_text": "Eine Küche"},
            "in 8 further languages": {f"alt-text_{tag}": "Eine Küche" for tag in list(LANGUAGES)[1:10]},
        }
        for words, said in wrong.items():
            response = as_ada.post(change(version, "alt_text"), {"alt-text": "A kitchen", "alt-language": "en"} | said)
            page = response.content.decode()
            assert (response.status_code, words in page, reread(version).alt_text) == (422, True, ""), words
            assert "Eine Küche" in page or "alt-new_text" not in said, words

    def test_a_further_language_is_checked_while_it_is_typed(self, as_ada: Client, version: Version) -> None:
        said = {"alt-text": "A kitchen", "alt-language": "en", "alt-new_language": "de", "alt-new_text": "IMG_2041.jpg"}
        page = as_ada.post(change(version, "check_alt_text"), said).content.decode()
        assert "German: This is a file name." in page

    def test_a_language_that_is_not_in_the_list_stays(self, as_ada: Client, version: Version, ada: User) -> None:
        verbs.describe(version, text="A kitchen", decorative=False, language="gd", by=ada)
        as_ada.post(change(version, "alt_text"), {"alt-text": "A kitchen, too", "alt-language": "gd"})
        assert (reread(version).alt_text, reread(version).alt_language) == ("A kitchen, too", "gd")

    def test_a_consent_is_changed_in_its_place(self, as_ada: Client, version: Version, ada: User) -> None:
        kept = verbs.record_consent(version, GivenConsent(kind="person", name="Jo", given="yes"), by=ada)
        url = reverse("assets:consent", args=(version.asset_id, version.number, kept.pk))
        as_ada.post(url, SAID["consent"] | {"consent-given": "no"})
        assert [consent.given for consent in reread(version).consents.all()] == ["no"]

    def test_a_consent_of_another_version_is_not_found(self, as_ada: Client, version: Version, ada: User) -> None:
        other = factories.VersionFactory.create(by=ada)
        kept = verbs.record_consent(other, GivenConsent(kind="person", name="Jo", given="yes"), by=ada)
        url = reverse("assets:consent", args=(version.asset_id, version.number, kept.pk))
        assert as_ada.post(url, SAID["consent"]).status_code == 404

    def test_an_archived_version_answers_409(self, as_ada: Client, version: Version, ada: User) -> None:
        verbs.archive(version, by=ada)
        said: dict[str, dict[str, str]] = {**SAID, "archive": {}}
        answers = {name: as_ada.post(change(version, name), form).status_code for name, form in said.items()}
        assert answers == dict.fromkeys(said, 409)

    def test_archiving_keeps_it_to_be_looked_at(self, as_ada: Client, version: Version) -> None:
        as_ada.post(change(version, "archive"))
        assert reread(version).status == "archived"
        assert as_ada.get(version.get_absolute_url()).status_code == 200

    def test_renaming(self, as_ada: Client, version: Version) -> None:
        as_ada.post(reverse("assets:rename", args=(version.asset_id,)), {"title": "Kitchen at dusk"})
        assert Asset.objects.get().title == "Kitchen at dusk"

    def test_a_title_is_never_empty(self, as_ada: Client, version: Version) -> None:
        response = as_ada.post(reverse("assets:rename", args=(version.asset_id,)), {"title": " "})
        assert response.status_code == 422
        assert Asset.objects.get().title == version.asset.title
