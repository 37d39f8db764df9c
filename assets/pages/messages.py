"""Messages: words about a change that only a template can put together, since they need tags of rooms above."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string


def message_before(request: HttpRequest, template: str, **context: Any) -> str:
    """The words, drawn while nothing has changed yet: afterwards nobody could count what was live."""
    return " ".join(render_to_string(template, context, request).split())
