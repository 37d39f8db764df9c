"""Answers that are far too large, over real HTTP: they cost neither the worker's memory nor room in a row."""

from __future__ import annotations

import base64
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from pytest_django import Settings

from core.models import User
from generation.catalogue import loading
from generation.jobs import execution
from generation.models import GenerationModel, Job
from generation.models.job import JobState
from generation.providers.base import ImageSpec
from generation.providers.egress.http import Client, Request
from generation.providers.egress.redaction import STORED_BYTES, redact
from generation.providers.errors import BadAnswer, ProviderError, Rejected, Unavailable
from generation.providers.openai import OpenAIImages
from tests.generation.factories import started
from tests.generation.providers.contract import ATTEMPT, CANARY, PNG, always, client, model

MIB = 1024 * 1024
HUGE = 160 * MIB
MOST_MEMORY = 50 * MIB
ROW_BYTES = 64_000

Body = Callable[[], Iterator[bytes]]


def repeated(first: bytes, each: bytes, last: bytes, size: int = HUGE) -> Body:
    """A body of about this size, which nobody holds as a whole."""
    piece = each * (MIB // len(each))

    def body() -> Iterator[bytes]:
        yield first
        for _ in range(size // len(piece)):
            yield piece
        yield last

    return body


PLAIN = repeated(b'{"error": {"message": "', b"x", b'"}}')
PARTS = repeated(b'{"error": {"message": "Wrong.", "all": [[]', b",[]", b"]}}")
ECHO = repeated(b'{"error": {"message": "Wrong size.", "type": "invalid_request_error"}, "input": "', b"QUJD", b'"}')


@contextmanager
def answering(status: int, body: Body) -> Iterator[str]:
    """A server that says this to everybody."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            for piece in body():
                self.wfile.write(piece)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Whoever has heard enough goes away."""

    with Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def little_memory() -> Iterator[None]:
    """Fails when what happens inside takes more memory than a worker can spare."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < MOST_MEMORY


@pytest.mark.parametrize("status", [302, 400, 429, 500])
@pytest.mark.parametrize("body", [PLAIN, PARTS, ECHO], ids=["text", "parts", "echo"])
def test_an_error_of_160_mb_takes_kilobytes(status: int, body: Body) -> None:
    with answering(status, body) as url, little_memory():
        answer = Client(deadline=60).send(Request("POST", f"{url}/x"))
        assert answer.status == status
        assert len(answer.body) <= MIB
        assert len(json.dumps(redact(answer.excerpt))) < ROW_BYTES


def test_a_good_status_with_endless_parts_is_not_taken_apart() -> None:
    with answering(200, repeated(b"[[]", b",[]", b"]", 36 * MIB)) as url, pytest.raises(BadAnswer, match="not JSON"):
        _ = Client(deadline=60).send(Request("POST", f"{url}/x")).data


@pytest.mark.django_db
def test_a_provider_error_of_160_mb_leaves_a_small_row(settings: Settings, ada: User) -> None:
    with answering(400, PARTS) as url:
        options = {"base_url": url, "api_key": CANARY}
        settings.ALLOW_LOOPBACK_PROVIDERS = True
        settings.IMAGE_PROVIDERS = {
            "openai": {"adapter": "generation.providers.openai.OpenAIImages", "options": options}
        }
        loading.load_models()
        job = started(ada, GenerationModel.objects.get(provider="openai", model_id="gpt-image-2")).jobs.get()
        before = row_size(job)
        with little_memory():
            execution.send(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert row_size(job) - before < ROW_BYTES


def row_size(job: Job) -> int:
    """Bytes that a job's row takes, about."""
    return len(json.dumps(Job.objects.filter(pk=job.pk).values().get(), default=str))


@pytest.mark.parametrize(
    "value",
    [
        ["words"] * 1_000_000,
        {f"name {number}": number for number in range(100_000)},
        "é" * 1_000_000,
        [{"text": "word " * 5_000}] * 50,
        [[[["deep"] * 1_000] * 1_000]],
        [10**3_000] * 1_000,
    ],
    ids=["many", "names", "text", "texts", "nested", "digits"],
)
def test_whatever_is_stored_has_a_bound_and_says_what_is_left_out(value: Any) -> None:
    kept = redact(value)
    assert len(json.dumps(kept)) < STORED_BYTES * 1.1
    assert "more]" in str(kept) or str(kept).endswith("…")


def test_an_answer_nested_without_end_is_kept_in_part() -> None:
    body = '{"error": ' * 400 + "1" + "}" * 400
    with pytest.raises(Rejected):
        OpenAIImages({"api_key": CANARY}, client(always(400, body))).start(
            ImageSpec("A house", model("gpt-image-2")), attempt=ATTEMPT
        )


@pytest.mark.parametrize("status", [400, 503])
def test_what_breaks_off_after_its_status_is_told_by_the_status(status: int) -> None:
    def broken() -> Iterator[bytes]:
        yield b'{"error": {"mess'
        raise BrokenPipeError

    with answering(status, broken) as url, pytest.raises(ProviderError) as raised:
        OpenAIImages({"api_key": CANARY, "base_url": url}, Client(deadline=10)).start(
            ImageSpec("A house", model("gpt-image-2")), attempt=ATTEMPT
        )
    assert type(raised.value) is (Rejected if status == 400 else Unavailable)


def test_a_good_answer_with_more_pictures_than_any_service_draws_is_cut() -> None:
    body = {"data": [{"b64_json": base64.b64encode(PNG).decode()}] * 500}
    provider = OpenAIImages({"api_key": CANARY}, client(always(200, body)))
    result = provider.start(ImageSpec("A house", model("gpt-image-2")), attempt=ATTEMPT)
    assert len(getattr(result, "pictures", ())) == 16


@pytest.mark.parametrize("piece", ["http://", "https://a?b ", "data:a/b;base64,", "Bearer ", "sk-a", f"{'A' * 39} "])
def test_a_text_is_looked_through_in_one_go_whatever_begins_in_it_again_and_again(piece: str) -> None:
    """A megabyte is what is kept of an error: looked through anew from each beginning it would take half an hour."""
    stored = redact({"error": {"message": piece * (MIB // len(piece))}})
    assert len(json.dumps(stored)) <= STORED_BYTES


def test_of_an_address_what_is_signed_in_it_goes() -> None:
    said = "See https://a.example/p?sig=1, http://b.example/q#top and https://c.example."
    assert redact(said) == "See https://a.example/p?[removed] http://b.example/q#top and https://c.example."
