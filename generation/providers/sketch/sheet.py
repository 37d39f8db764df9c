"""The sheet around a drawing: margins, guides on the thirds, and the title block with its mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from unicodedata import combining, normalize

from PIL import Image, ImageDraw, ImageFont

from generation.providers.colors import RGB
from generation.providers.sketch.canvas import PAPER
from generation.providers.sketch.reading import Storyboard

INK: RGB = (58, 54, 60)
FAINT: RGB = (148, 140, 134)
GUIDE: RGB = (112, 148, 178)
STAMP: RGB = (176, 62, 52)
MARK = "SKETCH – not a photograph"
_PLAIN = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "..."})  # not in the font


@dataclass(frozen=True)
class Sheet:
    """Sizes in pixels of the parts of one sheet."""

    width: int
    height: int
    margin: int
    block: int  # height of the title block

    @property
    def picture_size(self) -> tuple[int, int]:
        return self.width - 2 * self.margin, self.height - 2 * self.margin - self.block

    @property
    def unit(self) -> float:
        """About one pixel on a sheet of 1,500 pixels' width."""
        return min(self.width, self.height * 1.5) / 1500

    def finish(self, picture: Image.Image, board: Storyboard, seed: int) -> Image.Image:
        """The sheet with the picture on it."""
        sheet = Image.new("RGB", (self.width, self.height), PAPER)
        sheet.paste(picture, (self.margin, self.margin))
        pen = ImageDraw.Draw(sheet, "RGBA")
        self._guides(pen)
        self._frame(pen)
        self._title_block(pen, board, seed)
        return sheet

    def _guides(self, pen: ImageDraw.ImageDraw) -> None:
        width, height = self.picture_size
        for third in (1, 2):
            x, y = self.margin + width * third // 3, self.margin + height * third // 3
            self._dashes(pen, (x, self.margin), (x, self.margin + height))
            self._dashes(pen, (self.margin, y), (self.margin + width, y))
        for across in (1, 2):
            for down in (1, 2):
                x, y = self.margin + width * across // 3, self.margin + height * down // 3
                arm = 9 * self.unit
                pen.line([(x - arm, y), (x + arm, y)], fill=(*GUIDE, 170), width=max(1, round(1.4 * self.unit)))
                pen.line([(x, y - arm), (x, y + arm)], fill=(*GUIDE, 170), width=max(1, round(1.4 * self.unit)))

    def _dashes(self, pen: ImageDraw.ImageDraw, start: tuple[int, int], end: tuple[int, int]) -> None:
        length = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
        dash = max(4, round(11 * self.unit))
        for at in range(0, length, dash * 2):
            a, z = at / length, min(1.0, (at + dash) / length)
            points = [
                (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share) for share in (a, z)
            ]
            pen.line(points, fill=(*GUIDE, 78), width=max(1, round(self.unit)))

    def _frame(self, pen: ImageDraw.ImageDraw) -> None:
        width, height = self.picture_size
        m, thin = self.margin, max(1, round(1.3 * self.unit))
        pen.rectangle([m, m, m + width, m + height], outline=(*INK, 210), width=thin)
        reach = m * 0.55
        for x, step in ((m, -1), (m + width, 1)):
            for y, fall in ((m, -1), (m + height, 1)):
                pen.line([(x, y), (x + step * reach, y)], fill=(*INK, 130), width=thin)
                pen.line([(x, y), (x, y + fall * reach)], fill=(*INK, 130), width=thin)

    def _title_block(self, pen: ImageDraw.ImageDraw, board: Storyboard, seed: int) -> None:
        left, right = self.margin, self.width - self.margin
        top = self.height - self.margin - self.block + round(10 * self.unit)
        column = self._right_column(pen, board, seed, top, right)
        room = column - left - 28 * self.unit
        size = 27 * self.unit
        title = _fitted(board.title, room, size, lines=2)
        y = float(top)
        for line in title:
            pen.text((left, y), line, fill=INK, font=_font(size))
            y += size * 1.22
        y += 4 * self.unit
        small = 14.5 * self.unit
        notes = "   ·   ".join(f"{label}: {words}" for label, words in board.notes)
        space = max(1, int((self.height - self.margin - y) / (small * 1.32)))
        for line in _fitted(notes, room, small, lines=min(3, space)):
            pen.text((left, y), line, fill=FAINT, font=_font(small))
            y += small * 1.32

    def _right_column(self, pen: ImageDraw.ImageDraw, board: Storyboard, seed: int, top: float, right: float) -> float:
        """The mark, the palette and the numbers, set to the right edge; returns where the column begins."""
        mark, small = _font(17 * self.unit), _font(13.5 * self.unit)
        pad = 8 * self.unit
        width = mark.getlength(drawable(MARK)) + 2 * pad
        left = right - width
        box = [left, top + 2 * self.unit, right, top + 33 * self.unit]
        pen.rectangle(box, outline=STAMP, width=max(1, round(1.6 * self.unit)))
        pen.text((left + pad, top + 7.5 * self.unit), drawable(MARK), fill=STAMP, font=mark)
        self._swatches(pen, board, left, top + 43 * self.unit, width)
        numbers = f"{board.ratio}  ·  seed {seed}  ·  Imprimatur"
        pen.text((left, top + 74 * self.unit), numbers, fill=FAINT, font=small)
        return left

    def _swatches(self, pen: ImageDraw.ImageDraw, board: Storyboard, left: float, top: float, width: float) -> None:
        colors = board.palette.colors[:6]
        each = width / len(colors)
        for index, color in enumerate(colors):
            x = left + each * index
            box = [x, top, x + each - 5 * self.unit, top + 22 * self.unit]
            pen.rounded_rectangle(box, 4 * self.unit, fill=color, outline=(*INK, 120), width=max(1, round(self.unit)))


def lay_out(width: int, height: int) -> Sheet:
    """The sheet for a size in pixels: a slim margin, and a title block of about an eighth."""
    unit = min(width, height * 1.5) / 1500
    return Sheet(width, height, round(26 * unit), round(108 * unit))


def _fitted(text: str, room: float, size: float, *, lines: int) -> list[str]:
    """The text broken into at most so many lines of so many pixels, cut with an ellipsis."""
    font, rows, row = _font(size), [], ""
    for word in drawable(text).split(" "):
        longer = f"{row} {word}".strip() if row else word
        if font.getlength(longer) <= room or not row:
            row = longer
            continue
        rows.append(row)
        row = word
    rows.append(row)
    if len(rows) > lines:
        rows = rows[:lines]
        rows[-1] += " ..."
    return [_cut(row, font, room) for row in rows]


def _cut(row: str, font: ImageFont.FreeTypeFont, room: float) -> str:
    while len(row) > 4 and font.getlength(row) > room:
        row = row.rstrip(" .")[:-1].rstrip() + " ..."
    return row


def drawable(text: str) -> str:
    """The text in the signs that the built-in font has: accents dropped, others as a dot."""
    plain = (sign for sign in normalize("NFKD", text.translate(_PLAIN)) if not combining(sign))
    return "".join(sign if sign.isascii() else "·" for sign in plain)


def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(max(7.0, size))
    return cast(ImageFont.FreeTypeFont, font)  # every wheel of Pillow has FreeType
