"""The alt text rules, one line each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.alt_texts.rules import check_alt_text, check_translations

GOOD = "Kitchen with an oak table by a wide window"
BLOCKS, WARNS = "blocks", "warns"

LINT = [
    (GOOD, {}, []),
    ("Façade à Paris : la lumière du soir", {"language": "fr-CA"}, []),
    ("", {}, [("alt_text_missing", BLOCKS)]),
    (" \n\t ", {}, [("alt_text_missing", BLOCKS)]),
    ("IMG_2041.JPG", {}, [("alt_text_file_name", BLOCKS)]),
    ("harbor street front.webp", {}, [("alt_text_file_name", BLOCKS)]),
    ("DSC_0042", {}, [("alt_text_file_name", BLOCKS)]),
    ("Image 7", {}, [("alt_text_file_name", BLOCKS)]),
    ("Picture of a kitchen", {}, [("alt_text_opening", WARNS)]),
    ("An image showing a kitchen", {}, [("alt_text_opening", WARNS)]),
    ("Picture window above the sink", {}, []),
    ("x y " * 38 + "z", {}, [("alt_text_long", WARNS)]),
    ("x y " * 64, {}, [("alt_text_too_long", WARNS)]),
    ("The Kitchen ", {"title": "the kitchen"}, [("alt_text_is_title", WARNS)]),
    (GOOD, {"siblings": [GOOD.upper()]}, [("alt_text_duplicate", WARNS)]),
    (GOOD, {"siblings": ["Another"]}, []),
    ("house, home, flat, sale, rent, buy, cheap, sea", {}, [("alt_text_stuffed", WARNS)]),
    ("kitchen kitchen kitchen kitchen", {}, [("alt_text_stuffed", WARNS)]),
    (GOOD, {"altered": True}, [("alt_text_hides_alteration", BLOCKS)]),
    ("Living room, virtually staged with a sofa", {"altered": True}, []),
    ("Illustration of the planned terrace", {"altered": True}, []),
    ("Wohnzimmer, virtuell möbliert", {"altered": True, "language": "de"}, []),
    ("Wohnzimmer mit Sofa", {"altered": True, "language": "de"}, [("alt_text_hides_alteration", WARNS)]),
    (GOOD, {"altered": True, "language": "en-GB"}, [("alt_text_hides_alteration", BLOCKS)]),
    (GOOD, {"language": ""}, [("alt_text_language", BLOCKS)]),
    (GOOD, {"language": "english please"}, [("alt_text_language", BLOCKS)]),
    ("", {"decorative": True}, []),
    (GOOD, {"decorative": True}, [("alt_text_decorative", BLOCKS)]),
    ("", {"decorative": True, "altered": True}, [("alt_text_altered_decorative", BLOCKS)]),
]


@pytest.mark.parametrize(("text", "options", "found"), LINT)
def test_alt_text(text: str, options: dict[str, object], found: list[tuple[str, str]]) -> None:
    findings = check_alt_text(text, **options)  # type: ignore[arg-type] # the table mixes the options' types
    assert [(finding.code, finding.severity) for finding in findings] == found


def test_further_languages_are_named_in_what_is_said_about_them() -> None:
    texts = {"de": "IMG_2041.jpg", "fr": GOOD, "es": "Cocina con una mesa de roble"}
    found = check_translations(texts, first=GOOD)
    assert [(finding.code, finding.severity) for finding in found] == [
        ("alt_text_file_name.de", BLOCKS),
        ("alt_text_untranslated.fr", WARNS),
    ]
    assert [finding.words.partition(":")[0] for finding in found] == ["German", "French"]


@given(st.text(), st.booleans(), st.booleans())
def test_any_text_gets_an_answer_about_the_alt_text(text: str, decorative: bool, altered: bool) -> None:
    findings = check_alt_text(text, decorative=decorative, altered=altered)
    assert all(finding.field == "alt_text" and finding.words.endswith(".") for finding in findings)
