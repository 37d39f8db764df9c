"""The way out: what the client sends, what it refuses, and how long it waits. Nothing leaves the loopback."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from generation.providers.egress.addresses import EgressPolicy, is_public, resolve_within
from generation.providers.egress.http import Answer, Client, Request
from generation.providers.errors import BadAnswer, BlockedAddress, NotThere, Rejected, Unavailable, Unclear

HOSTS = ("*.bfl.ai",)
Serve = Callable[[socket.socket], None]

INTERNAL = [
    "0.0.0.1", "0.1.2.3",
    "10.0.0.1", "100.64.1.1", "127.0.0.1", "127.1.2.3", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "192.0.0.8",
    "192.0.2.5", "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "168.63.129.16",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:a9fe:a9fe::", "2001::1", "2001:db8::1", "fc00::1", "fd12::1", "fe80::1",
    "fe80::1%lo", "ff02::1", "100::1", "3fff::1", "5f00::1", "not an address", "",
]  # fmt: skip
URLS = [
    "http://api.bfl.ai/x", "https://169.254.169.254/latest/meta-data/", "https://127.1/", "https://0/", "https://2130706433/",
    "https://0x7f000001/", "https://0177.0.0.1/", "https://[::1]/", "https://[::]/", "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::a9fe:a9fe]/", "https://①②⑦.0.0.1/", "https://localhost/", "https://localhost./", "file:///etc/passwd",
    "gopher://api.bfl.ai/", "ftp://api.bfl.ai/", "https://api.bfl.ai@127.0.0.1/", "https://user:pw@api.bfl.ai/",
    "https://api.bfl.ai:8443/x", "https://api.bfl.ai:22/",
    "https://127.0.0.1\\@api.bfl.ai/", "https://api.bfl.ai\\.evil.com/",
    "https://bfl.ai.evil.com/", "https://evilbfl.ai/", "https://bfl.ai/", "https://api.bfl.ai%00.evil.com/",
    "//api.bfl.ai/x",
    "https:///x", "https://api.bfl.ai /", "https://api.bfl.ai\t/", "https://api.bfl.ai\n.evil.com/", "", "api.bfl.ai",
    "https://api.bfl.ai:99999/", "https://[fe80::1%25lo]/", "javascript:alert(1)", "data:image/png;base64,AAAA",
    "https://.bfl.ai/", "https://-x.bfl.ai/", "HTTPS://EVIL.com/.bfl.ai",
]  # fmt: skip


class Canary:
    """A loopback listener that only counts who connects."""

    def __init__(self) -> None:
        self.connects = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connects += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    listener = Canary()
    yield listener
    listener.close()


@contextmanager
def server(serve: Serve) -> Iterator[str]:
    """A raw loopback server: reads a request's head, then does what `serve` does with the socket."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65_536)
                    serve(connection)
                except OSError:
                    continue

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def answering(head: str, body: bytes = b"") -> Serve:
    return lambda connection: connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)


def dripping(first: bytes, each: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(100):
            connection.sendall(each)
            time.sleep(0.1)

    return serve


def asked(url: str, *, deadline: float = 5.0, method: str = "GET", max_bytes: int = 1_000_000) -> Answer:
    return Client(deadline=deadline, max_bytes=max_bytes).send(Request(method, url, json=None))


# Addresses


@pytest.mark.parametrize("address", INTERNAL)
def test_an_inside_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::200e"])
def test_an_outside_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", URLS)
def test_an_address_that_is_not_the_providers_own_is_blocked(url: str, canary: Canary) -> None:
    client = Client(deadline=2, resolver=lambda host, port: ["127.0.0.1"])
    with pytest.raises(BlockedAddress):
        client.fetch_result(url.replace(":8443", f":{canary.port}"), HOSTS)
    assert canary.connects == 0


@pytest.mark.parametrize("address", INTERNAL)
def test_an_allowed_host_that_leads_inside_is_blocked(address: str, canary: Canary) -> None:
    client = Client(deadline=2, resolver=lambda host, port: [address])
    with pytest.raises(BlockedAddress, match="inside"):
        client.fetch_result("https://delivery.bfl.ai/x.png", HOSTS)
    assert canary.connects == 0


def test_one_inside_answer_among_outside_ones_blocks_all() -> None:
    client = Client(deadline=2, resolver=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(BlockedAddress):
        client.fetch_result("https://delivery.bfl.ai/x.png", HOSTS)


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (503, Unavailable),
        (429, Unavailable),
        (404, NotThere),
        (httpx.ReadTimeout("slow"), Unavailable),
        (httpx.ConnectError("away"), Unavailable),
    ],
)
def test_a_picture_that_cannot_be_fetched_was_made_and_paid_for(trouble: int | Exception, kind: type) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if isinstance(trouble, Exception):
            raise trouble
        return httpx.Response(trouble)

    with pytest.raises(Unavailable) as raised:
        Client(transport=httpx.MockTransport(answer)).fetch_result("https://delivery.bfl.ai/x.png", HOSTS)
    assert (type(raised.value), raised.value.charged) == (kind, "yes")


