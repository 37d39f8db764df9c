"""Whatever people do in whatever order: what is served is approved by somebody else, unchanged, and in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from approvals.models import Channel, Choice, Decision, Release, Review
from approvals.releases import lifecycle
from approvals.reviews import dossier, services, settling
from assets.models.version import Status
from assets.versions import dossier as library_dossier
from core.errors import Blocked, InvalidTransition
from tests.approvals import factories
from tests.assets import factories as library_factories
from tests.assets import verbs
from tests.share import WHOLE

REFUSALS = (InvalidTransition, PermissionDenied, Blocked)


class People(RuleBasedStateMachine):
    """Ada and Max make and submit; Rita and Max decide; time passes; the worker comes by when it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.traveller = self.clock.start()
        self.ada, self.rita, self.max = library_factories.ada(), library_factories.rita(), library_factories.max_()
        self.channels = [factories.channel("a"), factories.channel("b")]
        self.versions = [factories.ready(self.ada), factories.ready(self.max)]
        self.site = Client(headers={"authorization": f"Bearer {factories.key(factories.site(*self.channels)).text}"})

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def attempt(self, verb: Callable[..., Any], *args: Any, **options: Any) -> Any:
        try:
            return verb(*args, **options)
        except REFUSALS:
            return None

    @rule(which=st.integers(0, 1), first=st.booleans(), second=st.booleans(), by=st.sampled_from(["ada", "max"]))
    def submit(self, which: int, first: bool, second: bool, by: str) -> None:
        chosen = [channel for channel, is_on in zip(self.channels, (first, second), strict=True) if is_on]
        self.attempt(services.submit, self.versions[which], chosen, "", by=getattr(self, by))

    @rule(
        data=st.data(), by=st.sampled_from(["ada", "rita", "max"]), choice=st.sampled_from(Choice), stale=st.booleans()
    )
    @precondition(lambda self: Review.objects.exists())
    def decide(self, data: st.DataObject, by: str, choice: Choice, stale: bool) -> None:
        review = data.draw(st.sampled_from(list(Review.objects.order_by("submitted_at", "pk"))), label="review")
        seen = "0" * 64 if stale else dossier.of_review(review).hash
        decision = self.attempt(services.decide, review, choice, "words", seen, by=getattr(self, by))
        assert not (stale and decision), "a decision on what was not seen was recorded"

    @rule(by=st.sampled_from(["rita", "max"]))
    @precondition(lambda self: Decision.objects.exists())
    def undo(self, by: str) -> None:
        self.attempt(services.undo, Decision.objects.latest("decided_at"), by=getattr(self, by))

    @initialize(which=st.integers(0, 1), days=st.sampled_from([None, 2]))
    def one_is_released(self, which: int, days: int | None) -> None:
        self.limit_the_license(which, days)
        self.submit(which, first=True, second=False, by="ada")
        self.rita_approves_whatever_she_may()
        self.time_passes(timedelta(seconds=70))
        self.the_worker_settles()
        assert self.served(), "an approved picture is served"

    @rule()
    def rita_approves_whatever_she_may(self) -> None:
        for review in Review.objects.filter(state="open"):
            self.attempt(services.decide, review, Choice.APPROVE, "", dossier.of_review(review).hash, by=self.rita)

    @rule()
    def the_worker_settles(self) -> None:
        for decision in Decision.objects.filter(settled_at=None, undone_at=None):
            settling.settle(decision)

    @rule(which=st.integers(0, 1), words=st.sampled_from(["Kitchen by the sea", "Kitchen with a dog"]))
    def somebody_edits_between_decision_and_effect(self, which: int, words: str) -> None:
        self.submit(which, first=False, second=True, by="max")
        self.rita_approves_whatever_she_may()
        self.describe(which, words)
        self.time_passes(timedelta(seconds=70))
        self.the_worker_settles()

    @rule()
    def the_worker_sweeps(self) -> None:
        lifecycle.expire_due()

    @rule(which=st.integers(0, 1), words=st.sampled_from(["Kitchen by the sea", "Kitchen with a dog"]))
    def describe(self, which: int, words: str) -> None:
        version = self.versions[which]
        self.attempt(verbs.describe, version, text=words, decorative=False, language="en", by=version.created_by)

    @rule(which=st.integers(0, 1), days=st.sampled_from([None, 0, 2, 30]))
    def limit_the_license(self, which: int, days: int | None) -> None:
        version = self.versions[which]
        until = None if days is None else timezone.now().date() + timedelta(days=days)
        self.attempt(library_factories.complete_license, version, version.created_by, valid_until=until)

    @rule(by=st.sampled_from(["ada", "rita"]))
    @precondition(lambda self: Release.objects.filter(state="live").exists())
    def withdraw(self, by: str) -> None:
        self.attempt(lifecycle.withdraw, Release.objects.filter(state="live").first(), "Sold.", by=getattr(self, by))

    @rule(by=st.sampled_from(["ada", "max"]))
    @precondition(lambda self: Review.objects.exists())
    def retract(self, by: str) -> None:
        self.attempt(services.retract_review, Review.objects.latest("submitted_at"), by=getattr(self, by))

    @rule(amount=st.sampled_from([timedelta(seconds=70), timedelta(hours=1), timedelta(days=3)]))
    def time_passes(self, amount: timedelta) -> None:
        self.traveller.move_to(timezone.now() + amount)

    def served(self) -> list[Release]:
        """What the site gets, over the API."""
        images = self.site.get("/api/v1/images/").json()["results"]
        releases = Release.objects.select_related("version__provenance", "channel", "decision__review")
        return list(releases.filter(pk__in=[image["id"] for image in images]))

    @invariant()
    def what_is_served_is_approved_unchanged_and_in_force(self) -> None:
        for release in self.served():
            version, decision = release.version, release.decision
            assert release.state == "live"
            assert version.status == Status.APPROVED
            assert decision.choice == Choice.APPROVE
            assert decision.undone_at is None
            assert decision.effective_at <= timezone.now()
            assert decision.by_id not in {version.created_by_id, decision.review.submitted_by_id}
            now = library_dossier.facts(version) | {"channels": decision.dossier["channels"]}
            assert decision.dossier_hash == dossier.hash_of(now), "not what was seen"
            assert library_factories.blockers(version, timezone.now().date()) == [], "rights have ended"

    @invariant()
    def events_have_no_gaps(self) -> None:
        for channel in Channel.objects.all():
            numbers_of = list(channel.events.order_by("sequence").values_list("sequence", flat=True))
            assert numbers_of == list(range(1, channel.last_sequence + 1))


@pytest.mark.django_db
def test_served_is_always_approved_unchanged_and_in_force(settings: Any) -> None:
    settings.UNDO_SECONDS = 60
    _run(examples=100 if WHOLE else 5, steps=15)


def _run(examples: int, steps: int) -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        People,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate,),  # shrinking over a real database takes minutes
            suppress_health_check=quiet,
        ),
    )
