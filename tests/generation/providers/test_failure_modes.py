"""Fifteen ways in which image services have really failed their callers in public, each kept from happening here.

Through the adapters' public door, over real HTTP wherever a stand-in can play it. What belongs above the providers is
tested in tests/generation/test_sending.py, the last of it in test_starting.py:

|    | what went wrong                        | what is tested there                                              |
|----|----------------------------------------|-------------------------------------------------------------------|
| 1  | a lost call was booked as free         | test_a_lost_answer_is_unclear_and_counts_as_spent                 |
| 2  | a job under way was sent anew          | test_while_a_provider_has_the_job_trouble_only_means_asking_later |
| 5  | a black picture counted as a success   | test_a_flat_picture_is_flagged                                    |
| 11 | several pictures, none of them failed  | test_fewer_pictures_than_asked_are_shown_as_such                  |
| 13 | a square came for a landscape          | test_a_picture_in_another_shape_is_flagged                        |
| 14 | an empty account was asked on and on   | test_an_account_that_does_not_work_rests_its_provider             |
| 15 | a model past its end was still sent to | test_a_model_past_its_end_is_refused_with_its_successor_named     |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from generation.catalogue import model_specs
from generation.providers.base import Finished, ImageSpec, ModelSpec, Money, Pending, Provider, Quality, Reference
from generation.providers.compatible import Compatible
from generation.providers.directory import adapters
from generation.providers.egress.http import Client
from generation.providers.errors import (
    BadAnswer,
    ErrorKind,
    OutOfMoney,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unclear,
)
from generation.providers.gemini import Gemini
from generation.providers.http import HTTPProvider
from generation.providers.openai import OpenAIImages
from tests.generation.providers import (
    test_bfl,
    test_gemini,
    test_openai,
    test_openai_responses,
    test_replicate,
    test_stability,
)
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, ROWS, HTTPContract, always, client, model
from tests.standins import stand_ins
from tests.standins.server import StandIn

KEY = {"api_key": CANARY}
SERVICES: dict[str, type[HTTPProvider]] = {
    kind.key: kind for kind in adapters() if issubclass(kind, HTTPProvider) and kind.key in stand_ins()
}
"""Key -> the adapter, for all that have a stand-in."""


class Service:
    """A stand-in that is running, with its adapter and a model."""

    def __init__(self, name: str, stand_in: StandIn) -> None:
        self.name, self.stand_in = name, stand_in
        self.adapter, self.path = SERVICES[name], stand_in.root
        self.model = next(
            facts_of(row) for row in ROWS if (row["provider"], row["model_id"]) == (name, stand_in.model_id)
        )

    def provider(self, deadline: float = 10.0) -> HTTPProvider:
        """A new one each time, as after a restart."""
        keys = KEY if "api_key" in {field.name for field in fields(self.adapter.Options)} else {}
        options = {**keys, "base_url": f"{self.stand_in.url}{self.path}"}
        return self.adapter(options, Client(deadline=deadline, allow_loopback=True))

    def spec(self, words: str = "", **changes: Any) -> ImageSpec:
        return replace(ImageSpec(f"A house {words}", self.model), **changes)

    def run(self, words: str = "", **changes: Any) -> Finished | Pending:
        """A job from its start until it is over, or has been asked about six times."""
        result = self.provider().start(self.spec(words, **changes), attempt=ATTEMPT)
        for _ in range(6):
            if isinstance(result, Finished):
                break
            result = self.provider().resume(result.handle)
        return result

    def finished(self, words: str = "", **changes: Any) -> Finished:
        result = self.run(words, **changes)
        assert isinstance(result, Finished)
        return result

    def trouble(self, words: str) -> ProviderError:
        with pytest.raises(ProviderError) as raised:
            self.run(words)
        return raised.value

    @property
    def posts(self) -> int:
        """Requests that could cost something."""
        return sum(count for what, count in self.stand_in.requests.items() if what.startswith("POST "))


def facts_of(row: dict[str, Any]) -> ModelSpec:
    return model_specs.read(row["model_id"], row["name"], row, row.get("successor", ""))


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    kind = stand_ins()[request.param]
    with kind() as stand_in:
        yield Service(request.param, stand_in)


def at(*names: str) -> pytest.MarkDecorator:
    """Run the test at each of these services."""
    return pytest.mark.parametrize("service", names, indirect=True)


# 1. A read timeout was taken for harmless and the picture ordered, and paid, a second time (pollinations 13173).


@at("openai", "stability", "gemini", "a1111")
def test_1_a_late_answer_is_unclear_and_ordered_once(service: Service) -> None:
    with pytest.raises(Unclear) as raised:
        service.provider(deadline=0.5).start(service.spec("[slow]"), attempt=ATTEMPT)
    assert (raised.value.may_resend, raised.value.charged) == (False, "unknown")
    assert service.posts == 1


@at("openai", "stability", "gemini", "bfl", "replicate")
def test_1_a_broken_line_is_unclear_although_it_was_billed(service: Service) -> None:
    error = service.trouble("[lost]")
    assert isinstance(error, Unclear)
    assert (service.posts, service.stand_in.billed) == (1, 1)


@at("openai", "stability", "gemini", "bfl", "replicate")
def test_1_there_is_a_price_to_count_as_spent(service: Service) -> None:
    assert service.provider().quote(service.spec()).amount > Money(0)


# 2. Waiting came to its end and the caller was told to order again, although the job was taken (openhuman 5411).


@at("bfl", "replicate", "comfyui")
def test_2_a_job_that_takes_long_is_asked_about_and_not_ordered_again(service: Service) -> None:
    result = service.run("[hang]")
    assert isinstance(result, Pending)
    assert isinstance(service.provider().resume(result.handle), Pending)
    assert service.posts == 1


@at("bfl", "replicate")
def test_2_a_lost_question_about_a_job_may_be_asked_again(service: Service) -> None:
    pending = service.provider().start(service.spec(), attempt=ATTEMPT)
    assert isinstance(pending, Pending)

    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too late")

    options = {"base_url": f"{service.stand_in.url}{service.path}", **KEY}
    with pytest.raises(Unavailable) as raised:
        service.adapter(options, client(lost)).resume(pending.handle)
    assert raised.value.may_resend
    assert service.posts == 1


# 3. The address of a result was kept in place of the result, and was dead after an hour (openagent 945, agentok 64).


@at("bfl", "replicate", "comfyui")
def test_3_a_finished_job_has_its_bytes_and_keeps_no_address_that_works(service: Service) -> None:
    result = service.finished()
    assert all(len(picture.data) > 100 for picture in result.pictures)
    assert "sig=" not in f"{result.raw}"


@at("bfl", "replicate")
def test_3_a_picture_that_cannot_be_fetched_any_more_is_no_success(service: Service) -> None:
    error = service.trouble("[expired]")
    assert isinstance(error, Unavailable)
    assert error.charged == "yes"


# 4. JPEG and WEBP bytes were stored under the name PNG, because the answer said so (open-webui 29948, genai 1824).


@pytest.mark.parametrize(
    ("service", "words", "begins"),
    [("bfl", "[jpeg]", b"\xff\xd8\xff"), ("gemini", "", b"\xff\xd8\xff"), ("replicate", "", b"RIFF")],
    indirect=["service"],
)
def test_4_bytes_come_unchanged_whatever_type_is_declared(service: Service, words: str, begins: bytes) -> None:
    assert service.finished(words).pictures[0].data.startswith(begins)


# 6. A blurred picture came with status 200 and passed for a success.


@at("stability")
def test_6_a_blurred_picture_is_a_refusal(service: Service) -> None:
    error = service.trouble("[blurred]")
    assert isinstance(error, Refused)
    assert (error.stage, error.charged) == ("output", "unknown")


# 7. A refusal was reported as a defect, and the same wish sent again (gflow-cli 342, ZJT 480).


@pytest.mark.parametrize(
    "contract",
    [
        module.TestContract
        for module in (test_openai, test_openai_responses, test_stability, test_bfl, test_gemini, test_replicate)
    ],
    ids=lambda contract: contract.adapter.key,
)
def test_7_every_service_is_understood_when_it_declines(contract: type[HTTPContract]) -> None:
    error = contract().trouble(contract.recorded.refusal)
    assert isinstance(error, Refused)
    assert not error.may_resend
    assert error.words


@at("openai")
@pytest.mark.parametrize(("words", "stage"), [("[refuse]", "input"), ("[refuse-output]", "output")])
def test_7_the_stage_and_the_reason_are_kept(service: Service, words: str, stage: str) -> None:
    error = service.trouble(words)
    assert isinstance(error, Refused)
    assert (error.stage, error.categories) == (stage, ("violence",))


# 8. A candidate without a picture was dropped, and the caller saw an empty success (litellm 40477, gemimg 5).


@at("gemini")
@pytest.mark.parametrize(
    ("words", "kind"), [("[empty]", BadAnswer), ("[talk]", BadAnswer), ("[safety]", Refused), ("[refuse]", Refused)]
)
def test_8_an_answer_without_a_picture_is_never_a_success(
    service: Service, words: str, kind: type[ProviderError]
) -> None:
    error = service.trouble(words)
    assert isinstance(error, kind)
    assert error.raw


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": []}])
def test_8_nor_is_an_empty_list(body: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer):
        OpenAIImages(KEY, client(always(200, body))).start(ImageSpec("A house", model("gpt-image-2")), attempt=ATTEMPT)


# 9. A status that the client did not know kept it asking for ever (@ai-sdk/black-forest-labs 2.0.41).


@at("bfl", "replicate")
def test_9_an_unknown_status_ends_the_job_with_what_was_said(service: Service) -> None:
    error = service.trouble("[unknown]")
    assert isinstance(error, BadAnswer)
    assert "reticulating" in f"{error.raw}".lower()


@at("bfl")
@pytest.mark.parametrize("words", ["[refuse]", "[moderated]"])
def test_9_both_words_for_declining_are_known(service: Service, words: str) -> None:
    assert isinstance(service.trouble(words), Refused)


# 10. The socket never said that it was done (comfyui-api 186, ComfyUI 3128 and 8395).


@at("comfyui")
def test_10_no_socket_is_needed_to_see_the_end(service: Service) -> None:
    assert service.finished().pictures
    assert not [what for what in service.stand_in.requests if "/ws" in what]


@at("comfyui")
def test_10_a_job_in_neither_history_nor_queue_is_not_waited_for(service: Service) -> None:
    assert isinstance(service.trouble("[restart]"), Unclear)
    assert service.stand_in.requests["GET /queue"] >= 1


# 11. Several pictures were asked for: refused, or one came and all were billed (GoModel 764, NextChat 5232).


@pytest.mark.parametrize("kind", [kind for kind in adapters() if not kind.capabilities.several])
def test_11_who_draws_one_at_a_time_says_so(kind: type[Provider]) -> None:
    row = next(row for row in ROWS if row["provider"] == kind.key)
    wish = replace(ImageSpec("A house", facts_of(row)), count=3)
    assert "count" in kind.capabilities.missing_for(wish)


@at("gemini")
def test_11_nothing_that_is_always_refused_is_sent(service: Service) -> None:
    assert len(service.finished(count=3).pictures) == 1


@at("openai")
def test_11_fewer_pictures_than_asked_for_are_kept_and_told(service: Service) -> None:
    result = service.finished("[few]", count=3)
    assert len(result.pictures) == 2
    assert "1 of 3" in result.warnings[0]


# 12. Costs were wrong by an order of magnitude: picture tokens at the rate of text, or nothing (litellm 17410, 28275).

OPENAI_USAGE = {
    "input_tokens": 950,
    "output_tokens": 1756,
    "input_tokens_details": {"text_tokens": 50, "image_tokens": 900},
}
GEMINI_USAGE = {
    "promptTokenCount": 269,
    "candidatesTokenCount": 1120,
    "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
    "thoughtsTokenCount": 100,
}


def test_12_openais_tokens_are_paid_each_at_their_own_rate() -> None:
    body = test_openai.SUCCESS | {"usage": OPENAI_USAGE}
    spec = ImageSpec("A house", model("gpt-image-2.5-flare"), references=(Reference(PNG),))
    result = OpenAIImages(KEY, client(always(200, body))).start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    assert (result.cost, result.cost_basis) == (Money.of("0.060130"), "computed")


def test_12_geminis_tokens_are_paid_each_at_their_own_rate() -> None:
    body = test_gemini.GOOD | {"usageMetadata": GEMINI_USAGE}
    spec = ImageSpec("A house", model("gemini-3-pro-image"), references=(Reference(PNG),))
    result = Gemini(KEY, client(always(200, body))).start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    assert (result.cost, result.cost_basis) == (Money.of("0.136138"), "computed")


@pytest.mark.parametrize("quality", ["draft", "standard", "final"])
@at("openai")
def test_12_a_quote_is_never_below_the_bill(service: Service, quality: Quality) -> None:
    spec = service.spec(quality=quality, references=(Reference(PNG),))
    result = service.provider().start(spec, attempt=ATTEMPT)
    assert isinstance(result, Finished)
    assert result.cost is not None
    assert Money(0) < result.cost <= service.provider().quote(spec).amount


def test_12_what_is_not_told_is_not_called_free() -> None:
    body = {name: value for name, value in test_openai.SUCCESS.items() if name != "usage"}
    result = OpenAIImages(KEY, client(always(200, body))).start(
        ImageSpec("A house", model("gpt-image-2")), attempt=ATTEMPT
    )
    assert isinstance(result, Finished)
    assert (result.cost, result.cost_basis) == (None, "unknown")


# 13. The size asked for was dropped without a word, and a square came (litellm 18656).


@at("openai")
def test_13_another_size_than_asked_for_is_told(service: Service) -> None:
    result = service.finished("[square]", ratio="16:9")
    assert any(warning.startswith("The size is 1024x1024, not") for warning in result.warnings)


@at("stability")
def test_13_a_shape_that_a_service_lacks_is_named_beforehand(service: Service) -> None:
    assert service.provider().unsupported(service.spec(ratio="4:3")) == ["ratio"]


# 14. An account without money was taken for a busy one, and asked for ever (chatbox 1361).


@pytest.mark.parametrize(
    ("service", "empty"),
    [("openai", "[no-money]"), ("stability", "[no-money]"), ("gemini", "[no-quota]"), ("bfl", "[no-money]"),
     ("replicate", "[no-money]")],
    indirect=["service"],
)  # fmt: skip
def test_14_an_empty_account_is_told_from_a_busy_service(service: Service, empty: str) -> None:
    poor, busy = service.trouble(empty), service.trouble("[rate-limit]")
    assert isinstance(poor, OutOfMoney)
    assert not poor.may_resend
    assert isinstance(busy, RateLimited)
    assert busy.may_resend


# 15. A model named in the code ended, and nothing worked any more; or a proxy gave up before the service did.


@at("openai", "gemini")
def test_15_a_model_that_ended_is_told_as_such(service: Service) -> None:
    assert service.trouble("[gone]").kind == ErrorKind.MODEL_GONE


def test_15_no_adapter_names_a_model() -> None:
    ids = {row["model_id"] for row in ROWS if row["provider"] in ("openai", "stability", "gemini", "bfl", "replicate")}
    for path in Path("generation/providers").glob("*.py"):
        words = set(re.findall(r"[\"']([\w./-]+)[\"']", path.read_text(encoding="utf-8")))
        assert not words & ids, path.name


def test_15_every_model_that_ends_has_a_successor_that_lasts_longer() -> None:
    rows = {(row["provider"], row["model_id"]): row for row in ROWS}
    for row in (row for row in ROWS if "ends_on" in row):
        following = rows[row["provider"], row["successor"]]
        assert following.get("ends_on", date.max) > row["ends_on"], row["model_id"]


def test_15_there_is_patience_for_the_slowest_qualities() -> None:
    assert Client().deadline > 300


@at("openai")
def test_15_a_gateway_that_gave_up_is_unclear_and_asked_once(service: Service) -> None:
    assert isinstance(service.trouble("[gateway]"), Unclear)
    assert (service.posts, service.stand_in.billed) == (1, 1)


# And two more that came close: the key went to whatever host an answer named, and addresses led inside.


@at("bfl", "replicate")
def test_16_an_address_inside_this_network_is_not_fetched(service: Service) -> None:
    assert service.trouble("[inside]").kind == ErrorKind.BLOCKED_ADDRESS


def test_16_the_key_goes_to_nobody_but_its_service() -> None:
    seen: list[httpx.Request] = []

    def answering(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        address = "https://files.example/1.png"
        return (
            httpx.Response(200, content=PNG)
            if request.method == "GET"
            else httpx.Response(200, json={"data": [{"url": address}]})
        )

    options = {"base_url": "https://gateway.example/v1", "result_hosts": "files.example", **KEY}
    Compatible(options, client(answering)).start(ImageSpec("A house", model("default")), attempt=ATTEMPT)
    assert [CANARY in str(request.headers.raw) for request in seen] == [True, False]


def test_every_adapter_behind_http_is_among_those_tried() -> None:
    assert {kind for kind in adapters() if issubclass(kind, HTTPProvider)} == set(SERVICES.values())
