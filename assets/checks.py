"""Startup checks of the library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register
from PIL import features


@register()
def check_formats(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Pillow was built with the decoders that the library needs."""
    missing = [name for name in ("jpg", "zlib", "webp", "avif") if not features.check(name)]
    if not missing:
        return []
    return [Error(f"Pillow cannot decode {', '.join(missing)}.", hint="Install Pillow's own wheel.", id="assets.E001")]
