"""The writer of people's own settings: their name, their time zone, their keys, and which mail they get."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction

from core import audit
from core.models import User
from core.people import account_log

WORDS = {
    "display_name": "name",
    "time_zone": "time zone",
    "letter_keys": "single-letter shortcuts",
    "mail_reviews": "mail about reviews",
    "mail_answers": "mail about decisions",
    "mail_budgets": "mail about budgets",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What people choose about themselves. Without a zone, the team's holds."""

    display_name: str
    time_zone: str
    letter_keys: bool
    mail_reviews: bool
    mail_answers: bool
    mail_budgets: bool


def change_profile(profile: Profile, *, by: User) -> User:
    """Keep what somebody chose about themselves. Only what differs is written, and the log tells what it was before."""
    with transaction.atomic():
        held = User.objects.select_for_update().get(pk=by.pk)
        with account_log.told_by_caller():
            change = audit.write(held, **asdict(profile))
        if change:
            words = f"Changed their own {', '.join(WORDS[name] for name in change.after)}."
            audit.record(by, "person.profile", change, words)
    return held
