"""How words that changed are drawn: what came and what went, marked in running text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation.prompt_templates.diff import GONE, NEW, SAME, Piece

register = template.Library()

MARKS: Mapping[str, str] = {SAME: "{}", NEW: "<ins>{}</ins>", GONE: "<del>{}</del>"}


@register.filter
def marked(pieces: Iterable[Piece]) -> SafeString:
    """The pieces as one text. They are shown with their own white space, so a template must add none between them."""
    return format_html_join("", "{}", ((format_html(MARKS[piece.kind], piece.text),) for piece in pieces))
