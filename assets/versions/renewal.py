"""Renewals: whether a version still allows all that was decided on, though its license says more by now.

A release stands on the dossier that was decided on. Where nothing but the license is different, and the license allows
whatever it allowed then, nothing that was released goes beyond it. The release's own last day stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from assets.models import Decided, Question, Version
from assets.models.limits import BadLimits, Limits
from assets.versions import dossier
from core import sets

Facts = Mapping[str, Any]

WIDENS = ("answers", "valid_until", "limits", "evidence")
"""Parts of a license that can allow more; every other part must be as it was."""
SAID_AS_VALUES = (Question.TERRITORY, Question.CHANNELS, Question.TERM)
"""Questions whose details are told again by limits and last day, which are compared."""


def keep(version: Version, said: Facts) -> None:
    """Keep what was decided on, in the transaction that releases it. `said` are the facts of the version's dossier."""
    rest, license = parted(said)
    about = {"version": version, "format": said.get("format", 1), "digest": dossier.digest_of(said)}
    Decided.objects.bulk_create(  # in one statement, for which no row of others waits
        [Decided(**about, rest=rest, license=license, holds=True)],
        update_conflicts=True,
        unique_fields=("version", "format", "digest"),
        update_fields=("rest", "license", "holds"),
    )


def look_again(versions: Iterable[Version], judged: Mapping[UUID, Facts]) -> None:
    """Write which of the kept decisions hold, now that the versions say this."""
    by_key = {version.pk: version for version in versions}
    changed = []
    for row in Decided.objects.filter(version__in=by_key):
        now = judged[row.version_id] if row.format == dossier.NEWEST else None
        if row.holds != (holds := allows_all(row, by_key[row.version_id], now)):
            row.holds = holds
            changed.append(row)
    sets.update_each(changed, "holds")


def allows_all(row: Decided, version: Version, now: Facts | None = None) -> bool:
    """Whether the version as it is now allows all that was decided on; nothing under a format that stands no more."""
    if row.format not in dossier.standing():
        return False
    rest, license = parted(now or dossier.facts(version, row.format))
    return rest == row.rest and license_allows_all(license, row.license)


def parted(said: Facts) -> tuple[str, dict[str, Any]]:
    """The hash of a dossier without its license, and the license."""
    return dossier.digest_of({name: value for name, value in said.items() if name != "license"}), said["license"]


def license_allows_all(now: Facts, then: Facts) -> bool:
    """Whether one license, as a dossier tells it, allows whatever the other did."""
    if any(now.get(name) != then.get(name) for name in {*now, *then} - set(WIDENS)):
        return False
    return (
        _answers_allow(now.get("answers", {}), then.get("answers", {}))
        and _lasts_as_long(now.get("valid_until", ""), then.get("valid_until", ""))
        and all(each in now.get("evidence", []) for each in then.get("evidence", []))
        and _limits_allow(now.get("limits", {}), then.get("limits", {}))
    )


def _answers_allow(now: Facts, then: Facts) -> bool:
    return all(_answer_allows(Question(name), now.get(name), then.get(name)) for name in {*now, *then})


def _answer_allows(question: Question, now: Facts | None, then: Facts | None) -> bool:
    """The same answer with the same detail and source, or one that allows what the other did not."""
    if now == then:
        return True
    if now is None or then is None:
        return False
    if now["answer"] == then["answer"]:
        return question in SAID_AS_VALUES
    return now["answer"] in question.generous and then["answer"] not in question.generous


def _lasts_as_long(now: str, then: str) -> bool:
    return not now or (bool(then) and now >= then)


def _limits_allow(now: Facts, then: Facts) -> bool:
    try:
        return Limits.parse(now).allow_all_of(Limits.parse(then))
    except BadLimits:
        return False