def test_the_name_is_resolved_once_so_it_cannot_change_in_between() -> None:
    calls: list[str] = []

    def flipping(host: str, port: int) -> list[str]:
        calls.append(host)
        return ["127.0.0.1"] if len(calls) == 1 else ["10.0.0.1"]

    with server(answering("HTTP/1.1 200 OK\nContent-Length: 2", b"ok")) as url:
        port = url.rpartition(":")[2]
        client = Client(deadline=2, resolver=flipping, allow_loopback=True)
        assert client.fetch_result(f"http://localhost:{port}/", HOSTS) == b"ok"
    assert calls == ["localhost"]


def test_loopback_is_for_stand_ins_only() -> None:
    EgressPolicy((), allow_loopback=True).check_url("http://127.0.0.1:8000/x")
    with pytest.raises(BlockedAddress):
        EgressPolicy(()).check_url("http://127.0.0.1:8000/x")


def test_a_stand_ins_name_may_not_lead_anywhere_else() -> None:
    with pytest.raises(BlockedAddress):
        EgressPolicy((), allow_loopback=True).check_addresses("localhost", ["10.0.0.1"])


def test_a_name_that_never_resolves_ends_in_time() -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        resolve_within(lambda host, port: time.sleep(3) or [], "slow.bfl.ai", 443, 0.2)  # type: ignore[func-returns-value] # none
    assert time.monotonic() - begun < 1.5


# What comes back


def test_a_redirect_is_not_followed(canary: Canary) -> None:
    head = f"HTTP/1.1 302 Found\nLocation: http://127.0.0.1:{canary.port}/\nContent-Length: 0"
    with server(answering(head)) as url:
        assert asked(url).status == 302
        with pytest.raises(Unavailable):
            Client(allow_loopback=True).fetch_result(url, HOSTS)
    assert canary.connects == 0


def test_proxies_in_the_environment_are_ignored(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    with server(answering("HTTP/1.1 200 OK\nContent-Length: 2", b"ok")) as url:
        assert asked(url).body == b"ok"
    assert canary.connects == 0


def test_a_body_longer_than_allowed_is_cut_off() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        for _ in range(10_000):
            connection.sendall(chunk)

    with server(endless) as url, pytest.raises(BadAnswer, match="larger"):
        asked(url)


def test_a_length_beyond_the_cap_is_refused_unread() -> None:
    with (
        server(answering("HTTP/1.1 200 OK\nContent-Length: 10000000000")) as url,
        pytest.raises(BadAnswer, match="larger"),
    ):
        asked(url)


def test_a_compressed_answer_is_refused_unpacked_never() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    head = f"HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: {len(bomb)}"
    with server(answering(head, bomb)) as url, pytest.raises(BadAnswer, match="compressed"):
        asked(url)


@pytest.mark.parametrize(
    ("first", "each"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"y"),
        (b"", b""),
    ],
    ids=["body", "headers", "silence"],
)
def test_a_dripping_answer_ends_at_the_deadline(first: bytes, each: bytes) -> None:
    begun = time.monotonic()
    with server(dripping(first, each)) as url, pytest.raises(Unclear):
        asked(url, deadline=1.0, method="POST")
    assert 0.9 < time.monotonic() - begun < 3.0


def test_a_body_that_breaks_off_is_not_taken_for_whole() -> None:
    with server(answering("HTTP/1.1 200 OK\nContent-Length: 100", b"short")) as url, pytest.raises(Unclear):
        asked(url, method="POST")


def test_a_lost_question_is_harmless_to_repeat() -> None:
    with server(lambda connection: None) as url, pytest.raises(Unavailable) as raised:
        asked(url)
    assert raised.value.may_resend


def test_nobody_listening_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unavailable) as raised:
        asked(f"http://127.0.0.1:{port}", method="POST")
    assert raised.value.charged == "no"


@pytest.mark.parametrize("url", ["http://host:port", "ftp://127.0.0.1/", "127.0.0.1", "http://127.0.0.1\x00/"])
def test_an_address_that_is_none_is_our_own_mistake(url: str) -> None:
    with pytest.raises(Rejected):
        asked(url, method="POST")


@pytest.mark.parametrize("key", ["sk-ünïcode", "sk-line\nbreak"])
def test_a_key_that_no_header_can_hold_is_refused_without_showing_it(key: str) -> None:
    with server(answering("HTTP/1.1 200 OK\nContent-Length: 0")) as url, pytest.raises(Rejected) as raised:
        Client(deadline=2).send(Request("POST", url, {"x-key": key}))
    assert key not in f"{raised.value} {raised.value.__cause__}"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("-5", None),
        ("nan", None),
        ("soon", None),
        ("1e17", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(header: str, seconds: float | None) -> None:
    assert Answer(429, {"retry-after": header}, b"").retry_after == seconds


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(12, 12.0), ("3.5", 3.5), (1e17, None), (True, None), (None, None), ([], None), ({"retry_after": 1}, None)],
)
def test_a_body_may_tell_the_wait(told: Any, seconds: float | None) -> None:
    body = json.dumps({"error": "rate_limited", "message": "Slow down.", "retry_after": told}).encode()
    assert Answer(429, {}, body).retry_after == seconds
    assert Answer(429, {"retry-after": "7"}, body).retry_after == 7


def test_milliseconds_win_over_seconds() -> None:
    assert Answer(429, {"retry-after": "9", "retry-after-ms": "1500"}, b"").retry_after == 1.5
    assert Answer(429, {"retry-after": "9", "retry-after-ms": "1e17"}, b"").retry_after is None
