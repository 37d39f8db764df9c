"""Smaller copies of outputs for the portal's own pages, which nobody waits for: a job is done before there are any."""

from __future__ import annotations

from collections.abc import Mapping

from assets.imaging import rendering
from assets.imaging.rendering import SPECS, Rendered, Spec
from core import storage
from generation.models import Output

FIELDS = {"preview": "preview_sha256", "small": "small_sha256"}
"""Name of a spec → the field of an output that has the SHA-256 of the copy."""
WANTED = tuple(SPECS[name] for name in FIELDS)


def of(output: Output, spec: Spec) -> str:
    """SHA-256 of a smaller copy of an output; made now where no worker has come to it.

    Those that came before phones had a copy of their own show them the preview. Raises Unreadable, FileNotFoundError,
    CorruptFile and Unavailable.
    """
    if not (kept := getattr(output, FIELDS[spec.name]) or output.preview_sha256):
        said = put({spec.name: rendering.render(storage.read(output.sha256), spec)})
        Output.objects.filter(pk=output.pk).update(**said)
        kept = said[FIELDS[spec.name]]
    return str(kept)


def put(copies: Mapping[str, Rendered]) -> dict[str, str]:
    """Store copies. Returns what their output says of them. Raises Unavailable."""
    return {FIELDS[name]: storage.put(copy.data) for name, copy in copies.items()}
