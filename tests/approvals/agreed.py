"""The agreed schema of the API, to hold answers against: `differences` from `tests/openapi.yaml`, in sentences."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS31Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

KEPT = Path(__file__).parent.parent / "openapi.yaml"
ADDRESS = "agreed:schema"


@cache
def schema() -> dict[str, Any]:
    agreed: dict[str, Any] = yaml.safe_load(KEPT.read_text(encoding="utf-8"))
    return agreed


def differences(path: str, status: int, answer: Any) -> list[str]:
    """Where an answer at this path differs from what was agreed; a status that was not is a difference too."""
    responses = next((said["get"]["responses"] for known, said in schema()["paths"].items() if fits(path, known)), None)
    if responses is None:  # an address that is none: refused, in the shape of every refusal
        shape = "#/components/schemas/Error"
    elif str(status) in responses:
        shape = responses[str(status)]["content"]["application/json"]["schema"]["$ref"]
    else:
        return [f"{path} answers {status}, which nobody agreed to."]
    registry: Registry[Any] = Registry().with_resource(ADDRESS, DRAFT202012.create_resource(schema()))
    validator = OAS31Validator({"$ref": f"{ADDRESS}{shape}"}, registry=registry)
    return [f"{path}: {error.json_path} {error.message}" for error in validator.iter_errors(answer)]


def fits(path: str, known: str) -> bool:
    return bool(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path))
