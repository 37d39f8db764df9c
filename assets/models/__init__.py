"""What the library keeps: assets, their versions, the rights in them, who contributed, and where they came from."""

from assets.models.asset import Asset
from assets.models.consent import Consent, ConsentUse, Medium, Purpose, Reach, RightsWithdrawal, Shown
from assets.models.contributor import Contributor, Part
from assets.models.listing import Listing
from assets.models.provenance import Provenance
from assets.models.rendition import Rendition
from assets.models.rights import (
    Answer,
    DataMining,
    Grant,
    Indemnity,
    License,
    LicenseSet,
    Ownership,
    Question,
    Terms,
)
from assets.models.version import AltText, Decided, DigitalSource, EarlierSeal, Origin, Version, WiderSeal

__all__ = [
    "AltText",
    "Answer",
    "Asset",
    "Consent",
    "ConsentUse",
    "Contributor",
    "DataMining",
    "Decided",
    "DigitalSource",
    "EarlierSeal",
    "Grant",
    "Indemnity",
    "License",
    "LicenseSet",
    "Listing",
    "Medium",
    "Origin",
    "Ownership",
    "Part",
    "Provenance",
    "Purpose",
    "Question",
    "Reach",
    "Rendition",
    "RightsWithdrawal",
    "Shown",
    "Terms",
    "Version",
    "WiderSeal",
]
