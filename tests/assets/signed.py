"""Signed pictures, made by the library itself when a test asks for them: as providers send them, and forgers."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from assets.imaging.credentials import certificates, native
from assets.imaging.metadata import SOURCE_TYPES
from tests.assets.factories import picture

PEM = serialization.Encoding.PEM
FORMS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/avif": "AVIF", "image/gif": "GIF"}
PRIVATE = ("39,21.102N", "Jane Planted", "Joe Planted")
"""Words that a signed picture of `provider` with private data holds, and that no delivered file may."""


@dataclass(frozen=True)
class Identity:
    """A chain with its key, and the authority at its end; all PEM."""

    chain: str
    key: str
    root: str


@cache
def identity(name: str, *, days: int = 365, since: int = 1) -> Identity:
    """Somebody who can sign, from `since` days ago on."""
    authority, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    begun = datetime.now(UTC) - timedelta(days=since)
    root = _unsigned(f"Root of {name}", name, authority, begun, days)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    root = root.add_extension(certificates._uses(issues=True), critical=True)
    leaf = _unsigned(name, name, signer, begun, days)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(certificates._uses(issues=False), critical=True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    of_root = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    leaf = leaf.add_extension(of_root, critical=False)
    made = [each.sign(authority, hashes.SHA256()).public_bytes(PEM).decode() for each in (leaf, root)]
    private = signer.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    return Identity("".join(made), private, made[1])


def _unsigned(
    name: str, of: str, key: ec.EllipticCurvePrivateKey, begun: datetime, days: int
) -> x509.CertificateBuilder:
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, f"Root of {of}"))
    made = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(begun).not_valid_after(begun + timedelta(days=days))
    return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


Ingredient = tuple[dict[str, Any], str, bytes]


def sign(
    data: bytes,
    media_type: str,
    manifest: dict[str, Any],
    by: Identity,
    ingredients: Iterable[Ingredient] = (),
    *,
    thumbnails: bool = False,
) -> bytes:
    """The picture with a manifest of the test's own."""
    said = {**native.QUIET, "builder": {"thumbnail": {"enabled": thumbnails}}}
    quiet = c2pa.Context(c2pa.Settings.from_dict(said))
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", by.chain.encode(), by.key.encode(), None))
    builder = c2pa.Builder(manifest, context=quiet)
    for told, kind, file in ingredients:
        builder.add_ingredient(told, kind, io.BytesIO(file))
    out = io.BytesIO()
    builder.sign(signer, media_type, io.BytesIO(data), out)
    return out.getvalue()


def created(term: str = "trainedAlgorithmicMedia", **more: Any) -> dict[str, Any]:
    """An assertion of how a picture came to be."""
    action = {
        "action": "c2pa.created",
        "digitalSourceType": f"{SOURCE_TYPES}{term}",
        "softwareAgent": {"name": "GPT-4o"},
    }
    return {"label": "c2pa.actions.v2", "data": {"actions": [action | more]}}


PRIVATE_ASSERTIONS = [
    {
        "label": "stds.schema-org.CreativeWork",
        "data": {"@type": "CreativeWork", "author": [{"@type": "Person", "name": PRIVATE[1]}]},
    },
    {
        "label": "stds.exif",
        "data": {"@context": {"exif": "http://ns.adobe.com/exif/1.0/"}, "exif:GPSLatitude": PRIVATE[0]},
    },
    {
        "label": "cawg.metadata",
        "data": {"@context": {"dc": "http://purl.org/dc/elements/1.1/"}, "dc:creator": [PRIVATE[2]]},
    },
]


@cache
def provider(
    media_type: str = "image/jpeg",
    *,
    private: bool = False,
    term: str = "trainedAlgorithmicMedia",
    title: str = "image.png",
    seed: int = 1,
) -> bytes:
    """A picture as a provider sends it; with private data, it tells place, names and a thumbnail."""
    manifest = {
        "claim_generator_info": [{"name": "Provider’s generator", "version": "1"}],
        "title": title,
        "assertions": [created(term), *(PRIVATE_ASSERTIONS if private else ())],
    }
    data = picture(640, 480, seed=seed, form=FORMS[media_type])
    return sign(data, media_type, manifest, identity("Provider Inc"), thumbnails=private)


def tampered(data: bytes) -> bytes:
    """The same file with one byte of its pixels changed."""
    at = data.rindex(b"IDAT") + 8 if data.startswith(b"\x89PNG") else len(data) - 40
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def manifests_of(data: bytes, media_type: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the library itself says about a file, without anything of ours in between."""
    return native.manifests(data, media_type)
