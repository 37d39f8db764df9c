"""What is missing before a version can be reviewed, whatever the channel."""

from __future__ import annotations

from datetime import date

from assets.alt_texts.checking import alt_text_findings
from assets.library import inheriting
from assets.models import Version
from assets.provenance import agreement, disclosure
from assets.rights import validity
from core.errors import Finding


def findings(version: Version, on: date) -> list[Finding]:
    """Everything that is missing, or worth a look, on a day."""
    return [
        *alt_text_findings(version),
        *validity.findings(version, on),
        *disclosure.findings(version),
        *agreement.findings(version),
        *inheriting.findings(version),
    ]
