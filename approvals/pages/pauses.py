"""Pauses: how many live releases and fresh decisions a change would stop, said before it is made and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from approvals.models import Release, Review, ReviewState
from approvals.models.release import ReleaseQuerySet
from assets.models import Asset, Consent, Decided, LicenseSet, Listing, Terms
from assets.rights import consents
from assets.rights.license_sets import SetFacts, facts_of
from assets.rights.terms import resting_on
from assets.versions.dossier import digest_of
from assets.versions.renewal import license_allows_all


@dataclass(frozen=True, slots=True)
class RenamePauses:
    """What stops until somebody approves the new title of a picture."""

    places: int = 0
    altered: int = 0
    """Altered pictures that are shown only beside this one."""
    decided: int = 0
    """Decisions that can still be undone."""

    @property
    def beforehand(self) -> str:
        """What the form says; empty when nothing stops."""
        return _joined(self._shown, _about_to_take_effect(self.decided, "A new title"))

    @property
    def afterwards(self) -> str:
        """What the message says; empty when nothing stopped."""
        places = "1 place" if self.places == 1 else f"{self.places} places"
        stopped = f"{places} stopped showing it until the new title is approved."
        return _joined(f"{stopped}{self._beside}" if self.places else "", _sent_back(self.decided))

    @property
    def _shown(self) -> str:
        if self.places == 1:
            return f"1 place shows this picture now. It stops until the new title is approved.{self._beside}"
        many = f"{self.places} places show this picture now. They stop until the new title is approved."
        return f"{many}{self._beside}" if self.places else ""

    @property
    def _beside(self) -> str:
        pictures = "1 altered picture" if self.altered == 1 else f"{self.altered} altered pictures"
        return f" The same goes for {pictures} shown beside it." if self.altered else ""


@dataclass(frozen=True, slots=True)
class ListingPauses:
    """What stops until somebody approves the pictures of a listing under its new reference or address."""

    pictures: int = 0
    decided: int = 0
    """Decisions on pictures of it that can still be undone."""

    @property
    def beforehand(self) -> str:
        """What the form says; empty when nothing stops."""
        return _joined(self._live, _about_to_take_effect(self.decided, "A new reference or address"))

    @property
    def afterwards(self) -> str:
        """What the message says; empty when nothing stopped."""
        paused = f"{self.pictures} pictures of this listing are paused until somebody approves them again."
        if self.pictures == 1:
            paused = "1 picture of this listing is paused until somebody approves it again."
        return _joined(paused if self.pictures else "", _sent_back(self.decided))

    @property
    def _live(self) -> str:
        stops = "A new reference or address stops"
        if self.pictures == 1:
            return f"1 picture of this listing is live. {stops} it until somebody approves it again."
        many = f"{self.pictures} pictures of this listing are live. {stops} them until somebody approves them again."
        return many if self.pictures else ""


@dataclass(frozen=True, slots=True)
class LicenseEffect:
    """What stops, and what stays, once all pictures of a set have another license."""

    stays: int = 0
    """Live places that are still allowed all that was decided."""
    stops: int = 0
    decided: int = 0
    """Decisions on pictures of the set that can still be undone."""

    @property
    def tone(self) -> str:
        return "waits" if self.stops or self.decided else "informs"

    @property
    def words(self) -> str:
        none = "" if self.stays or self.stops else "None of its pictures is live."
        return _joined(none, self._staying, self._stopping, _about_to_take_effect(self.decided, "The change"))

    @property
    def _staying(self) -> str:
        stay = "1 live place stays" if self.stays == 1 else f"{self.stays} live places stay"
        return f"{stay}, since the license still allows all that was decided." if self.stays else ""

    @property
    def _stopping(self) -> str:
        if self.stops == 1:
            return "1 live place stops until somebody approves it again."
        return f"{self.stops} live places stop until somebody approves them again." if self.stops else ""


def _about_to_take_effect(decided: int, what: str) -> str:
    if decided == 1:
        return f"1 decision is about to take effect. {what} sends it back to review."
    return f"{decided} decisions are about to take effect. {what} sends them back to review." if decided else ""


def _sent_back(decided: int) -> str:
    if decided == 1:
        return "1 decision goes back to review."
    return f"{decided} decisions go back to review." if decided else ""


def _joined(*sentences: str) -> str:
    return " ".join(each for each in sentences if each)


def of_renaming(asset: Asset) -> RenamePauses:
    """A title is judged with every version of the asset, and an altered picture needs its original beside it."""
    beside = Q(original__asset=asset)
    live = _live_of(Q(version__asset=asset), beside)
    places = Count("pk", filter=Q(version__asset=asset), distinct=True)
    counts = live.aggregate(places=places, altered=Count("version__asset", filter=beside, distinct=True))
    return RenamePauses(**counts, decided=_can_be_undone().filter(version__asset=asset).count())


def of_revoking(consent: Consent) -> str:
    """What ends when a consent is revoked: all that rests on it, and whatever shows the same bytes."""
    sha256 = consents.pictures_of(consent).values("sha256")
    live = Release.objects.flagged().live().filter(version__sha256__in=sha256)
    counts = live.aggregate(places=Count("pk"), pictures=Count("version__asset", distinct=True))
    if not counts["places"]:
        return "Nothing that rests on it is live now. No picture can be published by it any more."
    pictures = "1 picture is" if counts["pictures"] == 1 else f"{counts['pictures']} pictures are"
    places = "1 place" if counts["places"] == 1 else f"{counts['places']} places"
    return f"{pictures} live in {places} and will be withdrawn at once: sites that ask are told that they are gone."


def of_moving(listing: Listing) -> ListingPauses:
    """Which house it shows is judged with every picture of the listing."""
    live = _live_of(Q(version__asset__listing=listing), Q(original__asset__listing=listing))
    counts = live.aggregate(pictures=Count("version__asset", distinct=True))
    return ListingPauses(**counts, decided=_can_be_undone().filter(version__asset__listing=listing).count())


def of_licensing(kept: LicenseSet, said: SetFacts) -> LicenseEffect:
    """Whether each live release of a set stays, held against the license that was decided on."""
    flagged = Release.objects.flagged().order_by().filter(version__license__set=kept)
    live = Release.objects.live().filter(pk__in=flagged.values("pk"))
    decided = Decided.objects.filter(version__license__set=kept).values_list("version", "format", "digest", "license")
    license_of = {(version, format, digest): license for version, format, digest, license in decided.iterator()}
    now, known = facts_of(said), dict[str, bool]()
    stays = Counter(
        _stays(license_of.get(row), now, known)
        for row in live.values_list("version", "version_format", "version_hash").iterator()
    )
    about = _can_be_undone().filter(version__license__set=kept).count()
    return LicenseEffect(stays=stays[True], stops=stays[False], decided=about)


def of_answering_again(terms: Terms) -> LicenseEffect:
    """Other terms are something else than was decided on, so every live release of these licenses stops."""
    resting = resting_on(terms)
    flagged = Release.objects.flagged().order_by().filter(version__in=resting.order_by().values("pk"))
    stops = Release.objects.live().filter(pk__in=flagged.values("pk")).count()
    return LicenseEffect(stops=stops, decided=_can_be_undone().filter(version__in=resting.values("pk")).count())


def _stays(then: Mapping[str, Any] | None, now: Mapping[str, Any], known: dict[str, bool]) -> bool:
    """Licenses of one set are mostly alike, so each is compared once."""
    if then is None:
        return False
    key = digest_of(then)
    if key not in known:
        known[key] = license_allows_all(now, then)
    return known[key]


def _live_of(one: Q, other: Q) -> ReleaseQuerySet:
    """Live releases of either kind, each found by its own index first: asked at once, all rows are looked at."""
    flagged = Release.objects.flagged().order_by().values("pk")
    return Release.objects.live().filter(pk__in=flagged.filter(one).union(flagged.filter(other)))


def _can_be_undone() -> QuerySet[Review]:
    return Review.objects.filter(state=ReviewState.SETTLING)
