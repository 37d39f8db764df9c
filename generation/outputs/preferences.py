"""What people prefer when they do not know whose it is: one preference for each person and brief."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import audit
from core.errors import Blocked, Finding, InvalidTransition
from core.models import User
from generation.models import Brief, Output, OutputState, Pick, Preference
from generation.models.job import RUNNING

FEWEST = 2
"""Pictures that there must be to choose between."""


def prefer(brief: Brief, verdict: Pick, *, by: User, output: Output | None = None) -> Preference:
    """Record a blind choice: one picture, a tie, or none. It cannot be changed, since the names are shown after it."""
    if not by.has_perm("assets.view_asset"):
        raise PermissionDenied("Only people who may see the library can judge its pictures.")
    with transaction.atomic():
        held = Brief.objects.select_for_update().get(pk=brief.pk)
        _check(held, verdict, by, output)
        made = Preference.objects.create(brief=held, by=by, outcome=verdict, output=output)
        said = {Pick.PICK: "one picture was picked", Pick.TIE: "it was a tie", Pick.NONE: "none was good"}
        picked = str(output.pk) if output else ""
        audit.record(by, "brief.judged", held, f"“{held.title}” was judged blind: {said[verdict]}.", output=picked)
    return made


def _check(brief: Brief, verdict: Pick, by: User, output: Output | None) -> None:
    if brief.preferences.filter(by=by).exists():
        raise InvalidTransition("You already compared these pictures and have seen the names.")
    if brief.jobs.filter(state__in=RUNNING).exists():
        raise InvalidTransition("Not every picture has arrived yet. Choose when they are all here.")
    there = Output.objects.filter(job__brief=brief).exclude(state=OutputState.DISCARDED)
    if there.count() < FEWEST:
        raise InvalidTransition("There must be two pictures to choose between.")
    is_one_of_them = output is not None and there.filter(pk=output.pk).exists()
    if (verdict == Pick.PICK) != is_one_of_them:
        raise Blocked([Finding("choice", "Pick one of the pictures, or say that it is a tie or none.", field="output")])
