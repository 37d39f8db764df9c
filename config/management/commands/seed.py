"""`manage.py seed`: the starter content of a fresh portal. Safe to run again: it adds what is missing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from assets.listings import traces
from assets.models import Listing
from config import roles
from core import audit


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    display_name: str
    role: str
    does: str
    runs_the_portal: bool = False


PEOPLE = (
    Person("ada", "Ada", roles.STAFF, "writes prompts and keeps pictures"),
    Person("rita", "Rita", roles.REVIEWERS, "reviews and approves"),
    Person("max", "Max", roles.ADMINISTRATORS, "administers", runs_the_portal=True),
)


class Command(BaseCommand):
    """People, roles, terms, models, templates, channels and a listing."""

    help = "Load the starter content: people, roles, terms, models, templates, channels and a listing."

    def handle(self, *args: Any, **options: Any) -> None:
        roles.create_roles()
        for loader in ("load_terms", "load_models", "load_templates", "load_channels"):
            call_command(loader, stdout=self.stdout)
        _create_listing()
        self._introduce(
            [(person, password) for person in PEOPLE if (password := _create_person(person))],
        )

    def _introduce(self, newcomers: list[tuple[Person, str]]) -> None:
        if not newcomers:
            return
        self.stdout.write("\nThree people can sign in. These passwords are shown once; keep them now:\n")
        for person, password in newcomers:
            self.stdout.write(f"  {person.username:<6} {password:<22} {person.does}")
        self.stdout.write("")


def _create_listing() -> None:
    with transaction.atomic():
        made, is_new = Listing.objects.get_or_create(reference=STARTER_LISTING["reference"], defaults=STARTER_LISTING)
        if is_new:
            audit.record(None, "listing.added", traces.made(made), f"The listing {made} was added.")


STARTER_LISTING: dict[str, Any] = {
    "reference": "HB-1042",
    "title": "14 Harbor Street",
    "address": "14 Harbor Street, Seaview",
    "facts": {
        "property type": "two-story brick row house",
        "bedrooms": 3,
        "rooms": "living room, kitchen, three bedrooms, bathroom",
        "neighborhood": "harbor district with cafés, a weekly market and a tree-lined avenue",
        "yard": "small walled courtyard",
    },
}


def _create_person(person: Person) -> str | None:
    """Make a person with a random password and return it; None when they are there already."""
    users = get_user_model().objects
    if users.filter(username=person.username).exists():
        return None
    password = secrets.token_urlsafe(12)
    user = users.create_user(
        person.username,
        f"{person.username}@example.com",
        password,
        display_name=person.display_name,
        is_staff=person.runs_the_portal,
        is_superuser=person.runs_the_portal,
    )
    user.groups.add(Group.objects.get(name=person.role))
    return password
