"""The alt text rules, one line each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.alt_texts import reality
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
    ("Wohnzimmer mit Sofa", {"altered": True, "language": "de"}, [("alt_text_hides_alteration", BLOCKS)]),
    ("Woonkamer met bank", {"altered": True, "language": "nl"}, [("alt_text_hides_alteration", WARNS)]),
    ("Woonkamer, virtueel ingericht", {"altered": True, "language": "nl"}, [("alt_text_hides_alteration", WARNS)]),
    (GOOD, {"captions": [f" {GOOD.upper()} "]}, [("alt_text_is_caption", WARNS)]),
    (GOOD, {"captions": [""]}, []),
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


SAYS = {
    "en": (
        "Living room, virtually staged with a gray sofa",
        "Kitchen with digitally added island",
        "Sofa added digitally in an empty room",
        "Rendering of the finished terrace",
        "Artist’s impression of the garden",
        "Artist's rendering of the lobby",
        "Computer-generated view of the pool",
        "AI-generated furniture in the den",
        "Bedroom. Virtual staging.",
        "Edited photograph: the pole by the drive was removed",
        "Front of the house at simulated twilight",
    ),
    "de": (
        "Wohnzimmer, virtuell möbliert",
        "Küche mit digital eingefügter Insel",
        "Nachträglich begrünter Garten",
        "Computergeneriertes Bild der Terrasse",
        "KI-generierte Möbel im Schlafzimmer",
        "Visualisierung des fertigen Gartens",
        "Zimmer mit virtuellen Möbeln: virtuelle Möblierung",
    ),
    "es": (
        "Salón amueblado virtualmente",
        "Cocina con isla añadida digitalmente",
        "Dormitorio con home staging virtual",
        "Recreación virtual de la terraza",
        "Imagen generada por ordenador del jardín",
        "Render de la fachada",
    ),
    "fr": (
        "Salon meublé virtuellement",
        "Cuisine avec un îlot ajouté numériquement",
        "Chambre, home staging virtuel",
        "Image de synthèse de la terrasse",
        "Vue d’artiste du jardin",
        "Canapé généré par IA dans une pièce vide",
    ),
}
DOES_NOT_SAY = {
    "en": (
        "Beautifully staged living room",
        "Digital thermostat beside the door",
        "Digital piano in the den",
        "Virtual tour kiosk in the lobby",
        "Virtual reality headset on a desk",
        "Virtually new carpet in the hall",
        "Virtually untouched kitchen of 1920",
        "Rendered brick facade",
        "Simulated wood floor",
        "Framed illustration of a heron above the sofa",
        "Room that was not virtually staged",
        "Not digitally altered: the hall as it is",
    ),
    "de": (
        "Schön eingerichtetes Wohnzimmer",
        "Digitales Thermostat neben der Tür",
        "Digitalpiano im Salon",
        "Virtueller Rundgang am Eingang",
        "Nicht virtuell möbliert",
        "Bearbeitete Holzbalken",
    ),
    "es": (
        "Salón bellamente decorado",
        "Termostato digital junto a la puerta",
        "Piano digital en la sala",
        "Visita virtual en la entrada",
        "Salón amueblado",
    ),
    "fr": (
        "Salon joliment meublé",
        "Thermostat numérique près de la porte",
        "Piano numérique au salon",
        "Visite virtuelle dans le hall",
        "Pas virtuellement meublé",
    ),
}


@pytest.mark.parametrize(("language", "text"), [(each, text) for each, texts in SAYS.items() for text in texts])
def test_a_text_that_says_what_is_not_really_there_is_understood(language: str, text: str) -> None:
    assert reality.says_altered(text, language)
    assert check_alt_text(text, altered=True, language=language) == []


@pytest.mark.parametrize(("language", "text"), [(each, text) for each, texts in DOES_NOT_SAY.items() for text in texts])
def test_a_word_that_describes_a_thing_in_the_room_says_nothing_of_it(language: str, text: str) -> None:
    [found] = check_alt_text(text, altered=True, language=language)
    assert (found.code, found.severity) == ("alt_text_hides_alteration", BLOCKS)


def test_a_language_without_forms_is_named_for_whoever_confirms_it() -> None:
    [found] = check_alt_text("Olohuone", altered=True, language="fi")
    assert "Finnish" in found.words
    assert found.severity == WARNS


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
