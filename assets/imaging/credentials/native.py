"""The native library of Content Credentials, kept quiet: it asks no server, whatever a file would like it to.

A context dies with a fork, so each call makes its own. Wheels are for Linux and macOS; elsewhere there is no library,
and files are taken and delivered without it.
"""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

QUIET: dict[str, Any] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"allowed_network_hosts": []},
    "builder": {"thumbnail": {"enabled": False}},
}
"""Misspelled names would be passed over in silence: a test listens for what would be asked."""
_anchors = [""]


@cache
def is_installed() -> bool:
    return importlib.util.find_spec("c2pa") is not None


def warm_up() -> None:
    """Load the library, where there is one: a child can open no file."""
    if is_installed():
        importlib.import_module("c2pa")


def trust(anchors: str) -> None:
    """The certificates, PEM, that this portal trusts, and so whoever they vouch for. None at first."""
    _anchors[0] = anchors


def trusted() -> str:
    return _anchors[0]


@contextmanager
def context(anchors: str = "", hosts: tuple[str, ...] = ()) -> Iterator[Any]:
    """How the library is to behave in one call; `hosts` are those that it may ask."""
    import c2pa  # here, so that only helpers carry it

    said = {**QUIET, "core": {"allowed_network_hosts": list(hosts)}}
    said |= {"trust": {"trust_anchors": anchors}} if anchors else {}
    with c2pa.Settings.from_dict(said) as settings, c2pa.Context(settings) as made:
        yield made


def manifests(data: bytes, media_type: str, anchors: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """All manifests of a file as the library tells them: with what it found out, and with all that they hold.

    Both are empty where there are none. Raises what the library raises.
    """
    import c2pa

    with context(anchors) as quiet:
        reader = c2pa.Reader.try_create(media_type, io.BytesIO(data), context=quiet)
        if reader is None:
            return {}, {}
        with reader:
            return json.loads(reader.json()), json.loads(reader.detailed_json())


def failures(told: Mapping[str, Any]) -> set[str]:
    """The codes of what does not hold in one set of results of the library."""
    return {str(each.get("code")) for each in told.get("failure") or ()}
