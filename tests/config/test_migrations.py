"""Migrations that carry rows over: what waited in the old place waits in the new one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from pytest_django import Settings

from approvals.models import Choice, Decision, Release, Review
from approvals.reviews import settling
from assets.models import Version
from assets.versions import dossier
from core import guards
from core.models import OutgoingMessage, User
from core.tasks import send_outbox
from generation.models import Budget, BudgetAlert
from generation.spending import budgets
from tests.approvals import factories as approvals
from tests.assets import factories

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

BEFORE = [(app, "0001_initial") for app in ("approvals", "assets", "generation")]


def back_to(before: list[tuple[str, str]]) -> Any:
    """The models as they were then. Guards of today would name what was not there."""
    guards.lift_all()
    executor = MigrationExecutor(connection)
    executor.migrate(before)
    return executor.loader.project_state(before).apps


def migrate() -> None:
    call_command("migrate", verbosity=0)


@pytest.fixture(autouse=True)
def _ends_with_all_of_them() -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        migrate()


def an_old_mail(apps: Any, review: Review, to: User, **values: Any) -> datetime:
    written: datetime = (
        apps.get_model("approvals", "Mail").objects.create(review_id=review.pk, to_id=to.pk, **values).written_at
    )
    return written


def test_a_portal_of_the_first_version_is_brought_over(settings: Settings) -> None:
    """With guards in place and something of each kind in it.

    Mail that waited goes to the outbox, who contributed becomes rows, and what was made stays.
    """
    settings.UNDO_SECONDS = 0
    rita, max_, ada = factories.rita(), factories.max_(), factories.ada()
    waiting, returned = (approvals.review(approvals.ready(ada)) for _ in range(2))
    decision = approvals.decide(returned, Choice.CHANGES, "The lamp floats.")
    release = approvals.released(approvals.ready(ada))
    budget = Budget.objects.create(month=budgets.month_of(), limit_micros=100, spent_micros=100)
    OutgoingMessage.objects.all().delete()
    as_they_were = {each.pk: dossier.digest(each, 1) for each in Version.objects.with_dossier()}
    apps = back_to(BEFORE)
    for key, digest in as_they_were.items():
        apps.get_model("assets", "Version").objects.filter(pk=key).update(dossier_hash=digest)
        apps.get_model("approvals", "Release").objects.filter(version=key).update(version_hash=digest)
    written = an_old_mail(apps, waiting, rita, kind="in_review", attempts=2)
    an_old_mail(apps, waiting, max_, kind="in_review", state="sent", closed_at=timezone.now())
    an_old_mail(apps, returned, ada, kind="came_back", decision_id=decision.pk)
    alerts = apps.get_model("generation", "BudgetAlert").objects
    alerts.create(budget_id=budget.pk, level=80, limit_micros=100, mailed_at=timezone.now())
    owed = alerts.create(budget_id=budget.pk, level=100, limit_micros=100)
    migrate()
    kept = OutgoingMessage.objects.order_by("id").values_list(
        "topic", "to__username", "subject_id", "state", "attempts"
    )
    assert list(kept) == [
        ("review.waiting", "rita", str(waiting.pk), "waiting", 2),
        ("review.waiting", "max", str(waiting.pk), "sent", 0),
        ("review.returned", "ada", str(decision.pk), "waiting", 0),
        ("budget.alert", "max", str(owed.pk), "waiting", 0),
    ]
    assert OutgoingMessage.objects.get(to=rita).written_at == written
    assert "approvals_mail" not in connection.introspection.table_names()
    assert (Decision.objects.count(), BudgetAlert.objects.count()) == (2, 2)
    send_outbox()
    assert sorted(message.to[0] for message in mail.outbox) == [
        "ada@example.com",
        "max@example.com",
        "rita@example.com",
    ]
    what_was_released_still_is(release, ada)
    assert settling.settle(approvals.decide(waiting, by=rita)).lapsed_because == ""


def what_was_released_still_is(release: Release, ada: User) -> None:
    assert list(Release.objects.live()) == [release]
    assert {(each.person, each.part) for each in release.version.contributors.select_related("person")} == {
        (ada, "brought"), (ada, "named"), (ada, "words"), (ada, "rights"), (ada, "submitted"),
    }  # fmt: skip
    assert Release.objects.get().document == release.document
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Release.objects.update(document_text="{}")


def test_each_consent_becomes_a_record_that_its_picture_rests_on() -> None:
    """What was decided on it in an earlier format still holds: the hash of that comes out as it was."""
    ada = factories.ada()
    versions = [factories.ready_version(ada) for _ in range(2)]
    apps = back_to([("assets", "0007_says_known_stated")])
    rows, said = apps.get_model("assets", "Consent").objects, {"kind": "person", "given": "yes", "scope": "Web"}
    for version, paper in zip(versions, ("5f" * 32, ""), strict=True):
        rows.create(version_id=version.pk, name="Jo", document_sha256=paper, recorded_by_id=ada.pk, **said)
    apps.get_model("assets", "Version").objects.filter(pk=versions[0].pk).update(shows_people="yes")
    migrate()
    first, second = (Version.objects.with_dossier().get(pk=version.pk) for version in versions)
    assert [first.shows_people, second.shows_people] == ["real", "no"]
    kept, other = first.consents.get(), second.consents.get()
    assert ([file["sha256"] for file in kept.files], other.files) == (["5f" * 32], [])
    assert (kept.reach, kept.may_alter, kept.to_providers) == ("unknown", "unknown", "unknown")
    once = said | {"name": "Jo", "valid_until": "", "document": "5f" * 32}
    was = {"shows_people": "yes", "shows_property": "no", "given": [once]}
    assert [dossier.facts(first, number)["consents"] for number in (1, 2)] == [was, was]
