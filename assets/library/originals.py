"""Handing out the bytes of a version exactly as they came: a right of its own, and never without a trace."""

from __future__ import annotations

from django.db import transaction

from assets.models import Version
from core import audit, storage
from core.models import User
from core.people.rights import check_right

RIGHT = "assets.download_original"


def hand_out(version: Version, *, by: User, noted: bool = True) -> bytes:
    """The file of a version, released or not. Raises PermissionDenied, FileNotFoundError and CorruptFile.

    Whoever asks for the head alone gets nothing, so that it is not `noted`.
    """
    check_may(by)
    data, words = storage.read(version.sha256), f"The original of {version.label} was downloaded."
    if noted:
        with transaction.atomic():
            audit.record(by, "version.original_downloaded", version, words, sha256=version.sha256)
    return data


def check_may(by: User) -> None:
    check_right(by, RIGHT, "You need the right to download originals. An administrator can give it to you.")
