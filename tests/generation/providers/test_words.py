"""Money, sizes, options and redaction: the small exact parts that the adapters stand on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.providers.egress.redaction import redact
from generation.providers.models import Sizes, ratio_of
from generation.providers.options import NO_KEY, OptionError, Secret, closed, secrets_in
from generation.providers.prices import Credits, Free, Money, Order, PerMegapixel, PerPicture, Quote, Reserve, Tokens

ORDER = Order("medium", 1024, 1024, 2, 300, 0)


@dataclass(frozen=True)
class Settings:
    key: Secret = NO_KEY
    speed: Literal["slow", "fast"] = "slow"
    steps: int = 20
    tidy: bool = False


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0.053", "$0.053"), ("1", "$1.00"), ("-2.5", "-$2.50"), ("0.000001", "$0.000001"), ("1234.5", "$1234.50")],
)
def test_money_is_written_as_people_write_it(amount: str, text: str) -> None:
    assert str(Money.of(amount)) == text


def test_other_currencies_show_their_code() -> None:
    assert str(Money.of("3.2", "EUR")) == "EUR 3.20"


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="EUR"):
        Money(1) + Money(1, "EUR")


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_token_costs_are_exact_and_rounded_up_once(text: int, given_pictures: int, out: int) -> None:
    price = Tokens(Money.of("1.25"), Money.of("8"), Money.of("30"), {"*": 1})
    exact = Decimal(text) * Decimal("1.25") + 8 * given_pictures + 30 * out
    assert 0 <= price.cost(text, given_pictures, out).micros - exact < 1


def test_every_kind_of_price_quotes() -> None:
    assert Free().quote(ORDER).basis == "free"
    assert PerPicture({"medium": Money.of("0.04")}).quote(ORDER).amount == Money.of("0.08")
    assert Credits({"*": Decimal("6.5")}, Money.of("0.01")).quote(ORDER).amount == Money.of("0.13")
    assert PerMegapixel(Money.of("0.03"), Money.of("0.015")).quote(ORDER).amount == Money.of("0.06")
    assert Reserve(Money.of("0.25")).quote(ORDER) == Quote(Money.of("0.50"), "estimate")


def test_a_quality_nobody_priced_is_reckoned_as_the_dearest() -> None:
    price = PerPicture({"low": Money(1), "high": Money(9)})
    assert price.quote(ORDER).amount == Money(18)


@given(st.sampled_from(["1:1", "3:2", "2:3", "16:9", "9:16", "4:5", "3:1", "1:3"]))
def test_a_fitted_size_keeps_all_limits(ratio: str) -> None:
    sizes = Sizes(multiple=16, min_pixels=655_360, max_pixels=8_294_400, longest_edge=3840, steepest=3)
    width, height = sizes.fit(ratio)
    assert sizes.carries(ratio)
    assert width % 16 == height % 16 == 0
    assert sizes.min_pixels <= width * height <= sizes.max_pixels


def test_a_listed_size_is_the_nearest_in_shape_and_says_when_it_is_not_the_same() -> None:
    sizes = Sizes(listed=("1024x1024", "1536x1024", "1024x1536"))
    assert sizes.fit("16:9") == (1536, 1024)
    assert not sizes.carries("16:9")
    assert sizes.carries("3:2")


@pytest.mark.parametrize("text", ["", "3", "3:0", "0:2", "a:b", "3:2:1", "-3:2", "3.5:2", "1e9:1"])
def test_a_shape_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="written like"):
        ratio_of(text)


def test_options_are_read_from_text() -> None:
    assert closed(Settings, {"speed": "fast", "steps": "30", "tidy": "yes"}) == Settings(NO_KEY, "fast", 30, True)


@pytest.mark.parametrize("values", [{"spede": "fast"}, {"speed": "medium"}, {"steps": "many"}, {"tidy": "perhaps"}])
def test_wrong_options_are_refused_by_name(values: dict[str, str]) -> None:
    with pytest.raises(OptionError, match=next(iter(values))):
        closed(Settings, values)


def test_a_secret_shows_itself_to_nobody_by_itself() -> None:
    settings = closed(Settings, {"key": "very-secret"})
    assert "very-secret" not in f"{settings} {settings!r} {settings.key!s}"
    assert secrets_in(settings) == ("very-secret",)


SECRET = "k3y/with+odd=signs"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(f"x{SECRET}y"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just(SECRET), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON)
def test_a_known_key_is_nowhere_in_what_is_kept(value: Any) -> None:
    assert SECRET not in repr(redact(value, [SECRET]))


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-abc***xyz.",
        "Authorization: Bearer abc.def",
        "https://d.bfl.ai/x.png?sig=abc&se=1",
        "data:image/png;base64," + "A" * 500,
        "QUJD" * 200,
    ],
)
def test_what_looks_like_a_key_or_a_picture_goes(text: str) -> None:
    kept = redact({"text": text})["text"]
    assert kept != text
    assert all(part not in kept for part in ("xyz", "abc.def", "sig=", "AAAA", "QUJDQUJD"))


def test_headers_with_keys_go_by_name() -> None:
    assert redact({"X-Key": "short", "n": 1}) == {"X-Key": "[removed]", "n": 1}
