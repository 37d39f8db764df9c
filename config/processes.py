"""The processes that make up a portal, as `manage.py up` runs them. Plain Python: tests start them one by one."""

from __future__ import annotations

import os
import sys

from config.supervisor import Process

HOST = "127.0.0.1"
THREADS = 8
AT_ONCE = 32
"""Jobs that a worker has in hand: nearly all they do is wait for a provider, and none may wait for a slow one."""


def parts(port: int) -> list[Process]:
    """Web server first: it is what must stop taking work before the worker is told to finish."""
    # The starter passwords stay on the screen: a line for every request would push them off it.
    os.environ.setdefault("LOG_LEVEL", "warning")
    os.environ["PORT"] = str(port)
    web = ["gunicorn", "config.wsgi", f"--bind={HOST}:{port}", f"--threads={THREADS}", "--no-control-socket"]
    quiet = ["--log-level=warning", "--graceful-timeout=5"]
    # Celery warns root of pickled messages; ours are JSON alone.
    calm = ["-W", "ignore:You're running the worker"]
    celery = ["celery", "--app=config.celery", "--quiet"]
    alone = ["--without-mingle", "--without-gossip", "--loglevel=WARNING"]
    worker = [*celery, "worker", "--pool=threads", f"--concurrency={AT_ONCE}", *alone]
    # Not inside the worker (--beat): there nobody notices when it ends, and then nothing is ever swept.
    clock = [*celery, "beat", "--loglevel=WARNING"]
    return [
        Process("web server", [sys.executable, "-m", *web, *quiet], patience=8),
        Process("clock", [sys.executable, "-m", *clock], patience=5),
        Process("worker", [sys.executable, *calm, "-m", *worker], patience=30),
    ]
