"""Several people at the same moment: numbers stay unique, the log stays one chain, nobody's words are lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from assets.models import Answer, Asset, Question, Version
from assets.rights.licenses import GivenAnswer, answers_of
from assets.versions import dossier
from core import audit
from core.models import LogEntry, User
from core.people import verification
from tests.assets import factories, verbs
from tests.share import WHOLE

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> None:
    """Run each act in a thread with a connection of its own; raises what any of them raised."""

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(run, acts))


def test_versions_of_one_asset_are_numbered_without_gap_or_double() -> None:
    ada = factories.ada()
    first = factories.VersionFactory.create(by=ada)
    at_once(*[lambda: factories.VersionFactory.create(by=ada, asset=first.asset) for _ in range(4)])
    assert sorted(Version.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert Asset.objects.count() == 1


def test_what_is_given_to_one_person_at_once_is_told_whole() -> None:
    """Each sees what the other gave: the last entry says all that the person is in."""
    ada = factories.ada()
    groups = [Group.objects.create(name=f"Group {n}") for n in range(4)]
    at_once(*[partial(User.objects.get(pk=ada.pk).groups.add, group) for group in groups])
    assert list(verification.walk(Counter())) == []


def test_the_log_stays_one_chain() -> None:
    ada = factories.ada()
    versions = [factories.VersionFactory.create(by=ada) for _ in range(4)]
    before = LogEntry.objects.count()
    at_once(*[
        lambda version=version: verbs.describe(version, text="A kitchen", decorative=False, language="en", by=ada)
        for version in versions
    ])  # fmt: skip
    assert LogEntry.objects.count() == before + 4
    assert audit.verify().ok


def test_two_panels_saved_at_once_are_both_kept_under_one_hash() -> None:
    ada = factories.ada()
    version = factories.VersionFactory.create(by=ada)
    at_once(
        lambda: verbs.describe(version, text="A kitchen", decorative=False, language="en", by=ada),
        lambda: verbs.say_who_is_shown(version, people="no", property="no", by=ada),
        lambda: factories.complete_license(version, ada),
    )
    kept = Version.objects.with_dossier().get(pk=version.pk)
    assert (kept.alt_text, kept.shows_people) == ("A kitchen", "no")
    assert kept.dossier_hash == dossier.digest(kept)


def test_answers_of_two_people_at_once_are_both_kept() -> None:
    """They are one value, so that whoever writes late must have read what was written meanwhile."""
    ada, max_ = factories.ada(), factories.max_()
    yes = GivenAnswer(Answer.YES)
    for _ in range(5 if WHOLE else 2):
        version = factories.VersionFactory.create(by=ada)
        answer = partial(verbs.answer_license, version)
        at_once(
            partial(answer, {Question.COMMERCIAL: yes}, by=ada),
            partial(answer, {Question.TERM: yes}, by=max_),
        )
        kept = Version.objects.with_dossier().get(pk=version.pk)
        said = answers_of(kept.license)
        assert [question for question in Question if said[question] == yes] == [Question.COMMERCIAL, Question.TERM]
        assert kept.dossier_hash == dossier.digest(kept)
        assert set(kept.contributors.filter(part="rights").values_list("person", flat=True)) == {ada.pk, max_.pk}


def test_archiving_twice_at_once_happens_once() -> None:
    from core.errors import InvalidTransition

    ada = factories.ada()
    version = factories.VersionFactory.create(by=ada)
    refused: list[InvalidTransition] = []

    def archive() -> None:
        try:
            verbs.archive(version, by=ada)
        except InvalidTransition as error:
            refused.append(error)

    at_once(archive, archive)
    assert len(refused) == 1
    assert LogEntry.objects.filter(action="version.archived").count() == 1
