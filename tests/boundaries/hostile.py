"""Hostile words in every text that the database holds, whoever could have put them there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import CharField, Field, JSONField, Model, SlugField, TextField, UUIDField

MARKUP = "\"'><canary-x canary=1><script>canary()</script><img src=x onerror=canary()>"
TEMPLATE = "{{ canary }}{% canary %}{0.__class__}%s${canary}"
SIGNS = "=1+1\t\r\n\x1b[31m\u202e\u2066\u200b\ufeff"
LONG = "x" * 10_000
EVIL = f"{MARKUP}{TEMPLATE}{SIGNS}"
ADDRESS = "javascript:canary()//"
APPS = ("core", "assets", "generation", "approvals")

MEANT = {
    "action", "adapter", "alt_language", "codename", "cost_basis", "currency", "digest", "email", "error_kind",
    "file_media_type", "display_name", "handle", "key", "language", "maker", "media_type", "model_id", "name",
    "password", "prefix", "previous", "provider", "quality", "quote_basis", "ratio", "reference", "seed", "spec",
    "subject_id", "subject_type", "time_zone", "topic", "username",
}  # fmt: skip
"""Columns that hold a word of the portal's own; in some tables also a text, which `TEXTS` names."""
TEXTS = {
    ("assets", "Consent", "name"), ("assets", "Version", "maker"), ("assets", "Listing", "reference"),
    ("approvals", "Channel", "name"), ("approvals", "ListingSite", "name"), ("core", "User", "display_name"),
    ("generation", "Template", "name"), ("generation", "GenerationModel", "name"), ("generation", "Plan", "name"),
    ("generation", "Job", "seed"), ("generation", "Output", "seed"),
}  # fmt: skip
FREE = {
    "Provenance": ("values", "parameters", "in_effect", "dropped", "found", "raw"),
    "Job": ("parameters", "in_effect", "raw"),
    "Output": ("found",),
    "Brief": ("values",),
    "Listing": ("facts",),
}
"""Model -> JSON columns in which a provider, a file or a person may have put anything."""


WORDS = {
    "attribution", "caption", "caption_generated", "detail", "help", "holder", "label", "note", "remark_prefix",
    "source", "statement", "texts", "title", "url", "why", "words",
}  # fmt: skip
"""Names in other JSON columns whose values are texts."""


def spread() -> int:
    """Put it everywhere; returns into how many columns. The guards of the database are taken off for it."""
    _take_guards_off()
    count = 0
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            changes = {field.name: words for field in model._meta.concrete_fields if (words := _words(model, field))}
            count += len(changes)
            for row in model._default_manager.all():
                row_changes = {name: _unique(model, name, words, row) for name, words in changes.items()}
                model._default_manager.filter(pk=row.pk).update(**row_changes)
    return count


def _words(model: type[Model], field: Field[Any, Any]) -> Any:
    if isinstance(field, JSONField):
        return {EVIL: EVIL, "list": [EVIL]} if field.name in FREE.get(model.__name__, ()) else Inside()
    if field.name == "document_text":
        return Inside()
    if not isinstance(field, CharField | TextField) or isinstance(field, SlugField | UUIDField) or field.choices:
        return None
    is_text = (model._meta.app_label, model.__name__, field.name) in TEXTS
    if (field.name in MEANT and not is_text) or field.name.endswith(("sha256", "hash")):
        return None
    if field.name == "body":
        return MARKUP
    words = (ADDRESS if "url" in field.name else EVIL) + (LONG if isinstance(field, TextField) else "")
    return words[: field.max_length]


class Inside:
    """The column keeps its shape; only the texts in it change."""


def _evil_inside(value: Any, is_text: bool = False) -> Any:
    """An answer stays yes, no or unknown, also that about `attribution`, which is the name of a text elsewhere."""
    if isinstance(value, dict):
        inside = {key: _evil_inside(each, is_text or key in WORDS) for key, each in value.items()}
        return inside | ({"answer": value["answer"]} if "answer" in value else {})
    if isinstance(value, list):
        return [_evil_inside(each, is_text) for each in value]
    return EVIL[:50] if is_text and isinstance(value, str) else value


def _unique(model: type[Model], name: str, words: Any, row: Model) -> Any:
    if name == "document_text":  # JSON as the text that leaves
        return json.dumps(_evil_inside(json.loads(getattr(row, name))))
    if isinstance(words, Inside):
        return _evil_inside(getattr(row, name))
    if name == "body":  # what stands in braces there is a field, and checked when it is written
        return words + getattr(row, name)
    if isinstance(words, dict) and isinstance(getattr(row, name), list):
        return [EVIL]
    return f"{row.pk}{words}"[: len(words)] if model._meta.get_field(name).unique else words  # type: ignore[union-attr] # no relation


def _take_guards_off() -> None:
    with connection.cursor() as cursor:
        for name, table in _guards(cursor):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")


def _guards(cursor: Any) -> Iterator[tuple[str, str]]:
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid WHERE NOT tgisinternal"
        )
    else:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
    yield from cursor.fetchall()
