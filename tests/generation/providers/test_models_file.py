"""The models that the portal is delivered with: every row can be read, priced and turned into a request."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from generation.catalogue import model_specs
from generation.providers.base import ImageSpec, Provider, Reference
from generation.providers.directory import adapters
from generation.providers.egress.http import Client
from generation.providers.errors import Rejected
from generation.providers.http import HTTPProvider
from generation.providers.models import QUALITIES, ModelSpec
from generation.providers.prices import Money
from generation.providers.questions import Question
from tests.generation.providers.contract import ATTEMPT, PNG, ROWS, standing

KINDS = {kind.key: kind for kind in adapters()}
TERMS = tomllib.loads(Path("assets/rights/data/terms.toml").read_text(encoding="utf-8"))
BEHIND_HTTP = [row for row in ROWS if issubclass(KINDS[row["provider"]], HTTPProvider)]
NEEDY = [row for row in BEHIND_HTTP if row.get("needs")]


def name(row: dict[str, Any]) -> str:
    return f"{row['provider']}/{row['model_id']}"


def wish(row: dict[str, Any]) -> ImageSpec:
    """A wish that has all the model needs, and nothing besides: what a form insists on, it is told."""
    model = model_specs.read(row["model_id"], row["name"], row, row.get("successor", ""))
    questions = {each.name: each for each in provider(row).questions(model)}
    extra = {name: answer(questions[name]) for name in provider(row).amiss(model, {})}
    spec = ImageSpec("A brick house", model, extra=extra)
    if "references" in model.needs:
        spec = replace(spec, references=(Reference(PNG),) * max(1, model.min_references))
    return replace(spec, mask=PNG) if "mask" in model.needs else spec


def answer(question: Question) -> str:
    """One that is not the usual one."""
    usual = {"whole": "64", "decimal": "0.5", "text": "the door", "yes or no": "true", "choice": ""}
    most = question.most if question.most is not None else 64
    if question.kind == "choice":
        return next(value for value, _ in question.choices if value != question.default)
    return f"{min(64, most - 1):g}" if question.kind == "whole" else usual[question.kind]


def provider(row: dict[str, Any]) -> Provider:
    kind = KINDS[row["provider"]]
    return kind(standing(kind), Client())


@pytest.mark.parametrize("fact", [each.name for each in fields(ModelSpec) if each.name not in ("id", "name")])
def test_the_head_of_the_file_says_what_each_fact_is(fact: str) -> None:
    head = Path("generation/catalogue/data/models.toml").read_text(encoding="utf-8").partition("[[models]]")[0]
    assert re.search(rf"^# {fact}\b", head, re.MULTILINE)


def test_no_two_rows_are_the_same_model() -> None:
    assert len({name(row) for row in ROWS}) == len(ROWS)


def test_every_adapter_that_is_delivered_has_a_model() -> None:
    assert {row["provider"] for row in ROWS} == set(KINDS)


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_row_has_terms_a_source_and_a_date(row: dict[str, Any]) -> None:
    assert row["terms_key"] in TERMS
    assert row["source"]
    assert row["read_on"]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_sufficient_wish_loses_nothing_and_has_a_price(row: dict[str, Any]) -> None:
    spec, maker = wish(row), provider(row)
    assert maker.unsupported(spec) == []
    for quality in QUALITIES:
        quote = maker.quote(replace(spec, quality=quality))
        assert quote.amount >= Money(0)
        assert (quote.basis == "free") is (quote.amount == Money(0))


@pytest.mark.parametrize("row", BEHIND_HTTP, ids=name)
def test_a_sufficient_wish_becomes_a_request(row: dict[str, Any]) -> None:
    maker = provider(row)
    assert isinstance(maker, HTTPProvider)
    assert maker.build(wish(row), ATTEMPT).method == "POST"


@pytest.mark.parametrize("row", BEHIND_HTTP, ids=name)
def test_every_answer_to_a_question_is_in_the_request(row: dict[str, Any]) -> None:
    maker, plain = provider(row), wish(row)
    assert isinstance(maker, HTTPProvider)
    ways = [plain]
    if plain.model.max_references and "references" not in plain.model.lacks:
        ways.append(replace(plain, references=plain.references or (Reference(PNG),)))
    asked = ((question, way) for question in maker.questions(plain.model) for way in ways)
    for question, bare in ((each, way) for each, way in asked if each.applies(with_pictures=bool(way.references))):
        extra = {**bare.extra, question.name: answer(question)}
        if "compression" in question.name:  # which goes with a format
            extra["output_format"] = "webp"
        if extra != bare.extra:
            sent, without = maker.build(replace(bare, extra=extra), ATTEMPT), maker.build(bare, ATTEMPT)
            assert sent.parameters != without.parameters, question.name


@pytest.mark.parametrize("row", NEEDY, ids=name)
@pytest.mark.parametrize("lack", [{"references": ()}, {"mask": None}], ids=["references", "mask"])
def test_what_a_model_needs_its_adapter_insists_on(row: dict[str, Any], lack: dict[str, Any]) -> None:
    maker = provider(row)
    assert isinstance(maker, HTTPProvider)
    if set(lack) <= set(row["needs"]):
        with pytest.raises(Rejected):
            maker.build(replace(wish(row), **lack), ATTEMPT)
    else:
        maker.build(replace(wish(row), **lack), ATTEMPT)


@pytest.mark.parametrize(
    ("model_id", "follows"),
    [
        ("gpt-image-1.5", "gpt-image-2.5-sunburst"),
        ("gpt-image-1-mini", "gpt-image-2.5-sunburst"),
        ("chatgpt-image-latest", "gpt-image-2.5-sunburst"),
        ("gemini-2.5-flash-image", "gemini-3.1-flash-lite-image"),
    ],
)
def test_what_ends_is_followed_by_what_its_vendor_names(model_id: str, follows: str) -> None:
    (row,) = [row for row in ROWS if row["model_id"] == model_id]
    assert row["successor"] == follows


def test_every_image_model_of_openai_that_lasts_can_be_called_in_conversation_too() -> None:
    lasting = {row["model_id"] for row in ROWS if row["provider"] == "openai" and "ends_on" not in row}
    assert lasting == {row["model_id"] for row in ROWS if row["provider"] == "openai-responses"}
