"""What is fetched, asked for or kept is read whole, however long it is; what cannot be meant is said to be too long."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from generation.providers.base import Finished
from generation.providers.egress.addresses import LONGEST_ADDRESS
from generation.providers.errors import BadAnswer, BlockedAddress
from generation.providers.http import LONGEST_PROMPT
from tests.generation.providers import test_bfl, test_compatible, test_fal, test_openai, test_openai_responses
from tests.generation.providers.contract import PNG, Answering, HTTPContract, always, client, contracts, run

CONTRACTS: list[type[HTTPContract]] = [kind for kind in contracts() if issubclass(kind, HTTPContract)]
SIGNED = f"signature={'x' * 5_000}"
INLINE = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
ENDLESS = f"https://gateway.example/{'x' * LONGEST_ADDRESS}"
PROMPT = "A brick house with a green door, in the light of an early morning. " * 40

Service = tuple[type[HTTPContract], Answering]


def signed(data: Any) -> Any:
    """A JSON value in which every address has a long signature."""
    if isinstance(data, dict):
        return {name: signed(value) for name, value in data.items()}
    if isinstance(data, list):
        return [signed(value) for value in data]
    is_address = isinstance(data, str) and data.startswith("https://")
    return f"{data}{'&' if '?' in data else '?'}{SIGNED}" if is_address else data


def outcome(contract: type[HTTPContract], answering: Answering) -> Any:
    """What a job of this adapter comes to."""
    case = contract()
    return run(contract.adapter(case.options, client(answering)), case.spec)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda kind: f"{kind.adapter.key}-{kind.__name__}")
def test_addresses_signed_at_length_are_asked_whole(contract: type[HTTPContract]) -> None:
    asked: list[str] = []

    def answering(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        found = contract().recorded.success(request)
        if found.headers.get("content-type") != "application/json":
            return found
        return httpx.Response(found.status_code, json=signed(found.json()), headers={"x-request-id": "r"})

    result = outcome(contract, answering)
    assert isinstance(result, Finished), result
    assert result.pictures[0].data == PNG
    assert all(url.endswith(SIGNED) for url in asked if "signature" in url)


def delivering(address: str) -> list[Service]:
    """Services that say that the picture is there."""
    return [
        (test_fal.TestContract, test_fal.service(test_fal.DONE, {"images": [{"url": address}]})),
        (test_compatible.TestGateway, always(200, {"data": [{"url": address, "b64_json": None}]})),
        (test_bfl.TestContract, test_bfl.service(test_bfl.READY | {"result": {"sample": address}})),
    ]


@pytest.mark.parametrize(("contract", "answering"), delivering(INLINE))
def test_a_picture_that_its_address_carries_is_read_whole(contract: type[HTTPContract], answering: Answering) -> None:
    result = outcome(contract, answering)
    assert isinstance(result, Finished), result
    assert result.pictures[0].data == PNG


@pytest.mark.parametrize(("contract", "answering"), delivering(ENDLESS))
def test_an_address_without_end_is_said_to_be_none(contract: type[HTTPContract], answering: Answering) -> None:
    error = outcome(contract, answering)
    assert isinstance(error, BlockedAddress)
    assert (error.charged, "characters" in error.words) == ("unknown", True)


@pytest.mark.parametrize(("contract", "answering"), delivering(""))
def test_no_address_at_all_is_a_bad_answer_and_no_forbidden_one(
    contract: type[HTTPContract], answering: Answering
) -> None:
    error = outcome(contract, answering)
    assert type(error) is BadAnswer


def test_what_a_job_is_asked_about_with_has_a_bound_too() -> None:
    taken = test_bfl.TAKEN | {"polling_url": ENDLESS * 8}
    error = outcome(test_bfl.TestContract, always(200, taken))
    assert isinstance(error, BadAnswer)
    assert (error.charged, "too long" in error.words) == ("unknown", True)


def revising(prompt: str) -> list[Service]:
    """Services that drew by this prompt instead of ours."""
    drawn = test_openai.SUCCESS["data"][0] | {"revised_prompt": prompt}
    call = test_openai_responses.CALL | {"revised_prompt": prompt}
    result = test_bfl.READY["result"] | {"prompt": prompt}
    return [
        (test_openai.TestContract, always(200, test_openai.SUCCESS | {"data": [drawn]})),
        (test_fal.TestContract, test_fal.service(test_fal.DONE, test_fal.MADE | {"prompt": prompt})),
        (
            test_openai_responses.TestContract,
            test_openai_responses.service(test_openai_responses.DONE | {"output": [call]}),
        ),
        (test_bfl.TestContract, test_bfl.service(test_bfl.READY | {"result": result})),
    ]


@pytest.mark.parametrize(("contract", "answering"), revising(PROMPT))
def test_a_revised_prompt_is_kept_whole(contract: type[HTTPContract], answering: Answering) -> None:
    result = outcome(contract, answering)
    assert isinstance(result, Finished), result
    assert (result.revised_prompt, result.warnings) == (PROMPT, ())


@pytest.mark.parametrize(("contract", "answering"), revising("word " * LONGEST_PROMPT))
def test_a_prompt_without_end_costs_no_picture_and_is_said(contract: type[HTTPContract], answering: Answering) -> None:
    result = outcome(contract, answering)
    assert isinstance(result, Finished), result
    assert (result.revised_prompt, len(result.pictures)) == ("", 1)
    assert "100,000 characters" in result.warnings[0]
