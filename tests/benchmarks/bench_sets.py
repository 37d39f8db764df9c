"""Ten thousand pictures described, cleared and archived at once, each with contributors, seals and one log entry.

The goal is a time that somebody waits for with a coffee: fifteen seconds a verb, on either database. Beside it stands
the share of it that the same rows cost when they are merely read with all that is judged about them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from assets.alt_texts import writing
from assets.alt_texts.checking import Words
from assets.library import collection
from assets.models import Asset, Contributor, License, Origin, Provenance, Version
from assets.rights import licenses
from assets.versions import dossier
from assets.versions.changing import seal
from core import audit
from core.models import LogEntry, User
from core.sets import batches
from tests.assets import factories
from tests.benchmarks import machine_facts

MANY = 10_000
GOAL = 15.0
"""Seconds for one verb over all of them."""


@pytest.fixture
def many(ada: User) -> list[Version]:
    """Ten thousand uploads of which nothing is known yet."""
    assets = Asset.objects.bulk_create([Asset(title=f"Kitchen {n}", created_by=ada) for n in range(MANY)], 500)
    rows = licenses.first_licenses(None, MANY, by=ada)
    versions = [_version(asset, license, ada) for asset, license in zip(assets, rows, strict=True)]
    Version.objects.bulk_create(versions, 500)
    Provenance.objects.bulk_create([Provenance(version=version) for version in versions], 500)
    for batch in batches(Version.objects.values_list("pk", flat=True)):
        seal(Version.objects.with_dossier().filter(pk__in=batch))
    return list(Version.objects.order_by("pk"))


def _version(asset: Asset, license: License, ada: User) -> Version:
    file: dict[str, Any] = {"sha256": asset.pk.hex * 2, "media_type": "image/jpeg", "width": 1200, "height": 800}
    made = {"origin": Origin.UPLOADED, "maker": "upload", "created_by": ada, "number": 1, "size": 1}
    return Version(asset=asset, license=license, **file, **made)


@pytest.mark.django_db
def test_verbs_over_ten_thousand(many: list[Version], ada: User) -> None:
    facts, yes = machine_facts.facts(), factories.YES
    owned = licenses.LicenseFacts(holder="Harbor Homes", attribution="Harbor Homes")
    read = _seconds(lambda: [dossier.facts(each) for each in Version.objects.with_dossier().iterator(chunk_size=500)])
    said = {version: Words(f"Kitchen {n} with an oak table", "en") for n, version in enumerate(many)}
    told = [
        _line("described", _seconds(lambda: writing.describe(said, by=ada))),
        _line("cleared", _seconds(lambda: licenses.answer_license(many, yes, owned, by=ada))),
        _line("archived", _seconds(lambda: collection.archive(many, by=ada))),
        f"read with all that is judged, {connection.vendor}: {read:.1f} s",
    ]
    assert [entry.subjects.count() for entry in LogEntry.objects.order_by("-id")[:3]] == [MANY] * 3
    assert set(Contributor.objects.order_by().values_list("part", flat=True)) == {"words", "rights"}
    assert Contributor.objects.count() == 2 * MANY
    assert audit.verify().ok
    machine_facts.say(*told, facts)


def _seconds(verb: Callable[[], object]) -> float:
    begun = time.monotonic()
    verb()
    return time.monotonic() - begun


def _line(what: str, seconds: float) -> str:
    return machine_facts.figure(f"{what}_10k_{connection.vendor}", seconds, GOAL, " s")
