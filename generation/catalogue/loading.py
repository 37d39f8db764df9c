"""Models from a file: those that a fresh portal knows of."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from core import audit
from core.audit import Change
from generation.catalogue.offers import model_spec
from generation.models import GenerationModel

MODELS_FILE = Path(__file__).parent / "data" / "models.toml"


def load_models(path: Path = MODELS_FILE) -> int:
    """Add the models of the file that are not there yet; rows that exist stay as people left them. How many are new."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
    known = set(GenerationModel.objects.values_list("provider", "model_id"))
    rows = [_row(entry) for entry in entries if (entry["provider"], entry["model_id"]) not in known]
    for row in rows:
        model_spec(row)  # a mistake in the file is found now and not when somebody sends
    if rows:
        with transaction.atomic():
            GenerationModel.objects.bulk_create(rows)
            audit.record(None, "model.added", map(Change.made, rows), f"Models were added from {path.name}.")
    return len(rows)


def _row(entry: Mapping[str, Any]) -> GenerationModel:
    plain = {field.name for field in GenerationModel._meta.concrete_fields}
    return GenerationModel(
        **{key: value for key, value in entry.items() if key in plain and key != "facts"},
        facts=entry.get("facts") or {key: value for key, value in entry.items() if key not in plain},
    )
