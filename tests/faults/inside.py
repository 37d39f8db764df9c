"""What the tests of faults do inside a portal: start jobs, look at them, let time pass. Called by `Portal.do`."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections
from django.db.models import F, Model
from django.test import Client

from config.celery import app
from core.errors import Blocked
from core.models import User
from generation import tasks
from generation.jobs import reconciliation, starting
from generation.models import Brief, GenerationModel, Job, ProviderState
from generation.models.job import ENDED
from generation.spending import budgets, ledger

MODELS = {"sketch": "sketch-1", "openai": "gpt-image-2", "bfl": "flux-2-pro"}
"""Provider -> the model that a test means when it names only the provider."""


@dataclass(frozen=True)
class Seen:
    """A job as a test sees it. Money is in micro-units."""

    id: str
    provider: str
    prompt: str
    state: str
    quoted: int
    settled: int | None
    attempts: int
    outputs: int
    words: str

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


def start(provider: str, *prompts: str) -> list[str]:
    """Send a brief for each prompt, one picture each; returns the ids of the jobs."""
    return send(User.objects.get(username="ada"), model_of(provider), *prompts)


def send(by: User, model: GenerationModel, *prompts: str) -> list[str]:
    """The same of somebody who has the page open."""
    ids = []
    for prompt in prompts:
        brief = Brief(title=prompt[:80], prompt=prompt, ratio="3:2", count=1, quality="draft")
        ids += [str(job.pk) for job in starting.start(brief, [model], by=by, drop={model.pk: ["ratio"]}).jobs.all()]
    return ids


def jobs(ids: Sequence[str] = ()) -> list[Seen]:
    """These jobs, or all there are, in the order in which they were started."""
    chosen = Job.objects.filter(pk__in=ids) if ids else Job.objects.all()
    return [
        Seen(
            str(job.pk),
            job.model.provider,
            job.brief.prompt,
            job.state,
            job.quote_micros,
            job.settled_micros,
            len(job.attempts.all()),
            len(job.outputs.all()),
            job.error_words,
        )
        for job in chosen.select_related("brief", "model").prefetch_related("attempts", "outputs")
    ]


def minutes_pass(minutes: float) -> None:
    """Every moment that jobs and resting providers remember moves into the past, as if that long had gone by."""
    _earlier(Job, timedelta(minutes=minutes), "lease_until", "deadline", "not_before", "enqueued_at")
    _earlier(ProviderState, timedelta(minutes=minutes), "open_until")


def sweep() -> None:
    """What the worker's clock does every few seconds."""
    reconciliation.reconcile()


def set_team_budget(micros: int) -> None:
    """What the whole team may spend this month."""
    ada, max_ = (User.objects.get(username=name) for name in ("ada", "max"))
    budgets.set_limit(budgets.budgets_for(ada, None, "USD")[0], micros, by=max_)


def spent() -> tuple[int, int, list[str]]:
    """What the ledger says is reserved and spent, and where it does not add up."""
    ada = User.objects.get(username="ada")
    budget = budgets.budgets_for(ada, None, "USD")[0]
    return budget.reserved_micros, budget.spent_micros, ledger.differences()


def command(name: str, *arguments: str) -> str:
    """What a management command says, without a process of its own; it raises where that would end with an error."""
    said = StringIO()
    call_command(name, *arguments, stdout=said)
    return said.getvalue()


def start_at_once(provider: str, prompts: Sequence[str]) -> tuple[int, int]:
    """Send a brief for each prompt, each in a thread of its own; returns how many were taken and how many refused."""
    with ThreadPoolExecutor(len(prompts)) as threads:
        taken = list(threads.map(lambda prompt: _try_to_start(provider, prompt), prompts))
    return taken.count(True), taken.count(False)


def hand_out(job_id: str, times: int) -> None:
    """Have the same job sent by many at once, as a queue does that forgets what it has handed out."""
    with ThreadPoolExecutor(times) as threads:
        list(threads.map(_send, [job_id] * times))


def call_again(job_id: str, times: int) -> None:
    """Have the worker look at a job again and again."""
    for _ in range(times):
        app.send_task("generation.tasks.send_job", [job_id])


def reconnect() -> None:
    """Forget a connection that the database cut."""
    connections.close_all()


def add_model(provider: str) -> None:
    """Offer a model of a provider that only a test has."""
    sketch = model_of("sketch")
    sketch.pk, sketch.provider, sketch.model_id, sketch.name = None, provider, f"{provider}-1", provider.capitalize()
    sketch.facts = sketch.facts | {"price": {"kind": "per_picture", "amounts": {"*": "0.10"}}}
    sketch.save(force_insert=True)


def publish_pickle(evidence: str) -> None:
    """Put a message on the queue that touches a file when somebody unpickles it."""
    app.send_task("generation.tasks.sweep", args=(_Touch(evidence),), serializer="pickle")


class _Touch:
    """Unpickled, it makes a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self.path),)


def model_of(provider: str) -> GenerationModel:
    return GenerationModel.objects.get(provider=provider, model_id=MODELS.get(provider, f"{provider}-1"))


def _earlier(model: type[Model], by: timedelta, *fields: str) -> None:
    model._default_manager.update(**{name: F(name) - by for name in fields})


def _try_to_start(provider: str, prompt: str) -> bool:
    try:
        start(provider, prompt)
    except Blocked as refusal:
        if refusal.findings[0].code != "over_budget":
            raise
        return False
    finally:
        connection.close()
    return True


def _send(job_id: str) -> None:
    try:
        tasks.send_job(job_id)
    finally:
        connections.close_all()


def session_of(name: str) -> str:
    """The key of a session in which this person is signed in."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client.cookies["sessionid"].value
