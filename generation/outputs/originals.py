"""Handing out clean bytes that no release stands for, outputs as they came among them: never without a trace."""

from __future__ import annotations

from django.db import transaction

from assets.library import originals
from core import audit, storage
from core.models import User
from core.people.rights import check_right
from generation.models import BriefReference, Job, Output
from generation.spending import budgets


def hand_out(output: Output, *, by: User, noted: bool = True) -> bytes:
    """The file of an output, kept or not. Raises PermissionDenied, FileNotFoundError and CorruptFile."""
    originals.check_may(by)
    data, words = storage.read(output.sha256), f"The original of picture {output.sha256[:8]} was downloaded."
    if noted:
        with transaction.atomic():
            audit.record(by, "output.original_downloaded", output, words, sha256=output.sha256)
    return data


def attach(row: BriefReference, *, by: User, noted: bool = True) -> bytes:
    """A picture that goes along with a brief, for whoever attaches it elsewhere by hand: clean, as providers get it."""
    check_right(by, "generation.make_images", "You need the right to make pictures to attach this one elsewhere.")
    data, words = storage.read(row.sha256), f"{row.get_role_display()} {row.position + 1} was downloaded."
    if noted:
        with transaction.atomic():
            audit.record(by, "brief.attachment_downloaded", row.brief, words, sha256=row.sha256)
    return data


def unshown(job: Job, number: int, *, by: User, noted: bool = True) -> bytes:
    """A file that came, was paid for and cannot be shown. Counts from 1."""
    check_right(by, budgets.MANAGE, "You need the right to manage money for what cannot be shown.")
    sha256 = job.unshown[number - 1]
    data, words = storage.read(sha256), f"File {number} that cannot be shown was downloaded."
    if noted:
        with transaction.atomic():
            audit.record(by, "job.unshown_downloaded", job, words, sha256=sha256)
    return data
