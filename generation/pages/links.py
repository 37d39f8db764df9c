"""Addresses that several pages and panels lead to."""

from __future__ import annotations

from django.urls import reverse

from generation.models import Brief


def again_url(found: Brief) -> str:
    """Where a brief is written again, starting from this one."""
    revision = found.revision
    place = reverse("generation:compose", args=(revision.template.slug,)) if revision else reverse("generation:free")
    return f"{place}?from={found.pk}"
