"""A form that makes something or spends does so once, however often it is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from approvals.models import ListingSite, SiteKey
from assets.models import Asset
from core import clock
from core.models import LogEntry, SentForm, User
from core.web import once
from generation.models import Brief, Job
from tests.approvals import factories as approvals
from tests.assets import factories as assets
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.scripted import png

SHAPE = {"ratio": "3:2", "count": "1", "quality": "standard", "negative": "", "seed": "", "title": ""}
BY_HTMX = {"HX-Request": "true"}


def a_brief(**changed: Any) -> dict[str, Any]:
    """A brief as its page would send it, from one look at the page."""
    model = factories.ModelFactory.create()
    return {**SHAPE, "prompt": "A canal", "models": [model.pk], "send": "1", "send_token": uuid4().hex, **changed}


def sent(person: User, data: dict[str, Any]) -> tuple[int, str]:
    answer = browser_of(person).post("/make/free/", data)
    return answer.status_code, answer.get("Location", "")


@pytest.mark.django_db
def test_sent_twice_is_one_brief_and_one_answer(ada: User) -> None:
    data = a_brief()
    assert len({sent(ada, data) for _ in range(3)}) == 1
    assert (Brief.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_five_at_the_same_moment_are_one_call_and_one_answer() -> None:
    """The answer of whoever comes second is that of the first, which it waits for."""
    ada, data = assets.ada(), a_brief()

    def send(_: int) -> tuple[int, str]:
        try:
            return sent(ada, data)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        answers = set(pool.map(send, range(5)))
    assert answers == {(302, Brief.objects.get().get_absolute_url())}
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_going_back_and_changing_a_word_sends_another_brief(ada: User) -> None:
    data = a_brief()
    assert sent(ada, data) != sent(ada, {**data, "prompt": "A canal at dusk"})
    assert Brief.objects.count() == 2


@pytest.mark.django_db
def test_another_look_at_the_page_is_another_wish(ada: User) -> None:
    assert sent(ada, a_brief()) != sent(ada, a_brief())


@pytest.mark.django_db
def test_what_somebody_else_sent_is_not_ones_own(ada: User, max_: User) -> None:
    data = a_brief()
    assert sent(ada, data) != sent(max_, data)


@pytest.mark.django_db
def test_what_was_refused_may_be_sent_again(ada: User) -> None:
    data = a_brief(ratio="7:7")
    assert [sent(ada, data)[0], sent(ada, data)[0]] == [422, 422]
    assert not SentForm.objects.exists()


@pytest.mark.django_db
def test_after_a_fault_it_may_be_sent_again(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    data = a_brief()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("generation.jobs.starting.references.prepare", fail)
        browser = Client(raise_request_exception=False)
        browser.force_login(ada)
        assert browser.post("/make/free/", data).status_code == 500
    assert sent(ada, data)[0] == 302


@pytest.mark.django_db
def test_what_is_not_done_yet_is_not_begun_again(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process may have died after it paid."""
    monkeypatch.setattr(once, "WAITS", 0.2)
    data = a_brief()
    sent(ada, data)
    SentForm.objects.update(is_done=False, leads_to="")
    assert sent(ada, data)[0] == 409
    assert Brief.objects.count() == 1


@pytest.mark.django_db
def test_what_nobody_is_at_any_more_may_be_sent_again(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "WAITS", 0.0)
    data = a_brief()
    sent(ada, data)
    long_ago = clock.instant() - once.LOST_AFTER - timedelta(seconds=1)
    SentForm.objects.update(is_done=False, leads_to="", sent_at=long_ago)
    assert [sent(ada, data)[0] for _ in range(2)] == [302, 302]
    assert Brief.objects.count() == 2
    SentForm.objects.update(is_done=True, sent_at=long_ago)
    sent(ada, data)
    assert Brief.objects.count() == 2, "what was done stays done, however long ago"


@pytest.mark.django_db
def test_a_look_at_the_preview_is_no_sending(ada: User) -> None:
    data = {name: value for name, value in a_brief().items() if name != "send"}
    browser_of(ada).post("/make/free/", {**data, "preview": "1"}, headers=BY_HTMX)
    assert not SentForm.objects.exists()


@pytest.mark.django_db
def test_a_failed_job_that_is_sent_again_twice_is_sent_once(ada: User) -> None:
    job = factories.queued(ada)
    browser_of(ada).post(f"/briefs/jobs/{job.pk}/cancel/")
    data = {"send_token": uuid4().hex}
    path = f"/briefs/jobs/{job.pk}/retry/"
    answers = [browser_of(ada).post(path, data, headers=BY_HTMX) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "HX-Refresh" in answers[1]
    assert LogEntry.objects.filter(action="job.retried").count() == 1


@pytest.mark.django_db
def test_an_upload_sent_twice_is_one_picture(ada: User) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    token, answers = uuid4().hex, set()
    for _ in range(2):
        file = SimpleUploadedFile("kitchen.png", png("brought"), "image/png")
        data = {"kind": "generated", "maker": "Midjourney", "title": "Hall", "pictures": file, "send_token": token}
        answers.add(browser_of(ada).post("/library/upload/", data)["Location"])
    assert len(answers) == Asset.objects.count() == 1


@pytest.mark.django_db
def test_a_key_is_created_once_and_whoever_missed_it_is_told(max_: User) -> None:
    approvals.site(approvals.channel())
    slug = ListingSite.objects.get().slug
    before = SiteKey.objects.count()
    browser, data = browser_of(max_), {"label": "staging", "last_day": "", "send_token": uuid4().hex}
    url = f"/channels/sites/{slug}/"
    first = browser.post(f"{url}keys/", data)
    second = browser.post(f"{url}keys/", data, headers={"Referer": f"http://testserver{url}"}, follow=True)
    assert b"imp_" in first.content
    assert b"was shown then" in second.content
    assert SiteKey.objects.count() == before + 1


@pytest.mark.django_db
def test_what_was_sent_is_forgotten_after_some_days(ada: User) -> None:
    old = SentForm.objects.create(digest="a" * 64, sent_at=timezone.now() - once.KEPT - timedelta(minutes=1))
    new = SentForm.objects.create(digest="b" * 64)
    once.forget()
    assert [*SentForm.objects.filter(pk__in=(old.pk, new.pk))] == [new]
