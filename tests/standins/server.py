"""What every stand-in shares: a threaded HTTP server that counts, can be told how to behave, and runs by itself."""

from __future__ import annotations

import argparse
import json
import re
import socket
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

import httpx


@dataclass(frozen=True)
class Upload:
    """One file of a form."""

    name: str
    filename: str
    media_type: str
    data: bytes


class Handler(BaseHTTPRequestHandler):
    """One request; `self.server.stand_in` is the stand-in it came to."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: tests read the counts instead."""

    def json_body(self) -> dict[str, Any]:
        """The fields of a JSON body; of a form its text fields, and of each file its length."""
        if self.headers.get("Content-Type", "").startswith("multipart/"):
            fields, files = self.form()
            return fields | {file.name: len(file.data) for file in files}
        raw = self._raw()
        try:
            found = json.loads(raw or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def form(self) -> tuple[dict[str, str], list[Upload]]:
        """The text fields and the files of a multipart form."""
        kind = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(kind + self._raw())
        fields: dict[str, str] = {}
        files: list[Upload] = []
        for part in message.iter_parts():
            name, filename = str(part.get_param("name", header="content-disposition")), part.get_filename()
            data = part.get_payload(decode=True)
            if filename is None:
                fields[name] = bytes(data).decode("utf-8", "replace")
            else:
                files.append(Upload(name, filename, part.get_content_type(), bytes(data)))
        return fields, files

    def answer(self, status: int, data: Any, **headers: str) -> None:
        """A JSON answer; header names are written with underscores."""
        self.answer_bytes(status, json.dumps(data).encode(), "application/json", **headers)

    def answer_bytes(self, status: int, body: bytes, media_type: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _raw(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def hang_up(self) -> None:
        """The line breaks: no answer at all."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _serve(self, method: str) -> None:
        stand_in = self.server.stand_in
        path = urlsplit(self.path).path
        if path == "/_count":
            return self.answer(200, stand_in.report())
        if path == "/_behave" and method == "POST":
            stand_in.behavior = str(self.json_body().get("mode", ""))
            return self.answer(200, {"mode": stand_in.behavior})
        stand_in.count(f"{method} {path}")
        try:
            stand_in.respond(self, method, path)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        return None


class Server(ThreadingHTTPServer):
    daemon_threads = True
    stand_in: StandIn

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is part of the play."""


class StandIn:
    """A provider's double. Use as a context manager, or run its module with --port.

    How it behaves is chosen by a word in square brackets in the prompt, such as [refuse], or for all requests by
    POST /_behave {"mode": "refuse"}; GET /_count tells what was asked and billed.
    """

    plays: ClassVar[str] = ""  # the key of the adapter that it is a stand-in for
    root: ClassVar[str] = ""  # where its API begins
    model_id: ClassVar[str] = ""  # one that it draws with, in a row of the catalogue
    modes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, port: int = 0, *, seconds: float = 3.0) -> None:
        self.seconds = seconds  # how long "slow" takes
        self.behavior = ""
        self.requests: Counter[str] = Counter()
        self.billed = 0  # pictures
        self.prompts: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._lock = threading.Lock()
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.stand_in = self
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def respond(self, handler: Handler, method: str, path: str) -> None:
        raise NotImplementedError

    def report(self) -> dict[str, Any]:
        with self._lock:
            return {"requests": dict(self.requests), "billed": self.billed, "prompts": list(self.prompts)}

    def count(self, what: str) -> int:
        """One more of these; returns how many there are now."""
        with self._lock:
            self.requests[what] += 1
            return self.requests[what]

    def call(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Call back, as providers do when a job is over. Returns the status of the answer."""
        return httpx.post(url, content=body, headers={"Content-Type": "application/json", **headers}).status_code

    def bill(self, pictures: int) -> None:
        with self._lock:
            self.billed += pictures

    def take(self, handler: Handler, prompt: str) -> str:
        """Notes a wish and returns the mode for it."""
        with self._lock:
            self.prompts.append(prompt)
            self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        found = re.search(r"\[([a-z-]+)\]", prompt)
        asked = found.group(1) if found else ""
        return asked if asked in self.modes else self.behavior

    @classmethod
    def main(cls) -> None:
        parser = argparse.ArgumentParser(description=cls.__doc__)
        parser.add_argument("--port", type=int, default=0)
        stand_in = cls(parser.parse_args().port)
        sys.stdout.write(f"{cls.__name__} listens at {stand_in.url}; modes: {', '.join(cls.modes)}\n")
        sys.stdout.flush()
        try:
            stand_in.server.serve_forever()
        except KeyboardInterrupt:
            stand_in.server.server_close()
