"""Smaller copies of outputs: nobody waits for them, and whoever asks for one that is not there gets it all the same."""

from __future__ import annotations

import io
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from assets.imaging import fence, rendering
from assets.imaging.refusals import Busy, Fault
from assets.imaging.rendering import SPECS
from assets.library import renditions
from core import storage
from core.models import User
from generation.jobs import execution, previews
from generation.models import JobState, Output
from generation.outputs import keeping
from generation.providers.base import Finished
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.factories import sent
from tests.generation.scripted import Scripted, picture

pytestmark = pytest.mark.django_db


def without_preview(ada: User) -> Output:
    """An output whose worker ended before its smaller copy was stored."""
    job = sent(ada, Finished(pictures=(picture("x"),)))
    Output.objects.update(preview_sha256="", small_sha256="")
    return Output.objects.get(job=job)


def shown(browser: Client, output: Output, query: str = "") -> tuple[int, bytes]:
    answer = browser.get(reverse("generation:output_file", args=(output.pk,)) + query)
    return answer.status_code, b"".join(answer)


def test_a_job_is_done_before_its_smaller_copies_are_stored(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job, states, put = factories.queued(ada, count=2), list[str](), previews.put

    def noting(copies: dict[str, rendering.Rendered]) -> dict[str, str]:
        job.refresh_from_db()
        states.append(job.state)
        return put(copies)

    monkeypatch.setattr(previews, "put", noting)
    Scripted.will(Finished(pictures=(picture("one"), picture("two"))))
    execution.send(job.pk)
    assert states == [JobState.DONE, JobState.DONE]
    for output in job.outputs.all():
        for sha256 in (output.preview_sha256, output.small_sha256):
            assert Image.open(io.BytesIO(storage.read(sha256))).format == "WEBP"


@pytest.mark.parametrize("trouble", [storage.Full("no room"), Fault()], ids=["store", "decoder"])
def test_what_keeps_a_smaller_copy_from_being_stored_leaves_the_job_as_it_is(
    ada: User, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(previews, "put", mock.Mock(side_effect=trouble))
        job = sent(ada, Finished(pictures=(picture("x"),)))
    (output,) = job.outputs.all()
    assert (job.state, job.error_words, output.preview_sha256) == (JobState.DONE, "", "")
    assert shown(browser_of(ada), output)[0] == 200


def test_one_that_is_not_there_is_made_when_it_is_asked_for_and_then_stays(ada: User) -> None:
    output = without_preview(ada)
    status, copy = shown(browser_of(ada), output)
    assert (status, Image.open(io.BytesIO(copy)).size) == (200, (output.width, output.height))
    with mock.patch.object(fence, "run", side_effect=AssertionError):
        assert shown(browser_of(ada), output) == (200, copy)


def test_one_that_came_before_phones_had_a_copy_of_their_own_shows_them_its_preview(ada: User) -> None:
    (output,) = sent(ada, Finished(pictures=(picture("x", (1200, 900)),))).outputs.all()
    Output.objects.update(small_sha256="")
    with mock.patch.object(fence, "run", side_effect=AssertionError):
        assert shown(browser_of(ada), output, "?small") == shown(browser_of(ada), output)


def test_while_too_many_pictures_are_in_hand_the_page_is_told_to_ask_again(ada: User) -> None:
    output = without_preview(ada)
    with mock.patch.object(fence, "run", side_effect=Busy):
        answer = browser_of(ada).get(reverse("generation:output_file", args=(output.pk,)))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_picture_is_kept_without_waiting_for_its_smaller_copy(ada: User) -> None:
    version = keeping.keep(without_preview(ada), by=ada)
    assert renditions.rendition(version, SPECS["preview"]).width == version.width


def test_a_phone_gets_a_copy_of_its_own_where_it_is_smaller(ada: User) -> None:
    job = sent(ada, Finished(pictures=(picture("x", (1200, 900)), picture("y", (600, 400)))))
    large, little = job.outputs.all()
    browser = browser_of(ada)
    assert Image.open(io.BytesIO(shown(browser, large, "?small")[1])).size == (800, 600)
    assert Image.open(io.BytesIO(shown(browser, large)[1])).size == (1200, 900)
    page = browser.get(job.brief.get_absolute_url()).content.decode()
    address = reverse("generation:output_file", args=(large.pk,))
    assert f'srcset="{address}?small 800w, {address} 1200w"' in page
    assert page.count("srcset") == 1, little


def test_the_copy_for_phones_goes_along_into_the_library(ada: User) -> None:
    job = sent(ada, Finished(pictures=(picture("x", (1200, 900)),)))
    version = keeping.keep(job.outputs.get(), by=ada)
    with mock.patch.object(fence, "run", side_effect=AssertionError):
        assert renditions.rendition(version, SPECS["small"]).width == 800
    page = browser_of(ada).get(version.get_absolute_url()).content.decode()
    assert f"/files/{version.pk}/small/ 800w, /files/{version.pk}/preview/ 1200w" in page
