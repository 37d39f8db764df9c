"""Nudges: messages that ask the worker to look now. The rows say what is due, so a lost one only costs seconds."""

from __future__ import annotations

from typing import Any

import celery
from django.db import transaction


def after_commit(task: str, *args: Any, seconds: int = 0) -> None:
    """Send a task once the transaction is committed. A broker that does not answer changes nothing else."""

    def send() -> None:  # a function of its own: Django names it when it logs that it failed
        celery.current_app.send_task(task, args=args, countdown=seconds or None, ignore_result=True)

    transaction.on_commit(send, robust=True)
