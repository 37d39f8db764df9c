"""A photograph of 24 megapixels in four sizes against libvips, and the memory of a web server that took fifty of them.

libvips makes each size from the file, as its own tool does by default; the portal makes all of them from one decoding.
Both are asked for WebP of the same quality, in turns, and only processor time is compared. Where there is no
`vips` command, the portal's time is told alone, and the figure counts as missed.
"""

from __future__ import annotations

import io
import math
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from assets.imaging import rendering
from assets.imaging.rendering import Order, Spec
from tests.benchmarks import machine_facts
from tests.faults import inside
from tests.mold import Mold
from tests.portal import Portal

SIZES = (320, 640, 1024, 1600)
QUALITY = 82
ROUNDS = 5
RATIO = 1.0
UPLOADS = 50
MEGABYTES = 300
TOKEN = "a" * 32


def photograph(seed: int = 0) -> bytes:
    """24 megapixels with shapes of many sizes and a little grain, as a camera's JPEG."""
    base = Image.effect_mandelbrot((750, 500), (-2.0, -1.2, 1.0 + seed / 100, 1.2), 60).convert("L")
    channels = [base, base.rotate(180), Image.linear_gradient("L").resize(base.size)]
    large = Image.merge("RGB", channels).resize((6000, 4000), Image.Resampling.BICUBIC)
    grain = Image.effect_noise(large.size, 12).convert("RGB")
    out = io.BytesIO()
    Image.blend(large, grain, 0.15).save(out, "JPEG", quality=90)
    return out.getvalue()


def test_renditions_24mp(tmp_path: Path) -> None:
    source, vips = tmp_path / "photograph.jpg", shutil.which("vips")
    source.write_bytes(photograph())
    own, theirs = [], []
    for _ in range(ROUNDS):
        own.append(_cpu_of_self(lambda: _ours(source.read_bytes())))
        theirs.append(_cpu_of_children(lambda: _by_vips(vips, source, tmp_path)) if vips else math.nan)
    ours, ratio = statistics.median(own), statistics.median(own) / statistics.median(theirs)
    name = "renditions_24mp"
    machine_facts.say(
        machine_facts.figure(name, ratio, RATIO) if vips else machine_facts.missing(name, RATIO),
        f"ours {ours * 1000:.0f} ms, vips {statistics.median(theirs) * 1000:.0f} ms (nan: no vips)",
        machine_facts.facts(),
    )


def _ours(data: bytes) -> None:
    """What a child does for a picture, without the fence, whose part is some milliseconds."""
    orders = [Order(Spec(str(size), size, size, "image/webp", QUALITY)) for size in SIZES]
    rendering._render(data, *map(rendering._as_plain, orders))


def _by_vips(vips: str, source: Path, folder: Path) -> None:
    for size in SIZES:
        target = f"{folder / str(size)}.webp[Q={QUALITY},effort=2,strip]"
        subprocess.run([vips, "thumbnail", str(source), target, str(size)], check=True)


def _cpu_of_self(act: Callable[[], None]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def _cpu_of_children(act: Callable[[], None]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    act()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.fixture
def portal(mold: Mold, tmp_path: Path) -> Iterator[Portal]:
    with mold.copy(tmp_path / "var") as portal:
        portal.start()
        yield portal


def test_web_memory(portal: Portal) -> None:
    session = {"sessionid": portal.do(inside.session_of, "ada"), "csrftoken": TOKEN}
    form = {"csrfmiddlewaretoken": TOKEN, "kind": "photograph", "title": "A house"}
    data = photograph()
    with httpx.Client(base_url=portal.url, cookies=session, timeout=120) as client:
        for number in range(UPLOADS):
            files = {"pictures": ("house.jpg", data + number.to_bytes(4, "big"))}
            answer = client.post("/library/upload/", data=form, files=files)
            assert answer.status_code == 302, answer.text
    most = max(map(_resident, portal.processes("gunicorn")))
    machine_facts.say(machine_facts.figure("web_memory", most, MEGABYTES, " MB"), machine_facts.facts())


def _resident(process: int) -> float:
    """Megabytes of memory that a process has in use."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
