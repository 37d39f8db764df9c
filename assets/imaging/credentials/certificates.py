"""Certificates to sign with: read, checked, and for a first start made. Nobody trusts one that is made here.

Apart from the rest, since the library that reads them takes a while to load.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from assets.imaging.credentials.signer import DEVELOPMENT, BadCertificate, SigningCertificate

AUTHORITY = "Imprimatur development authority, not trusted"
BEGINS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)
"""How long a certificate for development lasts: it is made before there is a clock to ask, and means nothing anyway."""
CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
PEM = serialization.Encoding.PEM


def load(chain: str, key: str, *, anchors: str = "", timestamp_url: str = "") -> SigningCertificate:
    """What can be signed with. Raises BadCertificate."""
    certificates = read(chain)
    signer = certificates[0]
    _check_use(signer)
    return SigningCertificate(
        chain=chain,
        key=key,
        name=_name(signer),
        algorithm=_algorithm(signer, key),
        ends=signer.not_valid_after_utc,
        trusted=bool(anchors) and _leads_to(certificates, read(anchors)),
        timestamp_url=timestamp_url,
    )


def read(pem: str) -> list[x509.Certificate]:
    """The certificates of a text, one or more. Raises BadCertificate."""
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise BadCertificate("holds no certificate in PEM that can be read") from None


def _algorithm(signer: x509.Certificate, key: str) -> str:
    """The name that C2PA has for the kind of key. Raises BadCertificate for one of another certificate."""
    if "BEGIN PRIVATE KEY" not in key:
        raise BadCertificate("comes with a private key that is not PKCS#8 in PEM without a password")
    try:
        private = serialization.load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError):
        raise BadCertificate("comes with a private key that cannot be read") from None
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if private.public_key().public_bytes(*form) != signer.public_key().public_bytes(*form):
        raise BadCertificate("does not belong to the private key")
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in CURVES:
        return CURVES[private.curve.name]
    if isinstance(private, ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey):
        return "ed25519" if isinstance(private, ed25519.Ed25519PrivateKey) else "ps256"
    raise BadCertificate("has a kind of key that Content Credentials do not know")


def _check_use(signer: x509.Certificate) -> None:
    """What C2PA asks of a certificate, so that a wrong one is told at the start and not at the first delivery."""
    try:
        is_authority = signer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        signs = signer.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
        uses = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        signer.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    except x509.ExtensionNotFound as error:
        raise BadCertificate(
            f"lacks an extension that Content Credentials ask for ({error.oid.dotted_string})"
        ) from None
    if is_authority:
        raise BadCertificate("begins with an authority’s own certificate, where the signer’s comes first")
    if not signs or ExtendedKeyUsageOID.EMAIL_PROTECTION not in uses:
        raise BadCertificate("is not made for signing: its extended key usage lacks emailProtection")


def _name(signer: x509.Certificate) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for part in signer.subject.get_attributes_for_oid(kind):
            return str(part.value)
    return "a certificate without a name"


def _leads_to(chain: list[x509.Certificate], anchors: list[x509.Certificate]) -> bool:
    """Whether each certificate was issued by the next, up to one that an anchor issued or is."""
    for number, each in enumerate(chain):
        if each in anchors or any(_is_issued(each, anchor) for anchor in anchors):
            return all(_is_issued(one, by) for one, by in pairwise(chain[: number + 1]))
    return False


def _is_issued(each: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        each.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


# For development


def make() -> tuple[str, str]:
    """A chain and its key, PEM, under a name that says that nobody trusts it. Its authority’s key is thrown away."""
    authority, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _unsigned(AUTHORITY, authority)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    root = root.add_extension(_uses(issues=True), critical=True)
    leaf = _unsigned(DEVELOPMENT, signer)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(_uses(issues=False), critical=True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    of_authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    leaf = leaf.add_extension(of_authority, critical=False)
    made = (each.sign(authority, hashes.SHA256()).public_bytes(PEM) for each in (leaf, root))
    private = signer.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return b"".join(made).decode(), private.decode()


def _unsigned(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    issuer = _named(AUTHORITY)
    made = x509.CertificateBuilder(issuer, _named(name), key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(BEGINS).not_valid_after(ENDS)
    return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _named(name: str) -> x509.Name:
    organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Imprimatur, for development")
    return x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _uses(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        key_cert_sign=issues,
        crl_sign=issues,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
