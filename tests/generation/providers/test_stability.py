"""Stability AI by recorded answers shaped as the vendor's schema has them, and over real HTTP against the stand-in."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import httpx
import pytest
from PIL import Image

from generation.providers.base import Finished, ImageSpec, Money, Reference
from generation.providers.egress.http import Client
from generation.providers.errors import ErrorKind, OutOfMoney, ProviderError, RateLimited, Refused, Rejected
from generation.providers.stability import Stability
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, HTTPContract, Recorded, always, model, never
from tests.standins.stability import StabilityStandIn

SUCCESS = {"image": base64.b64encode(PNG).decode(), "seed": 343940597, "finish_reason": "SUCCESS"}
MODERATED = {"id": "a1b2", "name": "content_moderation", "errors": ["Your request was flagged."]}
LIMITED = {"id": "a1b2", "name": "rate_limit_exceeded", "errors": ["You have exceeded 150 requests in 10 s."]}


class TestContract(HTTPContract):
    adapter = Stability
    model_id = "stable-image-ultra"
    options: ClassVar[Mapping[str, str]] = {"api_key": CANARY}
    recorded = Recorded(
        success=always(200, SUCCESS, {"x-request-id": "req_1"}),
        refusal=always(403, MODERATED),
        rate_limit=always(429, LIMITED),
    )

    def test_the_price_is_that_of_the_table(self) -> None:
        assert (self.good.cost, self.good.cost_basis) == (Money.of("0.08"), "fixed")

    def test_the_seed_it_tells_is_kept(self) -> None:
        assert self.good.pictures[0].seed == 343940597

    def test_a_blurred_picture_with_status_200_is_a_refusal(self) -> None:
        error = self.trouble(always(200, SUCCESS | {"finish_reason": "CONTENT_FILTERED"}))
        assert isinstance(error, Refused)
        assert error.stage == "output"

    def test_a_moderated_wish_is_not_taken_for_a_bad_key(self) -> None:
        error = self.trouble(always(403, MODERATED))
        assert isinstance(error, Refused)
        assert error.stage == "input"

    def test_without_a_hint_it_waits_a_minute(self) -> None:
        error = self.trouble(always(429, LIMITED))
        assert isinstance(error, RateLimited)
        assert error.retry_after == 60

    def test_an_empty_account_is_told_as_such(self) -> None:
        assert isinstance(self.trouble(always(402, {"name": "payment_required", "errors": []})), OutOfMoney)

    @pytest.mark.parametrize("seed", [0, 4_294_967_295])
    def test_a_seed_that_means_something_else_is_refused(self, seed: int) -> None:
        wish = replace(self.spec, seed=seed)
        assert self.provider().unsupported(wish) == ["seed"]
        with pytest.raises(Rejected, match="from 1 to 4294967294"):
            self.provider(never).start(wish, attempt=ATTEMPT)

    def test_the_body_is_multipart_without_any_file(self) -> None:
        seen: list[httpx.Request] = []

        def noting(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return self.recorded.success(request)

        self.finish(noting)
        assert seen[0].headers["content-type"].startswith("multipart/form-data")
        assert b'name="aspect_ratio"\r\n\r\n3:2' in seen[0].content

    def test_a_shape_it_does_not_have_is_named(self) -> None:
        assert self.provider().unsupported(replace(self.spec, ratio="4:3")) == ["ratio"]

    def test_stable_diffusion_names_model_and_mode(self) -> None:
        spec = replace(self.spec, model=model("sd3.5-large"), references=(Reference(PNG),))
        provider = self.provider()
        assert isinstance(provider, Stability)
        fields = provider.build(spec, ATTEMPT).form or {}
        assert (fields["model"], fields["mode"]) == ("sd3.5-large", "image-to-image")
        assert "aspect_ratio" not in fields


@pytest.mark.parametrize(
    ("name", "price"),
    [("sd3.5-large", "0.065"), ("sd3.5-large-turbo", "0.04"), ("sd3.5-medium", "0.035"), ("sd3.5-flash", "0.025")],
)
def test_each_stable_diffusion_is_drawn_by_name_at_its_price(name: str, price: str) -> None:
    spec, provider = ImageSpec("A house", model(name)), Stability({"api_key": CANARY}, Client())
    assert (provider.build(spec, ATTEMPT).form or {})["model"] == name
    assert provider.quote(spec).amount == Money.of(price)


EDITS = ["inpaint", "erase", "outpaint", "search-and-replace", "remove-background"]
ENOUGH: dict[str, dict[str, Any]] = {
    "inpaint": {"mask": True},
    "erase": {"mask": True},
    "outpaint": {"extra": {"left": "32", "up": "16"}},
    "search-and-replace": {"extra": {"search_prompt": "the door"}},
    "remove-background": {},
}
"""Edit -> what it needs besides a picture."""


def as_png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def house() -> Image.Image:
    """A red square before white."""
    picture = Image.new("RGB", (96, 64), "white")
    picture.paste((255, 0, 0), (32, 16, 64, 48))
    return picture


def half_clear() -> bytes:
    mask = Image.new("RGBA", (96, 64), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 48, 64))
    return as_png(mask)


def edit(name: str, **changes: Any) -> ImageSpec:
    """A wish for this edit that has all it needs."""
    given = ENOUGH[name] | changes
    if given.get("mask"):
        given["mask"] = half_clear()
    spec = ImageSpec("A green door", model(f"stable-image-{name}"), references=(Reference(as_png(house())),))
    return replace(spec, **given)


def form_of(spec: ImageSpec) -> Mapping[str, str]:
    return Stability({}, Client()).build(spec, ATTEMPT).form or {}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("inpaint", {"prompt", "seed", "negative_prompt", "output_format"}),
        ("erase", {"seed", "output_format"}),
        ("outpaint", {"prompt", "seed", "left", "up", "output_format"}),
        ("search-and-replace", {"prompt", "seed", "negative_prompt", "search_prompt", "output_format"}),
        ("remove-background", {"output_format"}),
    ],
)
def test_each_edit_sends_the_fields_that_it_takes(name: str, fields: set[str]) -> None:
    assert set(form_of(edit(name, seed=7, negative="people"))) == fields


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_needs_a_picture(name: str) -> None:
    with pytest.raises(Rejected) as rejected:
        form_of(edit(name, references=()))
    assert rejected.value.field == "references"


@pytest.mark.parametrize(
    ("name", "lack", "field"),
    [
        ("inpaint", {"mask": None}, "mask"),
        ("erase", {"mask": None}, "mask"),
        ("outpaint", {"extra": {}}, "extra"),
        ("outpaint", {"extra": {"left": "0"}}, "extra"),
        ("search-and-replace", {"extra": {}}, "extra"),
    ],
)
def test_an_edit_says_what_it_lacks(name: str, lack: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as rejected:
        form_of(edit(name, **lack))
    assert rejected.value.field == field


@pytest.mark.parametrize("name", EDITS)
def test_what_an_edit_does_not_take_is_refused_and_not_dropped(name: str) -> None:
    with pytest.raises(Rejected, match="strength"):
        form_of(edit(name, extra=ENOUGH[name].get("extra", {}) | {"strength": "0.5"}))


def test_a_row_with_an_unknown_edit_is_refused() -> None:
    spec = edit("inpaint")
    with pytest.raises(Rejected, match="unknown edit"):
        form_of(replace(spec, model=replace(spec.model, settings={"edit": "../account"})))


def test_an_edit_without_words_sends_none() -> None:
    assert Stability({}, Client()).compose(edit("remove-background")) == ""
    assert Stability({}, Client()).compose(edit("inpaint")) == "A green door"


@pytest.mark.parametrize("name", EDITS)
def test_nothing_of_a_sufficient_edit_is_lost(name: str) -> None:
    assert Stability({}, Client()).unsupported(edit(name)) == []


@pytest.fixture
def stand_in() -> Iterator[StabilityStandIn]:
    with StabilityStandIn() as running:
        yield running


def live(stand_in: StabilityStandIn, deadline: float = 10.0) -> Stability:
    return Stability({"api_key": CANARY, "base_url": stand_in.url}, Client(deadline=deadline))


def finished(stand_in: StabilityStandIn, spec: ImageSpec) -> tuple[Finished, Image.Image]:
    result = live(stand_in).start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    return result, Image.open(io.BytesIO(result.pictures[0].data))


def test_over_real_http_a_picture_is_drawn_in_the_shape_asked_for(stand_in: StabilityStandIn) -> None:
    result, picture = finished(stand_in, ImageSpec("A house", model("stable-image-core"), ratio="16:9", seed=9))
    assert picture.size == (768, 432)
    assert result.seed == 9


@pytest.mark.parametrize("name", ["inpaint", "erase"])
def test_over_real_http_an_edit_changes_only_where_the_mask_is_clear(stand_in: StabilityStandIn, name: str) -> None:
    _, picture = finished(stand_in, edit(name))
    assert picture.getpixel((56, 32)) == (255, 0, 0)
    assert picture.getpixel((40, 32)) != (255, 0, 0)


def test_over_real_http_outpainting_adds_on_the_sides_asked_for(stand_in: StabilityStandIn) -> None:
    result, picture = finished(stand_in, edit("outpaint"))
    assert picture.size == (96 + 32, 64 + 16)
    assert picture.getpixel((48 + 32, 32 + 16)) == (255, 0, 0)
    assert (result.cost, result.cost_basis) == (None, "unknown")


def test_over_real_http_a_background_becomes_clear(stand_in: StabilityStandIn) -> None:
    _, picture = finished(stand_in, edit("remove-background"))
    assert picture.getpixel((0, 0)) == (255, 255, 255, 0)
    assert picture.getpixel((48, 32)) == (255, 0, 0, 255)


@pytest.mark.parametrize("name", ["inpaint", "erase", "search-and-replace", "remove-background"])
def test_over_real_http_an_edit_costs_what_the_service_takes(stand_in: StabilityStandIn, name: str) -> None:
    before = stand_in.credits
    result, _ = finished(stand_in, edit(name))
    assert result.cost == Money.of(str((before - stand_in.credits) / 100))


@pytest.mark.parametrize(
    ("word", "kind", "billed"),
    [
        ("[refuse]", ErrorKind.REFUSED, 0),
        ("[blurred]", ErrorKind.REFUSED, 1),
        ("[language]", ErrorKind.REFUSED, 0),
        ("[rate-limit]", ErrorKind.RATE_LIMITED, 0),
        ("[no-money]", ErrorKind.OUT_OF_MONEY, 0),
        ("[down]", ErrorKind.UNAVAILABLE, 0),
        ("[lost]", ErrorKind.UNCLEAR, 1),
    ],
)
def test_over_real_http_each_trouble_has_its_kind(
    stand_in: StabilityStandIn, word: str, kind: ErrorKind, billed: int
) -> None:
    with pytest.raises(ProviderError) as raised:
        live(stand_in).start(ImageSpec(f"A house {word}", model("stable-image-core")), attempt=ATTEMPT)
    assert (raised.value.kind, stand_in.billed) == (kind, billed)


def test_testing_the_connection_spends_nothing(stand_in: StabilityStandIn) -> None:
    assert "1000" in live(stand_in).check()
    assert stand_in.billed == 0
