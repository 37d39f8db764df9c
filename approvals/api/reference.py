"""The page that explains the listing-site API, drawn from the schema that the answers are held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

Schema = Mapping[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an address, or a field of a shape."""

    name: str
    kind: Kind
    needed: bool
    words: str
    place: str = ""
    """Where a parameter goes: query, path or header."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a value in words, and the shape that it links to, if it is one of ours."""

    words: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One status that an address answers with."""

    status: int
    words: str
    kind: Kind | None

    @property
    def name(self) -> str:
        return HTTPStatus(self.status).phrase


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of an address, what it takes and how it answers."""

    id: str
    method: str
    path: str
    words: str
    parameters: tuple[Field, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """An object that answers hold, by its name in the schema."""

    name: str
    words: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """All that the page shows."""

    operations: tuple[Operation, ...]
    shapes: tuple[Shape, ...]


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """For everybody: the schema holds no data, and whoever writes a client may read it before they have a key."""
    return render(request, "approvals/api.html", {"reference": reference()})


@cache
def reference() -> Reference:
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # no types there
    shapes: Schema = schema["components"]["schemas"]
    return Reference(
        tuple(_operations(schema["paths"], shapes)),
        tuple(_shape(name, each, shapes) for name, each in shapes.items() if each.get("type") == "object"),
    )


def _operations(paths: Schema, shapes: Schema) -> Iterator[Operation]:
    for path, methods in paths.items():
        for method in METHODS:
            if said := methods.get(method):
                parameters = tuple(_parameter(each, shapes) for each in said.get("parameters", ()))
                answers = tuple(_answer(int(status), each, shapes) for status, each in said["responses"].items())
                words = said.get("description", "")
                yield Operation(said["operationId"], method.upper(), path, words, parameters, answers)


def _parameter(said: Schema, shapes: Schema) -> Field:
    kind = _kind(said["schema"], shapes)
    return Field(said["name"], kind, said.get("required", False), said.get("description", ""), said["in"])


def _answer(status: int, said: Schema, shapes: Schema) -> Answer:
    content: Schema = said.get("content", {})
    schemas = [each["schema"] for each in content.values()]
    return Answer(status, said.get("description", ""), _kind(schemas[0], shapes) if schemas else None)


def _shape(name: str, said: Schema, shapes: Schema) -> Shape:
    needed = said.get("required", ())
    fields = (
        Field(field, _kind(each, shapes), field in needed, each.get("description", "").partition("\n")[0])
        for field, each in said.get("properties", {}).items()
    )
    return Shape(name, said.get("description", ""), tuple(fields))


def _kind(said: Schema, shapes: Schema) -> Kind:
    """What a value may be: `string (date) or null`, `list of Event`, `"paused" or "resumed"`."""
    if name := str(said.get("$ref", "")).rpartition("/")[2]:
        return Kind(name, name) if shapes[name].get("type") == "object" else _kind(shapes[name], shapes)
    if several := said.get("oneOf") or said.get("allOf"):
        kinds = [_kind(each, shapes) for each in several]
        return Kind(" or ".join(kind.words for kind in kinds), next((kind.shape for kind in kinds if kind.shape), ""))
    if values := said.get("enum"):
        return Kind(" or ".join(f"“{value}”" for value in values))
    types = [said["type"]] if isinstance(said["type"], str) else said["type"]
    if "array" in types:
        item = _kind(said["items"], shapes)
        return Kind(f"list of {item.words}", item.shape)
    if "object" in types and (values := said.get("additionalProperties")):
        return Kind(f"object of {_kind(values, shapes).words}")
    form = f" ({said['format']})" if "format" in said else ""
    return Kind(" or ".join(f"{each}{form}" if each != "null" else each for each in types))
