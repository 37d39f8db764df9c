"""Content Credentials in the settings: a certificate that cannot sign stops the start, by name, with what to do."""

from __future__ import annotations

from pathlib import Path

from config import environment as env

GET_ONE = "Get a certificate for Content Credentials from an authority, the signer’s first in PEM, with its PKCS#8 key"
KEY = "-----BEGIN PRIVATE KEY-----"


def check(certificate: str, key: str, anchors: str, *, is_production: bool) -> None:
    """Raises ImproperlyConfigured for what nothing can be signed or checked with."""
    from assets.imaging import credentials  # here, as reading certificates takes a while and few starts need it
    from assets.imaging.credentials import certificates

    if bool(certificate) != bool(key):
        lacking = "C2PA_PRIVATE_KEY" if certificate else "C2PA_CERTIFICATE"
        raise env.wrong(lacking, "is not set, but the other half is", "Set both or neither")
    try:
        if anchors:
            certificates.read(anchors)
    except credentials.BadCertificate as problem:
        raise env.wrong("C2PA_TRUST_ANCHORS", str(problem), "Name a file of certificates in PEM") from None
    if not certificate:
        return
    if not credentials.is_installed():
        raise env.wrong("C2PA_CERTIFICATE", "is set, but c2pa-python is not installed", "Install it, or unset this")
    try:
        signer = certificates.load(certificate, key)
    except credentials.BadCertificate as problem:
        raise env.wrong("C2PA_CERTIFICATE", str(problem), GET_ONE) from None
    if is_production and signer.is_for_development:
        own = "is the development certificate that a portal makes for itself, which nobody trusts"
        raise env.wrong("C2PA_CERTIFICATE", own, f"{GET_ONE}, or unset it")


def kept_for_development(path: Path) -> tuple[str, str]:
    """A certificate and its key, made on the first start and kept beside the data; empty where nothing can sign."""
    from assets.imaging import credentials

    if not credentials.is_installed():
        return "", ""
    chain, mark, key = env.kept_secret(path, _made).partition(KEY)
    return chain, f"{mark}{key}"


def _made() -> str:
    from assets.imaging.credentials import certificates

    return "".join(certificates.make())
