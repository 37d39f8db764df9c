"""Whether the portal is alive (`/healthz`) and whether it can work (`/readyz`).

Both name what fails. What went wrong inside is in the log; only what an operator has to do is said in words.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.celery import app
from config.checks import made_later
from core import heartbeat, store_mark
from core import storage as store

DEADLINE = 1.5
"""Seconds all checks have together. A load balancer that asks every few seconds wants its answer within two."""

logger = structlog.get_logger("portal.health")


class NotReady(Exception):
    """A part is not as it must be, in words for whoever runs the portal."""


def database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def migrations() -> bool:
    if words := made_later(connection):
        raise NotReady(words)
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def storage() -> bool:
    """It is the store of this database, and takes files."""
    store_mark.check()
    name = f"health-{uuid.uuid4().hex}"
    store.put_named(name, b"ok")
    store.remove_named(name)
    return True


def broker() -> bool:
    with app.connection_for_write(connect_timeout=1) as link:
        link.ensure_connection(max_retries=1, timeout=1)
    return True


def worker() -> bool:
    """It answered lately, if it ever did."""
    return _answers(heartbeat.WORKER)


def clock() -> bool:
    """What it runs was run lately, as far as the worker came to it."""
    return _answers(heartbeat.CLOCK)


def _answers(part: str) -> bool:
    pulse = heartbeat.missed()
    if pulse and pulse.part == part:
        raise NotReady(pulse.words)
    return True


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database,
    "migrations": migrations,
    "storage": storage,
    "broker": broker,
    "worker": worker,
    "clock": clock,
}

pool = ThreadPoolExecutor(max_workers=len(CHECKS), thread_name_prefix="health")
latest: dict[str, Future[bool]] = {}
"""The last run of each check. One that hangs is asked about again, not started again: it holds one thread."""
words: dict[str, str] = {}
"""What each check last found wrong, where that is said in words."""


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of the database, so no restart is tried for another's fault."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything the portal needs works; otherwise 503, the names of what does not, and what is to be done."""
    failing = failing_checks()
    if failing:
        said = {name: words[name] for name in failing if name in words}
        more = {"words": said} if said else {}
        return JsonResponse({"status": "not ready", "failing": failing} | more, status=503)
    return JsonResponse({"status": "ok"})


def failing_checks() -> list[str]:
    for name, check in CHECKS.items():
        if name not in latest or latest[name].done():
            latest[name] = pool.submit(_passes, name, check)
    done = wait(latest.values(), timeout=DEADLINE).done
    return [name for name in CHECKS if not (latest[name] in done and latest[name].result())]


def _passes(name: str, check: Callable[[], bool]) -> bool:
    words.pop(name, None)
    try:
        return check()
    except (NotReady, store_mark.WrongStore) as problem:
        words[name] = str(problem)
        return False
    except Exception as error:  # whatever it is, the answer is "not ready" and the log says why
        logger.warning("not ready", part=name, error=str(error))
        return False
    finally:
        connection.close()
