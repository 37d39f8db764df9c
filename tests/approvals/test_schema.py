"""The API's schema is part of the repository, so that no change of the API happens by accident.

After a wanted change: `IMPRIMATUR_WRITE_SCHEMA=1 pytest tests/approvals/test_schema.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from openapi_spec_validator import validate

KEPT = Path(__file__).parent.parent / "openapi.yaml"


@pytest.fixture(scope="module")
def schema() -> str:
    generated = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # no types there
    text: str = OpenApiYamlRenderer().render(generated, renderer_context={}).decode()  # type: ignore[no-untyped-call] # same
    return text


def test_the_schema_is_the_one_that_was_agreed(schema: str) -> None:
    if os.environ.get("IMPRIMATUR_WRITE_SCHEMA"):
        KEPT.write_text(schema, encoding="utf-8")
    assert schema == KEPT.read_text(encoding="utf-8")


def test_the_schema_is_valid() -> None:
    validate(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call] # no types there


@pytest.mark.django_db
def test_the_page_that_explains_the_api_opens_without_a_key() -> None:
    assert [Client().get(path).status_code for path in ("/api/docs/", "/api/schema/")] == [200, 200]


@pytest.mark.django_db
def test_that_page_names_every_address_answer_and_field() -> None:
    page = Client().get("/api/docs/").content.decode()
    agreed = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # no types there
    shapes = {name: each for name, each in agreed["components"]["schemas"].items() if each.get("type") == "object"}
    for path, methods in agreed["paths"].items():
        assert f"GET {path}" in page
        assert f'id="{methods["get"]["operationId"]}"' in page
    for name, shape in shapes.items():
        assert f'id="{name}"' in page
        assert [field for field in shape["properties"] if f"<code>{field}</code>" not in page] == []
    assert '<a href="#Image">list of Image</a>' in page
    assert "<code>next</code>" in page
    assert "string (date) or null" in page
