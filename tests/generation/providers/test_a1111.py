"""AUTOMATIC1111 by recorded answers, and over real HTTP against the stand-in."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from PIL import Image

from generation.providers.a1111 import A1111
from generation.providers.base import Finished, ImageSpec, Reference
from generation.providers.egress.http import Client
from generation.providers.errors import BadAnswer, ModelGone, ProviderError, Rejected, Unavailable, Unclear
from tests.generation.providers.contract import (
    ATTEMPT,
    CANARY,
    PNG,
    Answering,
    HTTPContract,
    Recorded,
    always,
    client,
    model,
    never,
    wish,
)
from tests.standins.a1111 import A1111StandIn

MODEL = model("sd_xl_base_1.0")
WISH = wish(MODEL)
SERVER = "http://forge.internal:7860"
INFO: dict[str, Any] = {
    "seed": 3920731543,
    "all_seeds": [3920731543],
    "sd_model_name": "sd_xl_base_1.0",
    "sd_model_hash": "31e35c80fc",
    "sampler_name": "DPM++ 2M",
    "steps": 25,
    "index_of_first_image": 0,
    "job_timestamp": "20261122190000",
}


def drawn(images: Any = None, **info: Any) -> Answering:
    pictures = [base64.b64encode(PNG).decode()] if images is None else images
    return always(200, {"images": pictures, "parameters": {}, "info": json.dumps(INFO | info)})


class TestContract(HTTPContract):
    adapter = A1111
    model_id = MODEL.id
    options: ClassVar[Mapping[str, str]] = {"base_url": SERVER, "user": "ada", "password": CANARY}
    recorded = Recorded(success=drawn(), refusal=always(500, {}), rate_limit=always(429, "Too many requests"))

    def test_a_refusal_is_told_as_one(self) -> None:
        """A server of one's own declines nothing; a black picture from a safety extension is found on arrival."""
        assert self.adapter.capabilities.repeat_is_harmless

    def test_it_costs_nothing(self) -> None:
        assert (str(self.good.cost), self.good.cost_basis) == ("$0.00", "free")

    def test_masks_and_control_pictures_are_not_kept(self) -> None:
        result = self.finish(drawn([base64.b64encode(PNG).decode()] * 4), replace(self.spec, count=2))
        assert len(result.pictures) == 2
        assert any("Left out" in warning for warning in result.warnings)

    def test_each_picture_has_its_own_seed(self) -> None:
        result = self.finish(drawn([base64.b64encode(PNG).decode()] * 2, all_seeds=[7, 8]), replace(self.spec, count=2))
        assert [picture.seed for picture in result.pictures] == [7, 8]

    def test_another_model_than_the_one_asked_for_is_not_passed_off(self) -> None:
        error = self.trouble(drawn(sd_model_name="anything-v5"))
        assert isinstance(error, ModelGone)
        assert "anything-v5" in error.words

    @pytest.mark.parametrize(
        "name",
        ["sd_xl_base_1.0.safetensors [31e35c80fc]", "SDXL/sd_xl_base_1.0", "SD_XL_BASE_1.0", "a\\sd_xl_base_1.0.ckpt"],
    )
    def test_one_checkpoint_goes_by_many_names(self, name: str) -> None:
        assert len(self.finish(drawn(sd_model_name=name)).pictures) == 1

    def test_a_server_that_does_not_say_which_model_drew_is_named_as_such(self) -> None:
        silent = always(200, {"images": [base64.b64encode(PNG).decode()], "parameters": {}, "info": ""})
        result = self.finish(silent)
        assert (result.model_reported, result.seed) == ("", None)
        assert "did not say which model" in result.warnings[0]

    @pytest.mark.parametrize("images", [[], {}, "", [None], ["not base64!"]])
    def test_no_picture_is_a_bad_answer(self, images: Any) -> None:
        assert isinstance(self.trouble(drawn(images)), BadAnswer)

    @pytest.mark.parametrize("info", ["{", "[]", 7, ["x"]])
    def test_unreadable_facts_about_the_picture_are_a_bad_answer(self, info: Any) -> None:
        answer = always(200, {"images": [base64.b64encode(PNG).decode()], "info": info})
        assert isinstance(self.trouble(answer), BadAnswer)


