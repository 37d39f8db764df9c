"""What a model's row says in JSON, as the typed facts that providers reckon with.

    {"qualities": {"draft": "low"}, "price": {"kind": "per_picture", "amounts": {"low": "0.011"}},
     "sizes": {"multiple": 16}, "max_n": 4, "max_references": 0, "lacks": ["seed"], "needs": [], "settings": {}}

Amounts are text in whole units of the price's `currency` (USD when it is left out), so that no float rounds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from generation.providers.models import ModelSpec, Sizes
from generation.providers.prices import Credits, Free, Money, PerMegapixel, PerPicture, Price, Reserve, Tokens


class BadFacts(ValueError):
    """A model's facts that cannot be used. The message says where."""


def read(model_id: str, name: str, facts: Mapping[str, Any], successor: str = "") -> ModelSpec:
    """The facts of one model. Raises BadFacts."""
    try:
        return ModelSpec(
            id=model_id,
            name=name,
            qualities=dict(facts.get("qualities", {})),
            price=_price(facts.get("price", {"kind": "free"})),
            sizes=_sizes(facts.get("sizes", {})),
            max_n=int(facts.get("max_n", 1)),
            max_references=int(facts.get("max_references", 0)),
            min_references=int(facts.get("min_references", 0)),
            lacks=frozenset(facts.get("lacks", ())),
            needs=frozenset(facts.get("needs", ())),
            settings={key: str(value) for key, value in facts.get("settings", {}).items()},
            successor=successor,
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise BadFacts(f"The facts of the model “{model_id}” cannot be read: {error!r}.") from error


def _sizes(row: Mapping[str, Any]) -> Sizes:
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Sizes(**plain)


def _price(row: Mapping[str, Any]) -> Price:
    kinds: dict[str, Callable[[Mapping[str, Any], str], Price]] = {
        "free": lambda row, currency: Free(plan=str(row.get("plan", ""))),
        "per_picture": lambda row, currency: PerPicture(_amounts(row["amounts"], currency)),
        "credits": lambda row, currency: Credits(
            {key: Decimal(str(value)) for key, value in row["amounts"].items()}, Money.of(str(row["value"]), currency)
        ),
        "per_megapixel": lambda row, currency: PerMegapixel(
            Money.of(str(row["first"]), currency), Money.of(str(row["further"]), currency)
        ),
        "tokens": _tokens,
        "reserve": lambda row, currency: Reserve(Money.of(str(row["each"]), currency)),
    }
    return kinds[row["kind"]](row, str(row.get("currency", "USD")))


def _amounts(row: Mapping[str, Any], currency: str) -> dict[str, Money]:
    return {key: Money.of(str(value), currency) for key, value in row.items()}


def _tokens(row: Mapping[str, Any], currency: str) -> Tokens:
    return Tokens(
        text_in=Money.of(str(row["text_in"]), currency),
        image_in=Money.of(str(row["image_in"]), currency),
        image_out=Money.of(str(row["image_out"]), currency),
        picture_tokens={key: int(value) for key, value in row.get("picture_tokens", {}).items()},
        reference_tokens=int(row.get("reference_tokens", Tokens.reference_tokens)),
    )
