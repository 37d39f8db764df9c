"""The verbs of the library: what they write, what they refuse, and the trace they leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from assets.alt_texts import writing
from assets.alt_texts.checking import Words
from assets.imaging import fence, inspection, rendering
from assets.library import collection, intake, readiness, renditions
from assets.listings.records import ListingFacts, add_listing, change_listing
from assets.models import Answer, Asset, Origin, Part, Provenance, Question, Version
from assets.models.version import Status
from assets.provenance.data import ProvenanceData
from assets.rights import consents, licenses
from assets.rights.consents import GivenConsent
from assets.rights.licenses import GivenAnswer, LicenseFacts
from assets.versions import changing, dossier
from assets.versions.contributors import Hands
from assets.versions.transitions import MOVES
from core import audit, clock, storage
from core.errors import Blocked, InvalidTransition
from core.models import LogEntry, User
from tests.assets import factories, verbs
from tests.assets.factories import picture
from tests.together import taken_back

TODAY = date(2026, 11, 22)


def last_action() -> str:
    entry = LogEntry.objects.last()
    return entry.action if entry else ""


def put(version: Version, status: Status, approved_by: User | None = None) -> None:
    """Put a version into a state; the database asks that it comes from a review where it is approved."""
    for each in (Status.IN_REVIEW, status):
        Version.objects.filter(pk=version.pk).update(status=each, approved_by=approved_by)


def reread(version: Version) -> Version:
    return Version.objects.with_dossier().get(pk=version.pk)


class TestTakingIn:
    def test_a_new_asset_starts_with_version_one(self, ada: User) -> None:
        data = picture()
        version = intake.take_in(data, title="Kitchen", by=ada, origin=Origin.UPLOADED, maker="upload")
        assert (version.number, version.asset.title, version.status) == (1, "Kitchen", Status.DRAFT)
        assert storage.read(version.sha256) == data
        assert last_action() == "version.created"

    def test_the_next_version_gets_the_next_number(self, ada: User, version: Version) -> None:
        following = factories.VersionFactory.create(by=ada, asset=version.asset, parent=version)
        assert (following.number, following.asset, following.parent) == (2, version.asset, version)
        assert Asset.objects.count() == 1

    def test_an_upload_over_a_version_keeps_whoever_is_to_be_seen_in_it(self, ada: User, max_: User) -> None:
        """It may be the same picture, changed elsewhere; the words of the earlier one are not in it."""
        done: Hands = {part: [max_] for part in (Part.PROMPT, Part.ASKED, Part.BROUGHT, Part.EDITED, Part.WORDS)}
        first = factories.VersionFactory.create(by=ada, hands=done)
        following = factories.VersionFactory.create(by=ada, asset=first.asset, parent=first)
        kept = set(following.contributors.filter(person=max_).values_list("part", flat=True))
        assert kept == {"prompt", "asked", "brought", "edited"}

    def test_whoever_says_who_made_it_says_all(self, ada: User, max_: User) -> None:
        first = factories.VersionFactory.create(by=max_)
        made: Hands = {Part.MADE: [ada]}
        following = factories.VersionFactory.create(by=ada, asset=first.asset, parent=first, hands=made)
        assert not following.contributors.filter(person=max_, part=Part.BROUGHT).exists()

    def test_the_label_names_date_and_provider(self, ada: User) -> None:
        version = factories.VersionFactory.create(by=ada, maker="OpenAI")
        assert version.label == f"v1 · {clock.written(clock.day_of(version.created_at))} · OpenAI"

    def test_provenance_is_kept_with_the_version(self, ada: User) -> None:
        made = ProvenanceData(provider="sketch", prompt="A kitchen", seed="7", dropped=("seed",))
        version = factories.VersionFactory.create(by=ada, provenance=made)
        kept = version.provenance
        assert (kept.provider, kept.prompt, kept.seed, kept.dropped) == ("sketch", "A kitchen", "7", ["seed"])

    def test_terms_prefill_the_license(self, ada: User) -> None:
        terms = factories.TermsFactory.create(answers={"commercial": {"answer": "yes", "source": "section 3"}})
        version = factories.VersionFactory.create(by=ada, provenance=ProvenanceData(terms=terms))
        assert version.license is not None
        answers = version.license.answers
        assert answers["commercial"] == {"answer": "yes", "detail": "", "source": "section 3"}
        assert answers["sublicense"] == {"answer": "unknown", "detail": "", "source": ""}
        assert version.license.terms == terms

    def test_a_file_that_cannot_be_decoded_leaves_nothing_behind(self, ada: User) -> None:
        with pytest.raises(inspection.Unreadable):
            factories.VersionFactory.create(by=ada, data=picture(form="JPEG")[:400])
        assert not Asset.objects.exists()
        assert not LogEntry.objects.filter(action="version.created").exists()

    def test_a_moving_picture_is_refused(self, ada: User) -> None:
        from PIL import Image

        frames = [Image.effect_noise((64, 64), 50 + n) for n in range(3)]
        import io

        out = io.BytesIO()
        frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
        with pytest.raises(inspection.Unreadable, match="moving picture"):
            factories.VersionFactory.create(by=ada, data=out.getvalue())

    def test_without_the_right_nothing_comes_in(self, rita: User) -> None:
        with pytest.raises(PermissionDenied):
            factories.VersionFactory.create(by=rita)
        assert not Version.objects.exists()

    def test_a_failure_in_the_database_leaves_no_row(self, ada: User) -> None:
        with mock.patch.object(audit, "record", side_effect=RuntimeError), pytest.raises(RuntimeError):
            factories.VersionFactory.create(by=ada)
        assert not Asset.objects.exists()


class TestWords:
    def test_alt_text_is_written_and_changes_the_hash(self, ada: User, version: Version) -> None:
        before = version.dossier_hash
        after = verbs.describe(version, text="  A kitchen ", decorative=False, language="en-GB", by=ada)
        kept = reread(version)
        assert (kept.alt_text, kept.alt_language) == ("A kitchen", "en-GB")
        assert before != after.dossier_hash == kept.dossier_hash
        assert last_action() == "version.described"

    def test_a_further_language_is_kept_until_it_is_emptied(self, ada: User, version: Version) -> None:
        said: dict[str, Any] = {"text": "A kitchen", "decorative": False, "language": "en", "by": ada}
        verbs.describe(version, further={"de": " Eine Küche "}, **said)
        verbs.describe(version, **said)
        assert [t.text for t in reread(version).translations.all()] == ["Eine Küche"]
        verbs.describe(version, further={"de": ""}, **said)
        assert not reread(version).translations.exists()
        entry = LogEntry.objects.latest("pk")
        assert (entry.action, entry.words) == ("version.described", "Alt text: “A kitchen” German: removed.")

    def test_no_language_is_said_twice(self, ada: User, version: Version) -> None:
        verbs.describe(version, text="A kitchen", decorative=False, language="en", further={"de": "Eine Küche"}, by=ada)
        before = dossier.facts(reread(version))
        with pytest.raises(Blocked):
            verbs.describe(version, text="Die Küche", decorative=False, language="de", by=ada)
        assert dossier.facts(reread(version)) == before

    def test_license_answers_that_are_not_given_keep_theirs(self, ada: User, version: Version) -> None:
        verbs.answer_license(version, {Question.COMMERCIAL: GivenAnswer(Answer.YES)}, by=ada)
        verbs.answer_license(version, {Question.TERRITORY: GivenAnswer(Answer.NO, "Europe")}, by=ada)
        license = reread(version).license
        assert license is not None
        answers = {question: given["answer"] for question, given in license.answers.items()}
        assert (answers["commercial"], answers["territory"], answers["term"]) == ("yes", "no", "unknown")

    def test_marking_keeps_source_alterations_and_original(self, ada: User, version: Version) -> None:
        original = factories.VersionFactory.create(by=ada)
        verbs.mark(
            version,
            digital_source="compositeWithTrainedAlgorithmicMedia",
            alterations=["VirtualStagingItemAddition"],
            original=original,
            disclosure_note="Sofa added.",
            by=ada,
        )
        kept = reread(version)
        assert (kept.original, kept.alterations, kept.is_altered) == (original, ["VirtualStagingItemAddition"], True)

    def test_a_picture_is_never_its_own_original(self, ada: User, version: Version) -> None:
        with pytest.raises(Blocked):
            verbs.mark(version, digital_source="", alterations=[], original=version, disclosure_note="", by=ada)
        assert reread(version).original is None

    def test_a_consent_is_kept_and_can_be_taken_back(self, ada: User, version: Version) -> None:
        given = GivenConsent(kind="person", name="Jo Field", given=Answer.YES)
        consent = verbs.record_consent(version, given, by=ada)
        withdrawn = GivenConsent(kind="person", name="Jo Field", given=Answer.NO)
        verbs.record_consent(version, withdrawn, by=ada, instead_of=consent)
        assert [(c.name, c.given) for c in reread(version).consents.all()] == [("Jo Field", "no")]

    def test_a_title_is_judged_with_every_version_of_its_asset(self, ada: User, version: Version) -> None:
        second = factories.VersionFactory.create(by=ada, asset=version.asset)
        verbs.rename(version.asset, "Kitchen at dusk", by=ada)
        for before in (version, second):
            kept = reread(before)
            assert kept.asset.title == "Kitchen at dusk"
            assert kept.dossier_hash == dossier.digest(kept) != before.dossier_hash

    def test_an_approved_version_is_never_left_without_alt_text(self, ada: User, rita: User, ready: Version) -> None:
        factories.approve(ready, rita)
        with pytest.raises(Blocked):
            verbs.describe(ready, text="", decorative=False, language="en", by=ada)
        assert reread(ready).alt_text == ready.alt_text

    def test_new_words_change_what_was_approved(self, ada: User, rita: User, ready: Version) -> None:
        approved = factories.approve(ready, rita)
        verbs.describe(ready, text="Another text", decorative=False, language="en", by=ada)
        assert reread(ready).dossier_hash != approved.dossier_hash
        assert reread(ready).status == Status.APPROVED


VERBS: dict[str, Callable[[Version, User], object]] = {
    "describe": lambda v, by: verbs.describe(v, text="x", decorative=False, language="en", by=by),
    "answer_license": lambda v, by: verbs.answer_license(v, {}, holder="x", by=by),
    "mark": lambda v, by: verbs.mark(
        v, digital_source="digitalCapture", alterations=[], original=None, disclosure_note="", by=by
    ),
    "say_who_is_shown": lambda v, by: verbs.say_who_is_shown(v, people="no", property="no", by=by),
    "record_consent": lambda v, by: verbs.record_consent(v, GivenConsent(kind="person", name="Jo"), by=by),
    "archive": lambda v, by: verbs.archive(v, by=by),
}


class TestEveryVerb:
    def is_refused(self, kind: type[Exception], version: Version, by: User) -> None:
        before = LogEntry.objects.count(), dossier.facts(reread(version))
        for name, verb in VERBS.items():
            with pytest.raises(kind):
                verb(version, by)
            assert (LogEntry.objects.count(), dossier.facts(reread(version))) == before, name

    def test_it_refuses_who_may_only_look(self, rita: User, version: Version) -> None:
        self.is_refused(PermissionDenied, version, rita)

    def test_it_refuses_an_archived_version(self, ada: User, version: Version) -> None:
        verbs.archive(version, by=ada)
        self.is_refused(InvalidTransition, version, ada)

    def test_the_stored_hash_is_that_of_the_facts_and_it_writes_one_log_entry(
        self, ada: User, version: Version
    ) -> None:
        for name, verb in VERBS.items():
            before = LogEntry.objects.count()
            verb(version, ada)
            kept = reread(version)
            assert (kept.dossier_hash, LogEntry.objects.count()) == (dossier.digest(kept), before + 1), name


class TestStatus:
    def test_no_move_outside_the_table(self, ready: Version, rita: User) -> None:
        for current, wanted in product(Status, Status):
            if (current, wanted) in MOVES:
                continue
            with taken_back():
                put(ready, current, rita)
                with pytest.raises(InvalidTransition), transaction.atomic():
                    verbs.move(reread(ready), wanted, approved_by=rita)
                assert reread(ready).status == current, wanted

    def test_every_move_in_the_table(self, ready: Version, rita: User) -> None:
        for current, wanted in MOVES:
            with taken_back():
                put(ready, current, rita)
                verbs.move(reread(ready), wanted, approved_by=rita)
                kept = reread(ready)
                assert kept.status == wanted, current
                assert kept.approved_by == (rita if wanted == Status.APPROVED else None), current


class TestWhatTheDatabaseRefuses:
    def test_an_approved_version_with_something_missing(self, ready: Version, rita: User) -> None:
        gaps: list[dict[str, object]] = [{"alt_text": ""}, {"license": None}, {"approved_by": None}]
        put(ready, Status.IN_REVIEW)
        for gap in gaps:
            wanted: dict[str, object] = {"status": "approved", "approved_by": rita} | gap
            with pytest.raises(IntegrityError), transaction.atomic():
                Version.objects.filter(pk=ready.pk).update(**wanted)
            assert reread(ready).status == Status.IN_REVIEW, gap

    def test_a_maker_who_approves(self, ready: Version, ada: User) -> None:
        put(ready, Status.IN_REVIEW)
        with pytest.raises(IntegrityError), transaction.atomic():
            Version.objects.filter(pk=ready.pk).update(status="approved", approved_by=ada)

    def test_a_change_of_the_file_of_a_version(self, version: Version) -> None:
        for column in ("sha256", "maker", "number", "width"):
            with pytest.raises(IntegrityError), transaction.atomic():
                Version.objects.filter(pk=version.pk).update(**{column: "9"})

    def test_a_change_of_provenance(self, version: Version) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Provenance.objects.filter(version=version).update(prompt="something else")

    def test_the_end_of_a_version(self, version: Version) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Version.objects.filter(pk=version.pk)._raw_delete(using="default")

    def test_the_same_number_twice(self, version: Version, ada: User) -> None:
        with mock.patch.object(intake, "_place", return_value=(version.asset, 1)), pytest.raises(IntegrityError):
            factories.VersionFactory.create(by=ada, asset=version.asset)


class TestSets:
    def test_a_version_named_twice_is_written_once(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also where the two come into different batches."""
        monkeypatch.setattr(changing, "batches", lambda items: ([each] for each in items))
        version = factories.VersionFactory.create(by=ada)
        again = Version.objects.get(pk=version.pk)
        kept = consents.record_consent([version, again], GivenConsent(kind="person", name="Jo"), by=ada)
        assert version.consents.get() == kept
        facts = LicenseFacts(holder="Harbor Homes")
        licenses.answer_license([version, again], factories.YES, facts, by=ada)
        assert LogEntry.objects.latest("pk").subjects.count() == 1

    def test_an_empty_set_changes_nothing(self, ada: User) -> None:
        before = LogEntry.objects.count()
        assert collection.archive([], by=ada) == writing.describe({}, by=ada) == []
        assert LogEntry.objects.count() == before

    def test_the_log_counts_what_changed_and_not_what_was_asked(self, ready: Version, ada: User) -> None:
        other = factories.VersionFactory.create(by=ada)
        said = {ready: Words(ready.alt_text, "en"), other: Words("A hall", "en")}
        writing.describe(said, by=ada)
        entry = LogEntry.objects.latest("pk")
        assert (entry.words, entry.subjects.count()) == ("Alt text: “A hall”", 1)


