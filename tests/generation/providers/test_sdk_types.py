"""OpenAI's adapters and stand-ins held against the types of its own SDK: what changes there is seen with the lock.

Only types are used: the SDK itself sends nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, get_args, get_type_hints

import pytest
from openai.types import ImageModel, ImagesResponse
from openai.types.image_edit_params import ImageEditParamsBase
from openai.types.image_generate_params import ImageGenerateParamsBase
from openai.types.responses import Response, ResponseError, ResponseStatus
from openai.types.responses.response_create_params import ResponseCreateParamsBase
from openai.types.responses.response_output_item import ImageGenerationCall
from openai.types.responses.tool_param import ImageGeneration
from pydantic import TypeAdapter

from generation.providers.base import QUALITIES, Finished, ImageSpec, ModelSpec, Pending, Reference
from generation.providers.egress.http import Answer, Client, Request
from generation.providers.errors import BadAnswer, ProviderError, Rejected
from generation.providers.openai import OpenAIImages
from generation.providers.openai_responses import OpenAIResponses
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, ROWS, always, client, model
from tests.standins.openai import OpenAIStandIn
from tests.standins.openai_responses import ResponsesStandIn

KEY = {"api_key": CANARY}
OFFERED = [row["model_id"] for row in ROWS if row["provider"] == "openai"]
IN_CONVERSATION = [row["model_id"] for row in ROWS if row["provider"] == "openai-responses"]
EXTRAS: list[dict[str, str]] = [
    {},
    *({"background": value} for value in ("auto", "opaque", "transparent")),
    *({"moderation": value} for value in ("auto", "low")),
    {"safety_identifier": "5f1e"},
]
IMAGES_EXTRAS = [*EXTRAS, {"output_format": "webp", "output_compression": "40"}, {"output_format": "jpeg"}]
SEEN = (Reference(PNG), Reference(PNG))
# Dated snapshots of models that are offered under their plain name, and what has been shut down.
NOT_OFFERED = {
    "gpt-image-2-2026-04-21", "gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.5-flare-2026-09-08",
    "gpt-image-1", "dall-e-2", "dall-e-3",
}  # fmt: skip
TROUBLE_OF_ITS_OWN = {"server_error", "vector_store_timeout"}
"""Codes of a failed response that say nothing about the wish: a person looks."""


adapter_of = cache(TypeAdapter)
"""Made once for each type: some of them are large."""


def check_fields(kind: Any, fields: Mapping[str, Any]) -> None:
    """Each field is one that the SDK sends, with a value that it would take."""
    hints = get_type_hints(kind)
    for name, value in fields.items():
        assert name in hints, name
        adapter_of(hints[name]).validate_python(value)


def kept(kind: Any, value: Any) -> Any:
    """What the SDK's type makes of a value: it leaves out what it does not know."""
    adapter: TypeAdapter[Any] = adapter_of(kind)
    return json.loads(adapter.dump_json(adapter.validate_python(value)))


def sent(spec: ImageSpec) -> Request:
    return OpenAIImages(KEY, client(always(200))).build(spec, ATTEMPT)


def wishes(of: ModelSpec) -> list[ImageSpec]:
    plain = ImageSpec("A brick house", of, count=min(2, of.max_n))
    return [replace(plain, quality=quality, ratio=ratio) for quality in QUALITIES for ratio in ("1:1", "3:2", "2:3")]


# Images


@pytest.mark.parametrize("model_id", OFFERED)
def test_every_wish_to_draw_is_one_that_the_sdk_could_send(model_id: str) -> None:
    for spec in wishes(model(model_id, "openai")):
        check_fields(ImageGenerateParamsBase, sent(spec).json or {})


@pytest.mark.parametrize("extra", IMAGES_EXTRAS, ids=str)
def test_every_choice_besides_is_one_that_the_sdk_could_send(extra: dict[str, str]) -> None:
    spec = ImageSpec("A brick house", model("gpt-image-2"), extra=extra)
    check_fields(ImageGenerateParamsBase, sent(spec).json or {})
    if "moderation" in extra:  # the SDK has it for drawing only
        with pytest.raises(Rejected, match="without pictures"):
            sent(replace(spec, references=SEEN))
    else:
        check_fields(ImageEditParamsBase, sent(replace(spec, references=SEEN)).form or {})


@pytest.mark.parametrize(
    ("model_id", "extra"),
    [("gpt-image-1.5", {"input_fidelity": "high"}), ("gpt-image-2.6-flare", {"complexity": "low"})],
)
def test_what_only_some_models_take_is_one_that_the_sdk_could_send(model_id: str, extra: dict[str, str]) -> None:
    request = sent(ImageSpec("A door", model(model_id, "openai"), references=SEEN, mask=PNG, extra=extra))
    check_fields(ImageEditParamsBase, request.form or {})
    assert {part.name.removesuffix("[]") for part in request.files} <= set(get_type_hints(ImageEditParamsBase))


def test_every_model_that_the_sdk_knows_is_known_here_and_the_other_way_round() -> None:
    assert set(get_args(ImageModel)) - NOT_OFFERED == set(OFFERED)


