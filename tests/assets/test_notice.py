"""Whose a picture is, as its file is told: what the license states, else what the file brought along."""

from __future__ import annotations

from typing import Any

import pytest

from assets.rights import notice
from assets.rights.notice import Notice

BROUGHT = {
    "iptc": {
        "creator": "Jane Roe Photography and Daughters; Bob",
        "rights": "© 2025 Jane Roe",
        "credit": "Roe/Agency",
        "usage_terms": "Editorial use only",
        "web_statement": "https://roe.example/license",
        "licensor": "Agency",
        "licensor_url": "https://agency.example/",
        "data_mining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEECONSTRAINT",
        "other_constraints": "No training",
        "marked": "True",
    },
    "iim": {"creator": "Jane Roe Photography and Daughte; Bob", "rights": "© 2025 Jane Roe"},
    "exif": {"creator": "Jane Roe Photography and Daughters; Bob", "camera_owner": "Jane’s husband"},
}


def leaving(license: dict[str, Any], found: dict[str, Any] | None = None, **made: Any) -> Notice:
    return notice.of({"license": license, "provenance": {"file_says": found or {}, **made}})


def test_what_the_file_brought_is_carried_through_whole_and_once() -> None:
    assert leaving({}, BROUGHT) == Notice(
        creator="Jane Roe Photography and Daughters; Bob",
        notice="© 2025 Jane Roe",
        credit="Roe/Agency",
        usage_terms="Editorial use only",
        web_statement="https://roe.example/license",
        licensor="Agency",
        licensor_url="https://agency.example/",
        data_mining="DMI-PROHIBITED-SEECONSTRAINT",
        constraints="No training",
        marked=True,
    )


def test_what_the_license_states_counts_alone() -> None:
    stated = {
        "creator": "Ann",
        "notice": "© 2026 Ann",
        "attribution": "Ann/We",
        "licensor": "Ann",
        "usage_terms": "Any",
    }
    said = leaving(stated, BROUGHT)
    assert (said.creator, said.notice, said.credit, said.usage_terms) == ("Ann", "© 2026 Ann", "Ann/We", "Any")
    assert (said.licensor, said.licensor_url) == ("Ann", "")


def test_two_places_that_differ_are_both_carried() -> None:
    found = {"iptc": {"rights": "© Ann"}, "exif": {"rights": "© An agency"}, "iim": {"rights": "© An"}}
    assert leaving({}, found).notice == "© Ann; © An agency"


def test_the_name_of_an_owner_is_no_notice() -> None:
    assert leaving({"holder": "Harbor Homes"}) == Notice()


@pytest.mark.parametrize(
    ("stated", "brought", "leaves"),
    [
        ("", "DMI-PROHIBITED", "DMI-PROHIBITED"),
        ("DMI-ALLOWED", "DMI-PROHIBITED", "DMI-PROHIBITED"),
        ("DMI-PROHIBITED-AIMLTRAINING", "DMI-ALLOWED", "DMI-PROHIBITED-AIMLTRAINING"),
        ("", "DMI-NONSENSE", ""),
    ],
)
def test_a_reservation_is_never_weakened(stated: str, brought: str, leaves: str) -> None:
    assert leaving({"data_mining": stated}, {"iptc": {"data_mining": brought}}).data_mining == leaves


def test_a_page_that_an_ai_system_wrote_into_its_file_is_not_the_license_of_the_picture() -> None:
    found = {"iptc": {"web_statement": "https://provider.example/terms"}}
    assert leaving({}, found, ai_system="An AI system").web_statement == ""
    assert (
        leaving({"url": "https://license.example/"}, found, ai_system="An").web_statement == "https://license.example/"
    )
