"""`manage.py verify`: whatever is rewritten, deleted, swapped or forged beside the log is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.db.models import Value
from django.db.models.expressions import RawSQL
from pytest_django import DjangoDbBlocker

from approvals.models import Channel, Decision, Event, ListingSite, Release, Review
from assets.models import Consent, Contributor, License, Terms, Version
from core import audit, storage
from core.models import LogEntry, LogSubject
from tests.approvals import factories, tamperings
from tests.approvals.lived import live_through
from tests.share import WHOLE
from tests.tampering import unguard
from tests.together import in_one_transaction

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

PARTS = range(4 if WHOLE else 1)
"""Each with a seed of its own, so that what one of them misses does not hide the others."""
TAMPERINGS = 250 if WHOLE else 40


NAMED_BEFORE = ("assets.version", "approvals.channel", "approvals.listingsite", "approvals.sitekey")
"""What entries were about from the first."""


def verify(**options: bool) -> list[str]:
    """What `manage.py verify` says on stderr, but for guards, which most of these tests take off."""
    err = StringIO()
    with suppress(CommandError):
        call_command("verify", stdout=StringIO(), stderr=err, **options)
    return [line for line in err.getvalue().splitlines() if not line.startswith("The guard ")]


def nested(depth: int) -> RawSQL:
    """A list in a list in a list, which Python would not write."""
    return RawSQL(f"'{'[' * depth}{']' * depth}'", ())  # noqa: S611 - ours


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with in_one_transaction(django_db_blocker):
        live_through()
        yield


def test_a_portal_in_use_is_whole(lived: None) -> None:
    assert verify() == []
    out = StringIO()
    call_command("verify", stdout=out)
    assert out.getvalue() == f"Everything is whole. The head of the log is {audit.head()}\n"


def test_a_rewritten_document_decision_and_consent_are_each_named(lived: None) -> None:
    unguard()
    release, consent = Release.objects.order_by("pk")[0], Consent.objects.order_by("pk")[0]
    decision = Decision.objects.exclude(pk=release.decision_id).order_by("pk")[0]
    text = release.document_text.replace("table", "fountain")
    Release.objects.filter(pk=release.pk).update(document_text=text)
    Decision.objects.filter(pk=decision.pk).update(dossier=decision.dossier | {"title": "Palace"})
    Consent.objects.filter(pk=consent.pk).update(name="Somebody else")
    said = "\n".join(verify())
    assert f"Release {release.pk}: its document_sha256 is not what the log says." in said
    assert f"Decision {decision.pk}: its dossier does not fit its hash." in said
    assert f"Version {consent.version_id}: its dossier does not fit its hash." in said


@pytest.mark.parametrize("days", [-30, 30])
def test_a_contribution_that_was_dated_otherwise_is_named(lived: None, days: int) -> None:
    """Else whoever contributed before a decision could have done so after it."""
    unguard()
    row = Contributor.objects.order_by("pk")[0]
    Contributor.objects.filter(pk=row.pk).update(at=row.at + timedelta(days=days))
    assert any(f"Contributor {row.pk} of" in line for line in verify())


@pytest.mark.parametrize("kind", [Version, Decision, Release, Event, Review])
def test_a_row_that_is_gone_is_named(lived: None, kind: type[models.Model]) -> None:
    unguard()
    row = kind._default_manager.order_by("pk")[0]
    with transaction.atomic():
        kind._default_manager.filter(pk=row.pk)._raw_delete("default")
        assert f"{audit.name_of(row)} is in the log, but not there any more." in verify()
        transaction.set_rollback(True)


@pytest.mark.parametrize("said", [{}, [], "x", 5, {"format": []}, {"channels": 5}], ids=str)
def test_a_dossier_that_cannot_be_read_is_named_and_the_rest_is_checked(lived: None, said: Any) -> None:
    unguard()
    decision, *others = Decision.objects.order_by("pk")
    Decision.objects.filter(pk=decision.pk).update(dossier=Value(said, models.JSONField()))
    Decision.objects.filter(pk=others[-1].pk).update(note="Rewritten.")
    found = verify(without_files=True)
    assert any(f"Decision {decision.pk}" in line for line in found)
    assert any(f"Decision {others[-1].pk}" in line for line in found)


@pytest.mark.parametrize("said", [5, None, [1, "a"]], ids=str)
def test_a_version_that_cannot_be_read_is_named(lived: None, said: Any) -> None:
    unguard()
    version = Version.objects.order_by("pk")[0]
    Version.objects.filter(pk=version.pk).update(alterations=Value(said, models.JSONField()))
    assert any(f"Version {version.pk}" in line for line in verify(without_files=True))


@pytest.mark.parametrize(
    "said",
    [5, None, [], "x", {}, {"term": 5}, {"term": "yes"}, {"term": []}, {"term": {"answer": ["yes"]}}, {"": {"": {}}}],
    ids=str,
)
def test_answers_that_cannot_be_read_are_named(lived: None, said: Any) -> None:
    license = License.objects.order_by("pk")[0]
    License.objects.filter(pk=license.pk).update(answers=Value(said, models.JSONField()))
    assert any(f"Version {license.version.pk}" in line for line in verify(without_files=True))


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (License, "answers"),
        (Version, "alterations"),
        (Terms, "answers"),
        (Decision, "dossier"),
        (LogEntry, "data"),
        (LogSubject, "after"),
    ],
)
def test_what_is_nested_too_deep_is_named(lived: None, kind: type[models.Model], column: str) -> None:
    """The database takes a thousand levels; Python reads fewer, and fails before there is a row."""
    unguard()
    row = kind._default_manager.defer(column).order_by("pk")[0]
    kind._default_manager.filter(pk=row.pk).update(**{column: nested(990)})
    [name] = [str(each) for table in tamperings.TABLES if table.model is kind for each in table.names(row)][:1]
    assert any(name in line for line in verify(without_files=True))


def test_rules_that_are_nested_too_deep_end_no_check(lived: None) -> None:
    Channel.objects.update(rules=nested(990))
    problems = verify(without_files=True)
    assert problems
    assert all(line.endswith(" cannot be read.") for line in problems)


def test_a_file_that_cannot_be_read_is_named(lived: None, monkeypatch: pytest.MonkeyPatch) -> None:
    version = Version.objects.order_by("pk")[0]

    def read(sha256: str) -> bytes:
        if sha256 == version.sha256:
            raise PermissionError("Permission denied")
        return kept(sha256)

    kept = storage.read
    monkeypatch.setattr(storage, "read", read)
    assert any(f"Version {version.pk}: its file" in line and "denied" in line for line in verify())


@pytest.mark.parametrize("said", [[], "x", {"hands": 5}, {"hands": {"x": 5}}, {"hands": {"x": [[]]}}], ids=str)
def test_an_entry_that_cannot_be_read_is_named(lived: None, said: Any) -> None:
    unguard()
    entry = LogEntry.objects.filter(action="version.created").order_by("id")[0]
    LogEntry.objects.filter(pk=entry.pk).update(data=Value(said, models.JSONField()))
    LogSubject.objects.filter(entry=entry).update(after=Value([said], models.JSONField()))
    assert any(f"Entry {entry.pk} " in line for line in verify(without_files=True))


def test_a_document_without_an_end_is_named(lived: None) -> None:
    unguard()
    release = Release.objects.order_by("pk")[0]
    Release.objects.filter(pk=release.pk).update(document_text="[" * 100_000)
    assert any(f"Release {release.pk}" in line for line in verify(without_files=True))


def test_what_is_older_than_the_log_of_rows_is_counted_and_no_problem(lived: None) -> None:
    """As a portal is after an update: its entries name versions, and hold no rows."""
    unguard()
    LogSubject.objects.exclude(type__in=NAMED_BEFORE).delete()
    LogSubject.objects.update(before={}, after={})
    LogEntry.objects.filter(action="version.created").update(data={})
    found = [line for line in verify(without_files=True) if not line.startswith("Entry ")]
    assert found == []


def test_the_end_of_a_key_is_the_same_moment_in_each_zone(lived: None) -> None:
    with transaction.atomic():
        ends = datetime(2099, 1, 31, 23, 59, tzinfo=ZoneInfo("America/Los_Angeles"))
        factories.key(ListingSite.objects.order_by("pk")[0], expires_at=ends)
        assert verify(without_files=True) == []
        transaction.set_rollback(True)


def test_the_first_bad_one_is_named_first_and_at_the_end(lived: None) -> None:
    unguard()
    entry = LogEntry.objects.order_by("id")[3]
    LogEntry.objects.filter(pk=entry.pk).update(words="Rewritten.")
    Decision.objects.update(note="Rewritten.")
    with pytest.raises(CommandError, match=f"the first is: Entry {entry.pk} "):
        call_command("verify", stdout=StringIO(), stderr=StringIO())
    assert verify()[0].startswith(f"Entry {entry.pk} ")


@pytest.mark.parametrize("part", PARTS)
def test_every_tampering_is_named(lived: None, part: int) -> None:
    random = Random(2026 + part)
    unguard()
    missed = []
    for _ in range(TAMPERINGS):
        with transaction.atomic():
            done = tamperings.tamper(random)
            said = verify(without_files=done.leaves_files)
            done.undo()
            transaction.set_rollback(True)
        if not any(name in line for name in done.names for line in said):
            missed.append(f"{done.what}: {said}")
    assert not missed, "\n".join(missed)
    assert verify() == []


def test_a_flag_that_hides_what_is_live_is_named(lived: None) -> None:
    release = Release.objects.live().order_by("pk")[0]
    Release.objects.filter(pk=release.pk).update(served=False, touched=False)
    assert verify(without_files=True) == [f"Release {release.pk}: it is live, but its flag hides it from every list."]
