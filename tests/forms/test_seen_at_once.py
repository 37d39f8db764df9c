"""Two people save the same thing at the same moment: one is first, and the other is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core.models import LogEntry
from tests.assets import factories
from tests.boundaries.walking import forms_of
from tests.browsing import browser_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_saves_at_the_same_moment_one_is_refused() -> None:
    people = [factories.ada(), factories.max_()]
    version = factories.VersionFactory.create(by=people[0])
    page, together = version.get_absolute_url(), Barrier(2)

    def save(number: int) -> int:
        try:
            browser = browser_of(people[number])
            form = next(form for form in forms_of(browser.get(page), page) if "alt-text" in form.fields)
            together.wait(20)
            return browser.post(form.action, form.with_(**{"alt-text": f"Table number {number}"})).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(save, range(2)))
    assert answers == [302, 409]
    assert LogEntry.objects.filter(action="version.described").count() == 1