def body_of(spec: ImageSpec) -> dict[str, Any]:
    return dict(A1111({"base_url": SERVER}, client(never)).build(spec, ATTEMPT).json or {})


def test_the_wish_is_in_the_servers_words() -> None:
    body = body_of(replace(WISH, count=3, seed=7, negative="cars", quality="final"))
    assert (body["n_iter"], body["seed"], body["negative_prompt"], body["steps"]) == (3, 7, "cars", 40)
    assert (body["width"], body["height"]) == (1256, 840)
    assert body["override_settings"] == {"sd_model_checkpoint": "sd_xl_base_1.0.safetensors"}


def test_orders_hidden_in_a_prompt_are_taken_out() -> None:
    hidden = 'A house <sd_cpp_extra_args>{"steps": 999}</sd_cpp_extra_args>'
    body = body_of(replace(WISH, prompt=hidden, negative="< / SD_CPP_extra_args >"))
    assert "sd_cpp_extra_args>" not in body["prompt"]
    assert "<sd_cpp" not in body["negative_prompt"].lower()


def test_our_mask_is_turned_into_white_where_it_may_change() -> None:
    mask = Image.new("RGBA", (4, 2), (0, 0, 0, 255))
    mask.putpixel((1, 0), (0, 0, 0, 0))
    stream = io.BytesIO()
    mask.save(stream, "PNG")
    body = body_of(replace(WISH, references=(Reference(PNG),), mask=stream.getvalue()))
    painted = Image.open(io.BytesIO(base64.b64decode(body["mask"])))
    assert (painted.getpixel((1, 0)), painted.getpixel((0, 0))) == (255, 0)


def test_a_mask_that_is_no_picture_is_rejected() -> None:
    with pytest.raises(Rejected, match="mask"):
        body_of(replace(WISH, references=(Reference(PNG),), mask=b"no picture"))


# Over real HTTP


@pytest.fixture
def stand_in() -> Iterator[A1111StandIn]:
    with A1111StandIn(seconds=1.5) as running:
        yield running


def real(stand_in: A1111StandIn, deadline: float = 5.0) -> A1111:
    return A1111({"base_url": stand_in.url}, Client(allow_loopback=True, deadline=deadline))


def draw(provider: A1111, spec: ImageSpec) -> Finished:
    result = provider.start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    return result


def test_pictures_come_with_their_seeds(stand_in: A1111StandIn) -> None:
    result = draw(real(stand_in), replace(WISH, count=2, seed=7))
    assert [picture.seed for picture in result.pictures] == [7, 8]


def test_the_contact_sheet_is_left_out(stand_in: A1111StandIn) -> None:
    assert len(draw(real(stand_in), replace(WISH, prompt="A house [grid]", count=2)).pictures) == 2


def test_a_picture_sent_along_goes_by_the_other_door(stand_in: A1111StandIn) -> None:
    draw(real(stand_in), replace(WISH, references=(Reference(PNG),)))
    assert stand_in.requests["POST /sdapi/v1/img2img"] == 1


def test_a_checkpoint_the_server_does_not_have_is_found_out(stand_in: A1111StandIn) -> None:
    elsewhere = replace(MODEL, settings={"checkpoint": "realvis.safetensors"})
    with pytest.raises(ModelGone, match=r"realvis\.safetensors"):
        draw(real(stand_in), replace(WISH, model=elsewhere))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("memory", Rejected), ("down", Unavailable), ("lost", Unclear), ("nonsense", BadAnswer), ("empty", BadAnswer)],
)
def test_each_trouble_has_its_class_and_is_sent_once(
    stand_in: A1111StandIn, mode: str, kind: type[ProviderError]
) -> None:
    with pytest.raises(ProviderError) as raised:
        draw(real(stand_in), replace(WISH, prompt=f"A house [{mode}]"))
    assert type(raised.value) is kind
    assert stand_in.requests["POST /sdapi/v1/txt2img"] == 1


def test_an_answer_that_comes_too_late_is_unclear(stand_in: A1111StandIn) -> None:
    with pytest.raises(Unclear):
        draw(real(stand_in, deadline=0.5), replace(WISH, prompt="A house [slow]"))


def test_checking_draws_nothing(stand_in: A1111StandIn) -> None:
    assert "sd_xl_base_1.0" in real(stand_in).check()
    assert stand_in.billed == 0
