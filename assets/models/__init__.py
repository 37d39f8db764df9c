"""What the library keeps: assets, their versions, the rights in them, where they came from, and the log."""

from assets.models.asset import Asset
from assets.models.listing import Listing
from assets.models.provenance import Provenance
from assets.models.rendition import Rendition
from assets.models.rights import Answer, Consent, License, LicenseAnswer, Question, Terms
from assets.models.version import AltText, DigitalSource, Origin, Version
from core.models.log import LogEntry, LogHead

__all__ = [
    "AltText",
    "Answer",
    "Asset",
    "Consent",
    "DigitalSource",
    "License",
    "LicenseAnswer",
    "Listing",
    "LogEntry",
    "LogHead",
    "Origin",
    "Provenance",
    "Question",
    "Rendition",
    "Terms",
    "Version",
]
