"""Going on from a picture, as the cast does it on the pages."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from assets.imaging import masks
from assets.models import DigitalSource
from assets.provenance import disclosure
from assets.provenance.disclosure import Disclosure
from core import storage
from core.models import User
from generation.briefs import family, refinement
from generation.briefs.references import Source
from generation.models import Brief, BriefKind, BriefReference, GenerationModel, Output, Role
from generation.outputs import keeping
from tests.browsing import browser_of
from tests.generation import factories
from tests.generation.scripted import png
from tests.generation.test_references import encoded, made, mask, refined, seeing, uploaded

pytestmark = pytest.mark.django_db

FREE = "generation:free"
WORDS = {"prompt": "Put a sofa against the left wall.", "ratio": "3:2", "count": "1", "quality": "standard"}


@pytest.fixture
def output(ada: User) -> Output:
    return made(ada)


def wish(kind: str, source: Source, *models: GenerationModel, **more: Any) -> dict[str, Any]:
    chosen = [str(model.pk) for model in models or (seeing(),)]
    return {**WORDS, "kind": kind, "source": source.key, "models": chosen, "send": "1", **more}


def share_of(brief: Brief) -> float:
    """How much of the picture the brief's mask leaves open."""
    mask = storage.read(brief.references.get(role=Role.MASK).sha256)
    width, height = Image.open(io.BytesIO(mask)).size
    return masks.share(masks.read(mask, (width, height)))


@pytest.mark.parametrize(
    ("kind", "words"),
    [("edit", "What should change"), ("vary", "The picture to vary"), ("reference", "The reference")],
)
def test_each_way_has_its_page(ada: User, output: Output, kind: str, words: str) -> None:
    model = seeing()
    url = reverse("generation:refine", args=(kind, "output", output.pk))
    page = browser_of(ada).get(url, follow=True).content.decode()
    assert words in page
    assert f'value="{model.pk}" id="model-{model.pk}" checked' in page


def test_a_variation_starts_with_the_words_of_its_picture(ada: User) -> None:
    revision = factories.template().published
    output = made(ada, revision=revision, values={"subject": "blue barn"}, prompt="A blue barn.")
    answer = browser_of(ada).get(reverse("generation:refine", args=("vary", "output", output.pk)), follow=True)
    assert answer.request["PATH_INFO"] == "/make/house/"
    assert "blue barn" in answer.content.decode()


def test_an_edit_is_in_the_shape_of_its_picture(ada: User) -> None:
    version = uploaded(ada)
    page = browser_of(ada).get(reverse("generation:refine", args=("edit", "version", version.pk)), follow=True)
    assert re.search(r'name="ratio" value="3:2"[^>]* checked', page.content.decode())


@pytest.mark.parametrize("path", ["paint/output", "again/output", "edit/job"])
def test_other_ways_are_not_found(ada: User, output: Output, path: str) -> None:
    assert browser_of(ada).get(f"/make/{path}/{output.pk}/").status_code == 404


def test_a_reviewer_refines_nothing(ada: User, rita: User, output: Output) -> None:
    url = reverse("generation:refine", args=("edit", "output", output.pk))
    assert browser_of(rita).get(url).status_code == 403
    assert browser_of(rita).post(reverse(FREE), wish("edit", Source(output=output))).status_code == 403
    assert not BriefReference.objects.exists()


def test_sending_an_edit_remembers_what_it_was_made_of(ada: User, output: Output) -> None:
    answer = browser_of(ada).post(reverse(FREE), wish("edit", Source(output=output)))
    brief = Brief.objects.get(kind=BriefKind.EDIT)
    assert (answer.status_code, answer["Location"]) == (302, brief.get_absolute_url())
    assert (brief.parent, brief.references.get().output) == (output.job.brief, output)


def test_a_brief_written_again_says_so(ada: User, output: Output) -> None:
    model = factories.ModelFactory.create()
    data = {**WORDS, "models": [str(model.pk)], "send": "1", "parent": str(output.job.brief_id)}
    browser_of(ada).post(reverse(FREE), data)
    assert Brief.objects.filter(kind=BriefKind.AGAIN, parent=output.job.brief).count() == 1


