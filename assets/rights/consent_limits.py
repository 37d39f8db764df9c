"""The limits of a consent, told in words."""

from __future__ import annotations

from collections.abc import Iterator

from assets.models import Consent, Medium, Purpose


def in_words(consent: Consent) -> list[str]:
    """What a consent is limited to, a sentence each."""
    return list(_sentences(consent))


def _sentences(consent: Consent) -> Iterator[str]:
    if consent.channel_kinds or consent.channels:
        kinds = [str(Medium(kind).label) for kind in consent.channel_kinds if kind in Medium.values]
        yield f"Only in {', '.join([*kinds, *consent.channels])}"
    if consent.purposes:
        purposes = [str(Purpose(each).label).lower() for each in consent.purposes if each in Purpose.values]
        yield f"Only for {', '.join(purposes)}"
    if consent.territories:
        yield f"Only within {', '.join(consent.territories)}"
