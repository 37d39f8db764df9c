"""Amounts of money, and the one way to write them."""

from __future__ import annotations

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def written(micros: int | None, currency: str = "USD") -> str:
    """An amount of micro-units (1 USD = 1,000,000) in words: cents from one unit up, every digit below it."""
    if micros is None:
        return "not known"
    units, rest = divmod(abs(micros), 1_000_000)
    if units:
        units, cents = divmod((abs(micros) + 5_000) // 10_000, 100)
        digits = f"{units:,}.{cents:02}"
    else:
        digits = f"0.{rest:06}".rstrip("0").ljust(4, "0")
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{'−' if micros < 0 else ''}{symbol}{digits}"
