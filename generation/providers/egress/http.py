"""Speaking HTTP to image generators: the only module that knows httpx.

One Client sends one Request and returns one Answer: no environment proxies, no redirects, no compression, no
retries, a byte cap and a wall-clock deadline. HTTPProvider turns that into Provider: an adapter writes
`build`, `parse` and `explain`, and never sees a socket.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache, partial
from ssl import SSLContext
from time import time
from typing import Any

import httpcore
import httpx

from generation.providers.egress.addresses import EgressPolicy, Resolver, system_resolver
from generation.providers.egress.wire import Deadline, GuardedBackend
from generation.providers.errors import (
    BadAnswer,
    NotThere,
    ProviderError,
    Rejected,
    Unavailable,
    Unclear,
)

MIB = 1024 * 1024
RESULT_BYTES = 40 * MIB
ANSWER_BYTES = 160 * MIB  # ten large pictures as base64
ERROR_BYTES = MIB  # of an answer that says no; some echo the request, and say why before they do
MOST_PARTS = 100_000  # lists, objects and commas in JSON: a picture in base64 has none, and memory grows with them
LONGEST_PAUSE = 31_536_000.0  # seconds: a year
PASSING = (408, 425, 429)  # below 500: too slow, too early, too often
LOST_IN_BETWEEN = (408, 502, 504, 524)  # a gateway gave up; the provider may still have drawn and billed

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpcore.ConnectError, httpcore.ConnectTimeout)
_UNSENDABLE = (
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.LocalProtocolError,
    UnicodeError,
)
_LOST = (httpx.HTTPError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


@dataclass(frozen=True)
class FormPart:
    """One file of a multipart form."""

    name: str
    filename: str
    data: bytes = field(repr=False)
    media_type: str = "image/png"


@dataclass(frozen=True)
class Request:
    """What to send. `form` makes it multipart, `body` goes as it is; `only_hosts` is for the guarded door."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    json: Mapping[str, Any] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    files: tuple[FormPart, ...] = field(default=(), repr=False)
    only_hosts: tuple[str, ...] = ()

    @property
    def only_asks(self) -> bool:
        """Whether sending it a second time changes nothing."""
        return self.method == "GET"

    @property
    def parameters(self) -> dict[str, Any]:
        """What was asked for, for the record: fields and file names, no headers. Files of one name are a list."""
        named: dict[str, list[str]] = {}
        for part in self.files:
            named.setdefault(part.name, []).append(f"{part.filename}, {len(part.data)} bytes")
        files = {name: said[0] if len(said) == 1 else said for name, said in named.items()}
        return dict(self.json or self.form or {}) | files


@dataclass(frozen=True)
class Answer:
    """A response: whole, or the beginning of one that says no. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    only_asked: bool = False

    @property
    def request_id(self) -> str:
        return self.headers.get("x-request-id", "") or self.headers.get("request-id", "")

    @property
    def data(self) -> Any:
        """The body as JSON; raises BadAnswer when it is none, or more than any picture needs."""
        try:
            return _parsed(self.body)
        except (ValueError, RecursionError):
            raise BadAnswer("The answer is not JSON.", request_id=self.request_id, raw=self.excerpt) from None

    @property
    def facts(self) -> dict[str, Any]:
        """The body as a JSON object; raises BadAnswer when it is something else."""
        data = self.data
        if not isinstance(data, dict):
            raise BadAnswer("The answer is not a JSON object.", request_id=self.request_id, raw=self.excerpt)
        return data

    @property
    def excerpt(self) -> Any:
        """What to keep of an answer that went wrong: its JSON, or the beginning of its text."""
        try:
            return _parsed(self.body)
        except (ValueError, RecursionError):
            return self.body[:2000].decode("utf-8", "replace")

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from retry-after-ms, Retry-After (seconds or a date), or the body; None if none is there."""
        if (milliseconds := _number(self.headers.get("retry-after-ms"))) is not None:
            return pause(milliseconds / 1000)
        text = self.headers.get("retry-after", "")
        if (seconds := _number(text)) is not None:
            return pause(seconds)
        try:
            return pause(max(0.0, parsedate_to_datetime(text).timestamp() - time()))
        except (ValueError, TypeError, OverflowError):
            told = self.excerpt  # as Black Forest Labs and Replicate say it
            return pause(told.get("retry_after")) if isinstance(told, dict) else None


def pause(seconds: Any) -> float | None:
    """Seconds, if somebody can mean them as a pause; None for anything else."""
    found = _number(str(seconds))
    return found if found is not None and found <= LONGEST_PAUSE else None


