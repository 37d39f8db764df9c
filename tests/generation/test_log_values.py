"""The log holds what each changed field was and became, and nothing where nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from core import clock
from core.models import LogEntry, LogSubject, User
from generation.catalogue import registry
from generation.jobs import circuit, execution, reconciliation, services, throttling
from generation.models import Budget, Job, Output, Plan, PlanKind, ProviderState, Template
from generation.outputs import keeping
from generation.prompt_templates import revisions
from generation.prompt_templates.revisions import About, Wording
from generation.providers import errors
from generation.providers.base import Finished, Pending
from generation.spending import budgets, plans
from tests.generation.factories import DIME, by_hand, pending, queued, sent
from tests.generation.scripted import Scripted, picture, png

pytestmark = pytest.mark.django_db

Verb = Callable[[User, User], object]
Values = dict[str, Any]


# What is done: Ada makes pictures, Max looks after money, templates and providers


def answered(job: Job, *answers: Finished | Pending | Exception) -> Job:
    """The job after its provider was asked how far it is."""
    Scripted.will(*answers)
    execution.resume(job.pk)
    job.refresh_from_db()
    return job


def unclear(ada: User) -> Job:
    return answered(pending(ada), errors.BadAnswer("What?"))


def lost(ada: User) -> Job:
    """A job whose worker died."""
    job = queued(ada)
    Scripted.will(lambda: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        execution.send(job.pk)
    Job.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    reconciliation.reconcile()
    return job


def output(ada: User) -> Output:
    return sent(ada).outputs.get()


def team() -> Budget:
    return budgets.budgets_for(User.objects.all()[0], None, "USD")[0]


def plan(max_: User, **more: Any) -> Plan:
    values = {"provider": "scripted", "kind": PlanKind.MONTHLY, "name": "Pro", "amount_micros": DIME}
    return plans.add(Plan(**values, starts_on=clock.today(), **more), by=max_)


def template(max_: User) -> Template:
    said = Wording(body="A house.", fields=[])
    return revisions.create(About(name="House", description="A house."), said, by=max_).template


def archived(max_: User) -> Template:
    return revisions.archive(template(max_), by=max_)


def resting() -> ProviderState:
    later = clock.now() + timedelta(minutes=5)
    return ProviderState.objects.create(provider="scripted", open_until=later, failures=3, trips=1, reason="Down.")


def struck(*, times: int) -> None:
    for _ in range(times):
        circuit.record_outcome("scripted", uuid4(), errors.Unavailable("Down."), clock.now())


def handed_in(ada: User) -> Job:
    job = by_hand(ada)
    execution.send(job.pk)
    return services.hand_in(job, [png()], by=ada, told={"plan": "Pro"})


PAID = {"settled_micros": DIME}
QUEUED: Values = {"state": "queued", "finished_at": None}
SENDING: Values = {"state": "sending", "finished_at": None, "settled_micros": None}
FAILURE: Values = {"error_kind": "", "error_words": ""}
NEW: Values = {"state": "new", "handled_by": None, "handled_at": None}
HANDLED: Values = {"handled_by": ANY, "handled_at": ANY}

CHANGES: list[tuple[str, Verb, Values, Values]] = [
    (
        "job.done",
        lambda ada, _: sent(ada),
        SENDING | {"cost_basis": ""},
        {"state": "done", "finished_at": ANY, "cost_basis": "fixed", **PAID},
    ),
    (
        "job.refused",
        lambda ada, _: sent(ada, errors.Refused("No.")),
        SENDING | FAILURE,
        {"state": "refused", "finished_at": ANY, "settled_micros": 0, "error_kind": "refused", "error_words": "No."},
    ),
    (
        "job.unclear",
        lambda ada, _: lost(ada),
        SENDING | FAILURE | {"cost_basis": ""},
        {
            "state": "unclear",
            "finished_at": ANY,
            "cost_basis": "unknown",
            "error_kind": "lost",
            "error_words": "The worker stopped while the request was under way.",
            **PAID,
        },
    ),
    (
        "job.canceled",
        lambda ada, _: services.cancel(queued(ada), by=ada),
        QUEUED,
        {"state": "canceled", "finished_at": ANY},
    ),
    (
        "job.retried",
        lambda ada, _: services.retry(services.cancel(queued(ada), by=ada), by=ada),
        {"state": "canceled", "finished_at": ANY},
        QUEUED,
    ),
    (
        "job.resumed",
        lambda ada, _: services.resume_unclear(unclear(ada), by=ada),
        {"state": "unclear", "finished_at": ANY, "error_kind": "bad_answer", "error_words": "What?"},
        {"state": "waiting", "finished_at": None, **FAILURE},
    ),
    (
        "job.written_off",
        lambda ada, max_: services.write_off(unclear(ada), by=max_, words="Free."),
        {"state": "unclear", "error_words": "What?", **PAID},
        {"state": "failed", "error_words": "What? Free.", "settled_micros": 0},
    ),
    (
        "job.marked_charged",
        lambda ada, max_: services.mark_charged(unclear(ada), by=max_, words="Paid."),
        {"state": "unclear", "error_words": "What?", "cost_basis": "unknown"},
        {"state": "failed", "error_words": "What? Paid.", "cost_basis": "reported"},
    ),
    (
        "job.handed_in",
        lambda ada, _: handed_in(ada),
        {"state": "hand", "finished_at": None, "settled_micros": None, "cost_basis": ""},
        {"state": "done", "finished_at": ANY, "settled_micros": 0, "cost_basis": ANY},
    ),
    (
        "output.discarded",
        lambda ada, _: keeping.discard(output(ada), by=ada),
        NEW,
        {"state": "discarded", **HANDLED},
    ),
    (
        "output.restored",
        lambda ada, max_: keeping.undiscard(keeping.discard(output(ada), by=ada), by=max_),
        {"state": "discarded", **HANDLED},
        {"state": "new", **HANDLED},
    ),
    (
        "output.kept",
        lambda ada, _: keeping.keep(output(ada), by=ada),
        {"state": "keeping", "version": None, "handled_at": ANY},
        {"state": "kept", "version": ANY, "handled_at": ANY},
    ),
    (
        "budget.set",
        lambda _, max_: budgets.set_limit(team(), DIME, by=max_, repeats=False),
        {"limit_micros": ANY, "repeats": True},
        {"limit_micros": DIME, "repeats": False},
    ),
    ("plan.ended", lambda _, max_: plans.end(plan(max_), by=max_), {"ends_on": None}, {"ends_on": ANY}),
    (
        "template.described",
        lambda _, max_: revisions.describe(template(max_), About(name="Villa", purpose="Listing"), by=max_),
        {"name": "House", "description": "A house.", "purpose": ""},
        {"name": "Villa", "description": "", "purpose": "Listing"},
    ),
    (
        "template.published",
        lambda _, max_: revisions.publish(template(max_).revisions.get(), by=max_),
        {"published": None},
        {"published": ANY},
    ),
    ("template.archived", lambda _, max_: archived(max_), {"archived_at": None}, {"archived_at": ANY}),
    (
        "template.restored",
        lambda _, max_: revisions.restore(archived(max_), by=max_),
        {"archived_at": ANY},
        {"archived_at": None},
    ),
    (
        "provider.limited",
        lambda _, max_: throttling.set_limits("scripted", 5, None, by=max_),
        {"at_once": None},
        {"at_once": 5},
    ),
    (
        "provider.tried",
        lambda _, max_: circuit.reset(resting().provider, by=max_),
        {"open_until": ANY},
        {"open_until": ANY},
    ),
    (
        "provider.rests",
        lambda _, __: struck(times=3),
        {"failures": 2, "trips": 0, "open_until": None, "reason": ""},
        {"failures": 3, "trips": 1, "open_until": ANY, "reason": "Down."},
    ),
]


@pytest.mark.parametrize(("action", "verb", "before", "after"), CHANGES, ids=[row[0] for row in CHANGES])
def test_an_entry_holds_what_was_and_became(
    action: str, verb: Verb, before: Values, after: Values, ada: User, max_: User
) -> None:
    verb(ada, max_)
    subject = LogSubject.objects.get(entry__action=action, position=0)
    assert (subject.before, subject.after) == (before, after)
    assert all(subject.before[name] != subject.after[name] for name in subject.before)


UNCHANGED: list[tuple[str, Verb]] = [
    ("budget.set", lambda _, max_: budgets.set_limit(team(), team().limit_micros, by=max_, repeats=True)),
    ("plan.ended", lambda _, max_: plans.end(plan(max_, ends_on=clock.today()), by=max_)),
    (
        "template.described",
        lambda _, max_: revisions.describe(template(max_), About(name="House", description="A house."), by=max_),
    ),
    ("provider.limited", lambda _, max_: throttling.set_limits("scripted", None, None, by=max_)),
    ("provider.tried", lambda _, max_: circuit.reset("scripted", by=max_)),
]


@pytest.mark.parametrize(("action", "verb"), UNCHANGED, ids=[row[0] for row in UNCHANGED])
def test_where_nothing_differs_there_is_no_entry(action: str, verb: Verb, ada: User, max_: User) -> None:
    verb(ada, max_)
    assert not LogEntry.objects.filter(action=action).exists()


def test_an_upload_names_its_pictures_and_what_was_told_of_them(ada: User) -> None:
    job = handed_in(ada)
    entry = LogEntry.objects.get(action="job.handed_in")
    assert [subject.key for subject in entry.subjects.all()] == [str(job.pk), str(job.outputs.get().pk)]
    assert entry.data == {"told": {"plan": "Pro"}}


def test_a_job_that_its_provider_is_to_stop_says_since_when(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "is_cancellable", lambda key: True)
    services.cancel(pending(ada), by=ada)
    subject = LogSubject.objects.get(entry__action="job.stopping")
    assert (subject.before, subject.after) == ({"stop_asked_at": None}, {"stop_asked_at": ANY})


def test_the_log_holds_no_handle_and_no_raw_answer(ada: User) -> None:
    answered(pending(ada), Finished(pictures=(picture(),), raw={"long": "words as they came"}))
    held = json.dumps([[subject.before, subject.after] for subject in LogSubject.objects.all()])
    assert ("h-1" in held, "words as they came" in held) == (False, False)
