"""Guards in the database: what they refuse, whoever asks, and how they are taken off where that is meant."""

from __future__ import annotations

import uuid
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import IntegrityError, connection, transaction

from approvals.models import Release
from approvals.releases import lifecycle
from core import guards
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

GUARDED = (
    "core_logentry", "core_logsubject", "core_loghead", "assets_contributor", "assets_provenance", "assets_version",
    "approvals_event", "approvals_delivery", "approvals_decision", "approvals_release", "approvals_channel",
    "generation_ledgerentry", "generation_job", "generation_attempt", "generation_output", "generation_brief",
)  # fmt: skip


def refuses(statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.postgres
@pytest.mark.parametrize("table", GUARDED)
def test_no_guarded_table_is_emptied(table: str) -> None:
    refuses(f'TRUNCATE "{table}" CASCADE')


REVIVALS = (
    "UPDATE approvals_release SET state = 'live'",
    "UPDATE approvals_release SET state = 'live', ended_at = NULL, ended_by_id = NULL, end_reason = ''",
    "UPDATE approvals_release SET ended_at = NULL",
    "UPDATE approvals_release SET end_reason = 'another'",
    "UPDATE approvals_release SET ended_by_id = NULL",
    "UPDATE approvals_release SET state = 'expired'",
)


@pytest.mark.parametrize("statement", REVIVALS)
def test_what_was_withdrawn_is_not_revived(statement: str, max_: User) -> None:
    lifecycle.withdraw(factories.released(), "The owner asked.", by=max_)
    refuses(statement)


@pytest.mark.parametrize("change", ["settled_at = NULL", "undone_at = settled_at", "lapsed_because = 'x'"])
def test_what_took_effect_is_not_undone(change: str) -> None:
    factories.released()
    refuses(f"UPDATE approvals_decision SET {change}")  # noqa: S608 - ours


def test_the_events_of_a_channel_never_go_back() -> None:
    factories.released()
    refuses("UPDATE approvals_channel SET last_sequence = 0")


@pytest.mark.parametrize("status", ["draft", "withdrawn", "archived", "rejected"])
def test_a_version_is_approved_from_its_review_only(status: str, ada: User, rita: User) -> None:
    version = library.ready_version(ada)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE assets_version SET status = %s", [status])
    refuses(f"UPDATE assets_version SET status = 'approved', approved_by_id = {rita.pk}")  # noqa: S608 - ours
    version.refresh_from_db()
    assert version.status == status


GUARDED_ROWS = ("core_logentry", "core_logsubject", "approvals_decision", "approvals_release", "assets_contributor")


@pytest.mark.sqlite
@pytest.mark.engine
@pytest.mark.parametrize("table", [*GUARDED_ROWS, "approvals_event", "assets_version"])
def test_a_row_is_not_replaced_by_another_of_its_key(table: str, ada: User) -> None:
    """SQLite deletes the one that was there, without asking the guards unless it is told to."""
    factories.released(library.ready_version(ada))
    refuses(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608 - ours


def test_what_was_withdrawn_does_not_come_back_as_a_copy(ada: User, max_: User) -> None:
    first = factories.released(library.ready_version(ada), factories.channel("a"), factories.channel("b"))
    lifecycle.withdraw(first, "The wrong house.", by=max_)
    copy = Release.objects.get(pk=first.pk)
    copy.pk, copy.state, copy.ended_at, copy.ended_by, copy.end_reason = uuid.uuid4(), "live", None, None, ""
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_lifting_takes_every_guard_of_a_table_and_no_other() -> None:
    before = {guard.name for guard in guards.installed() if guard.table != "approvals_release"}
    guards.lift("approvals_release")
    assert {guard.name for guard in guards.installed()} == before


@pytest.mark.django_db(transaction=True)
def test_emptying_the_database_lifts_the_guards_and_puts_them_back() -> None:
    before = set(guards.installed())
    call_command("flush", interactive=False, verbosity=0)
    assert set(guards.installed()) == before
    assert {guard.table for guard in before} >= set(GUARDED)


def verified() -> str:
    err = StringIO()
    with suppress(CommandError):
        call_command("verify", stdout=StringIO(), stderr=err)
    return err.getvalue()


def test_a_guard_that_was_taken_off_is_named() -> None:
    assert guards.missing() == []
    guards.lift("approvals_release")
    assert verified().startswith("The guard guard_approvals_release_delete is not in place.")


@pytest.mark.postgres
def test_a_guard_that_was_turned_off_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE approvals_decision DISABLE TRIGGER guard_four_eyes")
    assert verified() == "The guard guard_four_eyes is not in place. Run manage.py migrate.\n"


@pytest.mark.postgres
@pytest.mark.parametrize("function", ["guard_refuse", "guard_four_eyes"])
def test_a_guard_that_does_nothing_any_more_is_named(function: str) -> None:
    with connection.cursor() as cursor:
        does_nothing = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        cursor.execute(f"CREATE OR REPLACE FUNCTION {function}() {does_nothing}")
    assert "is not in place. Run manage.py migrate." in verified()


@pytest.mark.parametrize(("table", "when"), [("core_loghead", "1 = 1"), ("approvals_release", "1 = 0")])
def test_a_guard_that_was_made_anew_with_another_meaning_is_named(table: str, when: str) -> None:
    guards.lift("approvals_release")
    harmless = guards.Guard("approvals_release", "frozen", "UPDATE", "x", when=when)
    with connection.cursor() as cursor:
        for statement in harmless.statements("default"):
            cursor.execute(statement.replace(' ON "approvals_release"', f' ON "{table}"'))
    assert "The guard guard_approvals_release_frozen is not in place." in verified()


def test_a_table_that_is_not_there_yet_gets_its_guards_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after `manage.py migrate core` on an empty database: Django tells of the other apps, too."""
    monkeypatch.setattr(guards, "_declared", guards.append_only("core_later"))
    guards.install("core")
    assert {"guard_core_later_delete", "guard_core_later_update"} <= set(guards.missing())


def test_migrating_puts_every_guard_in_place() -> None:
    guards.lift("approvals_decision")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert guards.missing() == []