class Client:
    """Sends requests, one connection each. Times are in seconds; `transport` replaces the network in tests."""

    def __init__(
        self,
        *,
        deadline: float = 330.0,
        connect: float = 10.0,
        max_bytes: int = ANSWER_BYTES,
        allow_loopback: bool = False,
        resolver: Resolver = system_resolver,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.deadline, self.connect, self.max_bytes = deadline, connect, max_bytes
        self.allow_loopback = allow_loopback
        self._resolver, self._transport = resolver, transport

    def send(self, request: Request) -> Answer:
        """The answer, whatever its status; of one of 300 and above at most its first ERROR_BYTES.

        Raises Unavailable, Unclear, BadAnswer or BlockedAddress.
        """
        return self._send(request, self.deadline, self.max_bytes)

    def fetch_result(
        self, url: str, only_hosts: tuple[str, ...], *, deadline: float = 60.0, max_bytes: int = RESULT_BYTES
    ) -> bytes:
        """The bytes of a finished picture from the address a provider gave; no key goes along.

        The picture was made, so no trouble in fetching it says that nothing was charged: that would be sent again.
        """
        try:
            answer = self._send(Request("GET", url, only_hosts=only_hosts), deadline, max_bytes)
        except Unavailable:
            raise Unavailable("The picture's address does not answer at the moment.", charged="yes") from None
        if answer.status >= 500 or answer.status in PASSING:
            words = f"The picture's address answered {answer.status}: it cannot be had at the moment."
            raise Unavailable(words, raw=answer.excerpt, charged="yes")
        if answer.status != 200:
            words = f"The picture's address answered {answer.status}; perhaps it has expired."
            raise NotThere(words, raw=answer.excerpt, charged="yes")
        if not answer.body:
            raise BadAnswer("The picture's address answered with nothing.", charged="yes")
        return answer.body

    def _send(self, request: Request, seconds: float, max_bytes: int) -> Answer:
        door = EgressPolicy(request.only_hosts, self.allow_loopback) if request.only_hosts else None
        if door is not None:
            door.check_url(request.url)
        deadline = Deadline.after(seconds)
        transport = self._transport or _Line(GuardedBackend(deadline, self._resolver, door))
        timeout = httpx.Timeout(seconds, connect=min(self.connect, seconds))
        try:
            with (
                httpx.Client(transport=transport, timeout=timeout, trust_env=False, follow_redirects=False) as http,
                http.stream(request.method, request.url, **_content(request)) as response,
            ):
                return _read(response, request, deadline, max_bytes)
        except _NOT_SENT:
            raise Unavailable("No connection to the provider could be made; nothing was sent.") from None
        except _UNSENDABLE:
            raise Rejected("The provider's address or key cannot be sent as it is written.", field="options") from None
        except _LOST as error:
            raise _lost(request, type(error).__name__) from None


class _Line(httpx.BaseTransport):
    """httpx's words carried over our own wire."""

    def __init__(self, wire: GuardedBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted(), network_backend=wire, max_keepalive_connections=0, retries=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner

    def close(self) -> None:
        self._inner.close()


@cache
def _trusted() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _content(request: Request) -> dict[str, Any]:
    headers = {"Accept-Encoding": "identity", "User-Agent": "Imprimatur", **request.headers}
    if request.body is not None:
        return {"headers": headers, "content": request.body}
    if request.form is None:
        return {"headers": headers} if request.json is None else {"headers": headers, "json": request.json}
    fields: list[tuple[str, Any]] = [(name, (None, value)) for name, value in request.form.items()]
    files = [(part.name, (part.filename, part.data, part.media_type)) for part in request.files]
    return {"headers": headers, "files": fields + files}


def _read(response: httpx.Response, request: Request, deadline: Deadline, max_bytes: int) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    if response.status_code >= 300:
        return Answer(response.status_code, headers, _beginning(response, deadline), request.only_asks)
    problem = partial(BadAnswer, request_id=headers.get("x-request-id", ""))
    if _is_compressed(response):
        raise problem("The answer is compressed although plain was asked for.")
    if (_number(headers.get("content-length")) or 0) > max_bytes:
        raise problem(_too_large(max_bytes))
    body = bytearray()
    for chunk in _chunks(response):
        body += chunk
        if len(body) > max_bytes:
            raise problem(_too_large(max_bytes))
        if deadline.left <= 0:
            raise _lost(request, "deadline")
    return Answer(response.status_code, headers, bytes(body), request.only_asks)


def _beginning(response: httpx.Response, deadline: Deadline) -> bytes:
    """What an answer that says no has to say: its status counts, however much or little of its body comes."""
    body = bytearray()
    if not _is_compressed(response):
        with suppress(*_LOST):
            for chunk in _chunks(response):
                body += chunk
                if len(body) >= ERROR_BYTES or deadline.left <= 0:
                    break
    return bytes(body[:ERROR_BYTES])


def _is_compressed(response: httpx.Response) -> bool:
    return str(response.headers.get("content-encoding", "identity")).lower() != "identity"


def _parsed(body: bytes) -> Any:
    """The JSON of a body; raises ValueError or RecursionError when it is none, or has too many parts."""
    if sum(body.count(sign) for sign in (b",", b"[", b"{")) > MOST_PARTS:
        raise ValueError("This JSON has more parts than any answer needs.")
    return json.loads(body)


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    """The body as it is on the wire. A recorded answer has been read already."""
    return iter([response.content]) if response.is_stream_consumed else response.iter_raw(65_536)


def _lost(request: Request, how: str) -> ProviderError:
    if request.only_asks:
        return Unavailable(f"The provider did not answer in time or broke off ({how}); asking again is safe.")
    return Unclear(f"The request was sent, but the answer was lost ({how}); it may have been charged.")


def _too_large(max_bytes: int) -> str:
    return f"The answer is larger than {max_bytes // MIB} MiB."


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e18 else None
