"""fal by recorded answers, and over real HTTP against the stand-in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import httpx
import pytest

from generation.providers.base import Finished, ImageSpec, ModelSpec, Money, Pending, Reference
from generation.providers.egress.http import Client
from generation.providers.errors import (
    BlockedAddress,
    ErrorKind,
    ModelGone,
    ProviderError,
    Refused,
    Stopped,
)
from generation.providers.fal import Fal
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, Answering, HTTPContract, Recorded, always, model
from tests.standins.fal import FalStandIn

JOB = "764cabcf-b745-4b3e-ae38-1200304cf45b"
HERE = f"https://queue.fal.run/fal-ai/bytedance/requests/{JOB}"
TAKEN = {"request_id": JOB, "status_url": f"{HERE}/status", "response_url": HERE, "cancel_url": f"{HERE}/cancel"}
PICTURE = "https://v3.fal.media/files/elephant/out.png"
MADE = {"images": [{"url": PICTURE, "content_type": "image/png"}], "seed": 42, "has_nsfw_concepts": [False]}
DETAIL = [{"loc": ["body", "prompt"], "msg": "Could not be processed.", "type": "content_policy_violation"}]
SEEDREAM = "fal-ai/bytedance/seedream/v4/text-to-image"


def service(status: Mapping[str, Any], made: Mapping[str, Any] | None = None, code: int = 200) -> Answering:
    """Takes a job, says how it stands, answers it, and delivers pictures to whoever brings no key."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host.endswith("fal.media"):
            assert "authorization" not in request.headers
            return httpx.Response(200, content=PNG)
        if request.method == "POST":
            return httpx.Response(200, json=TAKEN)
        if request.url.path.endswith("/status"):
            return httpx.Response(200, json=dict(status))
        return httpx.Response(code, json=dict(made or {}))

    return answer


DONE = {"status": "COMPLETED", "metrics": {"inference_time": 2.1}}


class TestContract(HTTPContract):
    adapter = Fal
    model_id = SEEDREAM
    options: ClassVar[Mapping[str, str]] = {"api_key": CANARY}
    recorded = Recorded(
        success=service(DONE, MADE),
        refusal=service(DONE, {"detail": DETAIL}, 422),
        rate_limit=always(429, {"detail": "Too many requests"}),
    )

    def test_it_forbids_the_platform_to_try_again_by_itself(self) -> None:
        request = Fal(self.options, Client()).build(self.spec, ATTEMPT)
        assert request.headers["x-fal-no-retry"] == "1"
        assert request.url == f"https://queue.fal.run/{SEEDREAM}"

    def test_its_price_goes_along_in_the_handle(self) -> None:
        assert (self.good.cost, self.good.cost_basis) == (Money.of("0.03"), "fixed")

    def test_an_address_of_somebody_else_is_not_asked(self) -> None:
        evil = TAKEN | {"status_url": "https://queue.fal.run.evil.example/status"}
        error = self.trouble(always(200, evil))
        assert isinstance(error, BlockedAddress)


def fal(of: ModelSpec, **more: Any) -> dict[str, Any]:
    request = Fal({}, Client()).build(replace(ImageSpec("A house", of), **more), ATTEMPT)
    return {"url": request.url, **(request.json or {})}


def test_pictures_go_to_the_endpoint_that_edits() -> None:
    flux = model("blackforestlabs/flux-3/text-to-image")
    assert fal(flux)["url"].endswith("/blackforestlabs/flux-3/text-to-image")
    edit = fal(flux, references=(Reference(PNG), Reference(PNG)))
    assert edit["url"].endswith("/blackforestlabs/flux-3/edit-image")
    assert [one.partition(",")[0] for one in edit["image_urls"]] == ["data:image/png;base64"] * 2


@pytest.mark.parametrize(("resolution", "price"), [("", "0.08"), ("2K", "0.12"), ("4K", "0.16")])
def test_a_resolution_has_its_price(resolution: str, price: str) -> None:
    banana = model("fal-ai/nano-banana-2")
    extra = {"resolution": resolution} if resolution else {}
    assert Fal({}, Client()).quote(ImageSpec("A house", banana, extra=extra)).amount == Money.of(price)
    assert fal(banana, extra=extra).get("resolution", "") == resolution


def test_a_model_without_resolutions_is_asked_for_none() -> None:
    assert Fal({}, Client()).questions(model(SEEDREAM)) == ()


