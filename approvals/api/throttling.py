"""How often a listing site may call: counted exactly, for the site and not for each key, by however many processes."""

from __future__ import annotations

import time

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from approvals.models import ListingSite
from approvals.sites.callers import Caller
from core import statements

MINUTE = 60


class PerSite(BaseThrottle):
    """So many requests in each minute of the clock. Counting is one conditional UPDATE, so that none slips through."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        return not isinstance(request.user, Caller) or count(request.user.site, int(time.time() // MINUTE))

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE


COUNT = """
UPDATE approvals_listingsite
SET requests_in_minute = CASE WHEN minute IN (%(now)s, %(next)s) THEN requests_in_minute + 1 ELSE 1 END,
    minute = CASE WHEN minute = %(next)s THEN minute ELSE %(now)s END
WHERE id = %(site)s AND (minute NOT IN (%(now)s, %(next)s) OR requests_in_minute < requests_per_minute)
"""


def count(site: ListingSite, minute: int) -> bool:
    """Count one request of the site; False when its minute is full.

    A process may be ahead of another by a moment, so what was counted for the next minute goes on being counted. One
    that was further ahead had a wrong clock, and what it counted is forgotten.
    """
    return statements.changed(COUNT, {"now": minute, "next": minute + 1, "site": site.pk}) == 1
