"""`manage.py verify`: whatever is rewritten, deleted, swapped or forged beside the log is found and named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.db.models import Value
from django.db.models.expressions import RawSQL
from pytest_django import DjangoDbBlocker

from approvals.models import Channel, ChannelChange, Decision, Event, ListingSite, Release, Review
from approvals.releases import lifecycle, pages
from assets.imaging.rendering import SPECS
from assets.library import renditions
from assets.library import verification as library
from assets.library.verification import Older
from assets.models import Consent, Contributor, License, Rendition, Terms, Version
from core import audit, storage
from core.models import LogEntry, LogSubject
from tests.approvals import factories, tamperings
from tests.approvals.lived import live_through
from tests.share import WHOLE
from tests.tampering import unguard
from tests.together import in_one_transaction, taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

Row = TypeVar("Row", bound=models.Model)

PARTS = range(4 if WHOLE else 1)
"""Each with a seed of its own, so that what one of them misses does not hide the others."""
TAMPERINGS = 250 if WHOLE else 15


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
    assert f"Consent {consent.pk}: its name is not what the log says." in said
    assert f"Version {consent.versions.get().pk}: its dossier does not fit its hash." in said


@pytest.mark.parametrize("days", [-30, 30])
def test_a_contribution_that_was_dated_otherwise_is_named(lived: None, days: int) -> None:
    """Else whoever contributed before a decision could have done so after it."""
    unguard()
    row = Contributor.objects.order_by("pk")[0]
    Contributor.objects.filter(pk=row.pk).update(at=row.at + timedelta(days=days))
    assert any(f"Contributor {row.pk} of" in line for line in verify())


def test_copies_that_were_swapped_are_named(lived: None) -> None:
    """Else a reviewer looks at one picture and decides on another."""
    first, second = Rendition.objects.filter(spec="preview").order_by("pk")[:2]
    assert first.sha256 != second.sha256
    Rendition.objects.filter(pk=first.pk).update(sha256=second.sha256)
    Rendition.objects.filter(pk=second.pk).update(sha256=first.sha256)
    said = "\n".join(verify())
    assert f"Rendition {first.pk} of Version {first.version_id}: its sha256 is not what the log says." in said
    assert f"Rendition {second.pk} of" in said


def test_a_copy_that_was_made_again_is_in_the_log(lived: None) -> None:
    copy = Rendition.objects.filter(spec="thumb").order_by("pk")[0]
    with transaction.atomic():
        Rendition.objects.filter(pk=copy.pk).delete()
        renditions.rendition(copy.version, replace(SPECS["thumb"], quality=40))
        assert verify() == []
        transaction.set_rollback(True)


def test_a_row_that_is_gone_is_named(lived: None) -> None:
    unguard()
    kinds: tuple[type[models.Model], ...] = (Version, Decision, Release, Event, Review)
    rows = [kind._default_manager.order_by("pk")[0] for kind in kinds]
    with taken_back():
        for row in rows:
            type(row)._default_manager.filter(pk=row.pk)._raw_delete("default")
        said = verify()
    gone = {f"{audit.name_of(row)} is in the log, but not there any more." for row in rows}
    assert gone <= {*said}


def spoiled(kind: type[Row], column: str, values: Sequence[Any]) -> list[Row]:
    """Write each value into a row of its own, so that none of them may keep another from being named."""
    rows = list(kind._default_manager.order_by("pk")[: len(values)])
    for row, value in zip(rows, values, strict=True):
        kind._default_manager.filter(pk=row.pk).update(**{column: Value(value, models.JSONField())})
    return rows


def unnamed(names: Iterable[str]) -> list[str]:
    """Those of the names that `verify` does not name."""
    found = verify(without_files=True)
    return [name for name in names if not any(name in line for line in found)]


def test_a_dossier_that_cannot_be_read_is_named_and_the_rest_is_checked(lived: None) -> None:
    unguard()
    rows = spoiled(Decision, "dossier", [{}, [], "x", 5, {"format": []}, {"channels": 5}])
    other = Decision.objects.order_by("-pk")[0]
    assert other not in rows
    Decision.objects.filter(pk=other.pk).update(note="Rewritten.")
    assert unnamed(f"Decision {row.pk}" for row in [*rows, other]) == []


def test_a_version_that_cannot_be_read_is_named(lived: None) -> None:
    unguard()
    rows = spoiled(Version, "alterations", [5, None, [1, "a"]])
    assert unnamed(f"Version {row.pk}" for row in rows) == []


def test_answers_that_cannot_be_read_are_named(lived: None) -> None:
    of_terms: list[Any] = [5, "yes", [], {"answer": ["yes"]}]
    values: list[Any] = [5, None, [], "x", {}, *({"term": said} for said in of_terms), {"": {"": {}}}]
    rows = spoiled(License, "answers", values)
    assert unnamed(f"Version {row.version.pk}" for row in rows) == []


def test_what_is_nested_too_deep_is_named(lived: None) -> None:
    """The database takes a thousand levels; Python reads fewer, and fails before there is a row."""
    unguard()
    columns: list[tuple[type[models.Model], str]] = [
        (License, "answers"),
        (Version, "alterations"),
        (Terms, "answers"),
        (Decision, "dossier"),
        (LogEntry, "data"),
        (LogSubject, "after"),
    ]
    names = []
    for place, (kind, column) in enumerate(columns):
        row = kind._default_manager.defer(column).order_by("pk")[0 if kind is Terms else place]
        names += [str(each) for table in tamperings.TABLES if table.model is kind for each in table.names(row)][:1]
        kind._default_manager.filter(pk=row.pk).update(**{column: nested(990)})
    assert len({*names}) == len(columns)
    assert unnamed(names) == []


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


def test_an_entry_that_cannot_be_read_is_named(lived: None) -> None:
    unguard()
    values = [[], "x", {"hands": 5}, {"hands": {"x": 5}}, {"hands": {"x": [[]]}}]
    entries = LogEntry.objects.filter(action="version.created").order_by("id")[: len(values)]
    for entry, said in zip(entries, values, strict=True):
        LogEntry.objects.filter(pk=entry.pk).update(data=Value(said, models.JSONField()))
        LogSubject.objects.filter(entry=entry).update(after=Value([said], models.JSONField()))
    assert unnamed(f"Entry {entry.pk} " for entry in entries) == []


def test_a_document_without_an_end_is_named(lived: None) -> None:
    unguard()
    release = Release.objects.order_by("pk")[0]
    Release.objects.filter(pk=release.pk).update(document_text="[" * 100_000)
    assert any(f"Release {release.pk}" in line for line in verify(without_files=True))


def test_what_is_older_than_the_log_of_rows_is_counted_and_no_problem(lived: None) -> None:
    """As a portal is after an update: its entries name versions, and hold no rows."""
    unguard()
    ChannelChange.objects.all().delete()  # of which there were none then
    LogSubject.objects.exclude(type__in=NAMED_BEFORE).delete()
    LogSubject.objects.update(before={}, after={})
    LogEntry.objects.filter(action="version.created").update(data={})
    found = [line for line in verify(without_files=True) if not line.startswith("Entry ")]
    assert found == []
    older = Older()
    [*library.walk(older)]
    assert older["copies"] == Rendition.objects.count()


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


def test_every_flag_set_lets_nothing_more_leave(lived: None) -> None:
    """The flag that finds what is served only narrows."""
    lifecycle.expire_due()
    before = set(Release.objects.live())
    channels = list(Channel.objects.all())
    listed = {each.id for each in pages.page(channels, 200).releases}
    assert listed == {release.pk for release in before}
    Release.objects.update(served=True, touched=True)
    assert set(Release.objects.live()) == before
    assert {each.id for each in pages.page(channels, 200).releases} == listed
    assert [pages.one(each.pk, channels) for each in Release.objects.exclude(pk__in=listed)] == [None] * (
        Release.objects.count() - len(listed)
    )
