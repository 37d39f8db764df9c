"""The templates that a fresh portal starts with, read from their file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from generation import prompts
from generation.models import Template, TemplateRevision

FILE = Path(__file__).parent / "data" / "templates.toml"


def load(path: Path = FILE) -> int:
    """Add the templates of the file that are not there yet, published; those that are stay. How many are new."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    known = set(Template.objects.values_list("slug", flat=True))
    new = [(slug, entry) for slug, entry in entries.items() if slug not in known]
    for slug, entry in new:
        _add(slug, entry)
    return len(new)


def _add(slug: str, entry: Mapping[str, Any]) -> None:
    fields = prompts.parse_fields(entry["fields"])
    body = entry["body"].strip()
    prompts.check_body(body, fields)
    with transaction.atomic():
        template = Template.objects.create(
            slug=slug,
            name=entry["name"],
            description=entry.get("description", ""),
            purpose=entry.get("purpose", ""),
        )
        template.published = TemplateRevision.objects.create(
            template=template,
            number=1,
            body=body,
            negative=entry.get("negative", ""),
            fields=prompts.as_rows(fields),
            house_voice=entry.get("house_voice", ""),
            forbidden=entry.get("forbidden", []),
            ratio=entry.get("ratio", "3:2"),
        )
        template.save(update_fields=["published"])
