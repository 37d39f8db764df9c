"""Channels that have the words approved apart: whoever approves the picture confirms them as well."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import Choice, Decision, Review
from approvals.reviews import dossier, services
from core.errors import Blocked
from core.models import LogEntry, User
from tests.approvals import factories

pytestmark = pytest.mark.django_db

LABEL = "The words are right"


def waiting(*, apart: bool) -> Review:
    return factories.review(None, factories.channel("website", rules={"words_approved_apart": apart}))


def decide(rita: User, review: Review, **given: Any) -> Any:
    seen, client = dossier.of_review(review), Client()
    client.force_login(rita)
    form = {"seen_hash": seen.hash, "seen": seen.sealed(), "choice": "approve", "note": "", **given}
    return client.post(reverse("approvals:decide", args=[review.pk]), form)


def test_approving_without_the_word_is_refused_and_says_what_is_missing(rita: User) -> None:
    answer = decide(rita, waiting(apart=True), note="Fine picture")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Read the words as well, and confirm that they are right." in page
    assert (LABEL in page, "Fine picture" in page) == (True, True)
    assert not Decision.objects.exists()


def test_no_code_gets_around_it(rita: User) -> None:
    review = waiting(apart=True)
    with pytest.raises(Blocked):
        services.decide(review, Choice.APPROVE, "", dossier.of_review(review).hash, by=rita)


def test_what_was_confirmed_is_kept_and_in_the_log(rita: User) -> None:
    assert decide(rita, waiting(apart=True), words_approved="on").status_code == 302
    decision = Decision.objects.get()
    assert decision.words_approved
    entry = LogEntry.objects.get(action="review.decided")
    assert "The words are right." in entry.words
    assert entry.subjects.get(key=str(decision.pk)).after["words_approved"] is True


def test_sending_back_needs_no_word_on_the_words(rita: User) -> None:
    assert decide(rita, waiting(apart=True), choice="changes", note="Crop it.").status_code == 302
    assert not Decision.objects.get().words_approved


def test_other_channels_do_not_ask(rita: User) -> None:
    review, client = waiting(apart=False), Client()
    client.force_login(rita)
    assert LABEL not in client.get(reverse("approvals:review", args=[review.pk])).content.decode()
    assert decide(rita, review).status_code == 302
