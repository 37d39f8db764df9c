"""Starting a brief: what is frozen, queued and reserved, and everything that stops it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.errors import Blocked
from core.models import User
from generation.briefs.forms import SEEDS
from generation.jobs import execution, starting
from generation.models import Brief, Budget, Job, JobState
from generation.models.shapes import COUNTS
from generation.providers.base import Provider
from generation.providers.directory import adapters
from generation.spending import budgets
from tests.assets import factories as library
from tests.generation import factories
from tests.generation.factories import DIME, spent
from tests.generation.scripted import Scripted

pytestmark = pytest.mark.django_db


def test_starting_queues_a_job_with_its_price_reserved(ada: User, enqueued: list[Any]) -> None:
    job = factories.queued(ada, count=2)
    assert (job.state, job.quote_micros, spent()) == (JobState.QUEUED, 2 * DIME, (2 * DIME, 0))


def test_starting_tells_a_worker_once_the_rows_stand(
    ada: User, enqueued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = factories.queued(ada)
    assert enqueued == [("send_job", str(job.pk), 0.0)]


def test_a_stranger_starts_nothing(nils: User) -> None:
    with pytest.raises(PermissionDenied):
        factories.started(nils)
    assert not Brief.objects.exists()


def test_a_brief_goes_to_several_models_at_once(ada: User) -> None:
    models = [factories.ModelFactory.create(model_id=name) for name in ("one", "two", "three")]
    assert factories.started(ada, *models).jobs.count() == 3


def test_a_model_that_is_named_twice_is_paid_once(ada: User) -> None:
    model = factories.ModelFactory.create()
    assert factories.started(ada, model, model).jobs.count() == 1
    assert spent() == (DIME, 0)


def test_a_model_that_draws_one_at_a_time_gets_several_requests_with_seeds_of_their_own(ada: User) -> None:
    model = factories.ModelFactory.create(provider="harmless", facts=factories.priced("0", max_n=1))
    brief = factories.started(ada, model, count=3, seed=7)
    for job in brief.jobs.all():
        execution.send(job.pk)
    assert sorted(spec.seed for spec, _ in Scripted.sent if spec.seed is not None) == [7, 8, 9]


@pytest.mark.parametrize("kind", adapters(), ids=lambda kind: kind.key)
def test_every_seed_that_the_form_takes_means_itself_everywhere(kind: type[Provider]) -> None:
    assert SEEDS[0] in kind.seeds
    assert SEEDS[-1] + max(COUNTS) - 1 in kind.seeds  # each of several pictures has the next number


def test_a_model_past_its_end_is_refused_with_its_successor_named(ada: User) -> None:
    factories.ModelFactory.create(model_id="newer", name="Newer")
    old = factories.ModelFactory.create(model_id="old", ends_on=timezone.localdate(), successor="newer")
    with pytest.raises(Blocked, match="Choose Newer instead"):
        factories.started(ada, old)
    assert not Brief.objects.exists()


def test_a_model_whose_facts_cannot_be_read_stops_the_brief(ada: User) -> None:
    broken = factories.ModelFactory.create(facts={"price": {"kind": "by the yard"}})
    with pytest.raises(Blocked, match="cannot be read"):
        factories.started(ada, broken)
    assert not Brief.objects.exists()


def test_a_forbidden_word_stops_the_brief(ada: User) -> None:
    with pytest.raises(Blocked, match="who should or should not live there"):
        factories.started(ada, prompt="A flat, perfect for families.")
    assert not Brief.objects.exists()


def test_an_option_nobody_agreed_to_drop_stops_the_brief(ada: User) -> None:
    with pytest.raises(Blocked, match="does not support the seed"):
        factories.started(ada, seed=7)
    assert not Brief.objects.exists()


def test_an_option_that_was_dropped_with_a_word_is_recorded_and_not_sent(ada: User) -> None:
    model = factories.ModelFactory.create()
    brief = starting.start(factories.unsent(seed=7), [model], by=ada, drop={model.pk: ["seed"]})
    execution.send(brief.jobs.get().pk)
    assert (brief.jobs.get().dropped, Scripted.sent[0][0].seed) == (["seed"], None)


def test_a_budget_that_does_not_hold_the_price_stops_everything(ada: User) -> None:
    factories.queued(ada)
    Budget.objects.update(limit_micros=2 * DIME)
    models = [factories.ModelFactory.create(model_id=name) for name in ("one", "two")]
    with pytest.raises(Blocked, match="Nothing was sent"):
        factories.started(ada, *models)
    assert (Brief.objects.count(), Job.objects.count(), spent()) == (1, 1, (DIME, 0))


def test_every_budget_that_covers_a_job_must_hold_it(ada: User) -> None:
    listing = library.ListingFactory.create()
    Budget.objects.create(month=budgets.month_of(), listing=listing, limit_micros=DIME // 2)
    with pytest.raises(Blocked, match="14 Harbor Street"):
        factories.started(ada, listing=listing)
    assert spent_nothing()


def spent_nothing() -> bool:
    return not Budget.objects.exclude(reserved_micros=0, spent_micros=0).exists()


def test_the_terms_of_the_day_are_pinned_on_the_job(ada: User) -> None:
    terms = library.TermsFactory.create(key="scripted")
    assert factories.queued(ada).terms == terms
