"""A life for a portal: pictures at every point of their way, made by the verbs that its pages call.

Called by `Portal.do` in a process inside; the portal's own worker draws the sketches and lets the decision take effect.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from approvals.models import Channel, Choice, Review
from approvals.reviews import dossier, services
from approvals.sites import access
from assets.library import intake
from assets.models import Answer, Origin, Version
from core.models import OutgoingMessage, User
from generation.jobs import starting
from generation.models import Brief, GenerationModel, Output, OutputState, Template
from generation.outputs import keeping
from tests.assets import verbs
from tests.portal import wait_until

PATIENCE = 60
"""Seconds."""


def begin(photograph: Path) -> dict[str, str]:
    """One picture approved, one in review, one draft, a job for a person, and mail that failed: name -> address."""
    ada, rita, max_ = (User.objects.get(username=name) for name in ("ada", "rita", "max"))
    website = Channel.objects.get(slug="website")
    site = access.create_site("seaview-homes", "Seaview homes", [website], by=max_)
    access.create_key(site, "production", by=max_)
    by_hand = _send("Arches of a ruined abbey seen from below", "midjourney-8.1", ada)
    sketches = _send("A brick row house at dusk", "sketch-1", ada)
    wait_until(lambda: _new(sketches).count() == 2, PATIENCE)
    approved, waiting = (_submit(output, website, ada) for output in _new(sketches))
    services.decide(approved, Choice.APPROVE, "", dossier.of_review(approved).hash, by=rita)
    wait_until(lambda: approved.version.releases.exists(), PATIENCE)
    draft = intake.take_in(
        photograph.read_bytes(),
        title="Abbey",
        by=ada,
        origin=Origin.BROUGHT,
        maker="A camera",
        digital_source="digitalCapture",
    )
    _give_up_a_message(rita)
    return {
        "hand_off": by_hand.get_absolute_url(),
        "brief": sketches.get_absolute_url(),
        "approved": approved.version.get_absolute_url(),
        "in_review": waiting.version.get_absolute_url(),
        "review": reverse("approvals:review", args=(waiting.pk,)),
        "draft": draft.get_absolute_url(),
        "release": reverse("approvals:release", args=(approved.version.releases.get().pk,)),
    }


def _send(prompt: str, model: str, ada: User) -> Brief:
    brief = Brief(title=prompt, prompt=prompt, ratio="3:2", count=2)
    brief.revision = Template.objects.get(slug="exterior-twilight").published
    return starting.start(brief, [GenerationModel.objects.get(model_id=model)], by=ada)


def _new(brief: Brief) -> QuerySet[Output]:
    return Output.objects.filter(job__brief=brief, state=OutputState.NEW)


def _submit(output: Output, channel: Channel, ada: User) -> Review:
    version = keeping.keep(output, by=ada)
    text = f"Sketch {version.pk.hex[:4]} of a brick row house at dusk"
    verbs.describe(version, text=text, decorative=False, language="en", by=ada)
    verbs.say_who_is_shown(version, people=Answer.NO, property=Answer.NO, by=ada)
    return services.submit(Version.objects.get(pk=version.pk), [channel], "", by=ada)


def _give_up_a_message(to: User) -> None:
    """With a reply as servers give it, in which a long word might run over the edge of a phone."""
    problem = f"The address was refused: 550 5.1.1 https://mail.example.net/help?code={'NoSuchUser' * 6}"
    OutgoingMessage.objects.create(
        topic="review.waiting",
        to=to,
        subject_type="approvals.review",
        subject_id=str(uuid4()),
        words="Brick row house (v1)",
        state="failed",
        attempts=5,
        problem=problem,
        closed_at=timezone.now(),
    )
