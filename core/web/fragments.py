"""What fragments of a page answer beside themselves."""

from __future__ import annotations

HTMX_STOP_POLLING = 286
