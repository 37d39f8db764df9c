"""How two dossiers of a review differ, in words: the version's part as the library tells it, and the channels'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.library.differences import between, label_of
from assets.provenance.alterations import ALTERATIONS, in_plain_words
from assets.versions.dossier import flat
from core.languages import LANGUAGES


def differences(seen: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What changed between two dossiers' facts, a sentence each."""
    return [str(each) for each in between(flat(seen), flat(now), _label)]


SIGNING = {
    "signing.signed": "Delivered files are signed",
    "signing.signer": "Who signs delivered files",
    "signing.trusted": "Who signs is trusted",
}


def _label(path: str) -> str:
    if path in SIGNING:
        return SIGNING[path]
    kind, _, rest = path.partition(".")
    return _of_channel(rest) if kind == "channels" else label_of(path)


def _of_channel(path: str) -> str:
    """A part of a channel: `website.profile.caption_altered` is “Channel website, caption altered”."""
    slug, _, rest = path.partition(".")
    parts = rest.removeprefix("rules.").removeprefix("profile.").removeprefix("words.").split(".")
    what = ", ".join(_word(part) for part in parts if part)
    return f"Channel {slug}, {what}" if what else f"Channel {slug}"


def _word(part: str) -> str:
    """A language, an alteration or a field, as people call it."""
    if part in LANGUAGES:
        return LANGUAGES[part]
    return in_plain_words(part).lower() if part in ALTERATIONS else part.replace("_", " ")
