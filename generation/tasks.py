"""Doors for the worker: each takes an id and calls one verb. A task may run twice; the verbs look before they act."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from generation.jobs import execution, reconciliation


@shared_task(name="generation.tasks.send_job")
def send_job(job_id: str) -> None:
    execution.send(UUID(job_id))


@shared_task(name="generation.tasks.resume_job")
def resume_job(job_id: str) -> None:
    execution.resume(UUID(job_id))


@shared_task(name="generation.tasks.sweep")
def sweep() -> None:
    reconciliation.reconcile()
