"""Pictures as text: base64 out of an answer, data addresses into a request, masks the other way round."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

from PIL import Image

from generation.providers.base import Reference
from generation.providers.errors import BadAnswer, Rejected


def decoded(text: Any) -> bytes:
    """The bytes behind base64, with or without "data:…;base64," before it; raises BadAnswer when there are none."""
    if not isinstance(text, str):
        raise BadAnswer("A picture was announced but is not there.")
    try:
        data = base64.b64decode(text.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise BadAnswer("A picture is not proper base64.") from None
    if not data:
        raise BadAnswer("A picture is empty.")
    return data


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
