"""Replicate by recorded answers, over real HTTP against the stand-in, and its callbacks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from generation.providers import replicate
from generation.providers.base import Finished, ImageSpec, Money, Pending, Reference
from generation.providers.callbacks import InvalidSignature
from generation.providers.egress.http import Client
from generation.providers.errors import (
    BadAnswer,
    BlockedAddress,
    ModelGone,
    NotThere,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Stopped,
    Unclear,
)
from generation.providers.replicate import Replicate
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
    polled,
    wish,
)
from tests.standins.replicate import ReplicateStandIn

MODEL = model("black-forest-labs/flux-dev")
WISH = wish(MODEL)
SAMPLE = "https://replicate.delivery/xezq/a1b2/out-0.png"
TAKEN: dict[str, Any] = {"id": "gm3qorzdhgbfurvjtvhg6dckhu", "status": "starting", "output": None, "error": None}
DONE = {"status": "succeeded", "model": MODEL.id, "output": [SAMPLE], "logs": "Using seed: 48291\n100%", "metrics": {}}


def service(*polls: dict[str, Any]) -> Answering:
    return polled(TAKEN, *polls, delivers="replicate.delivery")


class TestContract(HTTPContract):
    adapter = Replicate
    model_id = MODEL.id
    options: ClassVar[Mapping[str, str]] = {"api_key": CANARY}
    recorded = Recorded(
        success=lambda request: service(DONE)(request),
        refusal=lambda request: service({"status": "failed", "error": "NSFW content detected in image."})(request),
        rate_limit=always(429, {"detail": "Request was throttled."}, {"Retry-After": "7"}),
    )

    def test_it_settles_at_the_price_of_each_picture(self) -> None:
        result = self.finish(service(DONE | {"output": [SAMPLE, SAMPLE]}))
        assert (result.cost, result.cost_basis) == (Money.of("0.05"), "fixed")

    def test_the_wait_it_asks_for_is_kept(self) -> None:
        error = self.trouble(self.recorded.rate_limit)
        assert isinstance(error, RateLimited)
        assert error.retry_after == 7

    def test_the_seed_is_the_one_in_the_log(self) -> None:
        assert (self.good.seed, self.good.pictures[0].seed) == (48291, 48291)

    def test_no_seed_is_made_up(self) -> None:
        assert self.finish(service(DONE | {"logs": ""}), replace(self.spec, seed=7)).seed is None

    @pytest.mark.parametrize("output", [SAMPLE, [SAMPLE], {"image": SAMPLE, "words": "drawn"}, [[SAMPLE]]])
    def test_every_shape_of_output_is_understood(self, output: Any) -> None:
        assert len(self.finish(service(DONE | {"output": output})).pictures) == 1

    @pytest.mark.parametrize("output", [None, [], "words", 7, {"file": "data:text/plain,words"}])
    def test_an_output_without_an_address_is_a_bad_answer(self, output: Any) -> None:
        assert isinstance(self.trouble(service(DONE | {"output": output})), BadAnswer)

    @pytest.mark.parametrize("address", ["http://10.0.0.1/x.png", "https://replicate.delivery.example/x.png"])
    def test_an_address_elsewhere_is_not_fetched(self, address: str) -> None:
        assert isinstance(self.trouble(service(DONE | {"output": address})), BlockedAddress)

    @pytest.mark.parametrize("status", ["reticulating", "", None, "failed"])
    def test_any_other_status_ends_the_job(self, status: Any) -> None:
        assert isinstance(self.trouble(service({"status": status})), BadAnswer)

    @pytest.mark.parametrize("status", ["canceled", "aborted"])
    @pytest.mark.parametrize(
        ("told", "charged"),
        [
            ({}, "unknown"),
            ({"started_at": None}, "no"),
            ({"started_at": "2026-11-22T10:00:00Z"}, "unknown"),
            ({"started_at": None, "metrics": {"predict_time": 0.4}}, "unknown"),
        ],
    )
    def test_a_stopped_job_costs_nothing_only_if_it_never_began(
        self, status: str, told: dict[str, Any], charged: str
    ) -> None:
        error = self.trouble(service({"status": status, **told}))
        assert (type(error), error.charged) == (Stopped, charged)

    def test_another_jobs_answer_is_not_taken(self) -> None:
        assert isinstance(self.trouble(service(DONE | {"id": "other"})), BadAnswer)


def body_of(spec: ImageSpec, **options: str) -> dict[str, Any]:
    return dict(Replicate({"api_key": CANARY, **options}, client(never)).build(spec, ATTEMPT).json or {})


def test_inputs_go_under_the_models_own_names() -> None:
    sent = body_of(replace(WISH, seed=7, count=2))["input"]
    assert sent == {
        "prompt": WISH.prompt, "aspect_ratio": "3:2", "seed": 7, "num_outputs": 2, "output_format": "png"
    }  # fmt: skip


def test_what_the_model_has_no_input_for_is_named() -> None:
    bare = replace(MODEL, settings={}, lacks=frozenset())
    wish = replace(WISH, model=bare, seed=7, negative="cars", count=2, references=(Reference(PNG),))
    provider = Replicate({"api_key": CANARY}, client(never))
    assert set(provider.unsupported(wish)) >= {"seed", "negative", "count", "references"}


def test_a_pinned_version_is_asked_for_as_such() -> None:
    pinned = replace(WISH, model=replace(MODEL, id="acme/brick:5c7d5dc6"))
    request = Replicate({"api_key": CANARY}, client(never)).build(pinned, ATTEMPT)
    assert request.url.endswith("/v1/predictions")
    assert (request.json or {})["version"] == "5c7d5dc6"


def test_a_callback_is_asked_for_only_when_it_is_over() -> None:
    body = body_of(replace(WISH, callback_url="https://pictures.example/callbacks/replicate"))
    assert body["webhook"] == "https://pictures.example/callbacks/replicate"
    assert body["webhook_events_filter"] == ["completed"]


def test_no_callback_is_asked_for_that_would_repeat_a_picture() -> None:
    wish = replace(WISH, callback_url="https://pictures.example/callbacks/replicate", references=(Reference(PNG),))
    assert "webhook" not in body_of(wish)


@pytest.mark.parametrize("also", ["{", "[]", "7"])
def test_a_row_that_cannot_be_read_is_not_sent(also: str) -> None:
    with pytest.raises(Rejected, match="JSON object"):
        body_of(replace(WISH, model=replace(MODEL, settings={"also": also})))


# Over real HTTP


@pytest.fixture
def stand_in() -> Iterator[ReplicateStandIn]:
    with ReplicateStandIn() as running:
        yield running


def real(stand_in: ReplicateStandIn) -> Replicate:
    options = {"api_key": CANARY, "base_url": f"{stand_in.url}/v1"}
    return Replicate(options, Client(allow_loopback=True, deadline=5.0))


def finish(provider: Replicate, spec: ImageSpec) -> Finished:
    result = provider.start(spec, attempt=ATTEMPT)
    for _ in range(6):
        if isinstance(result, Finished):
            return result
        result = provider.resume(result.handle)
    pytest.fail("The job never ended.")


def posts(stand_in: ReplicateStandIn) -> int:
    return sum(count for what, count in stand_in.requests.items() if what.startswith("POST "))


def test_pictures_are_fetched_at_once_and_without_the_key(stand_in: ReplicateStandIn) -> None:
    result = finish(real(stand_in), replace(WISH, count=2))
    assert [picture.data[8:12] for picture in result.pictures] == [b"WEBP"] * 2  # though it was called PNG
    assert all("authorization" not in headers for headers in stand_in.headers[1:])
    assert (posts(stand_in), stand_in.billed) == (1, 2)


def test_another_worker_can_resume_with_the_handle_alone(stand_in: ReplicateStandIn) -> None:
    pending = real(stand_in).start(WISH, attempt=ATTEMPT)
    assert isinstance(pending, Pending)
    other, result = real(stand_in), None
    for _ in range(3):
        result = other.resume(pending.handle)
    assert isinstance(result, Finished)
    assert result.cost == Money.of("0.025")


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("nsfw", Refused),
        ("failed", BadAnswer),
        ("aborted", Stopped),
        ("unknown", BadAnswer),
        ("removed", BadAnswer),
        ("forgotten", Unclear),
        ("lost", Unclear),
        ("expired", NotThere),
        ("inside", BlockedAddress),
        ("elsewhere", BlockedAddress),
        ("rate-limit", RateLimited),
        ("no-money", OutOfMoney),
    ],
)
def test_each_bad_ending_has_its_class_and_is_sent_once(
    stand_in: ReplicateStandIn, mode: str, kind: type[ProviderError]
) -> None:
    with pytest.raises(ProviderError) as raised:
        finish(real(stand_in), replace(WISH, prompt=f"A house [{mode}]"))
    assert type(raised.value) is kind
    assert posts(stand_in) == 1


def test_a_job_older_than_its_life_was_paid_but_is_gone() -> None:
    with ReplicateStandIn(life=0.0) as stand_in, pytest.raises(BadAnswer) as raised:
        finish(real(stand_in), WISH)
    assert (raised.value.charged, "deleted" in raised.value.words) == ("yes", True)


def test_a_model_that_is_not_there_is_told_as_such(stand_in: ReplicateStandIn) -> None:
    with pytest.raises(ModelGone):
        finish(real(stand_in), replace(WISH, model=replace(MODEL, id="acme/missing")))


def test_a_cancelled_job_is_told_as_such(stand_in: ReplicateStandIn) -> None:
    provider = real(stand_in)
    pending = provider.start(replace(WISH, prompt="A house [hang]"), attempt=ATTEMPT)
    assert isinstance(pending, Pending)
    provider.cancel(pending.handle)
    with pytest.raises(Stopped, match="cancelled"):
        provider.resume(pending.handle)


def test_checking_spends_nothing(stand_in: ReplicateStandIn) -> None:
    assert "acme" in real(stand_in).check()
    assert stand_in.billed == 0


# Callbacks

KEY = b"thirty-two bytes of secret, about"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
BODY = json.dumps({"id": "gm3qorzdhgbfurvjtvhg6dckhu", "status": "succeeded"}).encode()
NOW = 1_795_000_000.0


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicate, "time", lambda: NOW)


def calling(secret: str = SECRET) -> Replicate:
    return Replicate({"callback_secret": secret}, Client())


def signed(body: bytes = BODY, stamp: float = NOW, key: bytes = KEY) -> dict[str, str]:
    """Headers as Svix describes them, written down here a second time."""
    content = b"msg_1." + str(int(stamp)).encode() + b"." + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(stamp)), "webhook-signature": f"v1,{signature}"}


@pytest.mark.parametrize("stamp", [NOW, NOW - 300, NOW + 300])
@pytest.mark.usefixtures("now")
def test_a_genuine_callback_says_which_job_to_ask_about(stamp: float) -> None:
    assert calling().verify_callback(signed(stamp=stamp), BODY) == "gm3qorzdhgbfurvjtvhg6dckhu"


@pytest.mark.usefixtures("now")
def test_one_right_signature_among_several_is_enough() -> None:
    headers = signed()
    headers["webhook-signature"] = f"v1,AAAA v1a,BBBB {headers['webhook-signature']}"
    assert calling().verify_callback(headers, BODY)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(key=b"another key"),
        signed(body=b"{}"),
        signed(stamp=NOW - 301),
        signed(stamp=NOW + 301),
        signed() | {"webhook-id": "msg_2"},
        signed() | {"webhook-timestamp": "soon"},
        signed() | {"webhook-signature": ""},
        signed() | {"webhook-signature": signed()["webhook-signature"].removeprefix("v1,")},
        signed() | {"webhook-signature": signed()["webhook-signature"].replace("v1,", "v2,")},
        signed() | {"webhook-signature": "v1,ünsigned"},
    ],
)
@pytest.mark.usefixtures("now")
def test_anything_else_is_forged(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidSignature):
        calling().verify_callback(headers, BODY)


@pytest.mark.parametrize("body", [b"not json", b"[]", b"{}", b'{"id": 7}'])
@pytest.mark.usefixtures("now")
def test_a_signed_callback_without_a_job_is_of_no_use(body: bytes) -> None:
    with pytest.raises(InvalidSignature, match="no job"):
        calling().verify_callback(signed(body), body)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!"])
@pytest.mark.usefixtures("now")
def test_without_a_usable_secret_nothing_is_genuine(secret: str) -> None:
    with pytest.raises(InvalidSignature, match="secret"):
        calling(secret).verify_callback(signed(), BODY)
