"""Content Credentials (C2PA): what a file brings is checked, and what is delivered is signed. Plain Python.

The native library reads foreign bytes, so it runs in a child behind the fence and nowhere else. It fetches nothing.
"""

from assets.imaging.credentials.native import is_installed, trust, trusted, warm_up
from assets.imaging.credentials.reading import read
from assets.imaging.credentials.signer import BadCertificate, SigningCertificate
from assets.imaging.credentials.signing import Claim, NotSigned, sign

__all__ = [
    "BadCertificate",
    "Claim",
    "NotSigned",
    "SigningCertificate",
    "is_installed",
    "read",
    "sign",
    "trust",
    "trusted",
    "warm_up",
]
