"""Makes models, templates, briefs and jobs for tests. Jobs are started and sent by the verbs, as real ones are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import factory

from assets.models import Listing
from core.models import User
from generation.jobs import execution, starting
from generation.models import Brief, Budget, GenerationModel, Job, Template, TemplateRevision
from generation.prompt_templates import prompts
from generation.prompt_templates.prompts import Field, FieldKind
from generation.providers.base import Pending
from generation.spending import budgets
from tests.generation.scripted import Answer, Scripted

DIME = 100_000
"""What one picture of the scripted model costs, in micro-units."""


FIELDS = (
    Field(name="subject", label="Subject", default="brick house"),
    Field(name="light", label="Light", kind=FieldKind.CHOICE, choices=("dusk", "noon"), default="dusk"),
    Field(name="accent", label="Accent", kind=FieldKind.COLOR, default="#2a3a62", required=False),
    Field(name="trees", label="Trees", kind=FieldKind.NUMBER, least=0, most=9, default="2"),
    Field(name="home", label="Home", kind=FieldKind.LISTING, fact="property type", required=False),
)


class ModelFactory(factory.django.DjangoModelFactory[GenerationModel]):
    class Meta:
        model = GenerationModel
        django_get_or_create = ("provider", "model_id")

    provider = "scripted"
    model_id = "scripted-1"
    name = factory.LazyAttribute(lambda model: model.model_id.capitalize())
    terms_key = "scripted"
    facts = factory.LazyFunction(lambda: priced("0.10"))


def priced(amount: str, **more: Any) -> dict[str, Any]:
    """Facts of a model whose pictures cost this much each, in USD."""
    price = {"kind": "per_picture", "amounts": {"*": amount}}
    return {"price": price, "max_n": 4, "sizes": {"target_pixels": 6144}, **more}


def template(slug: str = "house") -> Template:
    made = Template.objects.create(slug=slug, name=slug.capitalize(), description="A house.", purpose="Listing")
    made.published = TemplateRevision.objects.create(
        template=made,
        number=1,
        body="A {subject} at {light}.\nAccent: {accent}.\n{trees} trees.\nHome: {home}.",
        fields=prompts.as_rows(FIELDS),
        negative="people",
        house_voice="Calm.",
        forbidden=[{"words": ["sea view"], "why": "There is none."}],
    )
    made.save()
    return made


def unsent(**more: Any) -> Brief:
    return Brief(**{"title": "Brick house", "prompt": "A brick house at dusk.", "ratio": "3:2", "count": 1, **more})


def started(by: User, *models: GenerationModel, **more: Any) -> Brief:
    return starting.start(unsent(**more), models or [ModelFactory.create()], by=by)


def queued(by: User, **more: Any) -> Job:
    return started(by, **more).jobs.get()


def by_hand(by: User) -> Job:
    return started(by, ModelFactory.create(provider="by-hand", facts=priced("0"))).jobs.get()


def sent(by: User, *answers: Answer | Callable[[], Answer], **more: Any) -> Job:
    """A job that was sent once, with this answer."""
    job = queued(by, **more)
    Scripted.will(*answers)
    execution.send(job.pk)
    job.refresh_from_db()
    return job


def pending(by: User) -> Job:
    """A job that its provider has, and that is due to be asked about."""
    job = sent(by, Pending(handle="h-1", ask_again_in=2, request_id="r-1"))
    Job.objects.filter(pk=job.pk).update(not_before=None)
    return job


def spent() -> tuple[int, int]:
    """Reserved and spent of the team's budget."""
    budget = Budget.objects.get(person=None, listing=None)
    return budget.reserved_micros, budget.spent_micros


def left_for(person: User, listing: Listing | None = None) -> int:
    """The least that any budget of this month still holds for what a person spends."""
    return min(budget.left_micros for budget in budgets.budgets_for(person, listing, "USD"))
