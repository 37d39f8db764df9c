"""Pictures as text, as services really write them: no adapter loses one to a line break, and none stores one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from generation.providers.base import Finished
from generation.providers.egress import redaction
from generation.providers.egress.redaction import redact
from generation.providers.encoding import decoded
from generation.providers.errors import BadAnswer
from tests.generation.providers import (
    test_a1111,
    test_compatible,
    test_gemini,
    test_openai,
    test_openai_responses,
    test_stability,
)
from tests.generation.providers.contract import PNG, HTTPContract, client, run

PLAIN = base64.b64encode(PNG).decode()
WAYS: dict[str, Callable[[bytes], str]] = {
    "plain": lambda data: base64.b64encode(data).decode(),
    "lines of 76": lambda data: base64.encodebytes(data).decode(),
    "lines of 64, as on Windows": lambda data: "\r\n".join(
        base64.b64encode(data).decode()[at : at + 64] for at in range(0, len(data) * 2, 64)
    ),
    "one line break at the end": lambda data: base64.b64encode(data).decode() + "\n",
    "without padding": lambda data: base64.b64encode(data).decode().rstrip("="),
    "for addresses": lambda data: base64.urlsafe_b64encode(data).decode(),
    "as an address": lambda data: f"data:image/png;base64,{base64.b64encode(data).decode()}",
    "as an address with lines": lambda data: f"data:image/png;base64,\n{base64.encodebytes(data).decode()}",
}
CONTRACTS: list[type[HTTPContract]] = [
    test_a1111.TestContract,
    test_compatible.TestGateway,
    test_gemini.TestContract,
    test_openai.TestContract,
    test_openai_responses.TestContract,
    test_stability.TestContract,
]
"""The adapters behind HTTP whose pictures come as text."""


def rewritten(data: Any, write: Callable[[bytes], str]) -> Any:
    """An answer with its pictures written another way."""
    if isinstance(data, dict):
        return {name: rewritten(item, write) for name, item in data.items()}
    if isinstance(data, list):
        return [rewritten(item, write) for item in data]
    return write(PNG) if data == PLAIN else data


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [len(PNG), 1, 2, 3])
def test_bytes_come_back_however_they_are_written(way: str, size: int) -> None:
    assert decoded(WAYS[way](PNG[:size])) == PNG[:size]


@pytest.mark.parametrize("text", [None, 7, "", "\n", "====", "words, and no picture", "A", "ünïcode", "%89PNG"])
def test_what_is_no_base64_is_a_bad_answer(text: Any) -> None:
    with pytest.raises(BadAnswer):
        decoded(text)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda kind: kind.adapter.key)
def test_every_adapter_keeps_the_picture_and_stores_no_word_of_it(contract: type[HTTPContract], way: str) -> None:
    case = contract()

    def answering(request: httpx.Request) -> httpx.Response:
        good = case.recorded.success(request)
        return httpx.Response(good.status_code, json=rewritten(good.json(), WAYS[way]), headers={"x-request-id": "r"})

    result = run(contract.adapter(case.options, client(answering)), case.spec)
    assert isinstance(result, Finished)
    assert result.pictures[0].data == PNG
    assert not pieces_of_it(f"{result.raw} {result.parameters_in_effect} {result.warnings}")


@pytest.mark.parametrize("way", WAYS)
def test_no_piece_of_a_picture_is_left_in_what_is_stored(way: str) -> None:
    written = WAYS[way](PNG)
    kept = redact({"said": f"Look: {written}", "inner": json.dumps({"image": written})})
    assert not pieces_of_it(str(kept))
    assert "Look: " in kept["said"]


@pytest.mark.parametrize(
    "text",
    ["A house by the sea. " * 60, "req_68f1c2d4e5a6b7c8d9", "f" * 64, "a/b/c " * 200, "data: " + "of a house " * 90],
)
def test_words_ids_and_hashes_are_left_alone(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("before", ["", "data:image/png;base64,"])
@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_a_picture_on_one_line_is_told_by_its_length_and_not_searched(
    monkeypatch: pytest.MonkeyPatch, before: str, padding: str
) -> None:
    written = before + "Zm9v-_+/" * 100_000 + padding
    monkeypatch.setattr(redaction, "_UNSTORABLE", None)
    assert redact(written) == f"[{len(written)} characters of base64]"


@pytest.mark.parametrize("beside", [" house", "é", ".", "]"])
def test_what_stands_beside_a_picture_is_kept(beside: str) -> None:
    assert redact("Zm9v" * 200 + beside) == f"[800 characters of base64]{beside}"


def pieces_of_it(kept: str) -> list[str]:
    """Pieces of the picture's base64 that stand in a text, whatever breaks its lines there."""
    return [PLAIN[at : at + 40] for at in range(0, len(PLAIN) - 40, 40) if PLAIN[at : at + 40] in kept]
