"""What a job asks of its provider."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.urls import reverse

from generation.briefs.specs import spec_for, without
from generation.catalogue.registry import provider
from generation.models import Job
from generation.models.brief import NEEDS_A_PICTURE
from generation.providers.base import ImageSpec


def spec_of(job: Job) -> ImageSpec:
    """The wish that a job sends: its brief, without what the asker agreed to drop."""
    sent = job.brief.references.all() if job.brief.kind in NEEDS_A_PICTURE else ()
    spec = spec_for(job.brief, job.model, count=job.count, offset=job.offset, sent=sent)
    return replace(without(spec, job.dropped, job.model), callback_url=callback_url(job))


def callback_url(job: Job) -> str:
    """Where the provider may say that the job is over; nothing unless it can reach us safely and prove itself."""
    key = job.model.provider
    if not settings.HAS_TLS or key not in settings.IMAGE_PROVIDERS or not provider(key).calls_back:
        return ""
    return f"{settings.SITE_URL}{reverse('generation:callback', args=(key, job.pk))}"
