"""The public page that shows an altered picture beside its original: its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings


def address_of(facts: Mapping[str, Any]) -> str:
    """Where the page of a picture is, by the facts of its dossier."""
    return f"{settings.SITE_URL}/originals/{facts['asset']}/{facts['file']['number']}/"
