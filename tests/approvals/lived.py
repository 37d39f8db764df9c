"""A small portal in which everything has happened once: what `manage.py verify` walks, and what tests tamper with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import time_machine
from django.contrib.auth.models import Group
from django.test import override_settings

from approvals.models import Channel, Choice
from approvals.releases import lifecycle
from approvals.reviews import services, settling
from approvals.sites import access
from assets.imaging import rendering
from assets.library import renditions
from assets.listings import records
from assets.listings.records import ListingFacts
from assets.models import Answer, Listing, Shown, Terms, Version
from assets.provenance.data import ProvenanceData
from assets.rights.consents import GivenConsent
from assets.rights.terms import STARTER, load_terms
from config import roles
from core import clock, storage
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs


def live_through() -> None:
    """Ten versions of two people; releases live, withdrawn, expired and paused; reviews that ended otherwise."""
    _roles()
    website, brochure = factories.channel("website"), factories.channel("brochure")
    _live(website, brochure)
    _withdrawn(website)
    _paused_and_resumed(website, brochure)
    _expired(website)
    _sent_back()
    _undone()
    _sites(website, brochure)
    factories.change_channel(brochure, description="Flyers")
    factories.propose(website, territory=["US-CA"])
    factories.review(factories.ready(library.max_()), brochure)


def _roles() -> None:
    """The groups made in the log, as in every portal: a test that empties the database takes their entries along."""
    Group.objects.all().delete()
    roles.create_roles()


def _ready(**options: Any) -> Version:
    """A version of Ada's that has all there is: listing, terms, words in two languages, a consent with its paper."""
    ada = library.ada()
    version = factories.ready(ada, provenance=ProvenanceData(provider="sketch", terms=_terms()), **options)
    verbs.describe(version, text="Kitchen with a table", further={"de": "Küche mit Tisch"}, by=library.max_())
    verbs.say_who_is_shown(version, people=Shown.REAL, property=Answer.NO, by=ada)
    paper = storage.put(b"I, Jo, consent." + str(version.pk).encode())
    file = {"sha256": paper, "name": "jo.pdf", "media_type": "application/pdf", "size": 16}
    given = GivenConsent(kind="person", name="Jo", given="yes", scope="listings", reach="any", files=[file])
    verbs.record_consent(version, given, by=ada)
    return version


def _terms() -> Terms:
    load_terms(STARTER)
    return Terms.objects.filter(key="sketch").latest()


def _live(*channels: Channel) -> None:
    version = _ready(title="Kitchen", listing=_listing())
    renditions.rendition(version, next(iter(rendering.SPECS.values())))
    factories.released(version, *channels)
    later = factories.ready(library.max_(), asset=version.asset, parent=version, title="")
    settling.settle(factories.decide(factories.review(later, channels[0]), Choice.REJECT, "Too dark."))


def _withdrawn(channel: Channel) -> None:
    release = factories.released(_ready(title="Hall"), channel)
    lifecycle.withdraw(release, "The owner asked.", by=library.max_())


def _paused_and_resumed(first: Channel, second: Channel) -> None:
    ada = library.ada()
    for title, again in (("Porch", False), ("Garden", True)):
        release = factories.released(_ready(title=title), first, second)
        verbs.rename(release.version.asset, "Renamed", by=ada)
        lifecycle.expire_due()
        if again:
            verbs.rename(release.version.asset, title, by=ada)
            lifecycle.expire_due()


def _expired(channel: Channel) -> None:
    version = _ready(title="Attic")
    library.complete_license(version, valid_until=clock.today() + timedelta(days=3), terms=_terms())
    factories.released(version, channel)
    with time_machine.travel(clock.instant() + timedelta(days=9)):
        lifecycle.expire_due()


def _listing() -> Listing:
    """A house that two people wrote the address of."""
    first = ListingFacts(reference="HB-1", title="14 Harbor Street", address="14 Harbour Street", facts={"beds": 3})
    listing = records.add_listing(first, by=library.ada())
    return records.change_listing(listing, replace(first, address="14 Harbor Street"), by=library.max_())


def _sites(*channels: Channel) -> None:
    """One that reads by two keys, of which one is revoked; and one that is switched off."""
    max_ = library.max_()
    site = factories.site(*channels)
    factories.key(site)
    access.revoke_key(factories.key(site).key, by=max_)
    other = access.change_channels(factories.site(channels[0], slug="stones"), channels[1:], by=max_)
    access.switch(other, active=False, by=max_)


def _sent_back() -> None:
    version = factories.ready(library.ada(), title="Cellar")
    settling.settle(factories.decide(factories.review(version), Choice.CHANGES, "Crop it."))
    retracted = factories.review(factories.ready(library.ada(), title="Shed"))
    services.retract_review(retracted, by=library.ada())


def _undone() -> None:
    with override_settings(UNDO_SECONDS=60):
        decision = factories.decide(factories.review(factories.ready(library.ada(), title="Roof")))
        services.undo(decision, by=library.rita())
