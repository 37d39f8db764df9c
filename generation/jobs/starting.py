"""Starting a brief: frozen, priced, reserved and queued; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from assets.rights import terms
from core import audit
from core.errors import Blocked, Finding
from core.models import User
from generation.briefs import photographs, preview, pricing, references, specs
from generation.briefs.pricing import price_of
from generation.briefs.references import Source
from generation.briefs.sending_photographs import Photographs
from generation.catalogue import offers, registry
from generation.jobs.dispatch import enqueue
from generation.jobs.transitions import check_right
from generation.models import Brief, BriefKind, BriefReference, GenerationModel, Job
from generation.models.brief import NEEDS_A_PICTURE
from generation.spending import budgets, ledger

MOST_MODELS = 9


MOST_SOURCES = 8


def start(
    brief: Brief,
    models: Sequence[GenerationModel],
    *,
    by: User,
    drop: Mapping[int, Sequence[str]] | None = None,
    sources: Sequence[Source] = (),
    mask: bytes | None = None,
) -> Brief:
    """Freeze an unsaved brief and queue its jobs, with the price of all of them reserved; all of it or nothing.

    `drop` says, by model row, which options the asker agreed to send without. `sources` go along as references; of the
    first one, `mask` says where it may change. Raises Blocked for a forbidden word, a
    warning nobody acknowledged, a model that has ended, an option nobody agreed to drop, or a budget too small.
    """
    check_right(by, "You can view briefs, but not start them.")
    _refuse_forbidden(brief)
    models = list(dict.fromkeys(models))  # named twice is meant, and paid for, once
    if not 1 <= len(models) <= MOST_MODELS:
        raise Blocked([Finding("models", f"Choose between one and {MOST_MODELS} models.", field="models")])
    _check_refinement(brief, sources, mask)
    sent = references.prepare(sources, mask)
    jobs = [job for model in models for job in _planned(brief, model, list((drop or {}).get(model.pk, ())), sent)]
    brief.asked_by, brief.parent = by, brief.parent or _before(sources)
    brief.root = (brief.parent.root or brief.parent) if brief.parent else None
    with transaction.atomic():
        brief.save(force_insert=True)
        for row in sent:
            row.brief = brief
        BriefReference.objects.bulk_create(sent)
        Job.objects.bulk_create(jobs)
        for job in jobs:
            ledger.reserve(job.pk, job.quote_micros, covering=budgets.covering_brief(brief, job.currency))
            enqueue("send_job", job)
        names = ", ".join(model.name for model in models)
        quoted = sum(job.quote_micros for job in jobs)
        audit.record(by, "brief.started", brief, f"“{brief.title}” was sent to {names}.", quoted_micros=quoted)
    return brief


def _before(sources: Sequence[Source]) -> Brief | None:
    """The brief of the picture that this one goes on from; a style reference of a template is no parent."""
    return next((source.brief for source in sources if not source.is_looked_at and source.brief), None)


def _check_refinement(brief: Brief, sources: Sequence[Source], mask: bytes | None) -> None:
    if bool(sources) != (brief.kind in NEEDS_A_PICTURE):
        raise Blocked([Finding("source", "Choose the picture to start from.", field="source")])
    if len(sources) > MOST_SOURCES:
        raise Blocked([Finding("source", f"At most {MOST_SOURCES} pictures can be sent along.", field="source")])
    if missing := photographs.missing(brief, sources):
        words = f"Choose or upload “{missing[0].label}” first."
        raise Blocked([Finding("photograph", words, field=f"{photographs.PREFIX}{missing[0].slot}")])
    if mask is not None and brief.kind != BriefKind.EDIT:
        raise Blocked([Finding("mask", "Only an edit has a mask.", field="mask")])


def _planned(brief: Brief, model: GenerationModel, agreed: list[str], sent: Sequence[BriefReference]) -> list[Job]:
    """The jobs that one model needs for the brief: one for each request."""
    offers.check_offered(model)
    provider, spec = registry.provider(model.provider), specs.spec_for(brief, model, sent=sent)
    if photographs.is_needed(brief, sent) and (words := photographs.problem(spec, provider)):
        raise Blocked([Finding("photograph", f"{model.name}: {words}", field="models")])
    if lost := [name for name in specs.lost_options(spec, provider) if name not in agreed]:
        what = ", ".join(specs.OPTION_WORDS[name] for name in lost)
        words = f"{model.name} does not support {what}. Agree to send without, or leave the model out."
        raise Blocked([Finding("option_lost", words, field="models")])
    agreed_terms = terms.current_terms(model.terms_key)
    plain = specs.without(spec, agreed, model)
    Photographs(brief, sent).check(model, provider, plain)
    if problem := specs.lacking(plain):
        raise Blocked([Finding("needs_a_picture", f"{model.name} cannot do this. {problem}", field="models")])
    if amiss := provider.amiss(plain.model, plain.extra):
        raise Blocked([Finding("extra", f"{model.name}: {words}", field="models") for words in amiss.values()])
    dropped = [name for name in agreed if name in specs.lost_options(spec, provider)]
    same: dict[str, Any] = {"brief": brief, "model": model, "terms": agreed_terms, "dropped": dropped}
    calls = pricing.calls_for(plain, provider)
    return [Job(**same, **price_of(plain, provider, count), count=count, offset=offset) for count, offset in calls]


def _refuse_forbidden(brief: Brief) -> None:
    """Raise Blocked for words that are not sent, and for those that nobody has said are meant."""
    if missing := [hit.finding for hit in preview.hits(brief) if not preview.is_acknowledged(brief, hit)]:
        raise Blocked(missing)
