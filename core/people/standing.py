"""The standing of an account: how old it is, and who made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.models import LogSubject, User
from core.people import account_log

YOUNG = timedelta(days=30)
"""How long after its making an account is worth a second look."""


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """When an account was made, and by whom."""

    made_on: datetime
    made_by: int | None = None
    """Key of the account of its maker; None where the portal made it, and where nobody recorded it."""
    maker: str = ""
    """The maker's name as it was then; empty where nobody recorded it."""

    def age_at(self, moment: datetime) -> timedelta:
        """How old the account was then."""
        return moment - self.made_on

    def is_young_at(self, moment: datetime) -> bool:
        return self.age_at(moment) < YOUNG


def standing_of(people: Iterable[User]) -> dict[int, AccountStanding]:
    """The standing of each of these people's accounts, in one query.

    The log knows an account made since it tells of accounts; an older one has only a day, in its own row.
    """
    standing = {person.pk: AccountStanding(person.date_joined) for person in people}
    made = LogSubject.objects.filter(
        type=User._meta.label_lower, key__in=map(str, standing), entry__action=account_log.MADE
    )
    for key, at, actor, name in made.values_list("key", "entry__at", "entry__actor", "entry__actor_name"):
        standing[int(key)] = AccountStanding(at, actor, name)
    return standing
