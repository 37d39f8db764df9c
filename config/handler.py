"""What the web server calls: Django's own handler, with requests that can always be read."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Request(WSGIRequest):
    """A request whose text is UTF-8, whatever it says: Django reads the address in the charset of the body at once.

    That fails outside of all that answers failures. `middleware.utf8_alone` refuses what says it is something else.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        super()._set_content_type_params({})  # type: ignore[misc] # Django's own, not in its stubs
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # a parameter may name a charset of its own (RFC 2231)
            self.content_type, self.content_params = "", {"charset": "unreadable"}


class Handler(WSGIHandler):
    """What the web server calls."""

    request_class = Request
