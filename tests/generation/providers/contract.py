"""What every provider promises, written once: an adapter's test inherits it and supplies recorded answers.

`ProviderContract` holds for all; `HTTPContract` adds what those behind HTTP promise. The seam is httpx.MockTransport.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, ClassVar
from uuid import UUID

import httpx
import pytest

from generation.catalogue import model_specs
from generation.providers.base import Finished, ImageSpec, ModelSpec, Pending, Provider, Reference
from generation.providers.egress.http import Client
from generation.providers.errors import (
    BadAnswer,
    ProviderError,
    RateLimited,
    Refused,
    Rejected,
    Unauthorized,
    Unavailable,
    Unclear,
)
from generation.providers.http import HTTPProvider
from generation.providers.options import OptionError, is_required, settings_of
from tests.standins.pictures import picture

CANARY = "sk-canary-5f1e9c7b3a"
ATTEMPT = UUID("11111111-2222-4333-8444-555555555555")
PNG = picture(96, 64, "contract")
ROWS = tomllib.loads(Path("generation/catalogue/data/models.toml").read_text(encoding="utf-8"))["models"]

OPTIONS: dict[str, dict[str, Any]] = {
    "seed": {"seed": 7},
    "negative": {"negative": "people, cars"},
    "references": {"references": (Reference(PNG),)},
    "mask": {"references": (Reference(PNG),), "mask": PNG},
    "count": {"count": 2},
    "size": {"size": (1536, 1008)},
}
"""Option -> a wish for it."""

CAPABILITY = {"count": "several", "size": "exact_size"}
Answering = Callable[[httpx.Request], httpx.Response]


def model(model_id: str, provider: str = "") -> ModelSpec:
    """A model's facts from the seed file; the provider tells apart what two of them call the same."""
    row = next(row for row in ROWS if row["model_id"] == model_id and provider in ("", row["provider"]))
    return model_specs.read(row["model_id"], row["name"], row, row.get("successor", ""))


def wish(of: ModelSpec) -> ImageSpec:
    """What is asked of every model."""
    return ImageSpec("A brick house with a green door", of)


def polled(taken: Mapping[str, Any], *polls: Mapping[str, Any], delivers: str = "") -> Answering:
    """Takes a job, answers its polls in turn (the last for ever), and delivers pictures to whoever brings no key."""
    times = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal times
        if request.url.host == delivers:
            assert "authorization" not in request.headers
            return httpx.Response(200, content=PNG)
        if request.method != "GET":
            times = 0
            return httpx.Response(201, json=taken)
        times += 1
        return httpx.Response(200, json={**taken, **after(times, polls)})

    return answer


