"""ICC profiles for files that state their colors in another way: by primaries, white point and curve. Plain Python.

The numbers are those of ITU-T H.273 (itu.int, read 2026-11-30), which PNG's cICP chunk and AVIF's color box use.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

Point = tuple[float, float]
Matrix = list[list[float]]

D65: Point = (0.3127, 0.3290)
_D50 = (0.9642, 1.0, 0.8249)
_BRADFORD: Matrix = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]


@dataclass(frozen=True, slots=True)
class Primaries:
    """Where red, green, blue and white lie, as x and y of CIE 1931."""

    red: Point
    green: Point
    blue: Point
    white: Point = D65


BT709 = Primaries((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
PRIMARIES = {
    1: BT709,
    5: Primaries((0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    9: Primaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    11: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}

Curve = Sequence[float]
"""The parameters of a parametric curve: gamma alone, or gamma, a, b, c, d."""

SRGB_CURVE: Curve = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
TELEVISION = {1, 6, 14, 15}
CURVES: dict[int, Curve] = {
    4: (2.2,),
    5: (2.8,),
    8: (1.0,),
    13: SRGB_CURVE,
    **dict.fromkeys(TELEVISION, (2.4,)),  # as a television shows what its camera's curve has made
}
"""Those of high dynamic range are left out: a picture for the web has nowhere to show it."""


@cache
def srgb() -> bytes:
    """The profile of sRGB, which says of pixels what they are taken for anyway: small, and always the same bytes."""
    return profile(BT709, SRGB_CURVE, "sRGB")


def profile(primaries: Primaries, curve: Curve, name: str = "Stated by the file") -> bytes:
    """An ICC profile of version 4 for red, green and blue. Raises ValueError for primaries that span nothing."""
    matrix = _adapted(_to_xyz(primaries), primaries.white)
    columns = [[row[number] for row in matrix] for number in range(3)]
    kind = 0 if len(curve) == 1 else 3
    curve_tag = b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + _fixed(curve)
    tags = [
        (b"desc", _text(name)),
        (b"cprt", _text("None")),
        (b"wtpt", _xyz(_D50)),
        *((name, _xyz(column)) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)),
        *((name, curve_tag) for name in (b"rTRC", b"gTRC", b"bTRC")),
    ]
    return _assembled(tags)


def _assembled(tags: list[tuple[bytes, bytes]]) -> bytes:
    at, table, body = 128 + 4 + 12 * len(tags), [struct.pack(">I", len(tags))], b""
    for name, content in tags:
        table.append(struct.pack(">4sII", name, at + len(body), len(content)))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s12x4s", at + len(body), b"\0\0\0\0", 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return head + bytes(28) + _fixed(_D50) + bytes(48) + b"".join(table) + body


def _text(words: str) -> bytes:
    encoded = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _fixed(values: Sequence[float]) -> bytes:
    try:
        return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
    except (struct.error, OverflowError) as error:
        raise ValueError("Out of what a profile can say.") from error


def _to_xyz(primaries: Primaries) -> Matrix:
    points = [_lifted(point) for point in (primaries.red, primaries.green, primaries.blue)]
    columns = [[point[row] for point in points] for row in range(3)]
    shares = _times(_inverse(columns), _lifted(primaries.white))
    return [[value * share for value, share in zip(row, shares, strict=True)] for row in columns]


def _lifted(point: Point) -> list[float]:
    x, y = point
    if y <= 0:
        raise ValueError("No such color.")
    return [x / y, 1.0, (1 - x - y) / y]


def _adapted(matrix: Matrix, white: Point) -> Matrix:
    """As under D50, the white of profiles, by Bradford's way."""
    there, here = _times(_BRADFORD, _lifted(white)), _times(_BRADFORD, list(_D50))
    if 0 in there:
        raise ValueError("No such white.")
    scaled = [[value * h / t for value in row] for row, h, t in zip(_BRADFORD, here, there, strict=True)]
    return _product(_product(_inverse(_BRADFORD), scaled), matrix)


def _times(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(value * part for value, part in zip(row, vector, strict=True)) for row in matrix]


def _product(one: Matrix, other: Matrix) -> Matrix:
    columns = list(zip(*other, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in one]


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    if abs(determinant) < 1e-9:
        raise ValueError("The primaries span nothing.")
    adjugate = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ]
    return [[value / determinant for value in row] for row in adjugate]