@pytest.fixture
def stand_in() -> Iterator[FalStandIn]:
    with FalStandIn() as running:
        yield running


def real(stand_in: FalStandIn) -> Fal:
    return Fal({"api_key": CANARY, "base_url": stand_in.url}, Client(allow_loopback=True))


def played(stand_in: FalStandIn, words: str = "", **more: Any) -> Finished | Pending:
    """A job from its start until it is over, or has been asked about six times, each time by a new provider."""
    spec = replace(ImageSpec(f"A house {words}", model(SEEDREAM)), **more)
    result: Finished | Pending = real(stand_in).start(spec, attempt=ATTEMPT)
    for _ in range(6):
        if isinstance(result, Pending):
            result = real(stand_in).resume(result.handle)
    return result


def finished(stand_in: FalStandIn, words: str = "", **more: Any) -> Finished:
    result = played(stand_in, words, **more)
    assert isinstance(result, Finished)
    return result


def test_over_real_http_pictures_come_and_cost_what_they_cost(stand_in: FalStandIn) -> None:
    result = finished(stand_in, count=2, seed=7)
    assert (len(result.pictures), result.cost, stand_in.billed) == (2, Money.of("0.06"), 2)
    assert result.seed == 7
    assert "authorization" not in stand_in.headers[-1]  # the key stays with the queue


def test_an_answer_with_one_picture_is_understood(stand_in: FalStandIn) -> None:
    assert len(finished(stand_in, "[single]").pictures) == 1


def test_a_black_picture_is_a_refusal_and_the_others_are_kept(stand_in: FalStandIn) -> None:
    with pytest.raises(Refused) as refused:
        played(stand_in, "[black]")
    assert refused.value.stage == "output"
    result = finished(stand_in, "[one-black]", count=3)
    assert (len(result.pictures), len(result.refusals), result.cost) == (2, 1, Money.of("0.09"))


@pytest.mark.parametrize(
    ("word", "kind", "charged"),
    [
        ("[refuse]", ErrorKind.REFUSED, "no"),
        ("[failed]", ErrorKind.BAD_ANSWER, "no"),
        ("[invalid]", ErrorKind.BAD_ANSWER, "unknown"),
        ("[nothing]", ErrorKind.BAD_ANSWER, "yes"),
        ("[unknown]", ErrorKind.BAD_ANSWER, "unknown"),
        ("[rate-limit]", ErrorKind.RATE_LIMITED, "no"),
        ("[no-money]", ErrorKind.OUT_OF_MONEY, "no"),
        ("[lost]", ErrorKind.UNCLEAR, "unknown"),
        ("[forgotten]", ErrorKind.UNCLEAR, "unknown"),
    ],
)
def test_over_real_http_each_trouble_has_its_kind(
    stand_in: FalStandIn, word: str, kind: ErrorKind, charged: str
) -> None:
    with pytest.raises(ProviderError) as raised:
        played(stand_in, word)
    assert (raised.value.kind, raised.value.charged) == (kind, charged)
    assert stand_in.requests[f"POST /{SEEDREAM}"] == 1


@pytest.mark.parametrize("word", ["[inside]", "[elsewhere]"])
def test_pictures_are_fetched_from_its_own_hosts_alone(stand_in: FalStandIn, word: str) -> None:
    with pytest.raises(ProviderError) as raised:
        played(stand_in, word)
    assert isinstance(raised.value, BlockedAddress)


def test_a_job_can_be_stopped(stand_in: FalStandIn) -> None:
    pending = real(stand_in).start(ImageSpec("A house [hang]", model(SEEDREAM)), attempt=ATTEMPT)
    assert isinstance(pending, Pending)
    real(stand_in).cancel(pending.handle)
    with pytest.raises(Stopped):
        real(stand_in).resume(pending.handle)
    assert stand_in.billed == 0


def test_a_model_that_is_not_there_is_gone(stand_in: FalStandIn) -> None:
    gone = replace(model(SEEDREAM), id="nobody/nothing")
    with pytest.raises(ModelGone):
        real(stand_in).start(ImageSpec("A house", gone), attempt=ATTEMPT)


def test_testing_the_connection_spends_nothing(stand_in: FalStandIn) -> None:
    assert "accepts the key" in real(stand_in).check()
    assert stand_in.billed == 0