class TestContributors:
    def test_whoever_uploads_brought_and_named_it(self, version: Version, ada: User) -> None:
        assert parts(version) == {(ada, "brought"), (ada, "named")}

    def test_what_is_made_here_has_whoever_did_what(self, ada: User, rita: User, max_: User) -> None:
        hands: Hands = {Part.PROMPT: [rita], Part.ASKED: [max_], Part.MADE: [ada]}
        version = factories.VersionFactory.create(by=ada, hands=hands)
        assert parts(version) == {(rita, "prompt"), (max_, "asked"), (ada, "made"), (ada, "named")}

    def test_whoever_changes_what_is_judged_contributed(self, ada: User, max_: User) -> None:
        changes: list[tuple[Callable[[Version, User], object], str]] = [
            (lambda v, by: verbs.describe(v, text="A red kettle", by=by), "words"),
            (lambda v, by: verbs.describe(v, text=v.alt_text, further={"fr": "Cuisine"}, by=by), "words"),
            (lambda v, by: verbs.mark(v, digital_source="humanEdits", by=by), "stated"),
            (lambda v, by: verbs.say_who_is_shown(v, people="real", property="no", by=by), "rights"),
            (lambda v, by: factories.complete_license(v, by, attribution="Jo"), "rights"),
            (lambda v, by: verbs.record_consent(v, consents.GivenConsent(kind="person", name="Jo"), by=by), "rights"),
            (lambda v, by: verbs.rename(v.asset, "Kitchen at noon", by=by), "named"),
            (lambda v, by: change_reference(v, by), "placed"),
        ]
        version = factories.ready_version(ada, listing=factories.ListingFactory.create())
        for change, part in changes:
            with taken_back():
                change(reread(version), max_)
                assert parts(version) - {(ada, part) for part in Part.values} == {(max_, part)}

    def test_saving_the_same_again_makes_nobody_a_contributor(self, ready: Version, ada: User, max_: User) -> None:
        before, entries = parts(ready), LogEntry.objects.count()
        verbs.describe(ready, text=ready.alt_text, by=max_)
        factories.complete_license(ready, max_)
        verbs.mark(ready, digital_source=ready.digital_source, by=max_)
        verbs.say_who_is_shown(ready, people="no", property="no", by=max_)
        verbs.rename(ready.asset, ready.asset.title, by=max_)
        assert (parts(ready), LogEntry.objects.count()) == (before, entries)

    def test_the_next_version_keeps_whoever_named_the_asset(self, ready: Version, ada: User, max_: User) -> None:
        verbs.rename(ready.asset, "Kitchen at noon", by=max_)
        second = factories.VersionFactory.create(by=ada, asset=ready.asset)
        assert {(max_, "named"), (ada, "named"), (ada, "brought")} == parts(second)

    def test_whoever_named_an_archived_version_named_what_comes_after_it(
        self, ready: Version, ada: User, max_: User
    ) -> None:
        verbs.archive(ready, by=ada)
        verbs.rename(ready.asset, "Kitchen at noon", by=max_)
        second = factories.VersionFactory.create(by=ada, asset=ready.asset)
        assert (max_, "named") in parts(second)

    def test_whoever_wrote_the_reference_placed_every_picture_of_it(self, ada: User, max_: User) -> None:
        listing = add_listing(ListingFacts(reference="HB-7", title="Harbor"), by=max_)
        version = factories.VersionFactory.create(by=ada, listing=listing)
        assert (max_, "placed") in parts(version)

    def test_the_next_version_keeps_whoever_placed_it(self, ada: User, max_: User) -> None:
        version = factories.VersionFactory.create(by=ada, listing=factories.ListingFactory.create())
        change_reference(version, max_)
        assert (max_, "placed") in parts(factories.VersionFactory.create(by=ada, asset=version.asset))

    def test_a_line_end_that_a_browser_sends_differently_is_no_change(
        self, version: Version, ada: User, max_: User
    ) -> None:
        verbs.describe(version, text="A kitchen\nwith a table", by=ada)
        verbs.describe(version, text="A kitchen\r\nwith a table\r\n", by=max_)
        assert (max_, "words") not in parts(version)

    def test_what_was_done_stays_done(self, version: Version) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            version.contributors.all()._raw_delete(using="default")


