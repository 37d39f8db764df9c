"""Pictures that go along: copied, sent as they are, left out only with a person's word, and remembered when kept."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from assets.imaging import masks
from assets.imaging.inspection import Unreadable
from assets.library import intake
from assets.models import DigitalSource, Origin, Part, Version
from core import storage
from core.errors import Blocked
from core.models import User
from generation.briefs import lineage, preview, references, specs
from generation.briefs.references import Source
from generation.catalogue import loading, offers
from generation.jobs import execution, services, starting
from generation.models import Brief, BriefKind, BriefReference, GenerationModel, Job, JobState, Output, Role
from generation.outputs import keeping
from generation.providers.base import Finished
from tests.generation import factories
from tests.generation.scripted import Scripted, Seeing, picture, png
from tests.standins.openai import OpenAIStandIn
from tests.standins.openai_responses import ResponsesStandIn

pytestmark = pytest.mark.django_db


def seeing(**more: object) -> GenerationModel:
    """A model that carries references and a mask."""
    facts = factories.priced("0.10", max_references=4, **more)
    return factories.ModelFactory.create(provider="seeing", model_id="seeing-1", facts=facts)


def made(ada: User, **more: object) -> Output:
    job = factories.queued(ada, **more)
    execution.send(job.pk)
    return job.outputs.get()


def uploaded(ada: User, source: str = DigitalSource.CAPTURE, name: str = "kitchen") -> Version:
    return intake.take_in(
        png(name), title="Kitchen", by=ada, origin=Origin.UPLOADED, maker="upload", digital_source=source
    )


def refined(ada: User, kind: BriefKind, source: Source, *models: GenerationModel, **more: Any) -> Output:
    """One output of a refinement."""
    return changed(ada, kind, [source], *models, **more)


def changed(ada: User, kind: BriefKind, sources: list[Source], *models: GenerationModel, **more: Any) -> Output:
    """One output of several pictures."""
    brief = factories.unsent(kind=kind)
    starting.start(brief, models or [seeing()], by=ada, sources=sources, **more)
    execution.send(brief.jobs.get().pk)
    return brief.jobs.get().outputs.get()


def mask(size: tuple[int, int] = (96, 64)) -> bytes:
    return masks.written(masks.rectangle(0, 0, 50, 50, size))


# What goes out


def test_a_picture_that_is_gone_where_it_is_kept_sends_nothing(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(output=made(ada))

    def gone(sha256: str) -> bytes:
        raise FileNotFoundError(sha256)

    monkeypatch.setattr(storage, "read", gone)
    before = Job.objects.count()
    with pytest.raises(Unreadable, match="missing where it is kept"):
        refined(ada, BriefKind.VARY, source)
    assert Job.objects.count() == before


def test_the_provider_gets_the_picture_and_the_mask(ada: User) -> None:
    output = made(ada)
    refined(ada, BriefKind.EDIT, Source(output=output), mask=mask())
    spec, _ = Seeing.sent[-1]
    assert Image.open(io.BytesIO(spec.references[0].data)).size == (96, 64)
    assert spec.mask == mask()


def test_a_copy_goes_out_without_what_the_file_says_about_its_place(ada: User) -> None:
    photo = Image.new("RGB", (96, 64), "#88aacc")
    photo.paste("#203048", (10, 10, 60, 40))
    place = Image.Exif()
    place[0x0112], place[0x010E] = 6, "12 Harbor Street"
    stream = io.BytesIO()
    photo.save(stream, "JPEG", exif=place)
    version = intake.take_in(stream.getvalue(), title="Yard", by=ada, origin=Origin.UPLOADED, maker="upload")
    refined(ada, BriefKind.REFERENCE, Source(version=version))
    sent = Seeing.sent[-1][0].references[0]
    assert (sent.media_type, Image.open(io.BytesIO(sent.data)).size) == ("image/jpeg", (64, 96))
    assert b"Harbor" not in sent.data


def test_a_model_that_cannot_carry_a_picture_is_not_sent_to_in_silence(ada: User) -> None:
    source = Source(output=made(ada))
    with pytest.raises(Blocked, match="does not support the reference pictures"):
        refined(ada, BriefKind.VARY, source, factories.ModelFactory.create())
    assert Brief.objects.filter(kind=BriefKind.VARY).count() == 0


def test_with_a_persons_word_the_picture_stays_at_home(ada: User) -> None:
    plain = factories.ModelFactory.create()
    output = refined(
        ada, BriefKind.EDIT, Source(output=made(ada)), plain, mask=mask(), drop={plain.pk: ["references", "mask"]}
    )
    spec, _ = Scripted.sent[-1]
    assert (spec.references, spec.mask) == ((), None)
    assert output.job.dropped == ["references", "mask"]


def test_a_damaged_copy_is_not_sent_and_costs_nothing(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    brief = factories.unsent(kind=BriefKind.VARY)
    starting.start(brief, [seeing()], by=ada, sources=[Source(output=made(ada))])
    sent_before = len(Seeing.sent)

    def lost(sha256: str) -> bytes:
        raise FileNotFoundError(sha256)

    monkeypatch.setattr(storage, "read", lost)
    execution.send(brief.jobs.get().pk)
    job = brief.jobs.get()
    assert (job.state, job.settled_micros, len(Seeing.sent)) == (JobState.FAILED, 0, sent_before)


@pytest.mark.parametrize(
    ("kind", "with_picture", "with_mask"),
    [
        (BriefKind.EDIT, False, False),
        (BriefKind.VARY, False, False),
        (BriefKind.FRESH, True, False),
        (BriefKind.VARY, True, True),
    ],
)
def test_a_refinement_needs_what_it_is_made_of(ada: User, kind: BriefKind, with_picture: bool, with_mask: bool) -> None:
    sources = [Source(output=made(ada))] if with_picture else []
    with pytest.raises(Blocked):
        starting.start(
            factories.unsent(kind=kind), [seeing()], by=ada, sources=sources, mask=mask() if with_mask else None
        )
    assert not BriefReference.objects.exists()


def test_what_went_along_cannot_be_rewritten(ada: User) -> None:
    refined(ada, BriefKind.VARY, Source(output=made(ada)))
    with pytest.raises(DatabaseError), transaction.atomic():
        BriefReference.objects.update(sha256="0" * 64)
    assert BriefReference.objects.exclude(sha256="0" * 64).count() == 1


def test_an_edit_reaches_openai_over_http(ada: User, settings: Settings) -> None:
    output = made(ada)
    with OpenAIStandIn() as stand_in:
        settings.ALLOW_LOOPBACK_PROVIDERS = True
        options = {"api_key": "sk-not-a-key", "base_url": f"{stand_in.url}/v1"}
        settings.IMAGE_PROVIDERS = {
            "openai": {"adapter": "generation.providers.openai.OpenAIImages", "options": options}
        }
        loading.load_models()
        model = GenerationModel.objects.get(provider="openai", model_id="gpt-image-2")
        changed = refined(ada, BriefKind.EDIT, Source(output=output), model, mask=mask())
    assert stand_in.requests["POST /v1/images/edits"] == 1
    came = Image.open(io.BytesIO(storage.read(changed.sha256))).convert("RGB")
    base = Image.open(io.BytesIO(storage.read(output.sha256))).convert("RGB").resize(came.size)
    right = (came.width - 40, came.height - 40)
    assert came.getpixel(right) == base.getpixel(right)
    assert came.getpixel((20, 20)) != base.getpixel((20, 20))


def test_a_provider_that_remembers_goes_on_from_its_own_answer(ada: User, settings: Settings) -> None:
    with ResponsesStandIn() as stand_in:
        settings.ALLOW_LOOPBACK_PROVIDERS = True
        adapter = "generation.providers.openai_responses.OpenAIResponses"
        options = {"api_key": "sk-not-a-key", "base_url": f"{stand_in.url}/v1"}
        settings.IMAGE_PROVIDERS = {"openai-responses": {"adapter": adapter, "options": options}}
        loading.load_models()
        model = GenerationModel.objects.get(provider="openai-responses", model_id="gpt-image-2.5-flare")
        first = factories.started(ada, model).jobs.get()
        execution.send(first.pk)
        for _ in range(3):
            Job.objects.update(not_before=None)
            execution.resume(first.pk)
    output = Output.objects.get()
    brief = factories.unsent(kind=BriefKind.EDIT)
    rows = references.rows_for([Source(output=output)], None)
    spec = specs.spec_for(brief, model, sent=rows)
    assert spec.extra == {"previous_response_id": output.job.request_id}
    assert output.job.request_id


def test_an_answer_that_is_too_old_is_not_gone_on_from(ada: User, settings: Settings) -> None:
    output = made(ada)
    Job.objects.update(request_id="resp_1", finished_at=timezone.now() - timedelta(days=40))
    output.refresh_from_db()
    rows = references.rows_for([Source(output=output)], None)
    assert specs.spec_for(factories.unsent(), output.job.model, sent=rows).extra == {}


# What is kept


@pytest.mark.parametrize("kind", [BriefKind.EDIT, BriefKind.VARY])
def test_a_changed_photograph_is_an_altered_one_with_its_original(ada: User, kind: BriefKind) -> None:
    photograph = uploaded(ada)
    version = keeping.keep(refined(ada, kind, Source(version=photograph)), by=ada)
    assert (version.digital_source, version.parent, version.original) == (
        DigitalSource.COMPOSITE,
        photograph,
        photograph,
    )
    assert version.alterations == []


def test_a_photograph_stays_behind_an_edit_of_an_edit(ada: User) -> None:
    photograph = uploaded(ada)
    first = refined(ada, BriefKind.EDIT, Source(version=photograph))
    second = keeping.keep(refined(ada, BriefKind.EDIT, Source(output=first)), by=ada)
    third = keeping.keep(refined(ada, BriefKind.EDIT, Source(version=second)), by=ada)
    assert [(each.digital_source, each.original) for each in (second, third)] == [
        (DigitalSource.COMPOSITE, photograph),
        (DigitalSource.COMPOSITE, photograph),
    ]
    assert third.parent == second


def test_a_changed_generated_picture_stays_generated(ada: User) -> None:
    first = keeping.keep(made(ada), by=ada)
    second = keeping.keep(refined(ada, BriefKind.EDIT, Source(version=first)), by=ada)
    assert (second.digital_source, second.parent, second.original) == (DigitalSource.GENERATED, first, None)


@pytest.mark.parametrize("kind", [BriefKind.EDIT, BriefKind.VARY])
def test_a_photograph_among_several_pictures_is_altered_wherever_it_stands(
    ada: User, max_: User, kind: BriefKind
) -> None:
    photograph, unknown = uploaded(max_), uploaded(ada, DigitalSource.UNKNOWN, "hall")
    sources = [Source(output=made(ada)), Source(version=unknown), Source(version=photograph)]
    version = keeping.keep(changed(ada, kind, sources), by=ada)
    assert (version.digital_source, version.original) == (DigitalSource.COMPOSITE, photograph)
    assert version.contributors.filter(person=max_, part="brought").exists()


def test_an_unexplained_picture_among_several_leaves_the_result_unexplained(ada: User) -> None:
    sources = [Source(output=made(ada)), Source(version=uploaded(ada, DigitalSource.UNKNOWN))]
    assert keeping.keep(changed(ada, BriefKind.EDIT, sources), by=ada).digital_source == DigitalSource.UNKNOWN


def test_what_was_made_of_an_unexplained_upload_is_unexplained(ada: User) -> None:
    upload = uploaded(ada, DigitalSource.UNKNOWN)
    assert keeping.keep(refined(ada, BriefKind.EDIT, Source(version=upload)), by=ada).digital_source == ""


def test_a_picture_that_was_only_looked_at_is_no_parent(ada: User) -> None:
    version = keeping.keep(refined(ada, BriefKind.REFERENCE, Source(version=uploaded(ada))), by=ada)
    assert (version.digital_source, version.parent) == (DigitalSource.GENERATED, None)


def test_what_stayed_at_home_is_no_parent(ada: User) -> None:
    plain = factories.ModelFactory.create()
    output = refined(ada, BriefKind.EDIT, Source(version=uploaded(ada)), plain, drop={plain.pk: ["references"]})
    assert keeping.keep(output, by=ada).parent is None


def test_what_a_person_edits_elsewhere_counts_as_made_from_it(ada: User) -> None:
    hand, photograph = factories.ModelFactory.create(provider="by-hand", facts=factories.priced("0")), uploaded(ada)
    brief = factories.unsent(kind=BriefKind.EDIT)
    starting.start(brief, [hand], by=ada, sources=[Source(version=photograph)], drop={hand.pk: ["references"]})
    execution.send(brief.jobs.get().pk)
    services.hand_in(brief.jobs.get(), [png("staged")], by=ada)
    version = keeping.keep(Output.objects.get(), by=ada)
    assert (version.digital_source, version.original) == (DigitalSource.COMPOSITE, photograph)


def test_provenance_names_what_went_along(ada: User) -> None:
    version = keeping.keep(refined(ada, BriefKind.EDIT, Source(output=made(ada)), mask=mask()), by=ada)
    rows = BriefReference.objects.all()
    told = version.provenance.parameters["sent along"]
    assert told == [{"role": row.role, "sha256": row.sha256} for row in rows]
    assert [row.role for row in rows] == [Role.REFERENCE, Role.MASK]


def test_a_refinement_belongs_to_the_family_of_its_picture(ada: User) -> None:
    first = made(ada)
    second = refined(ada, BriefKind.VARY, Source(output=first))
    third = refined(ada, BriefKind.EDIT, Source(version=keeping.keep(second, by=ada)))
    top = first.job.brief
    assert [(output.job.brief.parent, output.job.brief.root) for output in (second, third)] == [
        (top, top),
        (second.job.brief, top),
    ]


# Masks


def test_clear_parts_of_a_file_may_change() -> None:
    image = Image.new("RGBA", (48, 32), "black")
    image.paste((0, 0, 0, 0), (0, 0, 24, 32))
    assert masks.share(masks.read(encoded(image), (96, 64))) == pytest.approx(0.5)


def test_white_parts_of_a_file_without_clear_ones_may_change() -> None:
    image = Image.new("RGB", (96, 64), "black")
    image.paste("white", (0, 0, 24, 64))
    assert masks.share(masks.read(encoded(image), (96, 64))) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg/>", "cannot be used"),
        (png("square", (64, 64)), "another shape"),
    ],
)
def test_a_file_that_is_no_mask_of_the_picture_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(masks.BadMask, match=words):
        masks.read(data, (96, 64))


def test_a_mask_that_marks_nothing_is_refused() -> None:
    with pytest.raises(masks.BadMask, match="marks nothing"):
        masks.written(Image.new("L", (96, 64), 0))


@pytest.mark.parametrize("box", [(60, 0, 50, 10), (0, 0, 0, 10), (0, 95, 10, 10)])
def test_a_rectangle_lies_inside_the_picture(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(masks.BadMask):
        masks.rectangle(*box, (96, 64))


def encoded(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def test_the_same_marks_are_the_same_bytes() -> None:
    assert mask() == mask()


# Models that only edit


@pytest.mark.parametrize(
    ("needs", "words"), [(["references"], "only changes"), (["references", "mask"], "only changes")]
)
def test_a_model_that_only_edits_is_not_to_be_chosen_for_words_alone(ada: User, needs: list[str], words: str) -> None:
    row = seeing(needs=needs)
    (line,) = preview.preview(factories.unsent(), offers.offers(), [str(row.pk)], [], ada).lines
    assert (line.chosen, "only changes" in line.problem) == (False, True)
    with pytest.raises(Blocked, match="only changes"):
        starting.start(factories.unsent(), [row], by=ada)
    assert Brief.objects.count() == 0


def test_a_model_that_fills_is_not_sent_to_without_a_mask(ada: User) -> None:
    output = made(ada)
    row = seeing(needs=["references", "mask"])
    with pytest.raises(Blocked, match="paint over"):
        refined(ada, BriefKind.EDIT, Source(output=output), row)
    assert not Job.objects.filter(model=row).exists()


@pytest.mark.parametrize("kind", [BriefKind.EDIT, BriefKind.VARY])
def test_a_model_that_only_edits_may_be_chosen_once_a_picture_goes_along(ada: User, kind: BriefKind) -> None:
    row = seeing(needs=["references"])
    sent = references.prepare([Source(output=made(ada))], None)
    lines = preview.preview(factories.unsent(kind=kind), offers.offers(), [str(row.pk)], [], ada, sent=sent).lines
    (line,) = [line for line in lines if line.offer.row == row]
    assert (line.chosen, line.problem) == (True, "")


@pytest.mark.parametrize(("needs", "flags"), [([], ["shape"]), (["references"], [])])
def test_an_edit_keeps_the_shape_of_its_picture(ada: User, needs: list[str], flags: list[str]) -> None:
    output = made(ada)
    row = seeing(needs=needs)
    Seeing.will(Finished(pictures=(picture("square", (64, 64)),)))
    assert refined(ada, BriefKind.VARY, Source(output=output), row).flags == flags


def test_a_masked_edit_keeps_the_shape_of_its_picture(ada: User) -> None:
    output = made(ada)
    Seeing.will(Finished(pictures=(picture("square", (64, 64)),)))
    assert refined(ada, BriefKind.EDIT, Source(output=output), mask=mask()).flags == []


def test_a_provider_that_keeps_the_shape_states_no_size_beforehand(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Seeing, "size", lambda provider, spec: None if spec.edits else spec.pixels)
    sent = references.prepare([Source(output=made(ada))], None)
    row = seeing()

    def stated(kind: BriefKind) -> str:
        lines = preview.preview(factories.unsent(kind=kind), offers.offers(), [str(row.pk)], [], ada, sent=sent).lines
        return next(line.size for line in lines if line.offer.row == row)

    assert (stated(BriefKind.EDIT), stated(BriefKind.VARY)) == ("", "96 × 64")
    Seeing.will(Finished(pictures=(picture("square", (64, 64)),)))
    assert refined(ada, BriefKind.EDIT, Source(output=made(ada)), row).flags == []


# Who had a hand in it


def test_whoever_brought_the_picture_that_was_changed_contributed(ada: User, max_: User) -> None:
    """Their photograph is to be seen in it, whoever asks for the change."""
    version = keeping.keep(refined(ada, BriefKind.EDIT, Source(version=uploaded(max_))), by=ada)
    parts = {(each.person, each.part) for each in version.contributors.select_related("person")}
    assert {(max_, "brought"), (ada, "prompt"), (ada, "asked"), (ada, "made")} <= parts


def test_whoever_wrote_the_prompt_of_the_picture_that_was_changed_contributed(ada: User, max_: User) -> None:
    version = keeping.keep(refined(ada, BriefKind.EDIT, Source(output=made(max_))), by=ada)
    writers = {each.person for each in version.contributors.filter(part="prompt").select_related("person")}
    assert writers == {max_}, "the words are hers unchanged"


def test_whoever_brought_a_photograph_stays_behind_an_edit_of_an_edit_that_was_not_kept(ada: User, max_: User) -> None:
    """Nobody has to keep what lies between for the photograph to be his."""
    first = refined(ada, BriefKind.EDIT, Source(version=uploaded(max_)))
    second = refined(ada, BriefKind.EDIT, Source(output=first))
    version = keeping.keep(refined(ada, BriefKind.VARY, Source(output=second)), by=ada)
    assert version.contributors.filter(person=max_, part="brought").exists()


def test_whoever_asked_for_a_picture_that_was_not_kept_is_behind_its_edit_but_did_not_keep_it(
    ada: User, max_: User
) -> None:
    version = keeping.keep(refined(ada, BriefKind.EDIT, Source(output=made(max_))), by=ada, title="Sofa")
    assert set(version.contributors.filter(person=max_).values_list("part", flat=True)) == {"prompt", "asked"}


@pytest.mark.parametrize(("prompt", "barred"), [("A boat on a lake.", False), ("A brick house at dusk.", True)])
def test_whoever_wrote_of_a_picture_that_was_only_looked_at_wrote_no_new_words(
    ada: User, max_: User, prompt: str, barred: bool
) -> None:
    brief = factories.unsent(kind=BriefKind.REFERENCE, title="Boat", prompt=prompt)
    starting.start(brief, [seeing()], by=ada, sources=[Source(output=made(max_))])
    execution.send(brief.jobs.get().pk)
    version = keeping.keep(brief.jobs.get().outputs.get(), by=ada)
    assert version.contributors.filter(person=max_).exists() is barred
    again = factories.started(ada, kind=BriefKind.AGAIN, parent=brief, prompt=f"{prompt} Snow.")
    assert (max_ in lineage.writers(again)) is barred


def test_a_long_line_of_edits_of_two_pictures_each_is_walked_once(
    ada: User, max_: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Each looks at the two before it; walked anew for each of them, the way would double with every edit."""
    line = [Source(version=uploaded(max_)), Source(output=made(ada))]
    for _ in range(6):
        line.append(Source(output=changed(ada, BriefKind.EDIT, line[-2:])))
    last = line[-1].output
    assert last
    with django_assert_max_num_queries(60):
        found, done = lineage.descent(last), lineage.hands(last, kept_by=ada)
    assert found.digital_source == DigitalSource.COMPOSITE
    assert max_ in done[Part.BROUGHT]