# The mask


def test_a_painted_mask_goes_along(ada: User, output: Output) -> None:
    painted = base64.b64encode(mask((48, 32))).decode()
    browser_of(ada).post(reverse(FREE), wish("edit", Source(output=output), mask=painted))
    row = BriefReference.objects.get(role=Role.MASK)
    assert Image.open(io.BytesIO(storage.read(row.sha256))).size == (96, 64)
    assert share_of(row.brief) == pytest.approx(0.25)


def test_four_numbers_do_what_the_brush_does(ada: User, output: Output) -> None:
    corners = {"mask_left": "50", "mask_top": "0", "mask_width": "50", "mask_height": "100"}
    browser_of(ada).post(reverse(FREE), wish("edit", Source(output=output), **corners))
    assert share_of(Brief.objects.get(kind=BriefKind.EDIT)) == pytest.approx(0.5)


def test_a_mask_may_be_brought_as_a_file(ada: User, output: Output) -> None:
    image = Image.new("RGB", (96, 64), "black")
    image.paste("white", (0, 0, 24, 64))
    file = SimpleUploadedFile("mask.png", encoded(image), "image/png")
    browser_of(ada).post(reverse(FREE), wish("edit", Source(output=output), mask_file=file))
    assert share_of(Brief.objects.get(kind=BriefKind.EDIT)) == pytest.approx(0.25)


def test_all_marks_count_together(ada: User, output: Output) -> None:
    painted = base64.b64encode(mask()).decode()
    corners = {"mask_left": "50", "mask_top": "50", "mask_width": "50", "mask_height": "50"}
    browser_of(ada).post(reverse(FREE), wish("edit", Source(output=output), mask=painted, **corners))
    assert share_of(Brief.objects.get(kind=BriefKind.EDIT)) == pytest.approx(0.5)


def test_without_script_a_mask_can_be_forgotten(ada: User, output: Output) -> None:
    painted = base64.b64encode(mask()).decode()
    browser_of(ada).post(reverse(FREE), wish("edit", Source(output=output), mask=painted, mask_none="on"))
    assert not BriefReference.objects.filter(role=Role.MASK).exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"mask": "%%%"}, "did not arrive whole"),
        ({"mask": base64.b64encode(b"<svg/>").decode()}, "cannot be used"),
        ({"mask_width": "80", "mask_height": "10", "mask_left": "50"}, "inside the picture"),
        ({"mask_width": "0", "mask_height": "10"}, "greater than or equal to 1"),
        ({"mask_file": SimpleUploadedFile("m.png", png("square", (64, 64)), "image/png")}, "another shape"),
    ],
)
def test_a_mask_that_is_none_comes_back_with_the_words_kept(
    ada: User, output: Output, given: dict[str, Any], words: str
) -> None:
    answer = browser_of(ada).post(reverse(FREE), wish("edit", Source(output=output), **given))
    page = answer.content.decode()
    assert (answer.status_code, BriefReference.objects.count()) == (422, 0)
    assert words in page
    assert WORDS["prompt"] in page


def test_a_brought_mask_is_not_lost_with_a_mistake_elsewhere(ada: User, output: Output) -> None:
    image = Image.new("RGB", (96, 64), "black")
    image.paste("white", (0, 0, 24, 64))
    file = SimpleUploadedFile("mask.png", encoded(image), "image/png")
    data = wish("edit", Source(output=output), mask_file=file) | {"prompt": ""}
    page = browser_of(ada).post(reverse(FREE), data).content.decode()
    kept = base64.b64encode(masks.written(masks.read(encoded(image), (96, 64)))).decode()
    assert f'name="mask" value="{kept}"' in page


# What a model cannot do


