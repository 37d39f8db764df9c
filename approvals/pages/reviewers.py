"""Reviewers: how the account stood by which something was decided, beside the decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from approvals.models import Decision
from assets.models import Version
from assets.versions import contributors
from core import clock
from core.people.standing import AccountStanding, standing_of


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The account of whoever decided: its age at that moment, and whether its maker had a part in the picture."""

    decision: Decision
    standing: AccountStanding
    is_made_by_contributor: bool

    @property
    def warning(self) -> str:
        """Why the account deserves a second look, in a few words; empty when it does not."""
        if self.is_made_by_contributor:
            return "Made by a contributor"
        return "New account" if self.standing.is_young_at(self.decision.decided_at) else ""

    @property
    def remark(self) -> str:
        """The age and the maker of the account as a sentence."""
        if not self.standing.maker:
            return f"Account made {self._when}. Who made it is not recorded."
        part = ", who worked on this picture" if self.is_made_by_contributor else ""
        return f"Account made {self._when}, by {self.standing.maker}{part}."

    @property
    def _when(self) -> str:
        """Before the decision by how much, or on which day when that is long ago."""
        if not self.standing.is_young_at(self.decision.decided_at):
            return f"on {clock.written(clock.day_of(self.standing.made_on))}"
        days = self.standing.age_at(self.decision.decided_at).days
        return "less than a day before" if days < 1 else f"{days} day{'s' if days > 1 else ''} before"


def reviewers_of(version: Version, decisions: Collection[Decision]) -> dict[UUID, Reviewer]:
    """Who decided on this version, by decision, in a fixed number of queries."""
    standing = standing_of(decision.by for decision in decisions)
    made_by_people = any(each.made_by for each in standing.values())
    return _reviewers(decisions, standing, contributors.parts_of(version) if made_by_people else ())


def reviewers_in_list(decisions: Collection[Decision]) -> dict[UUID, Reviewer]:
    """The same for decisions on many versions, where of all contributors only whoever submitted each is known."""
    return _reviewers(decisions, standing_of(decision.by for decision in decisions), ())


def _reviewers(
    decisions: Iterable[Decision], standing: Mapping[int, AccountStanding], hands: Collection[int]
) -> dict[UUID, Reviewer]:
    made = ((decision, standing[decision.by_id]) for decision in decisions)
    return {decision.pk: Reviewer(decision, each, _is_insider(each, decision, hands)) for decision, each in made}


def _is_insider(standing: AccountStanding, decision: Decision, hands: Collection[int]) -> bool:
    return standing.made_by is not None and standing.made_by in {*hands, decision.review.submitted_by_id}
