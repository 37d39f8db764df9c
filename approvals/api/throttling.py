"""How often a listing site may call: counted exactly, for the site and not for each key, by however many processes."""

from __future__ import annotations

import time

from django.db.models import F
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from approvals.api.authentication import Caller
from approvals.models import ListingSite

MINUTE = 60


class PerSite(BaseThrottle):
    """So many requests in each minute of the clock. Counting is one conditional UPDATE, so none slips through."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        return not isinstance(request.user, Caller) or count(request.user.site, int(time.time() // MINUTE))

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE


def count(site: ListingSite, minute: int) -> bool:
    """Count one request of the site; False when its minute is full."""
    this_site = ListingSite.objects.filter(pk=site.pk)
    within = this_site.filter(minute=minute, requests_in_minute__lt=F("requests_per_minute"))
    if within.update(requests_in_minute=F("requests_in_minute") + 1):
        return True
    return bool(this_site.filter(minute__lt=minute).update(minute=minute, requests_in_minute=1)) or bool(
        within.update(requests_in_minute=F("requests_in_minute") + 1)
    )
