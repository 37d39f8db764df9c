"""Where providers say that a job is over. They have no account here; the provider's adapter judges each callback."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from generation.catalogue import registry
from generation.jobs import callbacks
from generation.models import Job
from generation.providers.callbacks import LARGEST, InvalidSignature

logger = structlog.get_logger(__name__)


@csrf_exempt
@login_not_required
@require_POST
def callback(request: HttpRequest, key: str, job_id: UUID) -> HttpResponse:
    """Take a callback. Whoever cannot prove to be the provider learns nothing: not whether the job is there, and not
    whether such a provider is. Only the log says why."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.read(LARGEST + 1)
    try:
        if len(body) > LARGEST:
            raise InvalidSignature(f"It is larger than {LARGEST} bytes.")
        callbacks.ask_now(job_id, key, registry.provider(key).verify_callback(headers, body))
    except (InvalidSignature, registry.NotConfigured) as problem:
        logger.warning("callback.refused", provider=key, job=str(job_id), why=str(problem))
        return HttpResponse(status=401)
    except Job.DoesNotExist:
        return HttpResponse(status=404)
    return HttpResponse(status=204)
