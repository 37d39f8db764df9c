"""Hand-offs: jobs that people run elsewhere, and the pictures that they bring."""

from __future__ import annotations

import io

import pytest
from PIL import ExifTags, Image

from assets.imaging.inspection import Unreadable
from core.errors import InvalidTransition
from core.models import User
from generation.jobs import execution, requests, services
from generation.jobs.ingest import add_outputs, receive
from generation.models import Job, JobState, Output
from generation.outputs import keeping
from generation.providers.base import Picture
from tests.generation import factories
from tests.generation.factories import sent
from tests.generation.scripted import png

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
    add_outputs(job, receive([Picture(png("a"))], requests.spec_of(job)), brought_by=ada)
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


def test_pictures_cannot_be_brought_to_a_job_that_a_provider_runs(ada: User) -> None:
    job = sent(ada)
    with pytest.raises(InvalidTransition):
        services.hand_in(job, [png("a")], by=ada)
    assert job.outputs.count() == 1
