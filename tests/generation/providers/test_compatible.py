"""OpenAI-compatible servers: each dialect by recorded answers, and over real HTTP against the stand-in."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from generation.providers.base import Finished, ImageSpec, Money, Reference
from generation.providers.compatible import PROFILES, Compatible
from generation.providers.egress.http import Client, Request
from generation.providers.errors import BlockedAddress, ErrorKind, ProviderError, Rejected, Unavailable
from generation.providers.prices import PerPicture
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, HTTPContract, Recorded, always, client, model
from tests.standins.compatible import CompatibleStandIn

SUCCESS: dict[str, Any] = {"created": 1795300000, "data": [{"b64_json": base64.b64encode(PNG).decode()}]}
REFUSAL = {"error": {"code": "content_policy_violation", "type": "invalid_request_error", "message": "Declined."}}
LIMITED = {"error": {"code": "rate_limit_exceeded", "type": "requests", "message": "Slow down."}}
SPEC = ImageSpec("A brick house with a green door", model("default"))
INJECTED = '<sd_cpp_extra_args>{"sample_params": {"sample_steps": 100}}</sd_cpp_extra_args>'


class TestGateway(HTTPContract):
    adapter = Compatible
    model_id = "default"
    options: ClassVar[Mapping[str, str]] = {
        "api_key": CANARY,
        "base_url": "https://gateway.example/v1",
        "model": "some/model",
    }
    recorded = Recorded(
        success=always(200, SUCCESS | {"usage": {}}, {"x-request-id": "req_1"}),
        refusal=always(400, REFUSAL),
        rate_limit=always(429, LIMITED),
    )

    @property
    def spec(self) -> ImageSpec:
        """With a price, as somebody who runs a gateway would enter one."""
        facts = model(self.model_id)
        return replace(super().spec, model=replace(facts, price=PerPicture({"*": Money.of("0.04")})))


class TestStableDiffusionCpp(HTTPContract):
    adapter = Compatible
    model_id = "default"
    options: ClassVar[Mapping[str, str]] = {
        "api_key": CANARY,
        "base_url": "http://127.0.0.1:1234/v1",
        "profile": "sd.cpp",
    }
    recorded = Recorded(
        success=always(200, SUCCESS, {"x-request-id": "req_1"}),
        refusal=always(400, REFUSAL),
        rate_limit=always(429, LIMITED),
    )

    def test_nothing_is_charged_on_a_machine_of_ones_own(self) -> None:
        assert (self.good.cost, self.good.cost_basis) == (Money(0), "free")
        assert self.provider().quote(self.spec).basis == "free"


def server(profile: str, **options: str) -> Compatible:
    given = {"profile": profile, "base_url": "https://server.example/v1", "model": "flux", **options}
    return Compatible(given, client(always(200)))


def request_for(profile: str, spec: ImageSpec = SPEC, **options: str) -> Request:
    return server(profile, **options).build(spec, ATTEMPT)


@pytest.mark.parametrize(
    ("profile", "names"),
    [
        ("openai", {"model", "prompt", "n", "size", "output_format"}),
        ("gateway", {"model", "prompt", "n", "size"}),
        ("localai", {"model", "prompt", "n", "size", "response_format"}),
        ("sd.cpp", {"prompt", "n", "size", "output_format"}),
    ],
)
def test_each_profile_sends_its_own_fields(profile: str, names: set[str]) -> None:
    assert set(request_for(profile).parameters) == names


def test_without_a_key_none_is_sent() -> None:
    assert "Authorization" not in request_for("localai").headers


def test_the_configured_model_stands_in_for_the_default_row() -> None:
    assert (request_for("gateway").json or {})["model"] == "flux"


def test_a_row_of_its_own_is_asked_for_by_its_id() -> None:
    spec = replace(SPEC, model=replace(SPEC.model, id="sdxl-turbo"))
    assert (request_for("gateway", spec).json or {})["model"] == "sdxl-turbo"


def test_a_quality_is_sent_where_the_row_has_a_word_for_it() -> None:
    spec = replace(SPEC, model=replace(SPEC.model, qualities={"standard": "hd"}))
    assert (request_for("gateway", spec).json or {})["quality"] == "hd"


def test_an_option_that_the_dialect_lacks_is_refused_and_not_dropped() -> None:
    with pytest.raises(Rejected, match="background") as rejected:
        request_for("sd.cpp", replace(SPEC, extra={"background": "transparent"}))
    assert rejected.value.field == "extra"


@pytest.mark.parametrize("profile", PROFILES)
def test_arguments_are_taken_out_of_a_prompt(profile: str) -> None:
    composed = server(profile).compose(replace(SPEC, prompt=f"A house {INJECTED} by the sea"))
    assert composed.split() == ["A", "house", "by", "the", "sea"]


@given(st.lists(st.sampled_from(["<sd_cpp_extra_args>", "</sd_cpp_extra_args>", "<sd_cpp_", "extra_args>", "</", "x"])))
def test_no_arguments_are_left_however_they_are_nested(parts: list[str]) -> None:
    assert "sd_cpp_extra_args>" not in server("sd.cpp").compose(replace(SPEC, prompt="".join(parts)))


def test_a_bar_does_not_begin_a_negative_prompt_on_localai() -> None:
    assert server("localai").compose(replace(SPEC, prompt="Red brick|green door")) == "Red brick green door"
    assert server("sd.cpp").compose(replace(SPEC, prompt="Red brick|green door")) == "Red brick|green door"


def test_a_server_without_edits_names_pictures_as_lost() -> None:
    spec = replace(SPEC, references=(Reference(PNG),), mask=PNG)
    assert server("localai").unsupported(spec) == ["references", "mask"]
    assert server("sd.cpp").unsupported(spec) == []
    with pytest.raises(Rejected):
        request_for("localai", spec)


def test_what_a_gateway_charges_is_not_claimed_to_be_known() -> None:
    provider = Compatible({"base_url": "https://gateway.example/v1"}, client(always(200, SUCCESS)))
    result = provider.start(SPEC, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    assert (result.cost, provider.quote(SPEC).basis) == (None, "estimate")


def delivering(address: str, **options: str) -> tuple[Compatible, list[httpx.Request]]:
    """A server that answers with an address, and what was asked of anybody."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.method == "POST":
            return httpx.Response(200, json={"data": [{"url": address, "b64_json": None}]})
        return httpx.Response(200, content=PNG)

    given = {"base_url": "https://gateway.example/v1", "api_key": CANARY, **options}
    return Compatible(given, client(answer)), asked


