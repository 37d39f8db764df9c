"""Several pictures of one finished job, of which some cannot be had: at every service that is asked for them later."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from generation.providers.base import Finished, Pending
from generation.providers.comfyui import ComfyUI
from generation.providers.encoding import encoded
from generation.providers.errors import BlockedAddress, ProviderError, Unavailable
from generation.providers.fal import Fal
from generation.providers.http import MOST_WAITS, HTTPProvider
from generation.providers.replicate import Replicate
from tests.generation.providers.contract import CANARY, PNG, Answering, client, never

FAL = "https://queue.fal.run/fal-ai/x/requests/7"
Delivery = Callable[[str], httpx.Response]


def replicate(addresses: list[str], **options: str) -> tuple[HTTPProvider, str, dict[str, Any]]:
    answers = {"/v1/predictions/7": {"id": "7", "status": "succeeded", "output": addresses, "logs": "Using seed: 5"}}
    return Replicate({"api_key": CANARY, **options}, client(never)), json.dumps({"id": "7", "each": 25_000}), answers


def fal(addresses: list[str], **options: str) -> tuple[HTTPProvider, str, dict[str, Any]]:
    job = {"request_id": "7", "status_url": f"{FAL}/status", "response_url": FAL, "each": 25_000}
    made = {"images": [{"url": address} for address in addresses], "seed": 5}
    answers = {"/fal-ai/x/requests/7/status": {"status": "COMPLETED"}, "/fal-ai/x/requests/7": made}
    return Fal({"api_key": CANARY, **options}, client(never)), json.dumps(job), answers


def comfyui(addresses: list[str], **options: str) -> tuple[HTTPProvider, str, dict[str, Any]]:
    files = [{"filename": address, "subfolder": "", "type": "output"} for address in addresses]
    answers = {"/history/7": {"7": {"outputs": {"9": {"images": files}}, "status": {"status_str": "success"}}}}
    return (
        ComfyUI({"base_url": "http://10.0.0.7:8188", **options}, client(never)),
        json.dumps({"id": "7", "seed": 5}),
        answers,
    )


HOSTS = {replicate: "https://replicate.delivery/", fal: "https://v3.fal.media/", comfyui: ""}
"""Services -> where their pictures lie."""
SERVICES = pytest.mark.parametrize("service", HOSTS)
HOSTED = pytest.mark.parametrize("service", [replicate, fal])


def delivering(delivery: Delivery, answers: dict[str, Any]) -> Answering:
    """Says of the job what it is to say, and delivers each picture by its name."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path in answers:
            return httpx.Response(200, json=answers[request.url.path])
        return delivery(request.url.params.get("filename") or request.url.path.strip("/"))

    return answer


def asked(
    service: Any, names: list[str], delivery: Delivery, times: int = 1, **options: str
) -> Finished | Pending | ProviderError:
    """What becomes of a job that is asked about so many times at most, until it is over."""
    provider, handle, answers = service([name if ":" in name else HOSTS[service] + name for name in names], **options)
    provider.client = client(delivering(delivery, answers))
    result: Finished | Pending = Pending(handle=handle, ask_again_in=0)
    for _ in range(times):
        if isinstance(result, Pending):
            try:
                result = provider.resume(result.handle)
            except ProviderError as error:
                return error
    return result


def gone(name: str) -> httpx.Response:
    return httpx.Response(404) if name.startswith("b") else httpx.Response(200, content=PNG)


def down(name: str) -> httpx.Response:
    return httpx.Response(503) if name.startswith("b") else httpx.Response(200, content=PNG)


@SERVICES
def test_one_that_is_gone_loses_none_of_its_neighbors(service: Any) -> None:
    result = asked(service, ["a.png", "b.png", "c.png"], gone)
    assert isinstance(result, Finished)
    assert (len(result.pictures), len(result.warnings)) == (2, 1)
    assert [each.seed for each in result.pictures] == [None, None]  # a seed is of the first alone
    assert result.cost is not None
    assert result.cost.micros in (0, 75_000)  # the one that is gone was made, too


@HOSTED
def test_one_at_an_address_that_is_not_its_own_loses_none_of_its_neighbors(service: Any) -> None:
    result = asked(service, ["a.png", "https://elsewhere.example/b.png"], down)
    assert isinstance(result, Finished)
    assert (len(result.pictures), len(result.warnings)) == (1, 1)
    assert "elsewhere.example" in result.warnings[0]


@HOSTED
def test_a_host_that_is_set_delivers_besides_those_that_are_known(service: Any) -> None:
    result = asked(service, ["a.png", "https://elsewhere.example/c.png"], gone, result_hosts="elsewhere.example")
    assert isinstance(result, Finished)
    assert (len(result.pictures), result.warnings) == (2, ())


@SERVICES
@pytest.mark.parametrize("how", [503, 429, httpx.ReadTimeout("slow"), httpx.ConnectError("away")])
def test_one_that_may_come_yet_is_waited_for(service: Any, how: int | Exception) -> None:
    tries = 0

    def late(name: str) -> httpx.Response:
        nonlocal tries
        tries += name == "b.png"
        if name != "b.png" or tries > 2:
            return httpx.Response(200, content=PNG)
        if isinstance(how, Exception):
            raise how
        return httpx.Response(how)

    result = asked(service, ["a.png", "b.png"], late, times=3)
    assert isinstance(result, Finished)
    assert (len(result.pictures), result.warnings, tries) == (2, (), 3)


@SERVICES
def test_what_has_come_does_not_wait_for_ever(service: Any) -> None:
    waiting = asked(service, ["a.png", "b.png"], down, times=MOST_WAITS)
    assert isinstance(waiting, Pending)
    assert waiting.ask_again_in == 64
    result = asked(service, ["a.png", "b.png"], down, times=MOST_WAITS + 1)
    assert isinstance(result, Finished)
    assert (len(result.pictures), len(result.warnings)) == (1, 1)


@SERVICES
def test_while_none_has_come_it_is_asked_again_as_any_trouble_is(service: Any) -> None:
    result = asked(service, ["bb.png", "b.png"], down)
    assert isinstance(result, Unavailable)


@HOSTED
def test_one_that_can_never_come_does_not_end_the_asking_for_one_that_may(service: Any) -> None:
    away = "https://elsewhere.example/1.png"
    assert isinstance(asked(service, [away, "b.png"], down), Unavailable)
    assert isinstance(asked(service, [away, away], down), BlockedAddress)


@HOSTED
def test_an_address_may_carry_its_picture(service: Any) -> None:
    result = asked(service, [f"data:image/png;base64,{encoded(PNG)}", "a.png"], gone)
    assert isinstance(result, Finished)
    assert [each.data for each in result.pictures] == [PNG, PNG]
    assert encoded(PNG) not in str(result.raw)
