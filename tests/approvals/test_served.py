"""Whatever people do in whatever order: what is served is approved by somebody else, unchanged, and in force."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
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

from approvals.models import Channel, Choice, Decision, Release, ReleaseState, Review
from approvals.releases import lifecycle
from approvals.releases.document import OF_DELIVERY, document
from approvals.reviews import dossier, services, settling
from assets.imaging.rendering import Rendered
from assets.listings.records import ListingFacts, change_listing
from assets.models.version import Status
from assets.versions import dossier as library_dossier
from core import guards
from core.errors import Blocked, InvalidTransition
from core.models import User
from tests.approvals import factories
from tests.assets import factories as library_factories
from tests.assets import verbs
from tests.share import WHOLE

TITLES = ("Kitchen at noon", "Kitchen at dusk")
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
        self.listing = library_factories.ListingFactory.create(reference="HB-1")
        self.versions = [factories.ready(by, listing=self.listing) for by in (self.ada, self.max)]
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

    @rule(which=st.integers(0, 1), title=st.sampled_from(TITLES))
    def rename(self, which: int, title: str) -> None:
        self.attempt(verbs.rename, self.versions[which].asset, title, by=self.max)

    @rule(reference=st.sampled_from(["HB-1", "HB-2"]), address=st.sampled_from(["1 Harbor Street", "2 Harbor Street"]))
    def change_the_listing(self, reference: str, address: str) -> None:
        facts = ListingFacts(reference=reference, title="Harbor Street", address=address)
        self.attempt(change_listing, self.listing, facts, by=self.ada)

    @rule(which=st.integers(0, 1), caption=st.sampled_from(["Made with AI", "Real photograph"]))
    def edit_a_channel(self, which: int, caption: str) -> None:
        channel = self.channels[which]
        Channel.objects.filter(pk=channel.pk).update(disclosure={"caption_generated": caption})

    @rule(which=st.integers(0, 1), source=st.sampled_from(["digitalCapture", "trainedAlgorithmicMedia"]))
    def state_how_it_was_made(self, which: int, source: str) -> None:
        self.attempt(verbs.mark, self.versions[which], digital_source=source, by=self.versions[which].created_by)

    @rule(
        which=st.integers(0, 1),
        event=st.sampled_from(["rename", "listing", "channel"]),
        by=st.sampled_from(["ada", "max"]),
    )
    def something_else_changes_between_decision_and_effect(self, which: int, event: str, by: str) -> None:
        self.submit(which, first=False, second=True, by=by)
        self.rita_approves_whatever_she_may()
        changes: dict[str, Callable[[], None]] = {
            "rename": lambda: self.rename(which, "Another kitchen"),
            "listing": lambda: self.change_the_listing("HB-3", "3 Harbor Street"),
            "channel": lambda: self.edit_a_channel(1, "Real photograph"),
        }
        changes[event]()
        self.time_passes(timedelta(seconds=70))
        self.the_worker_settles()

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

    def answered(self) -> dict[str, dict[str, Any]]:
        """What the site gets over the API, by id."""
        return {image["id"]: image for image in self.site.get("/api/v1/images/").json()["results"]}

    def served(self) -> list[Release]:
        releases = Release.objects.select_related("version__provenance", "channel", "decision__review")
        return list(releases.filter(pk__in=self.answered()))

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
            around = {name: decision.dossier[name] for name in OF_DELIVERY}
            now = library_dossier.facts(version) | around
            assert decision.dossier_hash == dossier.hash_of(now), "not what was seen"
            assert library_factories.blockers(version, timezone.now().date()) == [], "rights have ended"

    @invariant()
    def every_public_field_is_what_was_decided(self) -> None:
        answered = self.answered()
        for release in Release.objects.filter(pk__in=answered).select_related("decision", "channel"):
            said = dict(answered[str(release.pk)])
            around = {name: said.pop(name) for name in ("id", "url", "channel", "released_at", "originals_page")}
            assert (around["id"], around["channel"]) == (str(release.pk), release.channel.slug)
            address = said["file"].pop("url")
            assert address.endswith(f"/{release.pk}/file")
            if said["original"]:
                said["original"].pop("image")
            facts = {name: said["file"][name] for name in ("media_type", "width", "height", "sha256")}
            file = Rendered(data=b"x" * said["file"]["size"], **facts)
            decided = document(release.decision.dossier, release.channel.slug, file)
            assert said == json.loads(decided.as_text()), "not what was decided"
            assert file.sha256 == release.file_sha256

    @invariant()
    def no_flag_hides_what_is_live(self) -> None:
        assert not Release.objects.live().exclude(pk__in=Release.objects.flagged().values("pk")).exists()

    @invariant()
    def events_have_no_gaps(self) -> None:
        for channel in Channel.objects.all():
            numbers_of = list(channel.events.order_by("sequence").values_list("sequence", flat=True))
            assert numbers_of == list(range(1, channel.last_sequence + 1))


@pytest.mark.django_db
def test_served_is_always_approved_unchanged_and_in_force(settings: Any) -> None:
    settings.UNDO_SECONDS = 60
    _run(examples=100 if WHOLE else 2, steps=15)


FLAGS = [
    "UPDATE approvals_release SET state = 'live'",
    "UPDATE approvals_release SET paused_at = NULL",
    "UPDATE approvals_release SET served = true, touched = true",
    "UPDATE approvals_channel SET active = true",
    "UPDATE assets_version SET status = 'approved', approved_by_id = {rita}, decorative = true",
]
"""Every kept flag that a release could be served for, set to what would serve it."""


@pytest.mark.django_db
def test_a_flag_alone_lets_nothing_leave(ada: User, rita: User) -> None:
    """Withdrawn, expired, rejected, changed, archived: what each flag says otherwise does not make it leave."""
    withdrawn, expired, changed = (factories.released(factories.ready(ada, title=f"Kitchen {n}")) for n in range(3))
    live = factories.released(factories.ready(ada))
    lifecycle.withdraw(withdrawn, "Sold.", by=rita)
    with transaction.atomic():
        lifecycle.end(expired, ReleaseState.EXPIRED, "Over.", by=None)
    verbs.describe(changed.version, text="A kitchen with a dog", by=ada)
    settling.settle(factories.decide(factories.review(factories.ready(ada)), Choice.REJECT, "No."))
    archived = factories.released(factories.ready(ada))
    verbs.archive(archived.version, by=ada)
    lifecycle.expire_due()
    assert list(Release.objects.live()) == [live]
    for table in ("approvals_release", "assets_version", "approvals_channel"):
        guards.lift(table)
    with connection.cursor() as cursor:
        for flag in FLAGS:
            cursor.execute(flag.format(rita=rita.pk))
    assert list(Release.objects.live()) == [live]


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
