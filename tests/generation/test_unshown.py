"""What a provider was paid for and cannot be shown: kept, said, and within a manager's reach."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from django.urls import reverse

from assets.imaging import fence
from assets.imaging.refusals import Busy, Fault
from core import storage
from core.models import User
from generation.jobs import execution, ingest, services
from generation.models import JobState
from generation.providers.base import Finished, Picture
from tests.browsing import browser_of
from tests.generation.factories import sent
from tests.generation.scripted import Scripted, picture

pytestmark = pytest.mark.django_db


def test_what_cannot_be_shown_is_paid_for_and_kept(ada: User, max_: User) -> None:
    job = sent(ada, Finished(pictures=(picture("x"), Picture(b"no picture at all"))), count=2)
    assert job.state == JobState.PARTIAL
    assert job.error_words.startswith("What came cannot be shown. This is not a picture in PNG")
    assert "17 bytes are kept" in job.error_words
    assert [storage.read(each) for each in job.unshown] == [b"no picture at all"]
    address = reverse("generation:unshown_file", args=(job.pk, 1))
    assert address in browser_of(max_).get(job.brief.get_absolute_url()).content.decode()
    assert address not in browser_of(ada).get(job.brief.get_absolute_url()).content.decode()
    assert browser_of(max_).get(reverse("generation:unshown_file", args=(job.pk, 2))).status_code == 404
    with closing(browser_of(max_).get(address)) as answer:
        assert b"".join(answer) == b"no picture at all"
        assert answer["Content-Disposition"].startswith("attachment")


def test_a_decoder_that_fails_by_itself_loses_no_paid_picture(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Fault

    monkeypatch.setattr(fence, "steps", fail)
    monkeypatch.setattr(ingest, "PAUSES", (0.0, 0.0))
    job = sent(ada, Finished(pictures=(picture("x"),)))
    assert "the file may be fine" in job.error_words
    assert [storage.read(each) for each in job.unshown] == [picture("x").data]


def test_where_the_portal_failed_it_looks_again(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, run = [Fault(), Busy()], fence.steps

    def fail_twice(*given: Any, **more: Any) -> Any:
        if looked:
            raise looked.pop()
        return run(*given, **more)

    monkeypatch.setattr(fence, "steps", fail_twice)
    monkeypatch.setattr(ingest, "PAUSES", (0.0, 0.0))
    job = sent(ada, Finished(pictures=(picture("x"),)))
    assert (job.state, job.unshown, looked) == (JobState.DONE, [], [])


def test_what_a_second_try_brings_is_kept_beside_the_first(ada: User) -> None:
    job = sent(ada, Finished(pictures=(Picture(b"one"),)))
    services.retry(job, by=ada)
    Scripted.will(Finished(pictures=(Picture(b"two"),)))
    execution.send(job.pk)
    job.refresh_from_db()
    assert [storage.read(each) for each in job.unshown] == [b"one", b"two"]
