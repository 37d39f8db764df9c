"""Stability AI by recorded answers, shaped as the vendor's own schema has them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import httpx
import pytest

from generation.providers.base import Money, Reference
from generation.providers.errors import OutOfMoney, RateLimited, Refused, Rejected
from generation.providers.stability import Stability
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, HTTPContract, Recorded, always, model

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
        with pytest.raises(Rejected, match="seed"):
            self.finish(type(self).recorded.success, replace(self.spec, seed=seed))

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
