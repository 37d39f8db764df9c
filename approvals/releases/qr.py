"""QR codes for print: an address as SVG and as PNG, with the quiet zone that scanners need."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import segno

QUIET_ZONE = 4
"""Modules of white on each side. ISO/IEC 18004 asks for four."""
PIXELS = 24
"""For each module of a PNG: about a thousand pixels in all, enough for 3 inches in print."""


def svg(address: str) -> bytes:
    """As a drawing of any size."""
    out = io.BytesIO()
    _code(address).save(out, "svg", border=QUIET_ZONE, omitsize=True, light="#fff", title=f"QR code of {address}")
    return out.getvalue()


def png(address: str) -> bytes:
    """As a picture."""
    out = io.BytesIO()
    _code(address).save(out, "png", border=QUIET_ZONE, scale=PIXELS)
    return out.getvalue()


KINDS: Mapping[str, tuple[str, Callable[[str], bytes]]] = {"svg": ("image/svg+xml", svg), "png": ("image/png", png)}
"""Ending of a name → its media type, and what draws it."""


def _code(address: str) -> segno.QRCode:
    """Level M: a seventh of it may be dirty or torn."""
    return segno.make_qr(address, error="m", boost_error=False)
