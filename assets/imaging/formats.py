"""Which formats and sizes of pictures are taken. Plain values, for whoever offers an upload or names a file."""

from __future__ import annotations

MAX_BYTES = 40 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_SIDE = 16
"""Pixels. Anything smaller is a spacer or a tracking dot, not a picture."""

MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}
"""Pillow's name → media type. MPO is a JPEG with a second picture behind it, as many phones write them.

TIFF and PSD are left out on purpose: their decoders have the longest record of faults.
"""
OPENED = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "HEIF")
"""Pillow's names of the decoders that are asked."""
WORDS = "PNG, JPEG, WebP, AVIF, HEIC or GIF"
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
    "image/heic": "heic",
}
ACCEPTED = ",".join([*sorted(EXTENSIONS), "image/heif", ".heic", ".heif"])
"""What a file input offers. Many systems do not know what a HEIC file is, so its names are said, too."""