@pytest.mark.parametrize("address", ["https://gateway.example/files/1.png", "https://cdn.example/1.png"])
def test_a_picture_behind_an_address_is_fetched_without_the_key(address: str) -> None:
    provider, asked = delivering(address, result_hosts="cdn.example")
    result = provider.start(SPEC, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    assert result.pictures[0].data == PNG
    assert [("authorization" in request.headers) for request in asked] == [True, False]


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/1.png", "http://gateway.example/1.png", "file:///etc/passwd"],
)
def test_an_address_that_is_not_the_servers_own_is_not_fetched(address: str) -> None:
    provider, asked = delivering(address)
    with pytest.raises(BlockedAddress):
        provider.start(SPEC, attempt=ATTEMPT)
    assert len(asked) == 1


@pytest.fixture
def stand_in() -> Iterator[CompatibleStandIn]:
    with CompatibleStandIn() as running:
        yield running


def live(stand_in: CompatibleStandIn, profile: str = "sd.cpp", **options: str) -> Compatible:
    given = {"base_url": f"{stand_in.url}/v1", "profile": profile, **options}
    return Compatible(given, Client(deadline=10, allow_loopback=True))


def drawn(stand_in: CompatibleStandIn, spec: ImageSpec) -> Image.Image:
    result = live(stand_in).start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    return Image.open(io.BytesIO(result.pictures[0].data)).convert("RGB")


def test_over_real_http_a_picture_comes_in_the_size_asked_for(stand_in: CompatibleStandIn) -> None:
    assert drawn(stand_in, SPEC).size == SPEC.pixels


def test_over_real_http_the_server_never_obeys_a_prompt(stand_in: CompatibleStandIn) -> None:
    drawn(stand_in, replace(SPEC, prompt=f"A house {INJECTED}"))
    assert stand_in.obeyed == []


def test_over_real_http_a_mask_keeps_what_it_covers(stand_in: CompatibleStandIn) -> None:
    stream = io.BytesIO()
    mask = Image.new("RGBA", (96, 64), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 48, 64))
    mask.save(stream, "PNG")
    red = io.BytesIO()
    Image.new("RGB", (96, 64), "red").save(red, "PNG")
    picture = drawn(stand_in, replace(SPEC, references=(Reference(red.getvalue()),), mask=stream.getvalue()))
    assert picture.getpixel((picture.width * 3 // 4, 10)) == (255, 0, 0)
    assert picture.getpixel((picture.width // 4, 10)) != (255, 0, 0)


def test_over_real_http_an_address_is_followed_at_once(stand_in: CompatibleStandIn) -> None:
    spec = replace(SPEC, prompt="A house [url]", count=2)
    result = live(stand_in, "gateway", api_key=CANARY).start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    assert len({picture.data for picture in result.pictures}) == 2
    assert ["authorization" in headers for headers in stand_in.headers] == [True, False, False]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("[inside]", ErrorKind.BLOCKED_ADDRESS),
        ("[elsewhere]", ErrorKind.BLOCKED_ADDRESS),
        ("[expired]", ErrorKind.UNAVAILABLE),
        ("[memory]", ErrorKind.UNAVAILABLE),
    ],
)
def test_over_real_http_each_trouble_has_its_kind(stand_in: CompatibleStandIn, word: str, kind: ErrorKind) -> None:
    with pytest.raises(ProviderError) as raised:
        live(stand_in, "gateway").start(replace(SPEC, prompt=f"A house {word}"), attempt=ATTEMPT)
    assert raised.value.kind == kind


def test_without_leave_the_servers_own_loopback_address_is_not_fetched(stand_in: CompatibleStandIn) -> None:
    provider = Compatible({"base_url": f"{stand_in.url}/v1"}, Client(deadline=5))
    with pytest.raises(BlockedAddress):
        provider.start(replace(SPEC, prompt="A house [url]"), attempt=ATTEMPT)


def test_the_connection_test_says_when_the_model_is_missing(stand_in: CompatibleStandIn) -> None:
    assert "but not flux" in live(stand_in, "gateway", model="flux").check()
    assert "but not" not in live(stand_in, "sd.cpp", model="flux").check()
    assert stand_in.billed == 0


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        Compatible({"base_url": "http://127.0.0.1:9/v1"}, Client(deadline=2, connect=1)).check()
