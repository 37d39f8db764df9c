"""The head of the log kept outside the database, where whoever rewrites the log and its head cannot reach it.

`LOG_HEAD_TO` names the place: a folder, a bucket that the portal's S3 storage reaches, or an address that is posted to.
Each time a new file with the time in its name: nothing that was kept is written again.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from core import clock, storage
from core.audit.chain import Head, head
from core.models import LogHead

TIMEOUT = 20
"""Seconds for the answer of an address."""
PREFIX = "log-head-"
logger = structlog.get_logger(__name__)


class Place(Protocol):
    """Where heads are kept."""

    name: str
    is_readable: bool
    """Whether what is kept can be read from here."""

    def keep(self, name: str, said: dict[str, str]) -> None:
        """Keep a head under a name that is free. Raises OSError, or what the store's own client raises."""

    def kept(self) -> Iterator[tuple[str, str]]:
        """Names and texts of what is kept here; nothing where it cannot be read."""


class Folder:
    name, is_readable = "a folder", True

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def keep(self, name: str, said: dict[str, str]) -> None:
        with (self.path / name).open("x", encoding="utf-8") as file:
            file.write(json.dumps(said))

    def kept(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self.path.glob(f"{PREFIX}*")):
            yield path.name, path.read_text(encoding="utf-8", errors="replace")


class Bucket:
    name, is_readable = "a bucket over S3", True

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        folder = parts.path.strip("/")
        self.bucket, self.prefix = parts.netloc, f"{folder}/{PREFIX}" if folder else PREFIX
        self.client: Any = storage.client()

    def keep(self, name: str, said: dict[str, str]) -> None:
        key = f"{self.prefix}{name.removeprefix(PREFIX)}"
        self.client.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(said).encode(), IfNoneMatch="*")

    def kept(self) -> Iterator[tuple[str, str]]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for key in (each["Key"] for page in pages for each in page.get("Contents", ())):
            yield key, self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read().decode("utf-8", "replace")


class Address:
    is_readable = False

    def __init__(self, address: str) -> None:
        self.parts = urlsplit(address)
        self.name = str(self.parts.hostname)

    def keep(self, name: str, said: dict[str, str]) -> None:
        kind = http.client.HTTPSConnection if self.parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(str(self.parts.hostname), self.parts.port, timeout=TIMEOUT)
        target = f"{self.parts.path or '/'}{f'?{self.parts.query}' if self.parts.query else ''}"
        try:
            connection.request("POST", target, json.dumps(said), {"Content-Type": "application/json"})
            status = connection.getresponse().status
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise OSError(f"{self.name} answered {status}")

    def kept(self) -> Iterator[tuple[str, str]]:
        yield from ()


def place() -> Place | None:
    """Where heads are kept; None when nobody said so."""
    address = settings.LOG_HEAD_TO
    if not address:
        return None
    scheme = urlsplit(address).scheme
    kinds: dict[str, Callable[[str], Place]] = {"s3": Bucket, "https": Address, "http": Address}
    return kinds.get(scheme, Folder)(address)


def export() -> Head | None:
    """Keep the head as it is now, and say so in its row. A failure is logged, and the next run tries again."""
    try:
        return _export()
    except Exception:  # whatever a store's client raises: keeping a head must not take other work along
        logger.warning("log_head.not_kept", exc_info=True)
        return None


def _export() -> Head | None:
    there, now = place(), clock.instant().astimezone(UTC)
    if there is None:
        return None
    kept = head()
    there.keep(f"{PREFIX}{now:%Y%m%dT%H%M%S.%fZ}-{kept.count}.json", {"head": str(kept), "at": now.isoformat()})
    LogHead.objects.filter(pk=1).update(exported_at=now)
    return kept


def heads() -> tuple[list[Head], list[str]]:
    """The heads that are kept and can be read here, and a sentence for each that is none."""
    there, found, problems = place(), list[Head](), list[str]()
    try:
        kept = list(there.kept()) if there else []
    except Exception as error:  # whatever a store's client raises: the rest is still to be checked
        return found, [f"The heads of the log in {there.name if there else 'no place'} cannot be read: {error}"]
    if there and there.is_readable and not kept and exported_at():
        problems.append(f"The head of the log was kept in {there.name}, and nothing of it is there any more.")
    for name, text in kept:
        try:
            found.append(Head.parse(str(json.loads(text)["head"])))
        except (KeyError, TypeError, ValueError):
            problems.append(f"What is kept as {name} is no head of the log.")
    return found, problems


def exported_at() -> datetime | None:
    return LogHead.objects.filter(pk=1).values_list("exported_at", flat=True).first()
