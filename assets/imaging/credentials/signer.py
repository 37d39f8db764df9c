"""Who signs: a certificate with its key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

DEVELOPMENT = "Imprimatur development certificate, not trusted"
"""The name by which a certificate that a portal made for itself is known, wherever it turns up."""


class BadCertificate(Exception):
    """Nothing can be signed with this. The message says why, as the end of a sentence, for whoever set it."""


@dataclass(frozen=True, slots=True)
class SigningCertificate:
    """A certificate with its key, fit for signing."""

    chain: str
    """PEM, that of the signer first."""
    key: str = field(repr=False)
    """PEM, PKCS#8, without a password."""
    name: str
    algorithm: str
    ends: datetime
    trusted: bool = False
    """Whether one of the certificates that this portal trusts vouches for it."""
    timestamp_url: str = ""
    """Whose time stamps are asked for, so that a signature outlives its certificate."""

    @property
    def is_for_development(self) -> bool:
        return self.name == DEVELOPMENT
