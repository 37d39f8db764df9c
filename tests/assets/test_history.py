"""Who worked on a picture and what became of it, as its page tells it, at the same cost for few and for many."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assets.library import collection
from assets.library.differences import between
from assets.models import Part, Version
from assets.pages.contributions import contributions
from assets.pages.history import FEW, HistoryEntry, history_of
from assets.versions import contributors
from core.models import LogSubject, User
from tests.assets import factories, verbs
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db


def told(entry: HistoryEntry) -> list[tuple[str, str, str]]:
    return [(each.label, each.before, each.after) for each in entry.differences]


def newest(version: Version) -> HistoryEntry:
    return history_of(version)[0]


def test_an_entry_tells_what_was_there_before_and_after(ada: User, version: Version) -> None:
    verbs.describe(version, text="A hall", by=ada)
    verbs.describe(version, text="A bright hall", further={"de": "Ein heller Flur"}, by=ada)
    assert told(newest(version)) == [
        ("Alt text in German", "empty", "“Ein heller Flur”"),
        ("Alt text in English", "“A hall”", "“A bright hall”"),
    ]
    page = browser_of(ada).get(version.get_absolute_url()).content.decode()
    assert "“A bright hall”" in page
    assert "What changed" in page


def test_what_was_added_tells_no_columns(ada: User, version: Version) -> None:
    assert told(history_of(version)[-1]) == [("Status", "empty", "“Draft”")]


def test_stored_values_are_told_in_words(ada: User, version: Version) -> None:
    verbs.mark(version, digital_source="digitalCapture", by=ada)
    assert told(newest(version)) == [("How the picture was made", "empty", "“Photograph”")]
    factories.complete_license(version, valid_until=date(2026, 12, 24))
    assert ("License expires", "empty", "“Dec 24, 2026”") in told(newest(version))
    verbs.archive(version, by=ada)
    assert told(newest(version)) == [("Status", "“Draft”", "“Archived”")]


def test_a_value_that_nobody_knows_any_more_stands_for_itself() -> None:
    [found] = between({"disclosure.digital_source": "magic"}, {"disclosure.digital_source": ""})
    assert str(found) == "How the picture was made: was “magic”, is now empty."


def test_an_answer_that_was_no_answer_is_told_by_its_question() -> None:
    """The log keeps what somebody wrote into the database by hand; the page that tells of it opens all the same."""
    [found] = between({"license.answers.commercial": "yes"}, {})
    assert str(found) == "May it be used commercially?: was “yes”, is now empty."


def test_what_is_not_shown_is_counted(ada: User, version: Version) -> None:
    factories.complete_license(version)
    entry = newest(version)
    assert len(entry.differences) > FEW
    assert (len(entry.shown), entry.more) == (FEW, len(entry.differences) - FEW)
    assert f"And {entry.more} more." in browser_of(ada).get(version.get_absolute_url()).content.decode()


def test_an_entry_about_many_pictures_loads_only_what_it_says_of_this_one(ada: User) -> None:
    many = [factories.VersionFactory.create(by=ada) for _ in range(6)]
    collection.rename({version.asset: f"Picture {number}" for number, version in enumerate(many)}, by=ada)
    entry = newest(Version.objects.with_details().get(pk=many[3].pk))
    assert LogSubject.objects.filter(entry=entry.logged).count() == 12, "each asset and its version"
    assert [subject.key for subject in entry.about] == [str(many[3].asset_id), str(many[3].pk)]
    assert [each.after for each in entry.differences] == ["“Picture 3”"]


def test_a_long_history_costs_as_much_as_a_short_one(ada: User, version: Version) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            for entry in history_of(version):
                assert entry.shown or not entry.differences
        return len(asked)

    verbs.describe(version, text="A hall", by=ada)
    few = queries()
    for number in range(6):
        verbs.describe(version, text=f"A hall with {number} doors", by=ada)
    assert queries() == few == 2


def test_everybody_who_worked_on_it_is_named_with_what_they_did(ada: User, max_: User, version: Version) -> None:
    verbs.describe(version, text="A hall", by=max_)
    verbs.mark(version, digital_source="digitalCapture", by=ada)
    found = contributions(Version.objects.with_details().get(pk=version.pk))
    assert [(each.person, each.words) for each in found] == [
        ("Ada", "brought the file, gave it its title, stated how it was made"),
        ("Max", "wrote its words"),
    ]
    page = browser_of(ada).get(version.get_absolute_url()).content.decode()
    assert "Who worked on it" in page
    assert "brought the file, gave it its title, stated how it was made" in page


def test_more_people_are_no_more_queries(ada: User, version: Version) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            contributions(Version.objects.with_details().get(pk=version.pk))
        return len(asked)

    few = queries()
    for number in range(5):
        contributors.contribute([version], Part.WORDS, by=factories.UserFactory.create(username=f"writer{number}"))
    assert queries() == few
