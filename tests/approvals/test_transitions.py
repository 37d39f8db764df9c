"""The moves between states: each that is not in a table is refused, and writes nothing."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import transaction

from approvals.models import Release, ReleaseState, Review, ReviewState
from approvals.releases import transitions as releases
from approvals.reviews import transitions as reviews
from core.errors import InvalidTransition
from core.models import User
from tests.approvals import factories

OTHERS_OF_A_REVIEW = [pair for pair in product(ReviewState, ReviewState) if pair not in reviews.MOVES]
OTHERS_OF_A_RELEASE = [pair for pair in product(ReleaseState, ReleaseState) if pair not in releases.MOVES]


@pytest.mark.parametrize(("before", "after"), OTHERS_OF_A_REVIEW)
def test_a_review_makes_no_other_move(before: ReviewState, after: ReviewState) -> None:
    with pytest.raises(InvalidTransition, match="Nothing was recorded"):
        reviews.move(Review(state=before), after)


@pytest.mark.parametrize(("before", "after"), OTHERS_OF_A_RELEASE)
def test_what_has_ended_never_comes_back(before: ReleaseState, after: ReleaseState) -> None:
    with pytest.raises(InvalidTransition, match="already"):
        releases.move(Release(state=before), after, "Sold.", by=None)


@pytest.mark.django_db
def test_a_move_says_what_it_changed(review: Review) -> None:
    with transaction.atomic():
        change = reviews.move(reviews.lock_review(review), ReviewState.RETRACTED)
    assert (change.before["state"], change.after["state"]) == ("open", "retracted")
    assert change.after["closed_at"] is not None


@pytest.mark.django_db
def test_an_end_says_by_whom_and_why(ada: User, rita: User) -> None:
    release = factories.released(factories.ready(ada))
    change = releases.move(release, ReleaseState.WITHDRAWN, "Sold.", by=rita)
    assert (change.after["state"], change.after["end_reason"], change.after["ended_by"]) == (
        "withdrawn", "Sold.", rita.pk,
    )  # fmt: skip
