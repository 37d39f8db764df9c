"""The field in which a person is chosen, for whom money is set aside."""

from __future__ import annotations

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse_lazy

from core.models import User
from core.web.chooser import Choice, ChooserField

BETWEEN = " · "
"""Between a person's name and username, since two people may have one name."""


class PersonField(ChooserField[User]):
    """Somebody who can sign in, named by their username, or by words of their name that no other has."""

    nouns = ("person", "people")
    hint = "Name or username"
    url = reverse_lazy("generation:choose_person")

    def named(self, text: str) -> list[User]:
        username = text.split(BETWEEN)[-1]
        said = [each for each in _active().filter(username=username) if text in (username, self.choice(each).text)]
        return said or list(_active().filter(display_name__iexact=text)[:3]) or list(_saying(text)[:3])

    def best(self, text: str, most: int) -> list[User]:
        return list(_saying(text)[:most])

    def _unknown(self, text: str) -> str:
        return f"Nobody who can sign in matches “{text}”. Type a name or a username."

    def choice(self, row: User) -> Choice:
        text = f"{row.display_name}{BETWEEN}{row.username}" if row.display_name else row.username
        return Choice(text, str(row), row.username)


def _active() -> QuerySet[User]:
    return User.objects.filter(is_active=True).order_by("display_name", "username")


def _saying(text: str) -> QuerySet[User]:
    """Those in whose name or username every word is found. A dot or dash is no word."""
    found = _active().alias(words=Concat("display_name", Value(" "), "username"))
    for word in text.split():
        if any(map(str.isalnum, word)):
            found = found.filter(words__icontains=word)
    return found
