"""What is refused before anything is decoded: files that are made to cost, by the number of their parts.

Each limit is far above what pictures have; in 874 files from everywhere the most scans were 14. Counting stops at the
limit, so that it costs no more than a look.
"""

from __future__ import annotations

from itertools import islice

from assets.imaging import boxes, containers
from assets.imaging.refusals import Unreadable

MOST_SCANS = 100
"""Of a progressive JPEG. Every scan goes over the whole picture again."""
MOST_SEGMENTS = 4096
MOST_PNG_CHUNKS = 65_536
MOST_RIFF_CHUNKS = 4096
MOST_WORDS = 8 * 1024 * 1024
"""Bytes of all that a file says about itself: XMP, EXIF, text and profile."""

_PNG_WORDS = {"tEXt", "zTXt", "iTXt", "eXIf", "iCCP"}
_RIFF_WORDS = {"XMP ", "EXIF", "ICCP"}
_ADVICE = "Save it anew in a picture editor, then try again."


def check(data: bytes) -> None:
    """Raises Unreadable for a file that is made of too many parts, or carries too much beside its picture."""
    if data.startswith(b"\xff\xd8"):
        _check_jpeg(data)
    elif data.startswith(containers.PNG_HEAD):
        _check_chunks(containers.png_chunks(data), MOST_PNG_CHUNKS, _PNG_WORDS)
    elif data.startswith(b"RIFF"):
        _check_chunks(containers.riff_chunks(data), MOST_RIFF_CHUNKS, _RIFF_WORDS)
    elif data[4:8] == b"ftyp":
        _check_boxes(data)


def _check_jpeg(data: bytes) -> None:
    scans, end, filler = 0, 2, 0
    for number, (marker, place, after) in enumerate(containers.jpeg_markers(data)):
        filler += 0 if scans else place - end
        scans += marker == 0xDA
        end = after
        if scans > MOST_SCANS:
            raise Unreadable(f"The picture is drawn in more than {MOST_SCANS} passes, which no camera does. {_ADVICE}")
        if number > MOST_SEGMENTS:
            raise _too_many(MOST_SEGMENTS)
        if filler > containers.FILLER or not marker:
            raise Unreadable(f"The file is padded with bytes that mean nothing. {_ADVICE}")


def _check_chunks(chunks: containers.Chunks, most: int, words: set[str]) -> None:
    carried = 0
    for number, (name, start, end) in enumerate(islice(chunks, most + 1)):
        carried += end - start if name in words else 0
        if number == most:
            raise _too_many(most)
        if carried > MOST_WORDS:
            limit = MOST_WORDS // 1024 // 1024
            raise Unreadable(
                f"The file carries more than {limit} MB of words about itself. Save it anew without metadata."
            )


def _check_boxes(data: bytes) -> None:
    try:
        types = boxes.item_types(data)
    except boxes.BadBoxes as error:
        raise Unreadable("The picture is damaged: its parts do not fit together.") from error
    if not all(kind.isascii() for kind in types):
        raise Unreadable("The picture is damaged: it names a part in a way that no program does.")


def _too_many(most: int) -> Unreadable:
    return Unreadable(f"The file is cut into more than {most:,} parts, which no program does. {_ADVICE}")
