"""Reviewers: how the account stood by which something was decided, beside the decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from approvals.models import Decision
from assets.models import Version
from assets.versions import contributors
from core import clock
from core.people.standing import AccountStanding, Opening, standing_of

_PART = ", who worked on this picture"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The account of whoever decided, as it stood at that moment, and whose hands were in the picture too."""

    decision: Decision
    standing: AccountStanding
    hands: Collection[int]
    """Keys of the accounts of those who had a part in the picture, as far as they are known."""

    @property
    def warning(self) -> str:
        """Why the account deserves a second look, in a few words; empty when it does not."""
        if self._is_made_by_contributor:
            return "Made by a contributor"
        if self._opening:
            return "Opened by a contributor"
        return "New account" if self.standing.is_young_at(self.decision.decided_at) else ""

    @property
    def remark(self) -> str:
        """The age and the maker of the account, and who among the contributors opened it since, in sentences."""
        if not self.standing.maker:
            made = f"Account made {self._when}. Who made it is not recorded."
        else:
            part = _PART if self._is_made_by_contributor else ""
            made = f"Account made {self._when}, by {self.standing.maker}{part}."
        opened = self._opening
        return f"{made} {opened.name}{_PART}, opened it {self._before(opened.at)}: {opened.words}" if opened else made

    @property
    def _is_made_by_contributor(self) -> bool:
        return self.standing.made_by in self.hands

    @property
    def _opening(self) -> Opening | None:
        """The last time that a contributor could have come in by it."""
        opened = self.standing.opened_before(self.decision.decided_at)
        return next((each for each in opened if each.by in self.hands), None)

    @property
    def _when(self) -> str:
        """Before the decision by how much, or on which day when that is long ago."""
        if not self.standing.is_young_at(self.decision.decided_at):
            return f"on {clock.written(clock.day_of(self.standing.made_on))}"
        return self._before(self.standing.made_on)

    def _before(self, moment: datetime) -> str:
        days = (self.decision.decided_at - moment).days
        return "less than a day before" if days < 1 else f"{days} day{'s' if days > 1 else ''} before"


def reviewers_of(version: Version, decisions: Collection[Decision]) -> dict[UUID, Reviewer]:
    """Who decided on this version, by decision, in a fixed number of queries."""
    standing = standing_of(decision.by for decision in decisions)
    touched_by_people = any(each.made_by or each.openings for each in standing.values())
    return _reviewers(decisions, standing, contributors.parts_of(version) if touched_by_people else ())


def reviewers_in_list(decisions: Collection[Decision]) -> dict[UUID, Reviewer]:
    """The same for decisions on many versions, where of all contributors only whoever submitted each is known."""
    return _reviewers(decisions, standing_of(decision.by for decision in decisions), ())


def _reviewers(
    decisions: Iterable[Decision], standing: Mapping[int, AccountStanding], hands: Collection[int]
) -> dict[UUID, Reviewer]:
    return {
        decision.pk: Reviewer(decision, standing[decision.by_id], {*hands, decision.review.submitted_by_id})
        for decision in decisions
    }
