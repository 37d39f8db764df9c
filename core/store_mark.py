"""The mark in the store: by it the portal knows that the folder or bucket is the one that its database belongs to.

Without one, an empty folder where a volume should be mounted looks like a portal that works.
"""

from __future__ import annotations

import uuid

from django.conf import settings

from core import storage
from core.models import StoreMark

NAME = "imprimatur-store"
"""The file at the top of the store that holds the mark."""
ADOPT = "If this store is meant all the same, run: manage.py adopt_store"


class WrongStore(Exception):
    """The store is not the one of this database, in words for whoever runs the portal."""


def check() -> None:
    """Raise WrongStore for another store than the one that was marked, and Unavailable for one that does not answer."""
    known = StoreMark.objects.values_list("mark", flat=True).first()
    if known is None:
        return
    found = _found()
    if not found:
        raise WrongStore(
            f"{_place()} does not hold the pictures of this database: its file {NAME} is missing. "
            f"Mount the volume or name the bucket that holds them. {ADOPT}"
        )
    if found != known:
        raise WrongStore(
            f"{_place()} holds the pictures of another portal: the database knows another file {NAME}. "
            f"Mount the right volume or name the right bucket. {ADOPT}"
        )


def begin() -> None:
    """On the first start, mark the store; on any other, `check` it."""
    if StoreMark.objects.exists():
        check()
    else:
        StoreMark.objects.get_or_create(pk=1, defaults={"mark": _marked()})


def adopt() -> None:
    """Make this store the one of this database, whichever it had before."""
    StoreMark.objects.update_or_create(pk=1, defaults={"mark": _marked()})


def _marked() -> str:
    """The mark that the store holds; a new one, if it holds none."""
    if not _found():
        storage.put_named(NAME, uuid.uuid4().hex.encode())
    return _found()


def _found() -> str:
    return (storage.named(NAME) or b"").decode("ascii", "replace").strip()[:64]


def _place() -> str:
    """Where it looked, as an administrator knows it."""
    options = settings.STORAGES["default"].get("OPTIONS", {})
    return (
        f"The bucket {options['bucket_name']}" if "bucket_name" in options else f"The folder {options.get('location')}"
    )
