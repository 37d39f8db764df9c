"""Stylesheets, scripts and icons as browsers get them: one stylesheet, fingerprinted, compressed, kept for a year.

The web server collects them as it starts, when anything has changed, and the image when it is built. With
DEBUG=1, and in the tests, they come from the source tree as they are.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.files.base import ContentFile
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

IGNORED = (*StaticFilesConfig.ignore_patterns, "rest_framework", "ext")
"""The last two are folders of packages that no page asks for: the browsable API, and the extensions of htmx."""
STYLESHEET = "css/portal.css"
IMPORT = re.compile(r'^@import url\("(?P<file>[^"]+)"\) layer\((?P<layer>\w+)\);$', re.MULTILINE)


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise has no types there
    """Names each file by its content, scripts that import one another included, and keeps a compressed copy beside it.

    The stylesheet swallows what it imports: a browser on a phone asks once and not twice in a row for forty files.
    """

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], *args: Any, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if STYLESHEET in paths and not dry_run:
            source, name = paths[STYLESHEET]
            self.delete(STYLESHEET)
            self._save(STYLESHEET, ContentFile(in_one(Path(source.path(name))).encode()))
            paths = paths | {STYLESHEET: (self, STYLESHEET)}
        yield from super().post_process(paths, *args, dry_run=dry_run, **options)


def in_one(stylesheet: Path) -> str:
    """The stylesheet's text with each file that it imports in its place, in the layer that it is imported into."""

    def imported(found: re.Match[str]) -> str:
        return f"@layer {found['layer']} {{\n{(stylesheet.parent / found['file']).read_text()}}}"

    return IMPORT.sub(imported, stylesheet.read_text())


def collect() -> None:
    """Bring the collected files up to date with the sources. Cheap when nothing has changed, and safe to call at once.

    Does nothing with DEBUG=1, nor where the folder is not ours to write in: then whoever made it has filled it.
    """
    if settings.STATIC_ROOT is None:
        return
    root = Path(settings.STATIC_ROOT)
    try:
        root.mkdir(parents=True, exist_ok=True)
        stamp = (root / ".made-from").open("a+")
    except OSError:
        return
    with stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)
        stamp.seek(0)
        sources = _sources()
        if stamp.read() != sources:
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.truncate(0)
            stamp.write(sources)


def _sources() -> str:
    """A hash of the names, sizes and times of every source, and of this module, which works on them."""
    known = hashlib.sha256(Path(__file__).read_bytes())
    for finder in finders.get_finders():
        for path, storage in finder.list(IGNORED):
            stat = Path(storage.path(path)).stat()
            known.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return known.hexdigest()
