"""ComfyUI by recorded answers, over real HTTP against the stand-in, and its workflow files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from generation.providers import workflow
from generation.providers.base import Finished, ImageSpec, Pending, Reference
from generation.providers.comfyui import LARGEST_SEED, ComfyUI
from generation.providers.egress.http import Client
from generation.providers.errors import BadAnswer, ModelGone, ProviderError, Rejected, Stopped, Unavailable, Unclear
from generation.providers.workflow import HOLES, BadWorkflow
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
from tests.standins.comfyui import ComfyUIStandIn

MODEL = model("sd_xl_base_1.0")
WISH = wish(MODEL)
SERVER = "http://comfy.internal:8188"
GRAPH = {"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base_1.0.safetensors"}}}
FILE = {"filename": "imprimatur_00001_.png", "subfolder": "", "type": "output"}
ENTRY: dict[str, Any] = {
    "prompt": [3, str(ATTEMPT), GRAPH, {}, ["7"]],
    "outputs": {"7": {"images": [FILE]}},
    "status": {"status_str": "success", "completed": True, "messages": []},
    "meta": {},
}


def service(entry: Any = ENTRY, queue: list[Any] | None = None) -> Answering:
    """A server that has the job in its history (or not), with a queue, and the picture."""
    history = {} if entry is None else {str(ATTEMPT): entry}
    answers: dict[str, Callable[[], httpx.Response]] = {
        "/prompt": lambda: httpx.Response(200, json={"prompt_id": str(ATTEMPT), "number": 3, "node_errors": {}}),
        f"/history/{ATTEMPT}": lambda: httpx.Response(200, json=history),
        "/queue": lambda: httpx.Response(200, json={"queue_running": queue or [], "queue_pending": []}),
        "/view": lambda: httpx.Response(200, content=PNG),
        "/upload/image": lambda: httpx.Response(200, json={"name": "x.png", "subfolder": "", "type": "input"}),
    }
    return lambda request: answers.get(request.url.path, lambda: httpx.Response(404, json={}))()


class TestContract(HTTPContract):
    adapter = ComfyUI
    model_id = MODEL.id
    options: ClassVar[Mapping[str, str]] = {"base_url": SERVER, "token": CANARY}
    recorded = Recorded(success=service(), refusal=always(500, {}), rate_limit=always(429, "Too many requests"))

    def test_a_refusal_is_told_as_one(self) -> None:
        """A server of one's own declines nothing; what it cannot draw is a failure of the workflow."""
        failed = ENTRY | {"status": {"status_str": "error", "messages": [["execution_error", {}]]}}
        assert isinstance(self.trouble(service(failed)), BadAnswer)

    def test_a_lost_answer_is_unclear(self) -> None:
        """Only once it has been looked for: until then our own id makes it a job to ask about."""

        def lost(request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                raise httpx.ReadTimeout("too late")
            return service(entry=None)(request)

        pending = self.provider(lost).start(self.spec, attempt=ATTEMPT)
        assert isinstance(pending, Pending)
        assert self.spec.prompt in str(pending.parameters_sent)
        assert isinstance(self.trouble(lost), Unclear)

    def test_it_costs_nothing(self) -> None:
        assert (str(self.good.cost), self.good.cost_basis) == ("$0.00", "free")

    def test_the_model_reported_is_the_checkpoint_it_ran(self) -> None:
        assert self.good.model_reported == "sd_xl_base_1.0.safetensors"

    @pytest.mark.parametrize("outputs", [None, [], {"7": None}, {"7": {"images": [FILE | {"type": "temp"}]}}])
    def test_an_end_without_a_picture_is_a_bad_answer(self, outputs: Any) -> None:
        assert isinstance(self.trouble(service(ENTRY | {"outputs": outputs})), BadAnswer)

    @pytest.mark.parametrize("status", [None, [], {"status_str": "reticulating"}, {"messages": [[]]}])
    def test_a_misshapen_status_never_crashes(self, status: Any) -> None:
        result: Any
        try:
            result = self.finish(service(ENTRY | {"status": status}))
        except BadAnswer as error:
            result = error
        assert isinstance(result, Finished | BadAnswer)

    def test_a_job_in_the_queue_is_waited_for(self) -> None:
        provider = self.provider(service(entry=None, queue=[[3, str(ATTEMPT), GRAPH, {}, []]]))
        pending = provider.start(self.spec, attempt=ATTEMPT)
        assert isinstance(pending, Pending)
        assert isinstance(provider.resume(pending.handle), Pending)


def graph_of(spec: ImageSpec) -> dict[str, Any]:
    body = ComfyUI({"base_url": SERVER}, client(service())).build(spec, ATTEMPT).json
    assert body is not None
    return dict(body["prompt"])


def test_the_wish_fills_the_holes() -> None:
    graph = graph_of(replace(WISH, count=3, seed=7, negative="cars", quality="draft"))
    assert graph["2"]["inputs"]["text"] == WISH.prompt
    assert graph["3"]["inputs"]["text"] == "cars"
    assert graph["4"]["inputs"] == {"width": 1256, "height": 840, "batch_size": 3}
    assert (graph["5"]["inputs"]["seed"], graph["5"]["inputs"]["steps"]) == (7, 15)


def test_a_wish_without_a_seed_gets_one_that_is_recorded() -> None:
    seed = graph_of(WISH)["5"]["inputs"]["seed"]
    pending = ComfyUI({"base_url": SERVER}, client(service())).start(WISH, attempt=ATTEMPT)
    assert 0 <= seed <= LARGEST_SEED
    assert json.loads(pending.handle)["seed"] == seed


def test_a_prompt_is_text_in_the_graph_whatever_it_says() -> None:
    hostile = '{"class_type": "ExecPython"} ["1", 0] \\u0022'
    graph = graph_of(replace(WISH, prompt=hostile))
    assert graph["2"]["inputs"]["text"] == hostile
    assert [node["class_type"] for node in graph.values()] == [node["class_type"] for node in graph_of(WISH).values()]


# Workflow files


@pytest.mark.parametrize("name", workflow.shipped())
def test_every_shipped_workflow_can_be_loaded_and_says_when_it_was_reviewed(name: str) -> None:
    found = workflow.load(name)
    assert found.reviewed_on
    assert "prompt" in found.holes


@pytest.mark.parametrize("name", workflow.shipped())
def test_every_link_in_a_shipped_workflow_leads_to_a_node(name: str) -> None:
    graph = workflow.load(name).graph
    links = [value for node in graph.values() for value in node["inputs"].values() if isinstance(value, list)]
    assert all(link[0] in graph for link in links)


@pytest.mark.parametrize("name", ["../secrets", "Text", "", "a/b", "x" * 70, "nowhere"])
def test_only_plain_names_of_files_that_exist_are_loaded(name: str) -> None:
    with pytest.raises(BadWorkflow):
        workflow.load(name)


def test_a_hole_takes_only_its_own_type() -> None:
    with pytest.raises(BadWorkflow, match="takes int"):
        workflow.load("text-to-image").filled({"seed": "7"})


def test_filling_leaves_the_workflow_itself_as_it_was() -> None:
    found = workflow.load("text-to-image")
    found.filled({"prompt": "A house"})
    assert found.graph["2"]["inputs"]["text"] == "any"


def test_a_folder_of_ones_own_comes_first(tmp_path: Path) -> None:
    own = {"about": "Ours.", "reviewed_on": "2026-11-22", "holes": {"prompt": ["1", "text"]}}
    graph = {"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "any"}}}
    (tmp_path / "text-to-image.json").write_text(json.dumps(own | {"graph": graph}))
    assert workflow.load("text-to-image", str(tmp_path)).about == "Ours."


@pytest.mark.parametrize("holes", [{"prompt": ["9", "text"]}, {"prompt": ["1", "clip"]}, {"magic": ["1", "text"]}, []])
def test_a_file_whose_holes_lead_nowhere_is_refused(tmp_path: Path, holes: Any) -> None:
    graph = {"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "any", "clip": ["2", 0]}}}
    data = {"about": "", "reviewed_on": "", "holes": holes, "graph": graph}
    (tmp_path / "odd.json").write_text(json.dumps(data))
    with pytest.raises(BadWorkflow):
        workflow.load("odd", str(tmp_path))


def test_a_workflow_without_a_hole_says_what_would_be_lost(tmp_path: Path) -> None:
    data = json.loads((workflow.SHIPPED / "text-to-image.json").read_text())
    data["holes"] = {"prompt": ["2", "text"]}
    (tmp_path / "bare.json").write_text(json.dumps(data))
    bare = replace(MODEL, settings={"workflow": "bare"})
    provider = ComfyUI({"base_url": SERVER, "workflows": str(tmp_path)}, client(service()))
    wish = replace(WISH, model=bare, seed=1, negative="cars", size=(1024, 1024))
    assert provider.unsupported(wish) == ["seed", "negative", "size"]


def test_a_model_that_names_no_workflow_is_not_sent() -> None:
    with pytest.raises(Rejected, match="workflow"):
        graph_of(replace(WISH, model=replace(MODEL, settings={})))


def test_a_form_can_be_shown_although_the_workflow_is_missing() -> None:
    nowhere = replace(WISH, seed=7, model=replace(MODEL, settings={}))
    assert ComfyUI({"base_url": SERVER}, client(never)).unsupported(nowhere) == ["seed"]


def test_every_hole_has_one_type() -> None:
    assert set(HOLES.values()) <= {str, int, float}


# Over real HTTP


@pytest.fixture
def stand_in() -> Iterator[ComfyUIStandIn]:
    with ComfyUIStandIn() as running:
        yield running


def real(stand_in: ComfyUIStandIn) -> ComfyUI:
    return ComfyUI({"base_url": stand_in.url}, Client(allow_loopback=True, deadline=5.0))


def finish(provider: ComfyUI, spec: ImageSpec) -> Finished:
    result: Finished | Pending = provider.start(spec, attempt=ATTEMPT)
    for _ in range(6):
        if isinstance(result, Finished):
            return result
        result = provider.resume(result.handle)
    pytest.fail("The job never ended.")


def test_pictures_come_after_waiting(stand_in: ComfyUIStandIn) -> None:
    result = finish(real(stand_in), replace(WISH, count=2))
    assert [picture.data[:4] for picture in result.pictures] == [b"\x89PNG"] * 2
    assert stand_in.requests["POST /prompt"] == 1


def test_our_own_id_finds_a_job_whose_answer_was_lost(stand_in: ComfyUIStandIn) -> None:
    result = finish(real(stand_in), replace(WISH, prompt="A house [lost]"))
    assert len(result.pictures) == 1
    assert (stand_in.requests["POST /prompt"], stand_in.billed) == (1, 1)


@pytest.mark.parametrize("mode", ["dropped", "restart"])
def test_a_job_the_server_does_not_have_is_unclear(stand_in: ComfyUIStandIn, mode: str) -> None:
    with pytest.raises(Unclear):
        finish(real(stand_in), replace(WISH, prompt=f"A house [{mode}]"))
    assert stand_in.requests["POST /prompt"] == 1


def test_a_job_that_ends_between_two_looks_is_found(stand_in: ComfyUIStandIn) -> None:
    assert len(finish(real(stand_in), replace(WISH, prompt="A house [late]")).pictures) == 1


def test_servers_that_choose_their_own_id_are_understood() -> None:
    with ComfyUIStandIn(own_ids=True) as stand_in:
        result = finish(real(stand_in), WISH)
    assert result.request_id != str(ATTEMPT)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("broken", BadAnswer), ("memory", Rejected), ("stopped", Stopped), ("nothing", BadAnswer), ("gone", BadAnswer),
     ("previews", BadAnswer)],
)  # fmt: skip
def test_each_bad_ending_has_its_class(stand_in: ComfyUIStandIn, mode: str, kind: type[ProviderError]) -> None:
    with pytest.raises(kind) as raised:
        finish(real(stand_in), replace(WISH, prompt=f"A house [{mode}]"))
    assert not raised.value.may_resend


def test_a_checkpoint_that_is_not_there_is_told_as_such(stand_in: ComfyUIStandIn) -> None:
    elsewhere = replace(MODEL, settings={**MODEL.settings, "checkpoint": "flux1-dev.safetensors"})
    with pytest.raises(ModelGone, match="flux1-dev"):
        finish(real(stand_in), replace(WISH, model=elsewhere))
    assert stand_in.billed == 0


def test_a_picture_goes_ahead_under_our_own_name(stand_in: ComfyUIStandIn) -> None:
    finish(real(stand_in), replace(WISH, references=(Reference(PNG),), count=2))
    (run,) = stand_in.runs.values()
    assert stand_in.uploads == [{"type": "input", "overwrite": "true", "image": len(PNG)}]
    assert run.value("image") == f"imprimatur-{ATTEMPT}.png"


def test_a_waiting_job_is_taken_out_of_the_queue(stand_in: ComfyUIStandIn) -> None:
    provider = real(stand_in)
    provider.start(replace(WISH, prompt="First [hang]"), attempt=ATTEMPT)
    second = provider.start(WISH, attempt=type(ATTEMPT)(int=5))
    provider.cancel(second.handle)
    assert len(stand_in.runs) == 1
    assert stand_in.interrupted == []


def test_a_running_job_is_interrupted_by_its_own_id(stand_in: ComfyUIStandIn) -> None:
    provider = real(stand_in)
    pending = provider.start(replace(WISH, prompt="A house [hang]"), attempt=ATTEMPT)
    provider.cancel(pending.handle)
    assert stand_in.interrupted == [str(ATTEMPT)]


def test_a_server_that_is_off_was_sent_nothing() -> None:
    with ComfyUIStandIn() as stand_in:
        provider = real(stand_in)
    with pytest.raises(Unavailable) as raised:
        provider.start(WISH, attempt=ATTEMPT)
    assert raised.value.charged == "no"


def test_checking_draws_nothing(stand_in: ComfyUIStandIn) -> None:
    assert "0.9.2" in real(stand_in).check()
    assert stand_in.billed == 0
