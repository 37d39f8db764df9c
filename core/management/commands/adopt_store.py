"""`manage.py adopt_store`: make the folder or bucket of STORAGE the one of this database."""

from typing import Any

from django.core.management.base import BaseCommand

from core import store_mark


class Command(BaseCommand):
    help = "Make the folder or bucket of STORAGE the one of this database, after its pictures were moved there."

    def handle(self, *args: Any, **options: Any) -> None:
        store_mark.adopt()
        self.stdout.write("From now on this store is the one of this database. manage.py verify says what is missing.")
