"""Money in whole micro-units, and the closed set of ways in which generators charge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Literal, TypeVar

MICROS = 1_000_000
MEGAPIXEL = 1_048_576  # providers count 1024 x 1024 as one
CHARACTERS_PER_TOKEN = 3  # low for English on purpose, so that an estimate errs upwards

Basis = Literal["fixed", "estimate", "free"]


@dataclass(frozen=True, order=True)
class Money:
    """An exact amount: `micros` millionths of one unit of `currency`."""

    micros: int
    currency: str = "USD"

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str = "USD") -> Money:
        """The amount written in whole units ("0.053"), exact to a micro; a finer one is rounded up."""
        return cls(ceil(Fraction(str(amount)) * MICROS), currency)

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.micros + other.micros, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.micros - other.micros, self.currency)

    def __mul__(self, factor: int) -> Money:
        return Money(self.micros * factor, self.currency)

    def __bool__(self) -> bool:
        return self.micros != 0

    def __str__(self) -> str:
        whole, rest = divmod(abs(self.micros), MICROS)
        decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
        sign = "-" if self.micros < 0 else ""
        mark = "$" if self.currency == "USD" else f"{self.currency} "
        return f"{sign}{mark}{whole}.{decimals}"

    def _same_currency(self, other: Money) -> None:
        if other.currency != self.currency:
            raise ValueError(f"Cannot reckon {self.currency} with {other.currency}.")


@dataclass(frozen=True)
class Quote:
    """What a wish will cost, before it is sent; budgets reserve this amount."""

    amount: Money
    basis: Basis


FREE = Quote(Money(0), "free")


@dataclass(frozen=True)
class Order:
    """The parts of a wish that can change its price."""

    quality: str  # the provider's own word
    width: int
    height: int
    count: int
    prompt_length: int  # characters
    references: int

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True)
class Free:
    """Nothing is charged for a picture: our own computer, or a plan paid by the month."""

    plan: str = ""  # what is paid instead, in words

    def quote(self, order: Order) -> Quote:
        return FREE


@dataclass(frozen=True)
class PerPicture:
    """So much for each picture, by "quality/size", by "quality", or one amount under "*"."""

    amounts: Mapping[str, Money]

    def quote(self, order: Order) -> Quote:
        return Quote(_row(self.amounts, order) * order.count, "fixed")


@dataclass(frozen=True)
class Credits:
    """So many credits for each picture (keys as in PerPicture), each credit worth `value`."""

    amounts: Mapping[str, Decimal]
    value: Money

    def quote(self, order: Order) -> Quote:
        micros = Fraction(_row(self.amounts, order)) * self.value.micros * order.count
        return Quote(Money(ceil(micros), self.value.currency), "fixed")


@dataclass(frozen=True)
class PerMegapixel:
    """One amount for the first megapixel begun, another for each further one; references count as further."""

    first: Money
    further: Money

    def quote(self, order: Order) -> Quote:
        megapixels = ceil(Fraction(order.width * order.height, MEGAPIXEL))
        one = self.first + self.further * (megapixels - 1 + order.references)
        return Quote(one * order.count, "estimate")


@dataclass(frozen=True)
class Tokens:
    """Rates for a million tokens, and how many tokens one picture usually takes.

    Counts do not grow with the area, so they are facts for each size: "high/1536x1024"; "high" or "*" is for 1024x1024.
    """

    text_in: Money
    image_in: Money
    image_out: Money
    picture_tokens: Mapping[str, int] = field(default_factory=dict)
    reference_tokens: int = 6_000  # our own careful guess; no provider publishes a figure per picture

    def quote(self, order: Order) -> Quote:
        """An estimate that errs upwards: prompt by length, picture by quality and size."""
        text = ceil(order.prompt_length / CHARACTERS_PER_TOKEN)
        references = order.references * self.reference_tokens
        return Quote(self.cost(text, references, self._tokens(order) * order.count), "estimate")

    def cost(self, text_in: int, image_in: int, image_out: int) -> Money:
        """The cost of so many tokens, rounded up once to a whole micro."""
        rates = (self.text_in, self.image_in, self.image_out)
        total = sum(rate.micros * n for rate, n in zip(rates, (text_in, image_in, image_out), strict=True))
        return Money(ceil(Fraction(total, MICROS)), self.image_out.currency)

    def _tokens(self, order: Order) -> int:
        """Those of this size, else of the nearest in area that is known; of two as near the dearer."""
        exact = self.picture_tokens.get(f"{order.quality}/{order.size}")
        if exact is not None:
            return exact
        known = [(MEGAPIXEL, _row(self.picture_tokens, order))]
        for key, tokens in self.picture_tokens.items():
            quality, _, size = key.partition("/")
            if size and quality == order.quality:
                width, _, height = size.partition("x")
                known.append((int(width) * int(height), tokens))
        area = order.width * order.height
        return min(known, key=lambda one: (max(Fraction(one[0], area), Fraction(area, one[0])), -one[1]))[1]


@dataclass(frozen=True)
class Reserve:
    """No price is known: budgets set this much aside for each picture, and no cost is claimed afterwards."""

    each: Money

    def quote(self, order: Order) -> Quote:
        return Quote(self.each * order.count, "estimate")


Amount = TypeVar("Amount", Money, Decimal, int)
Price = Free | PerPicture | Credits | PerMegapixel | Tokens | Reserve


def _row(rows: Mapping[str, Amount], order: Order) -> Amount:
    for key in (f"{order.quality}/{order.size}", order.quality, "*"):
        if key in rows:
            return rows[key]
    # A quality nobody priced is reckoned as the dearest, so that no budget is passed by a gap in a table.
    return max(rows.values())
