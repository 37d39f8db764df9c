"""Notices 30 and 7 days before a license or a consent of live pictures ends: one mail for all that end with a day."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from approvals.models import EndNotice, Release
from approvals.models.release import ReleaseQuerySet
from core import clock
from core.models import OutgoingMessage, User
from core.outbox import services as outbox
from core.outbox.topics import Topic

MANAGE = "approvals.manage_channels"
AHEAD = (30, 7)
"""Days before the last one."""
SHOWN = 50
"""Pictures that one mail names."""


def tell_of_ends() -> int:
    """Tell of each last day that comes near, once for each distance. Returns of how many days people were told.

    Most of the time all are told, which the index of last days and the few notices say without a look at any picture.
    """
    today = clock.today()
    near = {"valid_until__gte": today, "valid_until__lte": today + timedelta(days=AHEAD[0])}
    days = Release.objects.filter(state="live", **near).order_by().values_list("valid_until", flat=True).distinct()
    told = set(EndNotice.objects.filter(last_day__gte=today).values_list("last_day", "ahead"))
    owed = [day for day in days if day and any((day, ahead) not in told for ahead in _due(day, today))]
    return sum(_tell_of(day, today) for day in sorted(owed))


def ending_on(day: date, person: User) -> ReleaseQuerySet:
    """Live releases with this last day that a person answered for, or all of them for whoever manages channels."""
    return _concerning(person).filter(valid_until=day)


def ending_soon(person: User) -> ReleaseQuerySet:
    """Live releases that end within the time of the first notice, of those that concern a person."""
    return _concerning(person).filter(valid_until__lte=clock.today() + timedelta(days=AHEAD[0]))


def _concerning(person: User) -> ReleaseQuerySet:
    return _ending() if person.has_perm(MANAGE) else _ending().filter(_is_answered_by(person))


def _ending() -> ReleaseQuerySet:
    return Release.objects.flagged().live()


def _tell_of(day: date, today: date) -> bool:
    """A day that is near already is told of once, and not for each distance that is past."""
    if not (people := _who_is_told(day)):
        return False
    with transaction.atomic():
        made = [EndNotice.objects.get_or_create(last_day=day, ahead=ahead) for ahead in _due(day, today)]
        if new := [notice for notice, is_new in made if is_new]:
            outbox.write(ENDS.name, new[-1], people, f"Rights that end on {clock.written(day)}")
    return bool(new)


def _due(day: date, today: date) -> list[int]:
    return [ahead for ahead in AHEAD if day - today <= timedelta(days=ahead)]


def _who_is_told(day: date) -> list[User]:
    ending = _ending().filter(valid_until=day)
    if not ending.exists():
        return []
    people = get_user_model().objects.filter(is_active=True, mail_answers=True).exclude(email="")
    managers = get_user_model().objects.with_perm(MANAGE, backend="django.contrib.auth.backends.ModelBackend")
    return list(people.filter(Q(pk__in=managers.values("pk")) | Q(pk__in=_answering(ending))).order_by("pk"))


def _answering(ending: QuerySet[Release]) -> set[int]:
    """Whoever answered the license or a consent, or submitted the picture."""
    keys = (
        "version__license__updated_by",
        "version__consents__recorded_by",
        "version__asset__listing__consents__recorded_by",
        "decision__review__submitted_by",
    )
    return {key for name in keys for key in ending.order_by().values_list(name, flat=True).distinct() if key}


def _is_answered_by(person: User) -> Q:
    return Q(
        pk__in=Release.objects.filter(
            Q(version__license__updated_by=person)
            | Q(version__consents__recorded_by=person)
            | Q(version__asset__listing__consents__recorded_by=person)
            | Q(decision__review__submitted_by=person)
        ).values("pk")
    )


def _mail(message: OutgoingMessage) -> EmailMessage | None:
    """Nothing where nothing ends any more, or the person wants no such mail."""
    notice = EndNotice.objects.filter(pk=message.subject_id).first()
    if notice is None or not message.to.mail_answers or notice.last_day < clock.today():
        return None
    found = ending_on(notice.last_day, message.to).select_related("version__asset", "channel")
    releases = list(found.order_by("version__asset__title", "channel__name")[: SHOWN + 1])
    if not releases:
        return None
    day, overview = clock.written(notice.last_day), settings.SITE_URL + reverse("overview")
    context = {"day": day, "releases": releases[:SHOWN], "more": len(releases) > SHOWN, "overview": overview}
    body = render_to_string("emails/rights_end.txt", {"to": message.to, "site": settings.SITE_URL, **context})
    return EmailMessage(f"Rights end on {day}", body.strip() + "\n", to=[message.to.email])


ENDS = Topic("rights.end", "Rights that end soon", _mail)
TOPICS = (ENDS,)
