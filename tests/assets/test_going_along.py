"""Whether a photograph of a listing may be sent outside, by what was said in plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assets.rights.going_along import Inputs, Said, may_go_along

TODAY = date(2026, 12, 1)
OWNER = Said(kind="property", name="Jane Roe", given="yes", to_providers="yes", valid_until=TODAY)
JO = Said(kind="person", name="Jo", given="yes", to_providers="yes")
OPENAI = Inputs(publisher="OpenAI", answer="yes")


def codes(*consents: Said, terms: Inputs = OPENAI) -> list[str]:
    return [each.code for each in may_go_along(consents, terms, listing="HB-1", on=TODAY)]


def test_it_goes_where_owner_and_terms_both_say_yes() -> None:
    assert codes(OWNER, JO) == []
    assert codes(replace(OWNER, kind="listing")) == []


@pytest.mark.parametrize(
    "owner",
    [
        replace(OWNER, to_providers="unknown"),
        replace(OWNER, given="unknown"),
        replace(OWNER, revoked=True),
        replace(OWNER, valid_until=date(2026, 11, 30)),
        replace(OWNER, kind="person"),
    ],
)
def test_unknown_revoked_and_over_are_not_yes(owner: Said) -> None:
    assert codes(owner) == ["send_consent_missing"]


def test_without_any_consent_it_says_what_to_do() -> None:
    (finding,) = may_go_along([], OPENAI, listing="HB-1", on=TODAY)
    assert finding.blocks
    assert "photographs of HB-1" in finding.words
    assert "Record its owner’s consent" in finding.words


def test_one_no_is_no_whoever_else_agrees() -> None:
    assert codes(replace(OWNER, to_providers="no")) == ["send_refused"]
    assert codes(OWNER, replace(JO, to_providers="no")) == ["send_refused"]


def test_a_person_whose_consent_is_silent_is_asked() -> None:
    assert codes(OWNER, replace(JO, to_providers="unknown")) == ["send_person_unknown"]


def test_terms_that_take_more_or_say_nothing_keep_it_here() -> None:
    keeps = Inputs(publisher="Black Forest Labs", answer="no", detail="It takes a perpetual license.")
    (finding,) = may_go_along([OWNER], keeps, listing="HB-1", on=TODAY)
    assert (finding.code, "It takes a perpetual license." in finding.words) == ("send_terms_refuse", True)
    assert codes(OWNER, terms=Inputs.of(None, "Lumen")) == ["send_terms_unknown"]
