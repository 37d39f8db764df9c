"""Black Forest Labs by recorded answers, and over real HTTP against the stand-in."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import httpx
import pytest
from PIL import Image

from generation.providers.base import Finished, ImageSpec, Money, Pending, Reference
from generation.providers.bfl import BlackForestLabs
from generation.providers.callbacks import InvalidSignature
from generation.providers.egress.http import Client
from generation.providers.errors import (
    BadAnswer,
    BlockedAddress,
    ErrorKind,
    OutOfMoney,
    ProviderError,
    Refused,
    Rejected,
    Unavailable,
)
from tests.generation.providers.contract import (
    ATTEMPT,
    CANARY,
    PNG,
    Answering,
    HTTPContract,
    Recorded,
    after,
    always,
    client,
    model,
)
from tests.standins.bfl import BFLStandIn

JOB = "a3f1c2d4"
TAKEN = {"id": JOB, "polling_url": f"https://api.us1.bfl.ai/v1/get_result?id={JOB}", "cost": 3.0, "output_mp": 1.0}
SAMPLE = "https://delivery-us1.bfl.ai/results/a3f1c2d4.png?sig=abc"


def service(*polls: dict[str, Any], sample: str = SAMPLE) -> Answering:
    """Takes a job, answers its polls in turn (the last for ever), and delivers the picture."""
    times = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal times
        if request.method == "POST":
            times = 0
            return httpx.Response(200, json=TAKEN)
        if str(request.url).startswith(sample.partition("?")[0]):
            assert "x-key" not in request.headers
            return httpx.Response(200, content=PNG)
        times += 1
        return httpx.Response(200, json={"id": JOB, "result": None, **after(times, polls)})

    return answer


READY: dict[str, Any] = {
    "status": "Ready",
    "result": {"sample": SAMPLE, "seed": 42, "prompt": "A brick house with a green door"},
}


class TestContract(HTTPContract):
    adapter = BlackForestLabs
    model_id = "flux-2-pro"
    options: ClassVar[Mapping[str, str]] = {"api_key": CANARY}
    recorded = Recorded(
        success=lambda request: service(READY)(request),
        refusal=lambda request: service({"status": "Request Moderated"})(request),
        rate_limit=always(429, {"detail": "Too many active tasks."}),
    )

    def test_the_cost_it_reports_is_kept(self) -> None:
        assert (self.good.cost, self.good.cost_basis) == (Money.of("0.03"), "reported")

    def test_the_seed_it_tells_is_kept(self) -> None:
        assert self.good.pictures[0].seed == 42

    def test_pending_is_asked_again(self) -> None:
        result = self.finish(service({"status": "Pending"}, {"status": "Pending"}, READY))
        assert len(result.pictures) == 1

    @pytest.mark.parametrize(("status", "stage"), [("Request Moderated", "input"), ("Content Moderated", "output")])
    def test_both_ways_of_declining_are_refusals(self, status: str, stage: str) -> None:
        error = self.trouble(service({"status": status}))
        assert isinstance(error, Refused)
        assert error.stage == stage

    @pytest.mark.parametrize("status", ["Reticulating", "", "ready"])
    def test_an_unknown_status_ends_the_job(self, status: str) -> None:
        assert isinstance(self.trouble(service({"status": status})), BadAnswer)

    def test_another_jobs_answer_is_not_taken(self) -> None:
        assert isinstance(self.trouble(service(READY | {"id": "other"})), BadAnswer)

    def test_ready_without_an_address_is_a_bad_answer(self) -> None:
        assert isinstance(self.trouble(service({"status": "Ready", "result": {}})), BadAnswer)

    def test_an_empty_account_is_told_as_such(self) -> None:
        assert isinstance(self.trouble(always(402, {"detail": "Insufficient credits."})), OutOfMoney)

    def test_the_wait_that_its_body_tells_is_kept(self) -> None:
        said = {"error": "rate_limit_exceeded", "message": "Too many requests.", "retry_after": 12}
        assert self.trouble(always(429, said)).retry_after == 12

    @pytest.mark.parametrize(
        "address",
        [
            "https://bfl.ai.example.com/x",
            "http://api.bfl.ai/x",
            "https://evilbfl.ai/x",
            "https://api.bfl.ai@10.0.0.1/x",
        ],
    )
    def test_the_key_goes_to_no_other_host(self, address: str) -> None:
        def elsewhere(request: httpx.Request) -> httpx.Response:
            assert request.method == "POST"
            return httpx.Response(200, json=TAKEN | {"polling_url": address})

        assert isinstance(self.trouble(elsewhere), BlockedAddress)

    @pytest.mark.parametrize("host", ["bfldeliveryprodscus", "bfldelivery", "bfldeliverye2ewestus3"])
    def test_pictures_come_from_its_storage_accounts_too(self, host: str) -> None:
        sample = f"https://{host}.blob.core.windows.net/results/1.png?sig=abc"
        ready = READY | {"result": READY["result"] | {"sample": sample}}
        assert self.finish(service(ready, sample=sample)).pictures[0].data == PNG

    @pytest.mark.parametrize(
        "host", ["evil.blob.core.windows.net", "bfldelivery.evil.net", "x.bfldelivery.blob.core.windows.net"]
    )
    def test_pictures_come_from_nobody_elses(self, host: str) -> None:
        ready = READY | {"result": READY["result"] | {"sample": f"https://{host}/1.png?sig=abc"}}
        error = self.trouble(service(ready))
        assert isinstance(error, BlockedAddress)
        assert (error.request_id, error.raw["status"]) == (JOB, "Ready")

    def test_a_picture_that_was_blocked_comes_when_it_is_asked_for_again(self) -> None:
        elsewhere = "https://cdn.example/1.png?sig=abc"
        answering = service(READY | {"result": READY["result"] | {"sample": elsewhere}}, sample=elsewhere)
        pending = self.provider(answering).start(self.spec, attempt=ATTEMPT)
        assert isinstance(pending, Pending)
        with pytest.raises(BlockedAddress):
            self.provider(answering).resume(pending.handle)
        allowing = BlackForestLabs({"api_key": CANARY, "result_hosts": "cdn.example"}, client(answering))
        assert isinstance(allowing.resume(pending.handle), Finished)

    @pytest.mark.parametrize("cost", [float("nan"), float("inf"), -3, "plenty", True, [], "1e999999999", 10**30])
    def test_a_cost_that_cannot_be_meant_is_doubted(self, cost: Any) -> None:
        def taking(request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                return httpx.Response(200, text=json.dumps(TAKEN | {"cost": cost}))
            return service(READY)(request)

        result = self.finish(taking)
        assert (result.cost, result.cost_basis) == (None, "doubtful")

    def test_a_handle_survives_a_restart(self) -> None:
        pending = self.provider(service(READY)).start(self.spec, attempt=ATTEMPT)
        assert isinstance(pending, Pending)
        assert isinstance(self.provider(service(READY)).resume(pending.handle), Finished)

    def test_a_broken_handle_is_a_bad_answer(self) -> None:
        with pytest.raises(BadAnswer):
            self.provider().resume("{}")


@pytest.fixture
def stand_in() -> Iterator[BFLStandIn]:
    with BFLStandIn() as running:
        yield running


def live(stand_in: BFLStandIn) -> BlackForestLabs:
    return BlackForestLabs({"api_key": CANARY, "base_url": stand_in.url}, Client(deadline=10, allow_loopback=True))


def run(stand_in: BFLStandIn, words: str = "") -> Finished | Pending:
    provider = live(stand_in)
    result = provider.start(ImageSpec(f"A house {words}", model("flux-2-pro")), attempt=ATTEMPT)
    for _ in range(6):
        if isinstance(result, Finished):
            break
        result = provider.resume(result.handle)
    return result


def test_over_real_http_submit_poll_and_download(stand_in: BFLStandIn) -> None:
    result = run(stand_in)
    assert isinstance(result, Finished)
    assert stand_in.billed == 1
    assert sum(count for path, count in stand_in.requests.items() if "/poll/" in path) == 3


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("[refuse]", ErrorKind.REFUSED),
        ("[moderated]", ErrorKind.REFUSED),
        ("[unknown]", ErrorKind.BAD_ANSWER),
        ("[failed]", ErrorKind.BAD_ANSWER),
        ("[forgotten]", ErrorKind.UNCLEAR),
        ("[expired]", ErrorKind.UNAVAILABLE),
        ("[inside]", ErrorKind.BLOCKED_ADDRESS),
        ("[lost]", ErrorKind.UNCLEAR),
        ("[rate-limit]", ErrorKind.RATE_LIMITED),
        ("[no-money]", ErrorKind.OUT_OF_MONEY),
    ],
)
def test_over_real_http_each_trouble_has_its_kind(stand_in: BFLStandIn, word: str, kind: ErrorKind) -> None:
    with pytest.raises(ProviderError) as raised:
        run(stand_in, word)
    assert raised.value.kind == kind


def test_a_job_that_hangs_stays_pending(stand_in: BFLStandIn) -> None:
    assert isinstance(run(stand_in, "[hang]"), Pending)


def test_an_expired_address_counts_as_charged(stand_in: BFLStandIn) -> None:
    with pytest.raises(Unavailable) as raised:
        run(stand_in, "[expired]")
    assert raised.value.charged == "yes"


def test_the_bytes_are_kept_as_they_came_whatever_the_server_says(stand_in: BFLStandIn) -> None:
    result = run(stand_in, "[jpeg]")
    assert isinstance(result, Finished)
    assert result.pictures[0].data.startswith(b"\xff\xd8")


def test_without_leave_the_loopback_is_out_of_bounds(stand_in: BFLStandIn) -> None:
    provider = BlackForestLabs({"api_key": CANARY, "base_url": stand_in.url}, Client(deadline=5))
    pending = provider.start(ImageSpec("A house", model("flux-2-pro")), attempt=ATTEMPT)
    assert isinstance(pending, Pending)
    with pytest.raises(BlockedAddress):
        provider.resume(pending.handle)


def test_testing_the_connection_spends_nothing(stand_in: BFLStandIn) -> None:
    assert "credits" in live(stand_in).check()
    assert stand_in.billed == 0


def test_references_are_numbered() -> None:
    spec = replace(ImageSpec("A house", model("flux-2-pro")), references=(Reference(PNG), Reference(PNG)))
    body = BlackForestLabs({}, Client()).build(spec, ATTEMPT).json or {}
    assert {"input_image", "input_image_2"} <= set(body)


def half_clear(width: int, height: int) -> bytes:
    """A mask that is clear on its left half."""
    mask = Image.new("RGBA", (width, height), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, width // 2, height))
    return as_png(mask)


def as_png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


RED = Reference(as_png(Image.new("RGB", (96, 64), "red")))


def finished(stand_in: BFLStandIn, spec: ImageSpec) -> Image.Image:
    provider = live(stand_in)
    result = provider.start(spec, attempt=ATTEMPT)
    for _ in range(6):
        if isinstance(result, Finished):
            return Image.open(io.BytesIO(result.pictures[0].data)).convert("RGB")
        result = provider.resume(result.handle)
    pytest.fail("The job never ended.")


def test_over_real_http_fill_keeps_what_the_mask_covers(stand_in: BFLStandIn) -> None:
    spec = ImageSpec("A green door", model("flux-pro-1.0-fill"), references=(RED,), mask=half_clear(96, 64))
    picture = finished(stand_in, spec)
    assert picture.getpixel((picture.width * 3 // 4, 20)) == (255, 0, 0)
    assert picture.getpixel((picture.width // 4, 20)) != (255, 0, 0)


def test_over_real_http_kontext_edits_in_the_shape_asked_for(stand_in: BFLStandIn) -> None:
    spec = ImageSpec("Make the door green", model("flux-kontext-pro"), ratio="16:9", references=(RED, Reference(PNG)))
    picture = finished(stand_in, spec)
    assert picture.width / picture.height == pytest.approx(16 / 9, rel=0.01)
    assert stand_in.billed == 1


@pytest.mark.parametrize("lack", [{"references": ()}, {"mask": None}])
def test_fill_needs_the_picture_and_its_mask(lack: dict[str, Any]) -> None:
    spec = ImageSpec("A green door", model("flux-pro-1.0-fill"), references=(RED,), mask=half_clear(96, 64))
    with pytest.raises(Rejected, match="needs the picture"):
        BlackForestLabs({}, Client()).build(replace(spec, **lack), ATTEMPT)


def test_a_mask_is_lost_on_models_that_draw_freely() -> None:
    spec = ImageSpec("A house", model("flux-2-pro"), references=(RED,), mask=half_clear(96, 64))
    assert BlackForestLabs({}, Client()).unsupported(spec) == ["mask"]


SECRET = "callback-canary"
BODY = json.dumps({"id": JOB, "status": "Ready", "result": {"sample": "https://evil.example/x.png"}}).encode()


def signed(body: bytes, by: str = "callback-canary") -> dict[str, str]:
    return {"x-bfl-signature": f"sha256={hmac.new(by.encode(), body, hashlib.sha256).hexdigest()}"}


def calling(secret: str) -> BlackForestLabs:
    return BlackForestLabs({"callback_secret": secret}, Client())


@pytest.mark.parametrize("headers", [signed(BODY), {"x-webhook-secret": "callback-canary"}])
def test_a_callback_proven_in_either_way_names_its_job(headers: dict[str, str]) -> None:
    assert calling(SECRET).verify_callback(headers, BODY) == JOB


@pytest.mark.parametrize(
    ("headers", "body", "secret"),
    [
        ({}, BODY, SECRET),
        ({"x-webhook-secret": "guess"}, BODY, SECRET),
        ({"x-webhook-secret": ""}, BODY, ""),
        (signed(BODY, ""), BODY, ""),
        (signed(BODY, "guess"), BODY, SECRET),
        (signed(BODY), BODY + b" ", SECRET),
        (signed(BODY, "guess") | {"x-webhook-secret": "callback-canary"}, BODY, SECRET),
        ({"x-bfl-signature": "sha256=é", "x-webhook-secret": "callback-canary"}, BODY, SECRET),
        (signed(b"[]"), b"[]", SECRET),
        (signed(b"{"), b"{", SECRET),
        (signed(b"\xff"), b"\xff", SECRET),
    ],
)
def test_a_callback_that_proves_nothing_is_forged(headers: dict[str, str], body: bytes, secret: str) -> None:
    with pytest.raises(InvalidSignature):
        calling(secret).verify_callback(headers, body)


def test_only_who_can_prove_a_callback_is_asked_for_one() -> None:
    assert calling(SECRET).calls_back
    assert not calling("").calls_back


def test_a_job_that_will_call_back_can_be_asked_about_too() -> None:
    def without_address(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"id": JOB, "status": "Pending", "webhook_url": "https://portal.example"})
        assert str(request.url) in (f"https://api.eu.bfl.ai/v1/get_result?id={JOB}", SAMPLE)
        return service(READY)(request)

    provider = BlackForestLabs({"base_url": "https://api.eu.bfl.ai"}, client(without_address))
    spec = ImageSpec("A house", model("flux-2-pro"), callback_url="https://portal.example")
    pending = provider.start(spec, attempt=ATTEMPT)
    assert isinstance(pending, Pending)
    assert isinstance(provider.resume(pending.handle), Finished)


def test_the_callbacks_secret_is_sent_but_never_stored() -> None:
    provider = BlackForestLabs({"api_key": CANARY, "callback_secret": SECRET}, client(service(READY)))
    spec = ImageSpec("A house", model("flux-2-pro"), callback_url="https://portal.example/told")
    request = provider.build(spec, ATTEMPT)
    assert (request.json or {})["webhook_secret"] == "callback-canary"
    pending = provider.start(spec, attempt=ATTEMPT)
    assert "https://portal.example/told" in str(pending.parameters_sent)
    assert "callback-canary" not in f"{pending!r}"


# FLUX 3


def third(**more: Any) -> ImageSpec:
    return replace(ImageSpec("A brick house", model("flux-3-image", "bfl"), ratio="16:9"), **more)


def test_flux_3_is_sent_only_what_its_strict_schema_has() -> None:
    body = BlackForestLabs({}, Client()).build(third(), ATTEMPT).json
    assert body == {
        "prompt": "A brick house",
        "aspect_ratio": "16:9",
        "resolution": "1k",
        "grounding": False,  # it searches the web unless it is told not to
        "safety_tolerance": 2,
    }


def test_flux_3_takes_pictures_as_a_list_and_searches_only_when_asked() -> None:
    spec = third(references=(Reference(PNG), Reference(PNG)), extra={"grounding": "true", "resolution": "2k"})
    body = BlackForestLabs({}, Client()).build(spec, ATTEMPT).json or {}
    assert (len(body["images"]), body["grounding"], body["resolution"]) == (2, True, "2k")


@pytest.mark.parametrize(
    ("resolution", "price"), [("768sq", "0.041"), ("1k", "0.048"), ("2k", "0.10"), ("4k", "0.607")]
)
def test_flux_3_has_a_price_for_each_resolution(resolution: str, price: str) -> None:
    spec = third(extra={"resolution": resolution} if resolution != "1k" else {})
    assert BlackForestLabs({}, Client()).quote(spec).amount == Money.of(price)


def test_each_flux_is_asked_its_own_questions() -> None:
    flux = BlackForestLabs({}, Client())
    asked = {each.name: each for each in flux.questions(model("flux-3-image", "bfl"))}
    assert set(asked) == {"resolution", "grounding", "safety_tolerance"}
    assert asked["safety_tolerance"].most == 4
    assert {each.name for each in flux.questions(model("flux-2-pro"))} == {"safety_tolerance", "prompt_upsampling"}


@pytest.mark.parametrize("status", ["Reasoning", "Generating"])
def test_flux_3_is_busy_in_words_of_its_own(status: str) -> None:
    flux = BlackForestLabs({"api_key": CANARY}, client(service({"status": status}, READY)))
    pending = flux.start(third(), attempt=ATTEMPT)
    assert isinstance(pending, Pending)
    assert isinstance(flux.resume(pending.handle), Pending)
    assert isinstance(flux.resume(pending.handle), Finished)
