"""Whether what is delivered is signed, and what becomes of the Content Credentials that a file came with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings

from assets.imaging.credentials import SigningCertificate
from core.errors import Finding, Severity


def certificate() -> SigningCertificate | None:
    """With what this portal signs; None where it signs nothing."""
    chain, key = settings.C2PA_CERTIFICATE, settings.C2PA_PRIVATE_KEY
    return _loaded(chain, key, settings.C2PA_TRUST_ANCHORS, settings.C2PA_TIMESTAMP_URL) if chain else None


@cache
def _loaded(chain: str, key: str, anchors: str, timestamp_url: str) -> SigningCertificate:
    from assets.imaging.credentials import certificates  # here, as reading certificates takes a while

    return certificates.load(chain, key, anchors=anchors, timestamp_url=timestamp_url)


def facts() -> dict[str, Any]:
    """What a reviewer is told of it, and decides on: whoever signs instead afterwards was not decided on."""
    signer = certificate()
    if signer is None:
        return {"signed": False}
    return {"signed": True, "signer": signer.name, "trusted": signer.trusted and not signer.is_for_development}


def in_words(said: Mapping[str, Any]) -> str:
    """The same for a page."""
    if not said.get("signed"):
        return "Not signed"
    return f"Signed as “{said['signer']}”" + ("" if said["trusted"] else ", whom programs that check it do not know")


def is_over(on: date) -> bool:
    """Whether the certificate has ended before this day."""
    signer = certificate()
    return signer is not None and signer.ends.date() < on


def may_travel(brought: Mapping[str, Any]) -> bool:
    """Whether a file's own Content Credentials go along with a signed delivery."""
    return brought.get("travels") in ("whole", "redacted")


def judge(said: Mapping[str, Any], brought: Mapping[str, Any]) -> Iterator[Finding]:
    """What is told of the signature, and of the Content Credentials that the file brought."""
    if said.get("over"):
        words = "The certificate for signing has ended, so nothing can be delivered. Your administrator sets a new one."
        yield Finding("signing_over", words)
    if said.get("signed"):
        yield Finding("signed", f"The delivered file: {in_words(said)}.", severity=Severity.INFORMS)
    if not brought.get("present"):
        return
    if not said.get("signed"):
        yield _dropped(brought, "Delivered files are not signed here")
    elif not may_travel(brought):
        yield _dropped(brought, _why_not(brought))
    elif brought["travels"] == "redacted":
        taken = ", ".join(brought.get("private", ())) or "private details"
        words = f"The file’s own Content Credentials go along without what is private in them: {taken}."
        yield Finding("marks_redacted", words, severity=Severity.WARNS)


def _dropped(brought: Mapping[str, Any], why: str) -> Finding:
    by = f" signed by {brought['signer']}" if brought.get("signer") else ""
    done = f" ({'; '.join(brought['actions'])})" if brought.get("actions") else ""
    words = f"{why}. What is delivered does without the file’s own Content Credentials{by}{done}."
    return Finding("marks_dropped", words, severity=Severity.WARNS)


def _why_not(brought: Mapping[str, Any]) -> str:
    state = brought.get("state")
    if state == "tampered":
        return "The file was changed after it was signed"
    if state == "elsewhere":
        return "The file’s Content Credentials are kept on a server, which is not asked"
    if state not in ("valid", "trusted"):
        return "The file’s Content Credentials could not be checked"
    private = " and ".join(brought.get("private", ())) or "private words"
    return f"The file’s Content Credentials hold {private}, which cannot be taken out"
