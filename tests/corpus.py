"""`make corpus FOLDER=…`: every file of a folder through the real intake, copies and reading; one line a file.

Tab-separated: name, `taken`, `refused` or `crashed`, the reason in words, width × height as shown, mean difference of
colors to libvips (of 255, where `vips` is installed), what the file says as JSON, and the fields in which ExifTool
(where it is installed) reads more. Totals come last. The library is a new one, in a folder that is thrown away.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageStat

if TYPE_CHECKING:
    from core.models import User

TAKEN, REFUSED, CRASHED = "taken", "refused", "crashed"
SIDE = 480
"""Pixels of the box in which colors are compared."""
PATIENCE = 60
"""Seconds that a foreign program may take for one file."""
FILES_AT_ONCE = 100
"""For one start of ExifTool."""


@dataclass(slots=True)
class Line:
    """What became of one file."""

    name: str
    outcome: str
    reason: str = ""
    size: str = ""
    difference: float | None = None
    found: Mapping[str, Any] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = "" if self.difference is None else f"{self.difference:.2f}"
        found = json.dumps(self.found, ensure_ascii=False, sort_keys=True) if self.found else ""
        cells = (self.name, self.outcome, self.reason, self.size, shown, found, ", ".join(self.unread))
        return "\t".join(" ".join(cell.split()) for cell in cells)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make corpus FOLDER=…", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if not folder.is_dir():
        parser.error(f"{folder} is no folder.")
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    person = library()
    told = exiftool(paths)
    lines = []
    for path in paths:
        line = look(path, str(path.relative_to(folder)), person)
        if line.outcome == TAKEN:
            line.unread = tuple(unread(told.get(path, {}), line.found))
        lines.append(line)
        say(str(line))
    say(*totals(lines))
    return int(any(line.outcome == CRASHED for line in lines))


def library() -> User:
    """An empty library, and somebody who may add to it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from config import roles
    from tests.assets import factories

    call_command("migrate", interactive=False, verbosity=0)
    roles.create_roles()
    return factories.ada()


def look(path: Path, name: str, person: User) -> Line:
    """Take the file in as an upload, and make every copy of it."""
    from assets.imaging import rendering
    from assets.imaging.refusals import Fault, Unreadable
    from assets.library import intake
    from assets.models import Origin

    try:
        data = path.read_bytes()
        version = intake.take_in(data, title=path.name[:200], by=person, origin=Origin.UPLOADED, maker="upload")
        wanted = [rendering.Order(spec) for spec in rendering.SPECS.values()]
        flat = rendering.Spec("corpus", SIDE, SIDE, "image/png", 100)
        *_, shown = rendering.render_all(data, [*wanted, rendering.Order(flat)])
    except Fault as fault:
        return Line(name, CRASHED, str(fault))
    except Unreadable as refusal:
        return Line(name, REFUSED, str(refusal))
    except Exception as error:
        return Line(name, CRASHED, f"{type(error).__name__}: {error}")
    size = f"{version.width} × {version.height}"
    return Line(name, TAKEN, "", size, difference(path, shown.data), version.provenance.found)


# Colors


def difference(path: Path, shown: bytes) -> float | None:
    """Mean difference of all channels to what libvips makes of the file in the same box; None if it makes nothing."""
    vips = shutil.which("vips")
    if vips is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "vips.png"
        command = [vips, "thumbnail", str(path), f"{out}[strip]", str(SIDE), "--height", str(SIDE), "--size", "down"]
        if _states_its_colors(path):  # libvips turns others through its own sRGB, which is not the plain one
            command += ["--export-profile", "srgb"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode or not out.exists():
            return None
        theirs = _on_white(out.read_bytes())
    ours = _on_white(shown)
    if theirs.size != ours.size:
        theirs = theirs.resize(ours.size)
    return sum(ImageStat.Stat(ImageChops.difference(ours, theirs)).mean) / 3


def _states_its_colors(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            return "icc_profile" in image.info or image.mode == "CMYK"
    except Exception:  # a profile too large for Pillow, say
        return True


def _on_white(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data)).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


# Words

OURS_TO_READ = re.compile(
    r"""^(?:XMP-\w+|IPTC2?|IFD0|ExifIFD|Photoshop|PNG|File|GIF):(?:
    \w*Copyright\w*|\w*Rights|UsageTerms|Marked|Owner|WebStatement|Artist|Creator|By-line|Credit|CreditLine\w*
    |Source|Instructions|SpecialInstructions|License|Licensor\w*|Licensee\w*|\w*Constraints|OtherCondition\w*|DataMining
    |TermsAndConditions\w*|AttributionName|AttributionURL|MorePermissions|Permits|Requires|Prohibits
    |DigitalSource\w*|AISystem\w*|AIPrompt\w*|AltTextAccessibility|ExtDescrAccessibility|Title|ObjectName
    |Description|ImageDescription|Caption-Abstract|Headline|Author|Comment|UserComment|XPTitle|XPComment|XPAuthor
    )(?:-\w+)*$""",
    re.VERBOSE,
)
"""ExifTool's names of what is read: rights, marks of AI, and words that describe a picture."""
Told = Mapping[str, Any]


def exiftool(paths: list[Path]) -> dict[Path, Told]:
    """What ExifTool tells of each file; nothing where it is not installed."""
    program = shutil.which("exiftool")
    told: dict[Path, Told] = {}
    if program is None:
        return told
    for start in range(0, len(paths), FILES_AT_ONCE):
        command = [program, "-json", "-G1", "-a", "-n", "-charset", "filename=utf8", "-@", "-"]
        asked = "\n".join(map(str, paths[start : start + FILES_AT_ONCE])).encode("utf-8", "surrogateescape")
        done = subprocess.run(command, input=asked, capture_output=True, timeout=PATIENCE * 10, check=False)
        rows = json.loads(done.stdout or b"[]")
        told |= {Path(row["SourceFile"]): row for row in rows}
    return told


def unread(told: Told, found: Mapping[str, Any]) -> Iterator[str]:
    """Names of the fields whose text ExifTool tells and our reading has nowhere."""
    ours = "\n".join(map(_plain, _texts(found)))
    for name, value in told.items():
        if OURS_TO_READ.match(name) and any(_plain(text) not in ours for text in _texts(value)):
            yield name


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif str(value).strip():
        yield str(value)


def _plain(text: str) -> str:
    """Without what is no letter or figure, and not longer than what is kept of one text."""
    return re.sub(r"[\W_]+", "", text).lower()[:500]


def totals(lines: Iterable[Line]) -> Iterator[str]:
    """The lines at the end."""
    lines = list(lines)
    outcomes = Counter(line.outcome for line in lines)
    yield "\t".join(["total", *(f"{outcomes[each]} {each}" for each in (TAKEN, REFUSED, CRASHED))])
    for reason, count in Counter(line.reason for line in lines if line.reason).most_common():
        yield f"total\t{count}\t{reason}"
    compared = sorted(line.difference for line in lines if line.difference is not None)
    if compared:
        above = sum(each > 5 for each in compared)
        middle = compared[len(compared) // 2]
        yield f"total\tcolors of {len(compared)} compared: {middle:.2f} in the middle, {above} above 5"
    if shutil.which("exiftool"):
        yield f"total\tExifTool reads more in {sum(bool(line.unread) for line in lines)}"


def say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
