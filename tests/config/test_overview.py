"""The Overview and the Settings: each person is told what waits for them, at the same cost however much there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Choice
from approvals.releases import lifecycle
from approvals.reviews import settling
from assets.models import Version
from config import roles
from config.dashboard import overview
from core import clock
from generation.jobs import execution
from generation.models import GenerationModel, Job, JobState, Output, ProviderState
from tests.approvals import factories as reviews
from tests.assets import verbs
from tests.assets.factories import UserFactory, ada, max_, nils, rita
from tests.generation.factories import ModelFactory, by_hand, queued

pytestmark = pytest.mark.django_db


def words_for(client: Client) -> str:
    return client.get(reverse("overview")).content.decode()


def test_a_reviewer_is_told_what_to_decide(client: Client) -> None:
    review = reviews.review(by=ada())
    client.force_login(rita())
    page = words_for(client)
    assert f"Decide on “{review.version.asset.title}”" in page
    assert reverse("approvals:review", args=[review.pk]) in page


def test_an_author_is_told_what_came_back(client: Client, settings: Any) -> None:
    settings.UNDO_SECONDS = 0
    review = reviews.review(by=ada())
    decision = reviews.decide(review, Choice.CHANGES, "Say that it is evening.", by=rita())
    settling.settle(decision)
    client.force_login(ada())
    assert f"Fix “{review.version.asset.title}”" in words_for(client)


def test_the_list_and_the_badge_count_the_same_however_many_there_are(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "SHOWN", 2)
    for _ in range(overview.SHOWN + 2):
        reviews.review(by=ada())
    told = overview.for_person(rita())
    assert told.waiting == overview.waiting_to_review(rita()) >= overview.SHOWN + 2
    client.force_login(rita())
    page = words_for(client)
    assert f"{told.waiting - overview.SHOWN} more" in page


def test_every_task_leads_somewhere_its_reader_may_go(client: Client) -> None:
    soon = clock.today() + timedelta(days=3)
    job = queued(ada())
    Job.objects.filter(pk=job.pk).update(state=JobState.UNCLEAR)
    for number in range(overview.SHOWN + 1):
        ModelFactory.create(model_id=f"ending-{number}", name=f"Ending {number}", offered=True, ends_on=soon)
    ProviderState.objects.update_or_create(
        pk="scripted", defaults={"open_until": clock.now() + timedelta(hours=1), "trips": 1, "reason": "Empty."}
    )
    manager = UserFactory.create(username="manager", role=roles.MANAGERS)
    client.force_login(manager)
    tasks = overview.for_person(manager).tasks
    assert {task.icon for task in tasks} >= {"calendar-clock", "ellipsis", "circle-question-mark", "moon"}
    assert {task.url: client.get(task.url).status_code for task in tasks} == {task.url: 200 for task in tasks}


def test_nobody_is_told_to_decide_on_their_own_work(client: Client) -> None:
    reviews.review(by=ada())
    client.force_login(ada())
    assert "Decide on" not in words_for(client)


def test_a_maker_is_told_to_bring_a_picture(client: Client) -> None:
    job = by_hand(ada())
    execution.send(job.pk)
    client.force_login(ada())
    assert f"Upload the result for “{job.brief.title}”" in words_for(client)
    assert overview.waiting_to_make(ada()) == 1


def test_an_unclear_job_is_shown_to_who_asked_and_to_who_manages_money(client: Client) -> None:
    job = queued(ada())
    Job.objects.filter(pk=job.pk).update(state=JobState.UNCLEAR)
    for person, is_told in ((ada(), True), (max_(), True), (rita(), False)):
        client.force_login(person)
        assert (f"Settle “{job.brief.title}”" in words_for(client)) is is_told


def test_pictures_nobody_looked_after_are_shown(client: Client) -> None:
    job = queued(ada())
    execution.send(job.pk)
    output = Output.objects.filter(job=job).first()
    assert output is not None
    client.force_login(ada())
    assert reverse("generation:output_file", args=[output.pk]) in words_for(client)


def test_a_picture_that_stopped_is_shown_to_whoever_submitted_it(client: Client, settings: Any) -> None:
    settings.UNDO_SECONDS = 0
    release = reviews.released(reviews.ready(ada()))
    verbs.describe(release.version, text="A kitchen, now with a dog", by=ada())
    lifecycle.expire_due()
    words = f"“{release.version.asset.title}” is paused in {release.channel}"
    for person, is_told in ((ada(), True), (rita(), False)):
        client.force_login(person)
        page = words_for(client)
        assert (words in page, "it changed: submit it again" in page) == (is_told, is_told)
    reviews.review(Version.objects.get(pk=release.version_id), release.channel)
    client.force_login(ada())
    assert words not in words_for(client)


def test_a_stranger_sees_nothing(client: Client) -> None:
    client.force_login(nils())
    assert client.get(reverse("overview")).status_code == 403


def test_the_overview_costs_the_same_with_more_on_it(client: Client, django_assert_max_num_queries: Any) -> None:
    client.force_login(rita())
    for _ in range(2):
        reviews.review(by=ada())
    with django_assert_max_num_queries(100) as few:
        words_for(client)
    for _ in range(4):
        reviews.review(by=ada())
    with django_assert_max_num_queries(len(few)):
        words_for(client)


@pytest.mark.parametrize(("person", "status"), [(ada, 403), (rita, 403), (max_, 200)])
def test_only_administrators_see_the_settings(client: Client, person: Any, status: int) -> None:
    client.force_login(person())
    assert client.get(reverse("settings")).status_code == status
    assert client.post(reverse("test_connection", args=["scripted"])).status_code == (302 if status == 200 else status)


def test_the_settings_name_what_a_provider_needs_and_no_key(client: Client, settings: Any) -> None:
    client.force_login(max_())
    page = client.get(reverse("settings")).content.decode()
    assert "OPENAI_API_KEY" in page
    assert settings.SECRET_KEY not in page


def test_testing_a_connection_spends_nothing(client: Client) -> None:
    client.force_login(max_())
    answer = client.post(reverse("test_connection", args=["scripted"]), follow=True)
    assert "Scripted: Ready." in answer.content.decode()
    assert not Job.objects.exists()


def test_a_model_that_ends_soon_is_a_task_for_who_manages_money(client: Client) -> None:
    job = queued(ada())
    GenerationModel.objects.filter(pk=job.model_id).update(ends_on=timezone.localdate() + timedelta(days=9))
    client.force_login(max_())
    assert f"{job.model.name} ends on" in words_for(client)


def test_a_model_of_a_provider_that_is_not_set_up_is_nobodys_task(client: Client) -> None:
    job = queued(ada())
    GenerationModel.objects.filter(pk=job.model_id).update(
        provider="elsewhere", ends_on=timezone.localdate() + timedelta(days=9)
    )
    client.force_login(max_())
    assert f"{job.model.name} ends on" not in words_for(client)


def test_what_happened_to_accounts_is_for_administrators_and_signing_in_for_nobody(client: Client) -> None:
    reviews.review(by=ada())
    UserFactory.create(username="tessa")
    for person, may_know in ((ada(), False), (rita(), False), (max_(), True)):
        client.force_login(person)
        page = words_for(client)
        assert ("Account “tessa” was made." in page) is may_know
        assert "Signed in" not in page


def test_signing_in_drowns_nothing(client: Client) -> None:
    reviews.review(by=ada())
    for _ in range(2 * overview.SHOWN):
        client.force_login(ada())
    assert "Submitted" in words_for(client)
