"""What may have been altered in a photograph: the values that listing systems know, and ours where one is too wide."""

from __future__ import annotations

from collections.abc import Collection, Iterable

RESO = {
    "VirtualStagingItemAddition": "Furniture or objects added",
    "DeclutteredItemRemoved": "Things removed",
    "VirtualRenovation": "Renovated: surfaces, fixtures or structure changed",
    "TwilightConversion": "Day turned into dusk",
    "VirtualRepresentationToBeBuilt": "Shows what is to be built",
    "VirtualRepresentationUnderConstruction": "Shows what is being built",
    "ModelHome": "Shows a model home",
    "OtherMediaModification": "Something else",
}
"""Values of RESO Data Dictionary 2.1, field MediaAlteration (legacy OData names, read 2026-11-22), and our words."""

ENHANCEMENTS = "VirtualEnhancements"
"""RESO's one value for sky, lawn and light. Rules tell the three apart: some services accept another sky, CRMLS refuses
another lawn, and Stellar refuses light that is not there (read 2026-11-28). So we keep three values, and it leaves."""

OURS = {
    "SkyReplaced": "Sky replaced",
    "LandscapingChanged": "Lawn or landscaping changed",
    "LightAdded": "Light added, such as lamps lit or sun let in",
}
"""What we tell apart under that one value."""

ALTERATIONS = dict(sorted({**RESO, **OURS}.items(), key=lambda each: each[0] == "OtherMediaModification"))
"""What can be stated of a picture, in the order in which a person chooses."""

EARLIER = {ENHANCEMENTS: "Sky, lawn or light enhanced"}
"""What versions may still say from before the three were told apart; it cannot be chosen anew."""


def in_plain_words(alteration: str) -> str:
    """The words for a value; one that is not listed stands for itself."""
    return ALTERATIONS.get(alteration) or EARLIER.get(alteration, alteration)


def choices_for(stated: Collection[str]) -> list[tuple[str, str]]:
    """What can be chosen for a picture: everything, and what is stated of it from before."""
    return [*ALTERATIONS.items(), *((name, words) for name, words in EARLIER.items() if name in stated)]


def as_reso(alterations: Iterable[str]) -> list[str]:
    """The values as listing systems know them, each once: ours become theirs when they leave."""
    return list(dict.fromkeys(ENHANCEMENTS if name in OURS else name for name in alterations))


def in_order(alterations: Collection[str]) -> list[str]:
    """The values in the order in which a person chooses among them."""
    order = [*ALTERATIONS, *EARLIER]
    return sorted(alterations, key=lambda name: (order.index(name) if name in order else len(order), name))
