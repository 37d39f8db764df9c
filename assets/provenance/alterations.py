"""What may have been altered in a photograph: the values that listing systems know, in plain words."""

from __future__ import annotations

ALTERATIONS = {
    "VirtualStagingItemAddition": "Furniture or objects added",
    "DeclutteredItemRemoved": "Things removed",
    "VirtualRenovation": "Renovated: surfaces, fixtures or structure changed",
    "VirtualEnhancements": "Sky, lawn or light enhanced",
    "TwilightConversion": "Day turned into dusk",
    "VirtualRepresentationToBeBuilt": "Shows what is to be built",
    "VirtualRepresentationUnderConstruction": "Shows what is being built",
    "ModelHome": "Shows a model home",
    "OtherMediaModification": "Something else",
}
"""Values of RESO Data Dictionary 2.1, field MediaAlteration (legacy OData names, read 2026-11-22), and our words."""


def in_plain_words(alteration: str) -> str:
    """The words for a RESO value; a value that is not listed stands for itself."""
    return ALTERATIONS.get(alteration, alteration)
