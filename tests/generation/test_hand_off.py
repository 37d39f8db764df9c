"""Hand-offs: jobs that people run elsewhere, and the pictures that they bring."""

from __future__ import annotations

import hashlib
import html
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import ExifTags, Image
from pytest_django import Settings

from assets.imaging.inspection import Unreadable
from core.errors import InvalidTransition
from core.models import User
from generation.briefs.references import Source
from generation.catalogue import registry
from generation.jobs import execution, requests, services, starting
from generation.jobs.ingest import add_outputs, receive
from generation.models import BriefKind, Job, JobState, Output
from generation.outputs import keeping
from generation.providers.base import Picture
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.factories import sent
from tests.generation.scripted import png
from tests.generation.test_references import uploaded

pytestmark = pytest.mark.django_db


def handed(ada: User) -> Job:
    job = factories.by_hand(ada)
    execution.send(job.pk)
    job.refresh_from_db()
    return job


def test_a_hand_off_waits_for_a_person(ada: User) -> None:
    assert handed(ada).state == JobState.HAND


def test_bringing_the_picture_ends_a_hand_off(ada: User) -> None:
    job = services.hand_in(handed(ada), [png("a")], by=ada)
    assert (job.state, job.outputs.count()) == (JobState.DONE, 1)


def test_a_file_from_a_camera_is_remarked_on(ada: User) -> None:
    taken = Image.Exif()
    taken[ExifTags.Base.Make], taken[ExifTags.Base.Model] = "Kamera", "K1"
    taken[ExifTags.IFD.Exif] = {ExifTags.Base.ExposureTime: 0.01, ExifTags.Base.FNumber: 8.0}
    photograph = io.BytesIO()
    Image.open(io.BytesIO(png("a"))).convert("RGB").save(photograph, "JPEG", exif=taken)
    job = services.hand_in(handed(ada), [photograph.getvalue()], by=ada)
    assert "camera" in job.outputs.get().flags


def test_what_a_person_says_goes_with_the_picture(ada: User) -> None:
    job = services.hand_in(handed(ada), [png("a")], by=ada, told={"plan": "Pro"})
    version = keeping.keep(job.outputs.get(), by=ada)
    assert version.provenance.parameters["told"] == {"plan": "Pro"}


def test_what_one_person_says_does_not_go_with_the_picture_of_another(ada: User, max_: User) -> None:
    job = services.hand_in(handed(ada), [png("a")], by=ada, told={"plan": "Pro"})
    services.hand_in(job, [png("b")], by=max_, told={"plan": "Free"})
    services.hand_in(job, [png("c")], by=max_)
    told = [keeping.keep(each, by=ada).provenance.parameters.get("told") for each in job.outputs.order_by("index")]
    assert told == [{"plan": "Pro"}, {"plan": "Free"}, None]


def test_what_an_old_job_was_told_goes_with_its_old_pictures_only(ada: User, max_: User) -> None:
    """Answers were kept with the job, and outputs of that time have none."""
    job = handed(ada)
    received = receive([Picture(png("a"))], requests.spec_of(job), registry.provider(job.model.provider))
    add_outputs(job, received, brought_by=ada)
    Job.objects.update(parameters={"told": {"plan": "Pro"}})
    services.hand_in(job, [png("b")], by=max_)
    told = [keeping.keep(each, by=ada).provenance.parameters.get("told") for each in job.outputs.order_by("index")]
    assert told == [{"plan": "Pro"}, None]


def test_bringing_something_else_changes_nothing(ada: User) -> None:
    job = handed(ada)
    with pytest.raises(Unreadable):
        services.hand_in(job, [png("a"), b"%PDF"], by=ada)
    job.refresh_from_db()
    assert (job.state, Output.objects.count()) == (JobState.HAND, 0)


def test_the_good_ones_of_a_set_are_kept_and_each_other_says_why(ada: User) -> None:
    job = handed(ada)
    brought = {"a.png": png("a"), "b.pdf": b"%PDF", "c.png": b"", "d.png": png("d")}
    files = [SimpleUploadedFile(name, data) for name, data in brought.items()]
    answer = browser_of(ada).post(reverse("generation:hand_in", args=(job.pk,)), {"pictures": files})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "2 of 4 pictures were uploaded and can be kept." in page
    assert "“b.pdf” was not accepted. This is not a picture" in page
    assert "“c.png” was not accepted. The file is empty." in page
    job.refresh_from_db()
    assert (job.state, job.outputs.count()) == (JobState.DONE, 2)


def test_pictures_cannot_be_brought_to_a_job_that_a_provider_runs(ada: User) -> None:
    job = sent(ada)
    with pytest.raises(InvalidTransition):
        services.hand_in(job, [png("a")], by=ada)
    assert job.outputs.count() == 1


def to_attach(ada: User, settings: Settings, *names: str) -> Job:
    """A job for ChatGPT's own page with pictures of the library that go along."""
    chatgpt = {"adapter": "generation.providers.handoff.ChatGPT", "options": {}}
    settings.IMAGE_PROVIDERS = {**settings.IMAGE_PROVIDERS, "chatgpt": chatgpt}
    model = factories.ModelFactory.create(provider="chatgpt", facts=factories.priced("0", max_references=8))
    sources = [Source(version=uploaded(ada, name=name)) for name in names]
    brief = starting.start(factories.unsent(kind=BriefKind.REFERENCE), [model], by=ada, sources=sources)
    execution.send(brief.jobs.get().pk)
    return brief.jobs.get()


def test_pictures_that_go_along_are_attached_by_hand(ada: User, settings: Settings) -> None:
    job = to_attach(ada, settings, "kitchen", "garden")
    rows = list(job.brief.references.all())
    assert job.state == JobState.HAND
    assert job.dropped == []
    assert [each["sha256"] for each in job.parameters["attached"]] == [row.sha256 for row in rows]
    page = browser_of(ada).get(job.brief.get_absolute_url()).content.decode()
    assert "Attach these" in page
    found = re.findall(r'href="(/briefs/references/\d+/\?download)"', page)
    for address, row in zip(found, rows, strict=True):
        answer: Any = browser_of(ada).get(address)
        assert answer["Content-Disposition"].endswith(f'filename="reference-{row.position + 1}.png"')
        assert hashlib.sha256(answer.content).hexdigest() == row.sha256


def test_a_hand_off_without_pictures_has_nothing_to_attach(ada: User) -> None:
    assert "Attach" not in browser_of(ada).get(handed(ada).brief.get_absolute_url()).content.decode()


def test_a_visitor_gets_no_reference_picture(ada: User, settings: Settings) -> None:
    row = to_attach(ada, settings, "kitchen").brief.references.get()
    assert Client().get(reverse("generation:reference_file", args=(row.pk,))).status_code == 302
