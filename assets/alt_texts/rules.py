"""Alt text rules: what a text must not be, and what is worth a second look.

The rules follow the W3C's images tutorial (decision tree and tips, read 2026-11-22); the lengths are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from assets.alt_texts import reality
from core.errors import Finding, Severity
from core.languages import name_of

LONG = 150
"""Characters from which a text is long for an alt text."""
TOO_LONG = 250
"""Characters from which it belongs into a description beside the picture."""

_FILE_NAME = re.compile(
    r"(?:.*\.(?:jpe?g|png|webp|gif|avif|tiff?|heic|bmp)|(?:img|dsc|dscn|pxl|image|screenshot)[\s_-]?\d[\w\s-]*|[0-9a-f-]{32,})",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:an? |the )?(?:image|picture|photo|photograph|graphic|pic) (?:of|showing|shows)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def check_alt_text(
    text: str,
    *,
    decorative: bool = False,
    title: str = "",
    altered: bool = False,
    siblings: Iterable[str] = (),
    captions: Iterable[str] = (),
    language: str = "en",
) -> list[Finding]:
    """What is wrong with an alt text.

    `siblings` are the alt texts of other pictures of the same listing, `captions` what is read beside this one.
    """
    if decorative:
        return list(_decorative_findings(text, altered))
    if not text.strip():
        return [_stop("alt_text_missing", "There is no alt text: say in a sentence what the picture shows.")]
    return [
        *_hard_findings(text.strip(), altered, language),
        *_soft_findings(text.strip(), title, _folded(siblings), _folded(captions)),
    ]


def check_translations(texts: Mapping[str, str], *, first: str, altered: bool = False) -> list[Finding]:
    """What is wrong with the texts in further languages, by tag. `first` is the text that they say again."""
    found = []
    for tag, text in texts.items():
        here = check_alt_text(text, altered=altered, language=tag)
        if text.strip().casefold() == first.strip().casefold():
            here.append(_look("alt_text_untranslated", "This is the first text again. Write it in this language."))
        found += [replace(each, code=f"{each.code}.{tag}", words=f"{name_of(tag)}: {each.words}") for each in here]
    return found


def _folded(texts: Iterable[str]) -> set[str]:
    return {text.strip().casefold() for text in texts if text.strip()}


def _decorative_findings(text: str, altered: bool) -> Iterator[Finding]:
    if text.strip():
        yield _stop(
            "alt_text_decorative", "A decorative picture has no alt text. Clear it, or say that the picture informs."
        )
    if altered:
        yield _stop("alt_text_altered_decorative", "An altered photograph informs, so it cannot be decorative.")


def _hard_findings(text: str, altered: bool, language: str) -> Iterator[Finding]:
    if _FILE_NAME.fullmatch(text):
        yield _stop("alt_text_file_name", "This is a file name. Say what the picture shows.")
    if altered and not reality.says_altered(text, language):
        yield _hidden_alteration(language)
    if not _LANGUAGE.fullmatch(language):
        yield _stop("alt_text_language", "Say which language the alt text is in, such as “en” or “fr-CA”.")


def _hidden_alteration(language: str) -> Finding:
    """A language whose forms nobody has written down yet is for whoever reads it to confirm."""
    if reality.knows(language):
        words = (
            "The photograph was altered, and the alt text does not say so. "
            "Say of what is not really there that it is “virtually staged”, “digitally added” or the like."
        )
        return _stop("alt_text_hides_alteration", words)
    words = (
        f"The photograph was altered. The portal cannot read {name_of(language)} for that: "
        "confirm that the text says what is not really there, with the words for “virtually staged”."
    )
    return _look("alt_text_hides_alteration", words)


def _soft_findings(text: str, title: str, siblings: set[str], captions: set[str]) -> Iterator[Finding]:
    if len(text) > TOO_LONG:
        words = (
            f"{len(text)} characters are a description. "
            "Keep the main point here, and move the rest into the long description."
        )
        yield _look("alt_text_too_long", words)
    elif len(text) > LONG:
        yield _look("alt_text_long", f"{len(text)} characters are much to listen to; {LONG} are usually enough.")
    if _OPENING.match(text):
        yield _look("alt_text_opening", "Leave out “picture of”: a screen reader says that it is a picture.")
    if title and text.casefold() == title.strip().casefold():
        yield _look("alt_text_is_title", "The alt text repeats the title. Say what the title does not.")
    if text.casefold() in captions:
        yield caption_repeated("the caption or note beside the picture")
    if text.casefold() in siblings:
        yield _look("alt_text_duplicate", "Another picture of this listing has the same alt text.")
    if _is_stuffed(text):
        yield _look("alt_text_stuffed", "This reads like a list of keywords. Write a sentence.")


def caption_repeated(which: str) -> Finding:
    """A screen reader would read the same words twice."""
    return _look("alt_text_is_caption", f"The alt text repeats {which}. Say what it does not.")


def _is_stuffed(text: str) -> bool:
    """Many commas without a full stop, or one long word again and again."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return (text.count(",") >= 6 and "." not in text) or any(words.count(word) >= 4 for word in set(words))


def _stop(code: str, words: str) -> Finding:
    return Finding(code, words, field="alt_text")


def _look(code: str, words: str) -> Finding:
    return Finding(code, words, Severity.WARNS, "alt_text")
