"""The dossier: the same facts give the same hash, and everything that is judged is in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from assets.models import Answer, Question, Version
from assets.rights.consents import GivenConsent
from assets.rights.licenses import GivenAnswer
from assets.versions import dossier
from core.models import User
from tests.assets import factories, verbs


def reread(version: Version) -> Version:
    return Version.objects.with_dossier().get(pk=version.pk)


def test_reading_it_again_gives_the_same_hash(ready: Version) -> None:
    assert dossier.digest(reread(ready)) == dossier.digest(reread(ready)) == reread(ready).dossier_hash


def test_it_survives_being_stored_as_json(ready: Version) -> None:
    said = dossier.facts(ready)
    assert dossier.digest_of(json.loads(json.dumps(said))) == dossier.digest_of(said)


CHANGES: dict[str, Callable[[Version, User], object]] = {
    "alt text": lambda v, by: verbs.describe(v, text="New", decorative=False, language="en", by=by),
    "long": lambda v, by: verbs.describe(v, text=v.alt_text, language=v.alt_language, long="A plan.", by=by),
    "language": lambda v, by: verbs.describe(v, text=v.alt_text, decorative=False, language="en-GB", by=by),
    "decorative": lambda v, by: verbs.describe(v, text="", decorative=True, language="en", by=by),
    "translation": lambda v, by: verbs.describe(
        v, text=v.alt_text, decorative=False, language="en", further={"de": "Neu"}, by=by
    ),
    "answer": lambda v, by: verbs.answer_license(
        v, {Question.TERM: GivenAnswer(Answer.NO)}, holder="Harbor Homes", attribution="Harbor Homes", by=by
    ),
    "source of an answer": lambda v, by: verbs.answer_license(
        v,
        {Question.TERM: GivenAnswer(Answer.YES, "", "elsewhere")},
        holder="Harbor Homes",
        attribution="Harbor Homes",
        by=by,
    ),
    "credit": lambda v, by: verbs.answer_license(v, {}, holder="Harbor Homes", attribution="Jo", by=by),
    "last day": lambda v, by: verbs.answer_license(
        v, {}, holder="Harbor Homes", attribution="Harbor Homes", valid_until=date(2030, 1, 31), by=by
    ),
    "people": lambda v, by: verbs.say_who_is_shown(v, people="real", property="no", by=by),
    "consent": lambda v, by: verbs.record_consent(v, GivenConsent(kind="person", name="Jo"), by=by),
    "digital source": lambda v, by: verbs.mark(
        v, digital_source="humanEdits", alterations=[], original=None, disclosure_note="", by=by
    ),
    "original": lambda v, by: verbs.mark(
        v,
        digital_source="digitalCapture",
        alterations=[],
        original=factories.VersionFactory.create(by=by),
        disclosure_note="",
        by=by,
    ),
    "note on the alteration": lambda v, by: verbs.mark(
        v, digital_source=v.digital_source, alterations=[], original=None, disclosure_note="Sky replaced", by=by
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_everything_that_is_judged_changes_the_hash(change: str, ready: Version, ada: User) -> None:
    before = reread(ready).dossier_hash
    CHANGES[change](reread(ready), ada)
    assert reread(ready).dossier_hash != before


def test_everything_about_a_consent_is_judged(ready: Version, ada: User) -> None:
    judged: dict[str, Any] = {
        "kind": "person",
        "name": "Jo",
        "given": "yes",
        "scope": "Web",
        "valid_until": "2030-01-31",
    }
    judged |= {"reach": "limited", "channel_kinds": ["website"], "channels": [], "territories": ["Ohio"]}
    judged |= {"purposes": ["marketing"], "may_alter": "no", "to_providers": "yes", "revoked": False}
    signed = {"sha256": "0" * 64, "name": "jo.pdf"}
    values = {name: value for name, value in judged.items() if name not in ("revoked", "valid_until")}
    given = GivenConsent(
        **values,
        valid_until=date(2030, 1, 31),
        guardian_name="Mary",
        guardian_relation="mother",
        files=[signed | {"media_type": "application/pdf", "size": 9}],
    )
    verbs.record_consent(ready, given, by=ada)
    said = judged | {"guardian": {"name": "Mary", "relation": "mother"}, "files": [signed]}
    assert dossier.facts(reread(ready))["consents"]["given"] == [said]


def test_the_earlier_formats_say_of_a_consent_what_they_said(ready: Version, ada: User) -> None:
    """Decisions under them still stand, so a hash of theirs must come out as it did."""
    signed = {"sha256": "0" * 64, "name": "jo.pdf", "media_type": "application/pdf", "size": 9}
    given = GivenConsent(kind="person", name="Jo", given="yes", scope="Web", reach="any", files=[signed])
    verbs.say_who_is_shown(ready, people="real", property="no", by=ada)
    verbs.record_consent(ready, given, by=ada)
    once = {"kind": "person", "name": "Jo", "given": "yes", "scope": "Web", "valid_until": "", "document": "0" * 64}
    said = {"shows_people": "yes", "shows_property": "no", "given": [once]}
    assert [dossier.facts(reread(ready), number)["consents"] for number in (1, 2)] == [said, said]


def test_saving_the_same_words_again_keeps_the_hash(ready: Version, ada: User) -> None:
    before = reread(ready).dossier_hash
    verbs.describe(ready, text=ready.alt_text, decorative=False, language="en", by=ada)
    factories.complete_license(ready)
    assert reread(ready).dossier_hash == before


def test_two_versions_with_the_same_facts_differ_by_their_files(ada: User) -> None:
    one, other = factories.ready_version(ada), factories.ready_version(ada)
    assert dossier.digest(one) != dossier.digest(other)