def after(times: int, polls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is known of a job that was asked about so many times: each answer adds to those before."""
    return {name: value for poll in polls[:times] for name, value in poll.items()}


def client(answering: Answering) -> Client:
    return Client(transport=httpx.MockTransport(answering), allow_loopback=True)


def always(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Answering:
    """Answers every request alike; a str body goes out as it is, anything else as JSON."""
    shape = {"text": body} if isinstance(body, str) else {"json": body}
    return lambda request: httpx.Response(status, headers=dict(headers or {}), **shape)


def never(request: httpx.Request) -> httpx.Response:
    pytest.fail("Nothing should be sent.")


@dataclass(frozen=True)
class Recorded:
    """Answers of the real service, its keys taken out; each answers every request that one job makes."""

    success: Answering
    refusal: Answering
    rate_limit: Answering
    nonsense: Answering = field(default_factory=lambda: always(200, "<html>Welcome</html>"))


def contracts() -> list[type[ProviderContract]]:
    """The contract of every adapter, in whichever test module of this folder it is kept."""
    here = import_module(__package__ or "")
    modules = [import_module(f"{here.__name__}.{module.name}") for module in iter_modules(here.__path__)]
    kinds = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    kept = [kind for kind in kinds if issubclass(kind, ProviderContract) and hasattr(kind, "adapter")]
    return sorted(kept, key=lambda kind: (kind.__module__, kind.__name__))


def run(provider: HTTPProvider, spec: ImageSpec) -> Finished | Pending | ProviderError:
    """A job from start to end, in at most four steps."""
    try:
        result = provider.start(spec, attempt=ATTEMPT)
        for _ in range(3):
            if isinstance(result, Pending):
                result = provider.resume(result.handle)
    except ProviderError as error:
        return error
    return result


def standing(kind: type[Provider]) -> dict[str, str]:
    """Options that an adapter can be made with: for each that has no default, the example that it declares."""
    declared = {each.name: each.example for each in settings_of(kind.Options)}
    return {field.name: declared.get(field.name) or "none" for field in fields(kind.Options) if is_required(field)}


class ProviderContract:
    """Inherit as a test class; name the adapter and one of its models."""

    adapter: ClassVar[type[Provider]]
    model_id: ClassVar[str]
    options: ClassVar[Mapping[str, str]] = {}

    @property
    def spec(self) -> ImageSpec:
        return wish(model(self.model_id))

    def provider(self, answering: Answering = never) -> Provider:
        return self.adapter(self.options, client(answering))

    @pytest.mark.parametrize("option", OPTIONS)
    def test_it_names_exactly_the_options_it_cannot_carry(self, option: str) -> None:
        claimed = getattr(self.adapter.capabilities, CAPABILITY.get(option, option))
        lacks = {option, CAPABILITY.get(option, option)} & self.spec.model.lacks
        facts_say_no = bool(lacks) or (option == "count" and self.spec.model.max_n < 2)
        named = option in self.provider().unsupported(replace(self.spec, **OPTIONS[option]))
        lost = not claimed or facts_say_no
        assert named is lost, (
            f"By its capabilities and its row's `lacks`, {self.adapter.key} {'loses' if lost else 'carries'} {option}; "
            f"by `unsupported` not. Look at `max_n` and `max_references` in the row of {self.model_id}, too."
        )

    @pytest.mark.parametrize("count", [1, 2])
    def test_it_names_a_seed_that_would_mean_something_else(self, count: int) -> None:
        provider, kind = self.provider(), self.adapter
        for seed, means_itself in [
            (kind.seeds[0] - 1, False),
            (kind.seeds[0], True),
            (kind.seeds[-1] + 1 - count, True),
            (kind.seeds[-1] + 2 - count, False),
        ]:
            named = "seed" in provider.unsupported(replace(self.spec, seed=seed, count=count))
            carried = kind.capabilities.seed and "seed" not in self.spec.model.lacks
            assert named is not (carried and means_itself)

    def test_a_plain_wish_loses_nothing(self) -> None:
        assert self.provider().unsupported(self.spec) == []

    def test_an_option_it_does_not_know_is_refused(self) -> None:
        with pytest.raises(OptionError, match="color"):
            self.adapter({**self.options, "color": "blue"}, client(never))

    def test_an_extra_it_does_not_know_is_refused(self) -> None:
        with pytest.raises(Rejected, match="nonsense") as refused:
            self.provider().extras(replace(self.spec, extra={"nonsense": "1"}))
        assert refused.value.field == "extra"

    def test_more_pictures_never_cost_less(self) -> None:
        provider = self.provider()
        assert provider.quote(replace(self.spec, count=3)).amount >= provider.quote(self.spec).amount

    def test_its_key_is_not_in_its_repr(self) -> None:
        provider = self.provider()
        assert CANARY not in f"{provider!r} {provider.options!r} {vars(provider)!r}"

    def test_it_has_words_of_its_own(self) -> None:
        assert self.adapter.key
        assert self.adapter.label
        assert "brick house" in self.provider().compose(self.spec)


class HTTPContract(ProviderContract):
    """For adapters behind HTTP: recorded answers of the real service, its keys taken out."""

    adapter: ClassVar[type[HTTPProvider]]
    recorded: ClassVar[Recorded]
    settles_at_quote: ClassVar[bool] = True  # the recorded job cost no more than it was quoted at

    @property
    def good(self) -> Finished:
        return self.finish(self.recorded.success)

    def finish(self, answering: Answering, spec: ImageSpec | None = None) -> Finished:
        """A job from its start to its end, asking again as long as it is pending."""
        provider = self.provider(answering)
        result = provider.start(spec or self.spec, attempt=ATTEMPT)
        for _ in range(10):
            if isinstance(result, Finished):
                return result
            assert isinstance(result, Pending)
            result = provider.resume(result.handle)
        pytest.fail("The job never ended.")

    def trouble(self, answering: Answering) -> ProviderError:
        with pytest.raises(ProviderError) as raised:
            self.finish(answering)
        return raised.value

    @pytest.mark.parametrize("option", [name for name in OPTIONS if name != "size"])
    def test_what_it_can_carry_is_in_the_request_and_nothing_else(self, option: str) -> None:
        provider = self.provider()
        assert isinstance(provider, HTTPProvider)
        wish = replace(self.spec, **OPTIONS[option])
        plain = replace(wish, **{field: getattr(self.spec, field) for field in OPTIONS[option]})
        carried = provider.build(wish, ATTEMPT).parameters != provider.build(plain, ATTEMPT).parameters
        if option in provider.unsupported(wish):
            assert option in ("count", "references", "mask") or not carried
        else:
            assert carried

    def test_success_gives_the_pictures_with_cost_and_record(self) -> None:
        assert self.good.pictures[0].data == PNG
        assert self.good.cost is not None
        assert self.good.request_id

    def test_parameters_sent_hold_the_whole_prompt(self) -> None:
        result = self.provider(self.recorded.success).start(self.spec, attempt=ATTEMPT)
        assert self.spec.prompt in str(result.parameters_sent)

    def test_the_recorded_job_settles_within_its_quote(self) -> None:
        cost, quote = self.good.cost, self.provider().quote(self.spec).amount
        assert cost is not None
        assert (cost <= quote) is self.settles_at_quote

    def test_a_refusal_is_told_as_one(self) -> None:
        error = self.trouble(self.recorded.refusal)
        assert isinstance(error, Refused)
        assert not error.may_resend

    def test_a_rate_limit_may_be_tried_again(self) -> None:
        error = self.trouble(self.recorded.rate_limit)
        assert isinstance(error, RateLimited)
        assert error.charged == "no"

    def test_nonsense_is_a_bad_answer_and_not_sent_again(self) -> None:
        error = self.trouble(self.recorded.nonsense)
        assert isinstance(error, BadAnswer)
        assert error.raw is not None

    def test_a_key_that_is_not_accepted_is_told_as_such(self) -> None:
        assert isinstance(self.trouble(always(401, {"error": {"message": "Incorrect API key provided"}})), Unauthorized)

    def test_no_connection_means_nothing_was_sent(self) -> None:
        def refused(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused")

        error = self.trouble(refused)
        assert isinstance(error, Unavailable)
        assert error.charged == "no"

    def test_a_lost_answer_is_unclear(self) -> None:
        def lost(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("too late")

        error = self.trouble(lost)
        assert isinstance(error, Unclear)
        assert error.charged == "unknown"

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500, 503])
    def test_an_echoed_key_is_in_no_error(self, status: int) -> None:
        echo = {"error": {"message": f"Bad key {CANARY}", "type": f"x-{CANARY}", CANARY: [CANARY, {"headers": CANARY}]}}
        error = self.trouble(always(status, echo))
        assert CANARY not in f"{error} {error!r} {error.raw} {vars(error)} {error.__cause__!r}"

    def test_an_echoed_key_is_in_no_result(self) -> None:
        def echoing(request: httpx.Request) -> httpx.Response:
            found = self.recorded.success(request)
            if found.headers.get("content-type") != "application/json":
                return found
            return httpx.Response(
                found.status_code, json=found.json() | {"debug": f"Bearer {CANARY}"}, headers={"x-request-id": "r"}
            )

        result = self.finish(echoing)
        assert CANARY not in f"{result!r} {result.raw}"
        assert "base64" not in str(result.raw) or "characters of base64" in str(result.raw)
