"""The standing of an account: how old it is, who made it, and who else had its keys in hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.models import LogSubject, User
from core.people import account_log, factor_log

YOUNG = timedelta(days=30)
"""How long after its making an account is worth a second look, and a key that somebody else gave it."""

_OPENED = (account_log.PASSWORD, factor_log.ADDRESS_ADDED, factor_log.ADDRESS_CHANGED, factor_log.FACTOR_REMOVED)


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody else gave the account a password or an address, or took away its second factor."""

    at: datetime
    by: int
    name: str
    words: str


@dataclass(slots=True)
class AccountStanding:
    """When an account was made, and by whom; and who else opened it since, oldest first."""

    made_on: datetime
    made_by: int | None = None
    """Key of the account of its maker; None where the portal made it, and where nobody recorded it."""
    maker: str = ""
    """The maker's name as it was then; empty where nobody recorded it."""
    openings: list[Opening] = field(default_factory=list)

    def is_young_at(self, moment: datetime) -> bool:
        return moment - self.made_on < YOUNG

    def opened_before(self, moment: datetime) -> list[Opening]:
        """Who else opened it not long before, newest first."""
        return [each for each in reversed(self.openings) if timedelta() <= moment - each.at < YOUNG]


def standing_of(people: Iterable[User]) -> dict[int, AccountStanding]:
    """The standing of each of these people's accounts, in one query.

    The log knows an account made since it tells of accounts; an older one has only a day, in its own row.
    """
    standing = {person.pk: AccountStanding(person.date_joined) for person in people}
    told = LogSubject.objects.filter(
        type=User._meta.label_lower, key__in=map(str, standing), entry__action__in=(account_log.MADE, *_OPENED)
    )
    columns = ("key", "entry__action", "entry__at", "entry__actor", "entry__actor_name", "entry__words")
    for key, action, at, actor, name, words in told.order_by("entry").values_list(*columns):
        account = standing[int(key)]
        if action == account_log.MADE:
            account.made_on, account.made_by, account.maker = at, actor, name
        elif actor not in (None, int(key)):
            account.openings.append(Opening(at, actor, name, words))
    return standing
