"""Smaller copies of outputs for the portal's own pages, which nobody waits for: a job is done before there are any."""

from __future__ import annotations

from collections.abc import Mapping

from assets.imaging import rendering
from core import storage
from generation.models import Output

SPEC = rendering.SPECS["preview"]


def of(output: Output) -> str:
    """SHA-256 of the smaller copy of an output; made now where no worker has come to it.

    Raises Unreadable, FileNotFoundError, CorruptFile and Unavailable.
    """
    if not output.preview_sha256:
        output.preview_sha256 = put({SPEC.name: rendering.render(storage.read(output.sha256), SPEC)})
        Output.objects.filter(pk=output.pk).update(preview_sha256=output.preview_sha256)
    return output.preview_sha256


def put(copies: Mapping[str, rendering.Rendered]) -> str:
    """Store the smaller copy among these. Returns its SHA-256. Raises Unavailable."""
    return storage.put(copies[SPEC.name].data)
