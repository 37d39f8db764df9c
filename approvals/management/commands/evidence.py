"""`manage.py evidence`: the evidence pack of a picture or a listing, of any size."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from approvals.evidence import making
from approvals.evidence.pack import Pack
from assets.models import Asset, Listing


class Command(BaseCommand):
    help = "Write the evidence pack of a picture (by its id) or of a listing (by its reference)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("about", help="The id of a picture, or the reference of a listing.")
        parser.add_argument("to", type=Path, help="The zip file to write, which must not be there yet.")

    def handle(self, *args: Any, about: str, to: Path, **options: Any) -> None:
        subject = _named(about)
        if subject is None:
            raise CommandError(f"There is no picture with the id and no listing with the reference {about}.")
        try:
            with to.open("xb") as file:
                making.write(Pack.of(subject, by=None), file)
        except FileExistsError as error:
            raise CommandError(f"{to} is there already. Choose another name.") from error
        self.stdout.write(f"Written to {to}. Unpack it and run verify.py in it.")


def _named(about: str) -> Asset | Listing | None:
    if listing := Listing.objects.filter(reference=about).first():
        return listing
    try:
        return Asset.objects.filter(pk=about).first()
    except ValidationError:
        return None