@pytest.mark.parametrize("words", ["", "[few]", "[square]"])
@pytest.mark.parametrize("along", [(), SEEN], ids=["drawn", "edited"])
def test_the_stand_in_answers_as_the_sdk_reads(words: str, along: tuple[Reference, ...]) -> None:
    spec = ImageSpec(f"A house {words}", model("gpt-image-2"), count=2, references=along)
    with OpenAIStandIn() as stand_in:
        provider = OpenAIImages(KEY | {"base_url": f"{stand_in.url}/v1"}, Client(deadline=20))
        answer = provider.ask(provider.build(spec, ATTEMPT))
    theirs, ours = ImagesResponse.model_validate(answer.facts), provider.parse(answer, spec)
    assert not theirs.model_extra
    assert [base64.b64decode(one.b64_json or "") for one in theirs.data or []] == [one.data for one in ours.pictures]
    echoed = {name: getattr(theirs, name) for name in ("size", "quality", "background", "output_format")}
    assert dict(ours.parameters_in_effect) == echoed
    assert theirs.usage is not None
    details = theirs.usage.input_tokens_details
    price: Any = spec.model.price
    assert ours.cost == price.cost(details.text_tokens, details.image_tokens, theirs.usage.output_tokens)


@pytest.mark.parametrize("missing", ["data", "usage", "size", "quality", "background", "output_format"])
def test_what_the_sdk_allows_to_be_empty_is_nothing_to_stumble_over(missing: str) -> None:
    data = [{"b64_json": base64.b64encode(PNG).decode()}]
    body: dict[str, Any] = {"created": 1, "data": data, "size": "1024x1024", "usage": None, missing: None}
    ImagesResponse.model_validate(body)
    provider, spec = OpenAIImages(KEY, client(always(200))), ImageSpec("A house", model("gpt-image-2"))
    answer = Answer(200, {}, json.dumps(body).encode())
    if missing == "data":
        with pytest.raises(BadAnswer):
            provider.parse(answer, spec)
    else:
        assert provider.parse(answer, spec).pictures


# Responses


@pytest.mark.parametrize("model_id", IN_CONVERSATION)
def test_every_wish_in_conversation_is_one_that_the_sdk_could_send(model_id: str) -> None:
    provider = OpenAIResponses(KEY, client(always(200)))
    for spec in wishes(replace(model(model_id, "openai-responses"), max_n=1)):
        body = json.loads(json.dumps(provider.build(replace(spec, references=SEEN, mask=PNG), ATTEMPT).json))
        assert kept(ImageGeneration, body["tools"][0]) == body["tools"][0]
        assert kept(ResponseCreateParamsBase, body) == body


@pytest.mark.parametrize("extra", [*EXTRAS, {"previous_response_id": "resp_1"}], ids=str)
def test_every_choice_in_conversation_is_one_that_the_sdk_could_send(extra: dict[str, str]) -> None:
    spec = ImageSpec("A house", model("gpt-image-2", "openai-responses"), extra=extra)
    body = json.loads(json.dumps(OpenAIResponses(KEY, client(always(200))).build(spec, ATTEMPT).json))
    assert kept(ResponseCreateParamsBase, body) == body


@pytest.mark.parametrize("status", get_args(ResponseStatus))
def test_every_status_that_the_sdk_knows_means_something(status: str) -> None:
    body = {"id": "resp_1", "status": status, "output": []}
    provider = OpenAIResponses(KEY, client(always(200, body)))
    spec = ImageSpec("A house", model("gpt-image-2", "openai-responses"))
    if status in ("queued", "in_progress"):
        assert isinstance(provider.start(spec, attempt=ATTEMPT), Pending)
    else:
        with pytest.raises(ProviderError, match=r"^(?!.*answered with status)"):
            provider.start(spec, attempt=ATTEMPT)


@pytest.mark.parametrize("code", get_args(ResponseError.model_fields["code"].annotation))
def test_every_code_that_the_sdk_knows_is_told_apart(code: str) -> None:
    body = {"id": "resp_1", "status": "failed", "output": [], "error": {"code": code, "message": "No."}}
    provider = OpenAIResponses(KEY, client(always(200, body)))
    with pytest.raises(ProviderError) as raised:
        provider.start(ImageSpec("A house", model("gpt-image-2", "openai-responses")), attempt=ATTEMPT)
    assert isinstance(raised.value, BadAnswer) is (code in TROUBLE_OF_ITS_OWN)


@pytest.mark.parametrize("words", ["", "[refuse]", "[words]", "[failed]"])
def test_the_stand_in_in_conversation_answers_as_the_sdk_reads(words: str) -> None:
    spec = ImageSpec(f"A house {words}", model("gpt-image-2.5-flare", "openai-responses"))
    with ResponsesStandIn() as stand_in:
        provider = OpenAIResponses(KEY | {"base_url": f"{stand_in.url}/v1"}, Client(deadline=20))
        answers = [provider.ask(provider.build(spec, ATTEMPT))]
        for _ in range(3):
            path = f"{stand_in.url}/v1/responses/{answers[0].facts['id']}"
            answers.append(provider.ask(Request("GET", path, {})))
    read = [Response.model_validate(answer.facts) for answer in answers]
    assert [one.status for one in read[:2]] == ["queued", "in_progress"]
    calls = [item for item in read[-1].output if isinstance(item, ImageGenerationCall)]
    if words:
        with pytest.raises(ProviderError):
            provider.parse(answers[-1], spec)
    else:
        ours = provider.parse(answers[-1], spec)
        assert isinstance(ours, Finished)
        assert [base64.b64decode(call.result or "") for call in calls] == [one.data for one in ours.pictures]
        assert (ours.revised_prompt, ours.request_id) == (calls[0].revised_prompt, read[-1].id)
