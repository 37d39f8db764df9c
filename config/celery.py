"""The worker: how background work is queued and run, and what runs by the clock.

The row is the job: a message only says "look now". So messages are small, may be lost, and may come twice.
"""

from __future__ import annotations

import logging.config
import os
import sys
import threading
from typing import Any

import structlog
from celery import Celery, signals
from django.conf import settings
from django.db import Error, close_old_connections

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SWEEP_SECONDS = 5
SWEEP_IS_STALE = 60
EVERY_HOUR = 3600

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # Those that pile up only repeat each other. But a queue that is always some seconds late must not throw all away.
    name: {"task": name, "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_IS_STALE}}
    for name in ("generation.tasks.sweep", "approvals.tasks.sweep", "core.tasks.send_outbox", "core.tasks.note_clock")
}
BEAT_SCHEDULE |= {
    name: {"task": name, "schedule": EVERY_HOUR, "options": {"expires": EVERY_HOUR}}
    for name in ("core.tasks.export_log_head", "core.tasks.forget_sent_forms")
}


def transport_options() -> dict[str, Any]:
    """What the chosen broker is told. A web request must not wait long for one that does not answer."""
    if settings.BROKER_URL.startswith("filesystem"):
        folder = settings.VAR_DIR / "broker"
        for name in ("messages", "control"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        return {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "control_folder": str(folder / "control"),
            "store_processed": False,
            "polling_interval": 0.02,  # seconds; looking into an empty folder costs nothing to speak of
        }
    if settings.BROKER_URL.startswith("redis"):
        # A message that was handed out and not acknowledged comes back after an hour: longer than any task may run.
        return {"visibility_timeout": 3600, "socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 1}
    return {}


stopped = threading.Event()
"""Set when this worker shuts down."""

broker.use_ours()
app = Celery("imprimatur")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_transport_options=transport_options(),
    broker_connection_timeout=1,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1, "interval_step": 0.2, "interval_max": 0.2},
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=5,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    timezone="UTC",
    beat_schedule=BEAT_SCHEDULE,
    beat_schedule_filename=str(settings.VAR_DIR / "beat"),
    CELERY_DB_REUSE_MAX=sys.maxsize,  # tasks; by itself Celery connects to the database anew for each
)
app.autodiscover_tasks()


@signals.setup_logging.connect
def configure_logging(**_: Any) -> None:
    logging.config.dictConfig(settings.LOGGING)


@signals.worker_init.connect
def wait_longer_for_the_broker(**_: Any) -> None:
    """Nobody looks at a worker while it waits, and a broker that is only busy must not lose it."""
    if "socket_timeout" in (options := app.conf.broker_transport_options):
        app.conf.broker_transport_options = options | {"socket_timeout": 5}


@signals.worker_init.connect
def keep_good_connections(**_: Any) -> None:
    """A connection outlives a task as it outlives a request, by the same rules: looked at first, and not for long."""
    for moment in (signals.task_prerun, signals.task_postrun):
        moment.connect(close_old_connections)


@signals.worker_init.connect
def refuse_wrong_store(**_: Any) -> None:
    """A worker that keeps pictures where nobody finds them does more harm than one that does not start."""
    from core import storage, store_mark  # need the apps, which are not loaded when this module is

    try:
        store_mark.begin()
    except store_mark.WrongStore as problem:
        sys.exit(f"The worker cannot start: {problem}")
    except (storage.Unavailable, Error):
        structlog.get_logger(__name__).warning("store.not_checked", exc_info=True)


@signals.worker_ready.connect
def begin_to_beat(**_: Any) -> None:
    from core import heartbeat

    heartbeat.keep_beating(stopped)


@signals.worker_ready.connect
def get_ready_for_pictures(**_: Any) -> None:
    """The first picture need not wait until the decoder is there, nor the worker."""
    from assets.imaging import rendering  # not needed by whoever only sends tasks

    threading.Thread(target=rendering.get_ready, name="decoder", daemon=True).start()


@signals.worker_shutdown.connect
def stop_beating(**_: Any) -> None:
    stopped.set()


@signals.before_task_publish.connect
def send_request_id(headers: dict[str, Any], **_: Any) -> None:
    """The id of the request that asked for the work travels with it."""
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        headers["request_id"] = request_id


@signals.task_prerun.connect
def bind_request_id(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)
    if request_id := getattr(task.request, "request_id", None):
        structlog.contextvars.bind_contextvars(request_id=request_id)


@signals.task_postrun.connect
def forget_request_id(**_: Any) -> None:
    structlog.contextvars.clear_contextvars()
