"""Pictures as text: base64 out of an answer, data addresses into a request, masks the other way round."""

from __future__ import annotations

import base64
import binascii
import io
import string
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

from PIL import Image

from generation.providers.answers import MOST_PICTURES
from generation.providers.base import Picture, Reference
from generation.providers.errors import BadAnswer, ProviderError, Rejected

Item = TypeVar("Item")

_PLAIN = bytes.maketrans(b"-_", b"+/")
"""From the alphabet of addresses, which some SDKs write base64 in."""
_SPACES = string.whitespace.encode()


def decoded(text: Any) -> bytes:
    """The bytes behind base64 as services write it: in either alphabet, on one line or many, padded or not, with or
    without "data:…;base64," before it. Raises BadAnswer when there are none.
    """
    if not isinstance(text, str):
        raise BadAnswer("A picture was announced but is not there.")
    body = text.partition(",")[2] if text.startswith("data:") else text
    try:
        plain = body.encode("ascii").translate(_PLAIN, _SPACES).rstrip(b"=")
        data = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):  # of which what cannot be encoded is one
        raise BadAnswer("A picture is not proper base64.") from None
    if not data:
        raise BadAnswer("A picture is empty.")
    return data


def readable(
    items: Iterable[Item], read: Callable[[Item], Picture], *, request_id: str = "", raw: Any = None
) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """The pictures among the items of an answer, MOST_PICTURES of them at most, and in words what is wrong with others.

    One that cannot be had loses none of its neighbors. When none can, raises what `why_none` says: sooner what may have
    been charged, since nothing is sent again while one of its pictures may have been drawn.
    """
    pictures, problems = tried(items, read)
    if not pictures:
        problems = tuple(sorted(problems, key=lambda each: (each.charged == "no", each.may_resend)))
        raise why_none(problems, request_id=request_id, raw=raw)
    return pictures, tuple(problem.words for problem in problems)


def tried(
    items: Iterable[Item], read: Callable[[Item], Picture]
) -> tuple[tuple[Picture, ...], tuple[ProviderError, ...]]:
    """The pictures among the items of an answer, MOST_PICTURES of them at most, and what is wrong with others."""
    pictures: list[Picture] = []
    problems: list[ProviderError] = []
    for item in islice(items, MOST_PICTURES):
        try:
            pictures.append(read(item))
        except ProviderError as error:
            problems.append(error)
    return tuple(pictures), tuple(problems)


def why_none(problems: Sequence[ProviderError], *, request_id: str = "", raw: Any = None) -> ProviderError:
    """The first of what was wrong, about the whole answer."""
    problem = next(iter(problems), BadAnswer("The answer holds no picture."))
    problem.request_id, problem.raw = request_id, raw
    return problem


def encoded(data: bytes) -> str:
    """The bytes as base64."""
    return base64.b64encode(data).decode("ascii")


def data_url(reference: Reference) -> str:
    """A picture as an address that carries it."""
    return f"data:{reference.media_type};base64,{encoded(reference.data)}"


def white_where_clear(mask: bytes) -> bytes:
    """Our mask (transparent where the picture may change) as white on black, which other services paint with."""
    try:
        with Image.open(io.BytesIO(mask), formats=["PNG"]) as picture:
            alpha = picture.convert("RGBA").getchannel("A")
    except (OSError, ValueError, Image.DecompressionBombError):
        raise Rejected("The mask is not a readable PNG.", field="mask") from None
    stream = io.BytesIO()
    alpha.point(lambda value: 255 - value).save(stream, "PNG")
    return stream.getvalue()
