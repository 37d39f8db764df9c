"""The log: written with the change, never changed, and telling when somebody did."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import audit
from core.audit import chain
from core.models import LogEntry, LogHead, LogSubject, User
from tests.assets import factories
from tests.tampering import unguarded

SOME_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def remove(entry: LogEntry) -> None:
    unguarded("DELETE FROM core_logsubject WHERE entry_id = %s", entry.pk)
    unguarded("DELETE FROM core_logentry WHERE id = %s", entry.pk)


@pytest.fixture
def log(ada: User) -> list[LogEntry]:
    listing = factories.ListingFactory.create()
    with transaction.atomic():
        return [
            audit.record(ada, "listing.seen", audit.Change(listing, {"seen": n}, {"seen": n + 1}), "Seen.", times=n)
            for n in range(4)
        ]


def test_an_entry_names_who_did_what_to_which_object(ada: User, log: list[LogEntry]) -> None:
    kept = LogEntry.objects.get(pk=log[0].pk)
    assert (kept.actor_name, kept.action, kept.words) == ("Ada", "listing.seen", "Seen.")
    (about,) = kept.subjects.all()
    assert (about.type, about.before, about.after) == ("assets.listing", {"seen": 0}, {"seen": 1})


def test_an_entry_is_about_a_set_and_found_from_each_of_it(ada: User) -> None:
    listings = [factories.ListingFactory.create() for _ in range(3)]
    with transaction.atomic():
        entry = audit.record(ada, "listing.seen", listings, "Three at once.")
    assert [list(audit.history(listing)) for listing in listings] == [[entry]] * 3
    assert audit.verify().ok


def test_an_entry_about_nothing_is_refused(ada: User) -> None:
    with pytest.raises(ValueError, match="about something"), transaction.atomic():
        audit.record(ada, "listing.seen", [], "x")


def test_writing_tells_only_what_differs(ada: User) -> None:
    listing = factories.ListingFactory.create(reference="HB-7", title="Before")
    assert not audit.write(listing, reference="HB-7")
    change = audit.write(listing, reference="HB-7", title="After")
    assert (change.before, change.after) == ({"title": "Before"}, {"title": "After"})
    listing.refresh_from_db()
    assert listing.title == "After"


def test_an_entry_of_the_first_format_still_verifies(ada: User) -> None:
    """As entries were hashed before they held values: digest of what was written then, by an independent hand."""
    listing, at = factories.ListingFactory.create(), datetime(2026, 11, 28, 9, 14, tzinfo=UTC)
    before = audit.head()
    said = [before.digest, at.isoformat(), ada.pk, "Ada", "listing.seen", "assets.listing", str(listing.pk), "x", {}]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    entry = LogEntry.objects.create(
        format=1,
        at=at,
        actor=ada,
        actor_name="Ada",
        action="listing.seen",
        words="x",
        previous=before.digest,
        digest=digest,
    )
    LogSubject.objects.create(entry=entry, position=0, type="assets.listing", key=str(listing.pk))
    LogHead.objects.update(count=before.count + 1, digest=digest)
    with transaction.atomic():
        audit.record(ada, "listing.seen", listing, "y")
    assert audit.verify().problems == ()
    LogSubject.objects.create(entry=entry, position=1, type="assets.listing", key=str(listing.pk))
    assert audit.verify().problems == (f"Entry {entry.pk} (listing.seen) was changed after it was written.",)


def test_nobody_is_called_the_portal(db: None) -> None:
    with transaction.atomic():
        assert audit.record(None, "listing.seen", factories.ListingFactory.create(), "x").actor_name == "the portal"


def test_history_is_newest_first_and_of_one_object(ada: User, log: list[LogEntry]) -> None:
    other = factories.ListingFactory.create()
    with transaction.atomic():
        audit.record(ada, "listing.seen", other, "another")
    assert [entry.words for entry in audit.history(other)] == ["another"]


@pytest.mark.django_db(transaction=True)
def test_it_cannot_be_written_outside_a_transaction() -> None:
    listing = factories.ListingFactory.create()
    with pytest.raises(RuntimeError):
        audit.record(None, "listing.seen", listing, "x")
    assert not LogEntry.objects.filter(action="listing.seen").exists()


def test_an_untouched_log_is_whole(log: list[LogEntry]) -> None:
    report = audit.verify()
    assert report.ok
    assert report.head == audit.Head(LogEntry.objects.count(), log[-1].digest)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(alphabet=st.characters(codec="utf-8")), data=SOME_JSON)
def test_whatever_is_recorded_verifies_when_read_back(log: list[LogEntry], words: str, data: Any) -> None:
    with transaction.atomic():
        audit.record(None, "listing.seen", factories.ListingFactory.create(), words, data=data)
    assert audit.verify().problems == ()


def test_a_longer_log_costs_no_more_queries(log: list[LogEntry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "_AT_ONCE", 3)  # so that few entries are many chunks
    with CaptureQueriesContext(connection) as few:
        assert audit.verify().problems == ()
    listings = factories.ListingFactory.create_batch(5)
    with transaction.atomic():
        for n in range(20):
            audit.record(None, "listing.seen", listings, "Seen.", times=n)
    with CaptureQueriesContext(connection) as many:
        assert audit.verify().problems == ()
    assert len(many) == len(few)


def test_an_entry_added_during_the_walk_is_no_problem(log: list[LogEntry]) -> None:
    """It is added between the walk's reading of two tables, wherever that is."""
    listing = factories.ListingFactory.create()
    adding = False

    def add_before_reading(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal adding
        if not adding and sql.startswith("SELECT"):
            adding = True
            with transaction.atomic():
                audit.record(None, "listing.seen", listing, "Meanwhile.")
            adding = False
        return execute(sql, *rest)

    with connection.execute_wrapper(add_before_reading):
        report = audit.verify()
    assert report.problems == ()
    assert LogEntry.objects.filter(words="Meanwhile.").count() >= 3


@pytest.mark.parametrize("written", ['{"seen": 2}', "[1]", '"x"', "1", "null", "true"])
def test_one_rewritten_subject_of_thousands_names_its_entry_alone(log: list[LogEntry], written: str) -> None:
    listing = factories.ListingFactory.create()
    with transaction.atomic():
        entry = audit.record(None, "listing.seen", (audit.Change(listing, {}, {"seen": n}) for n in range(3000)), "x")
        audit.record(None, "listing.seen", listing, "The next one.")
    assert audit.verify().problems == ()
    unguarded(
        "UPDATE core_logsubject SET after = %s WHERE entry_id = %s AND position = 1500",  # neither first nor last
        written,
        entry.pk,
    )
    assert audit.verify().problems == (f"Entry {entry.pk} (listing.seen) was changed after it was written.",)


@pytest.mark.parametrize("which", [0, 1, 3])
def test_subjects_of_a_deleted_entry_are_passed_over(log: list[LogEntry], which: int) -> None:
    with transaction.atomic():
        unguarded("DELETE FROM core_logentry WHERE id = %s", log[which].pk)
        problems = audit.verify().problems
        assert LogSubject.objects.filter(entry=log[which].pk).exists()
        transaction.set_rollback(True)  # the database would not commit it
    assert len([each for each in problems if "does not follow" in each]) == (0 if which == 3 else 1)
    assert not any("changed" in each for each in problems)
    assert any("should end" in each for each in problems)


def test_an_entry_without_its_subjects_is_named_alone(log: list[LogEntry]) -> None:
    unguarded("DELETE FROM core_logsubject WHERE entry_id = %s", log[1].pk)
    assert audit.verify().problems == (f"Entry {log[1].pk} (listing.seen) was changed after it was written.",)


CHANGES = {
    "words": "'rewritten'",
    "action": "'other.action'",
    "actor_name": "'Somebody else'",
    "data": "'{\"times\": 9}'",
    "at": "'2020-01-01 00:00:00+00'",
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_entry_is_found(log: list[LogEntry], column: str) -> None:
    unguarded(f"UPDATE core_logentry SET {column} = {CHANGES[column]} WHERE id = %s", log[1].pk)  # noqa: S608 - ours
    assert any(str(log[1].pk) in problem for problem in audit.verify().problems)


@pytest.mark.parametrize(
    "change", ["key = '999'", "type = 'x'", "before = '{}'", "after = '{\"seen\": 9}'", "position = 1"]
)
def test_a_changed_subject_is_found(log: list[LogEntry], change: str) -> None:
    unguarded(f"UPDATE core_logsubject SET {change} WHERE entry_id = %s", log[1].pk)  # noqa: S608 - ours
    assert any(str(log[1].pk) in problem for problem in audit.verify().problems)


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_a_missing_entry_is_found_at_the_end_too(log: list[LogEntry], which: int) -> None:
    remove(log[which])
    assert not audit.verify().ok


def test_a_log_rewritten_with_its_head_is_found_by_a_head_kept_elsewhere(log: list[LogEntry]) -> None:
    kept_elsewhere = audit.verify().head
    remove(log[-1])
    LogHead.objects.update(count=kept_elsewhere.count - 1, digest=log[-2].digest)
    assert audit.verify().ok
    assert not audit.verify(kept_elsewhere).ok


def test_an_earlier_head_is_still_contained_in_a_longer_log(log: list[LogEntry]) -> None:
    earlier = LogEntry.objects.filter(pk__lte=log[1].pk).count()
    assert audit.verify(audit.Head(earlier, log[1].digest)).ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_logentry SET words = 'x'",
        "DELETE FROM core_logentry",
        "UPDATE core_logsubject SET key = 'x'",
        "DELETE FROM core_logsubject",
        "UPDATE core_loghead SET count = count - 1",
        "DELETE FROM core_loghead",
    ],
)
def test_the_database_refuses_to_change_the_log(log: list[LogEntry], statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert LogEntry.objects.filter(action="listing.seen").count() == 4


def test_the_command_prints_the_head_and_takes_it_back(log: list[LogEntry]) -> None:
    out = StringIO()
    call_command("verify", stdout=out)
    head = out.getvalue().split()[-1]
    call_command("verify", expect=head, stdout=out)
    assert head == f"{LogEntry.objects.count()}:{log[-1].digest}"


def test_the_command_fails_loudly_when_the_log_was_changed(log: list[LogEntry]) -> None:
    remove(log[2])
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", stdout=StringIO(), stderr=err)
    assert "does not follow" in err.getvalue()


@pytest.mark.parametrize("nonsense", ["x", "4", "x:y"])
def test_the_command_refuses_a_head_that_is_none(db: None, nonsense: str) -> None:
    with pytest.raises(CommandError):
        call_command("verify", expect=nonsense, stdout=StringIO(), stderr=StringIO())


@pytest.mark.django_db(transaction=True)
def test_flush_empties_guarded_tables_and_puts_the_guards_back() -> None:
    with transaction.atomic():
        audit.record(None, "listing.seen", factories.ListingFactory.create(), "x")
    call_command("flush", interactive=False, verbosity=0)
    assert not LogEntry.objects.exists()
    with transaction.atomic():
        audit.record(None, "listing.seen", factories.ListingFactory.create(), "x")
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEntry.objects.update(words="changed")
