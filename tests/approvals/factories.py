"""Makes channels, reviews, decisions, releases and keys. They come about through the writers, as real ones do."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from approvals.channels import changing, traces
from approvals.channels.changing import ChannelFacts
from approvals.models import Channel, ChannelChange, Choice, Decision, ListingSite, Release, Review
from approvals.reviews import dossier, services, settling
from approvals.sites import access
from assets.models import Version
from config import roles
from core import audit
from core.models import User
from tests.assets import factories as library_factories
from tests.assets import verbs

EASY = {"min_width": 32, "min_height": 32, "format": "image/jpeg"}
"""Rules that the small pictures of the tests meet."""
SPEAKING = {"caption_generated": "Made with AI", "caption_altered": "Digitally altered"}
"""Words of a channel, as they were stored in the first format."""


def channel(
    slug: str = "website", *, rules: dict[str, Any] | None = None, disclosure: dict[str, Any] | None = None
) -> Channel:
    """A channel; the second call with a slug gives the first one's."""
    defaults = {
        "name": slug.capitalize(),
        "kind": "website",
        "rules": EASY | (rules or {}),
        "disclosure": disclosure if disclosure is not None else SPEAKING,
    }
    made, is_new = Channel.objects.get_or_create(slug=slug, defaults=defaults)
    if is_new:
        with transaction.atomic():
            audit.record(None, "channel.created", traces.made(made), f"Channel {made} was made.")
    return made


def mona() -> User:
    """Manages channels, as Max does, so that each can confirm what the other proposes."""
    return library_factories.UserFactory.create(username="mona", role=roles.MANAGERS)


def propose(channel: Channel, *, by: User | None = None, **said: Any) -> ChannelChange:
    """A change of these fields of a channel, proposed by Max."""
    held = Channel.objects.get(pk=channel.pk)
    facts = ChannelFacts(**{name: getattr(held, name) for name in changing.FIELDS} | said)
    return changing.propose(held, facts, by=by or library_factories.max_(), why="The rule changed")


def change_channel(channel: Channel, **said: Any) -> Channel:
    """The channel after Max proposed these fields and Mona confirmed them."""
    return changing.confirm(propose(channel, **said), by=mona())


def ready(by: User | None = None, **options: Any) -> Version:
    """A version that nothing is missing from."""
    return library_factories.ready_version(by, **options)


def altered(original: Version, by: User, **options: Any) -> Version:
    """A version that nothing is missing from, staged from that photograph."""
    version = ready(by, **options)
    verbs.describe(version, text="Room, virtually staged with a sofa", decorative=False, language="en", by=by)
    verbs.mark(
        version,
        digital_source="compositeWithTrainedAlgorithmicMedia",
        alterations=["VirtualStagingItemAddition"],
        original=original,
        disclosure_note="Sofa added below the window.",
        by=by,
    )
    return Version.objects.with_dossier().get(pk=version.pk)


def review(version: Version | None = None, *channels: Channel, by: User | None = None) -> Review:
    """A review of a complete version, submitted by whoever made it."""
    version = version or ready()
    return services.submit(version, channels or [channel()], "", by=by or version.created_by)


def decide(subject: Review, choice: Choice = Choice.APPROVE, note: str = "", by: User | None = None) -> Decision:
    """Rita's decision on the dossier as it is now."""
    fresh = Review.objects.get(pk=subject.pk)
    return services.decide(fresh, choice, note, dossier.of_review(fresh).hash, by=by or library_factories.rita())


def released(version: Version | None = None, *channels: Channel) -> Release:
    """A live release of a complete version; with several channels, the one in the first of them."""
    decision = decide(review(version, *channels))
    settling.settle(decision)
    return Release.objects.filter(decision=decision).select_related("channel", "version").order_by("channel__slug")[0]


def site(*channels: Channel, slug: str = "bricks") -> ListingSite:
    """The listing site bricks.example."""
    return access.create_site(slug, "bricks.example", channels or [channel()], by=library_factories.max_())


def key(owner: ListingSite | None = None, **options: Any) -> access.NewKey:
    """A new key of a listing site."""
    return access.create_key(owner or site(), "production", by=library_factories.max_(), **options)
