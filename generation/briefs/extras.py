"""Extras of single models: as a form asks for them, as a brief keeps them, and as its page tells them.

A brief keeps, under the name of the model, only what was answered otherwise than it is by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from generation.catalogue import registry
from generation.catalogue.offers import Offer, model_spec
from generation.models import Brief, GenerationModel
from generation.prompt_templates import prompts
from generation.providers.questions import LONGEST, Question


@dataclass(frozen=True, slots=True)
class Extras:
    """The questions about one model, as fields of the form."""

    name: str
    """The model's."""
    fields: Sequence[BoundField]
    opens: bool
    """Whether one must be answered, was answered, or is answered wrongly."""


def questions(offer: Offer, *, with_pictures: bool) -> tuple[Question, ...]:
    """What may be asked about a model, for a wish with or without pictures that go along. Raises BadFacts."""
    asked = offer.provider.questions(model_spec(offer.row))
    return tuple(each for each in asked if each.applies(with_pictures=with_pictures))


def field_name(row: GenerationModel, question: Question) -> str:
    """The name of a question's field in the form."""
    return f"x{row.pk}-{question.name}"


def form_field(question: Question) -> forms.Field:
    """The question as a field, whose errors say what would be right."""
    needed = "Needed. " if question.required else ""
    common: dict[str, Any] = {"label": question.label, "help_text": f"{needed}{question.help}", "required": False}
    initial = question.default
    if question.kind == "yes or no":
        return forms.BooleanField(**common, initial=initial == "true")
    if question.kind == "choice":
        return forms.ChoiceField(**common, initial=initial, choices=question.choices)
    if question.kind == "text":
        return forms.CharField(**common, initial=initial, max_length=LONGEST)
    kind = forms.IntegerField if question.kind == "whole" else forms.FloatField
    step = None if question.kind == "whole" else "any"
    words = dict.fromkeys(("invalid", "min_value", "max_value"), _bounds(question))
    attrs = {"step": step, "inputmode": "decimal"} if step else {"inputmode": "numeric"}
    widget = forms.NumberInput(attrs={**attrs, "placeholder": question.default})  # left empty it is what it usually is
    bounds = {"min_value": question.least, "max_value": question.most}
    return kind(**common, **bounds, initial=initial, widget=widget, error_messages=words)  # type: ignore[arg-type]  # whole bounds


def answered(asked: Iterable[tuple[Question, Any]]) -> dict[str, str]:
    """Of typed answers those that are right and not the usual ones, as text."""
    found: dict[str, str] = {}
    for question, typed in asked:
        with suppress(ValidationError):
            answer = _text(form_field(question).clean(typed))
            if answer not in ("", question.default):
                found[question.name] = answer
    return found


def as_before(brief: Brief, offers: Sequence[Offer]) -> dict[str, Any]:
    """What the form starts with so that it asks as an earlier brief did."""
    return {
        f"x{offer.row.pk}-{name}": value == "true" if value in ("true", "false") else value
        for offer in offers
        for name, value in brief.extra.get(offer.row.slot, {}).items()
    }


def told(brief: Brief, row: GenerationModel) -> list[tuple[str, str]]:
    """What was asked of a model besides, as (question, answer) in words."""
    extra: Mapping[str, str] = brief.extra.get(row.slot, {})
    known: dict[str, Question] = {}
    with suppress(ValueError, LookupError):  # its provider is not set up any more, or its facts cannot be read
        known = {each.name: each for each in registry.provider(row.provider).questions(model_spec(row))}
    return [
        (known[name].label, known[name].said(value)) if name in known else (name.replace("_", " "), value)
        for name, value in extra.items()
    ]


def _bounds(question: Question) -> str:
    number = "a whole number" if question.kind == "whole" else "a number"
    if question.least is None or question.most is None:
        return f"Write {number}."
    return f"Write {number} from {question.least:g} to {question.most:,g}."


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else prompts.clean(str(value), LONGEST).replace("\n", " ")
