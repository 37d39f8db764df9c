"""Languages in which alt texts are written: their tags (BCP 47) and what they are called here."""

from __future__ import annotations

from collections.abc import Iterable

LANGUAGES = {
    "en": "English",
    "en-GB": "English (United Kingdom)",
    "en-US": "English (United States)",
    "ar": "Arabic",
    "zh-Hans": "Chinese (simplified)",
    "zh-Hant": "Chinese (traditional)",
    "cs": "Czech",
    "da": "Danish",
    "nl": "Dutch",
    "fil": "Filipino",
    "fi": "Finnish",
    "fr": "French",
    "fr-CA": "French (Canada)",
    "de": "German",
    "el": "Greek",
    "ht": "Haitian Creole",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nb": "Norwegian",
    "fa": "Persian",
    "pl": "Polish",
    "pt": "Portuguese",
    "pt-BR": "Portuguese (Brazil)",
    "pa": "Punjabi",
    "ro": "Romanian",
    "ru": "Russian",
    "es": "Spanish",
    "es-US": "Spanish (United States)",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "cy": "Welsh",
}
"""Tag → name. English comes first, since most texts are in it; the others follow by name."""


def name_of(tag: str) -> str:
    """What a language is called; its tag, when it is not in the list."""
    return LANGUAGES.get(tag, tag)


def choices(*held: str, but: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The languages to choose from, with those in use that the list does not have, and without some."""
    tags = dict.fromkeys((*LANGUAGES, *(tag for tag in held if tag)))
    return [(tag, name_of(tag)) for tag in tags if tag not in set(but)]
