"""What the search for secrets does inside a real portal. Called by `Portal.do`."""

from __future__ import annotations

from collections.abc import Sequence

from approvals.models import Channel, Choice, ListingSite
from approvals.reviews import dossier, services, settling
from approvals.sites import access
from assets.library import intake
from assets.models import Answer, Origin, Version
from core.models import User
from generation.jobs import starting
from generation.models import Brief, GenerationModel, Job
from generation.models.job import ENDED
from tests.assets import factories, verbs


def send(prompts: Sequence[str]) -> list[str]:
    """Send a brief to OpenAI for each prompt; returns the ids of the jobs."""
    ada, model = (
        User.objects.get(username="ada"),
        GenerationModel.objects.get(provider="openai", model_id="gpt-image-2"),
    )
    ids = []
    for prompt in prompts:
        brief = Brief(title=prompt, prompt=prompt, ratio="3:2", count=1, quality="draft")
        ids += [str(job.pk) for job in starting.start(brief, [model], by=ada, drop={model.pk: ["ratio"]}).jobs.all()]
    return ids


def have_ended(ids: Sequence[str]) -> bool:
    """Whether all these jobs have."""
    return all(job.state in ENDED for job in Job.objects.filter(pk__in=ids))


def release_and_make_a_key() -> str:
    """Release a picture to the website, and make a key for a site that reads it; returns the key."""
    ada, rita, max_ = (User.objects.get(username=name) for name in ("ada", "rita", "max"))
    channel = Channel.objects.get(name="Our website")
    review = services.submit(_ready(ada), [channel], "", by=ada)
    settling.settle(services.decide(review, Choice.APPROVE, "", dossier.of_review(review).hash, by=rita))
    site = ListingSite.objects.filter(slug="seaview").first() or access.create_site(
        "seaview", "Seaview", [channel], by=max_
    )
    return access.create_key(site, "production", by=max_).text


def _ready(ada: User) -> Version:
    version = intake.take_in(
        factories.picture(2400, 1600),
        title="Kitchen",
        by=ada,
        origin=Origin.UPLOADED,
        maker="upload",
        digital_source="digitalCapture",
    )
    verbs.describe(version, text="Kitchen with an oak table", decorative=False, language="en", by=ada)
    verbs.answer_license(version, factories.YES, holder="Harbor Homes", attribution="Harbor Homes", by=ada)
    verbs.say_who_is_shown(version, people=Answer.NO, property=Answer.NO, by=ada)
    return Version.objects.with_dossier().get(pk=version.pk)
