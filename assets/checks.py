"""Startup checks of the library."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.core.checks import CheckMessage, Error, register
from PIL import features


@register()
def check_formats(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """The decoders that the library needs are there."""
    missing = [name for name in ("jpg", "zlib", "webp", "avif", "littlecms2") if not features.check(name)]
    errors: list[CheckMessage] = []
    if missing:
        words = f"Pillow was built without {', '.join(missing)}."
        errors.append(Error(words, hint="Install Pillow's own wheel.", id="assets.E001"))
    if find_spec("pi_heif") is None:
        errors.append(Error("HEIC cannot be decoded.", hint="Install pi-heif.", id="assets.E002"))
    return errors