def parts(version: Version) -> set[tuple[User, str]]:
    return {(each.person, each.part) for each in version.contributors.select_related("person")}


def change_reference(version: Version, by: User) -> None:
    held = version.asset.listing
    assert held is not None
    facts = ListingFacts(reference="HB-9999", title=held.title, address=held.address, facts=held.facts)
    change_listing(held, facts, by=by)


class TestWhatIsMissing:
    def test_nothing_is_missing_from_a_ready_version(self, ready: Version) -> None:
        assert readiness.findings(ready, TODAY) == []

    def test_a_fresh_upload_says_everything_that_it_lacks(self, version: Version) -> None:
        fields = {finding.field for finding in readiness.findings(reread(version), TODAY)}
        assert fields == {"alt_text", "license", "consents", "disclosure"}


class TestCopies:
    def test_an_upload_is_decoded_once_and_leaves_its_copies(self, ada: User) -> None:
        again = mock.patch.object(fence, "run", side_effect=AssertionError)
        with mock.patch.object(fence, "steps", wraps=fence.steps) as decoded, again:
            version = factories.VersionFactory.create(by=ada)
            for name in ("thumb", "small", "preview"):
                renditions.rendition(version, rendering.SPECS[name])
        assert decoded.call_count == 1

    def test_what_was_seen_in_other_bytes_is_not_believed(self, ada: User) -> None:
        with pytest.raises(ValueError, match="other bytes"):
            factories.VersionFactory.create(by=ada, data=picture(seed=1), seen=intake.look_at(picture(seed=2)))

    def test_a_copy_is_made_once(self, version: Version) -> None:
        spec = rendering.SPECS["thumb"]
        first = renditions.rendition(version, spec)
        with mock.patch.object(rendering, "render", side_effect=AssertionError):
            assert renditions.rendition(version, spec) == first

    def test_two_makers_of_the_same_copy_agree(self, version: Version) -> None:
        spec = rendering.SPECS["thumb"]
        first = renditions.rendition(version, spec)
        with mock.patch.object(storage, "exists", return_value=False):
            assert renditions.rendition(version, spec).sha256 == first.sha256
        assert version.renditions.filter(spec="thumb").count() == 1