def test_a_model_that_cannot_take_a_picture_says_so_and_asks(ada: User, output: Output) -> None:
    plain = factories.ModelFactory.create()
    data = wish("edit", Source(output=output), plain, mask_width="50", mask_height="50")
    answer = browser_of(ada).post(reverse(FREE), data)
    page = answer.content.decode()
    assert (answer.status_code, BriefReference.objects.count()) == (422, 0)
    assert "Does not support the reference pictures" in page
    assert "Does not support the mask" in page
    agreed = {"drop": [f"{plain.pk}:references", f"{plain.pk}:mask"]}
    browser_of(ada).post(reverse(FREE), data | agreed)
    assert Brief.objects.get(kind=BriefKind.EDIT).jobs.get().dropped == ["references", "mask"]


def test_an_edit_of_a_photograph_says_what_follows(ada: User) -> None:
    url = reverse("generation:refine", args=("edit", "version", uploaded(ada).pk))
    assert "This is a photograph" in browser_of(ada).get(url, follow=True).content.decode()


def test_the_page_says_of_a_kept_output_what_keeping_will_say(ada: User, output: Output) -> None:
    """A picture whose disclosure was corrected after it was kept is what its version says."""
    version = keeping.keep(output, by=ada)
    disclosure.mark([version], Disclosure(digital_source=DigitalSource.CAPTURE), by=ada)
    output.refresh_from_db()
    url = reverse("generation:refine", args=("edit", "output", output.pk))
    assert "This is a photograph" in browser_of(ada).get(url, follow=True).content.decode()


def test_a_photograph_that_goes_along_second_is_said_to_be_altered(ada: User, output: Output) -> None:
    data = QueryDict(mutable=True)
    data["kind"] = "edit"
    data.setlist("source", [Source(output=output).key, Source(version=uploaded(ada)).key])
    assert refinement.read(data, None, ada).alters_a_photograph


def test_an_edit_of_an_unexplained_upload_says_so(ada: User) -> None:
    url = reverse("generation:refine", args=("edit", "version", uploaded(ada, DigitalSource.UNKNOWN).pk))
    assert "Nobody has said how this picture was made" in browser_of(ada).get(url, follow=True).content.decode()


def test_a_version_can_be_gone_on_from_where_it_is_shown(ada: User, rita: User) -> None:
    version = uploaded(ada)
    edit = reverse("generation:refine", args=("edit", "version", version.pk))
    assert edit in browser_of(ada).get(version.get_absolute_url()).content.decode()
    assert edit not in browser_of(rita).get(version.get_absolute_url()).content.decode()


# Family


def test_the_family_shows_who_came_from_whom(ada: User, output: Output) -> None:
    child = refined(ada, BriefKind.EDIT, Source(output=output), mask=mask())
    refined(ada, BriefKind.VARY, Source(output=child))
    shown = family.of(child.job.brief)
    assert (shown.top.brief, shown.count) == (output.job.brief, 3)
    assert shown.top.children[0].came_by == "Edit of picture 1, in the marked part"
    assert [branch.is_here for branch in (shown.top, shown.top.children[0])] == [False, True]
    assert shown.top.thumbs[0].went_on
    page = browser_of(ada).get(reverse("generation:family", args=(child.job.brief_id,))).content.decode()
    assert "Variation of picture 1" in page


def test_a_brief_with_a_family_leads_to_it(ada: User, output: Output) -> None:
    link = reverse("generation:family", args=(output.job.brief_id,))
    alone = browser_of(ada).get(output.job.brief.get_absolute_url()).content.decode()
    refined(ada, BriefKind.VARY, Source(output=output))
    assert link not in alone
    assert link in browser_of(ada).get(output.job.brief.get_absolute_url()).content.decode()


def test_a_larger_family_is_no_more_queries(
    ada: User, output: Output, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = browser_of(ada), reverse("generation:family", args=(output.job.brief_id,))
    child = refined(ada, BriefKind.VARY, Source(output=output))
    with django_assert_max_num_queries(14) as few:
        client.get(url)
    for _ in range(3):
        child = refined(ada, BriefKind.EDIT, Source(output=child))
        refined(ada, BriefKind.VARY, Source(output=output))
    with django_assert_max_num_queries(len(few)):
        client.get(url)
