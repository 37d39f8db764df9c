"""Writing a pack: one zip file of originals, delivered files, documents, decisions, terms, papers and log."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.text import slugify

from approvals.evidence.gathering import Gathered, texts_of
from approvals.models import Release
from approvals.releases import traces as release_traces
from approvals.reviews import traces as review_traces
from assets.imaging.inspection import EXTENSIONS
from assets.models import Asset, Listing, Version
from assets.versions import dossier
from assets.versions import traces as version_traces
from core import clock, storage
from core.audit import columns_of, plain, values_of
from core.audit.extract import Extract, extract
from core.models import User

FORMAT = 1
SUMS, MANIFEST = "SHA256SUMS", "manifest.json"
HERE = Path(__file__).parent
SHA256 = re.compile(r"[0-9a-f]{64}")
SAME_DAY = (1980, 1, 1, 0, 0, 0)
"""Of every file in the zip: when it was made is said in the manifest."""
UNUSABLE = (FileNotFoundError, ValueError, storage.CorruptFile)
"""A file that is gone or damaged where it is kept. A store that does not answer is something else, and ends it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the store, by its hash."""

    sha256: str
    what: str


Contents = Mapping[str, bytes | Kept]


@dataclass
class Pack:
    """What one pack holds, by name. Making it asks the database; writing it asks the store alone."""

    gathered: Gathered
    by: User | None
    _judged: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    _listed: dict[str, dict[str, Any]] = field(default_factory=dict)
    _missing: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, subject: Asset | Listing, *, by: User | None) -> Pack:
        """The pack as rows and log are at one moment, so that what people change meanwhile makes none of it untrue."""
        with _one_moment():
            pack = cls(Gathered.of(subject), by)
            pack.said  # noqa: B018 - reads every row and the log
        return pack

    @cached_property
    def log(self) -> Extract:
        return extract(self.gathered.rows)

    @cached_property
    def said(self) -> Contents:
        """All that rows and log say, and which files they name."""
        found: dict[str, bytes | Kept] = {}
        for version in self.gathered.versions:
            found |= dict(self._of_version(version))
        for terms in self.gathered.terms:
            name = f"terms/{slugify(terms.key) or 'terms'}-{terms.read_on}-{terms.pk}.json"
            found[name] = _json(self._record(terms, columns_of(terms), name=str(terms)))
        lines = [json.dumps(entry, ensure_ascii=False, sort_keys=True) for entry in self.log.entries]
        found["log/entries.jsonl"] = _bytes("".join(f"{line}\n" for line in lines))
        found["log/chain.txt"] = _bytes("".join(f"{number} {digest}\n" for number, digest in self.log.links))
        return found

    @property
    def contents(self) -> Contents:
        """Everything but the lists, which are written last."""
        own = {name: (HERE / name).read_bytes() for name in ("README.txt", "verify.py")}
        return {**own, **self.said, **{f"papers/{each.sha256}": each for each in self._papers()}}

    def write(self, to: IO[bytes]) -> str:
        """Write the zip file; returns the SHA-256 of its list of sums. Never call it in a transaction.

        A file that is missing or damaged where it is kept is named in the manifest, and stops nothing else.
        """
        with zipfile.ZipFile(to, "w") as archive:
            for name, what in self.contents.items():
                self._add(archive, name, what)
            self._put(archive, MANIFEST, _json(self._manifest()))
            sums = "".join(f"{each['sha256']}  {name}\n" for name, each in sorted(self._listed.items()))
            self._put(archive, SUMS, _bytes(sums))
        return str(self._listed[SUMS]["sha256"])

    def _add(self, archive: zipfile.ZipFile, name: str, what: bytes | Kept) -> None:
        if isinstance(what, bytes):
            self._put(archive, name, what)
            return
        try:
            self._put(archive, name, storage.read(what.sha256))
        except UNUSABLE as error:
            self._missing.append({"name": name, "sha256": what.sha256, "what": what.what, "why": str(error)})

    def _put(self, archive: zipfile.ZipFile, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, SAME_DAY)
        info.external_attr = 0o644 << 16
        info.compress_type = zipfile.ZIP_DEFLATED if _is_text(name) else zipfile.ZIP_STORED
        archive.writestr(info, data)
        self._listed[name] = {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}

    def _manifest(self) -> dict[str, Any]:
        subject = self.gathered.subject
        return {
            "format": FORMAT,
            "about": {"type": subject._meta.label_lower, "key": str(subject.pk), "name": str(subject)},
            "made_at": clock.instant().isoformat(),
            "made_by": str(self.by) if self.by else "the portal",
            "portal": settings.SITE_URL,
            "head": str(self.log.head),
            "entries": len(self.log.entries),
            "files": list(self._listed.values()),
            "missing": self._missing,
        }

    # Versions

    def _of_version(self, version: Version) -> Iterator[tuple[str, bytes | Kept]]:
        folder = (
            f"pictures/{slugify(version.asset.title)[:40] or 'picture'}-{str(version.asset_id)[:8]}/v{version.number}"
        )
        picture = f"{folder}/picture.{EXTENSIONS.get(version.media_type, 'bin')}"
        yield picture, Kept(version.sha256, f"The file of {version}")
        yield f"{folder}/version.json", _json(self._version(version, picture))
        for review in self.gathered.reviews:
            if review.version_id == version.pk:
                yield f"{folder}/reviews/{review.pk}.json", _json(self._record(review, review_traces.of_review(review)))
        for decision in self.gathered.decisions:
            if decision.review.version_id == version.pk:
                said = self._record(decision, review_traces.of_decision(decision), name=str(decision))
                yield f"{folder}/decisions/{decision.pk}.json", _json(said | {"dossier": decision.dossier})
        for release in self.gathered.releases:
            if release.version_id == version.pk:
                yield from self._of_release(release, f"{folder}/releases/{release.channel.slug}-{str(release.pk)[:8]}")

    def _version(self, version: Version, picture: str) -> dict[str, Any]:
        row = version_traces.of_version(version) | values_of(version, *version_traces.SEAL)
        hands = [
            {"person": str(each.person), "part": each.get_part_display(), "at": each.at.isoformat()}
            for each in version.contributors.all()
        ]
        facts = self._judged[version.pk] = dossier.facts(version, version.dossier_format)
        said = self._record(version, row, name=str(version), files={"picture": picture})
        return said | {"facts": facts, "contributors": hands}

    def _of_release(self, release: Release, folder: str) -> Iterator[tuple[str, bytes | Kept]]:
        extension = EXTENSIONS.get(release.file_media_type, "bin")
        files = {"delivered": f"{folder}/delivered.{extension}", "document": f"{folder}/document.json"}
        row = release_traces.of_release(release, self._slug_of(release))
        yield files["delivered"], Kept(release.file_sha256, f"The file that was delivered as {release}")
        yield files["document"], release.document_text.encode("utf-8", "surrogatepass")
        yield f"{folder}/release.json", _json(self._record(release, row, name=str(release), files=files))
        events = [each for each in self.gathered.events if each.release_id == release.pk]
        records = [self._record(each, release_traces.of_event(each), name=str(each)) for each in events]
        yield f"{folder}/events.json", _json({"records": records})

    def _slug_of(self, release: Release) -> str:
        """The channel's slug as it was then."""
        return str(self._told.get(("approvals.release", str(release.pk)), {}).get("slug", release.channel.slug))

    # Records

    @cached_property
    def _told(self) -> Mapping[tuple[str, str], dict[str, Any]]:
        """What the log last said of each row."""
        told: dict[tuple[str, str], dict[str, Any]] = {}
        for entry in self.log.entries:
            for each in entry["subjects"]:
                told.setdefault((each["type"], each["key"]), {}).update(each["after"])
        return told

    def _record(
        self, row: models.Model, values: Mapping[str, Any], *, name: str = "", files: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """A row as the log speaks of it, so that each can be held against the other."""
        key = (row._meta.label_lower, str(row.pk))
        said = {"type": key[0], "key": key[1], "name": name, "row": plain(values), "files": files or {}}
        return said if self._told.get(key) else said | {"older": True}

    # Papers

    def _papers(self) -> Iterable[Kept]:
        """Files that a dossier names by their hash, such as a signed consent. Of one that is lost, the loss is told."""
        pictures = {each.sha256 for each in self.said.values() if isinstance(each, Kept)}
        judged = [*(each.dossier for each in self.gathered.decisions), *self._judged.values()]
        named = {text for said in judged for text in texts_of(said) if SHA256.fullmatch(text)}
        consents = {text for said in judged for text in texts_of(said.get("consents")) if SHA256.fullmatch(text)}
        for sha256 in sorted(named - pictures):
            if sha256 in consents or storage.exists(sha256):
                yield Kept(sha256, f"The paper {sha256[:12]}…")


@contextmanager
def _one_moment() -> Iterator[None]:
    """What is read within does not change meanwhile; within another transaction that is for the other one to say."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _is_text(name: str) -> bool:
    return name.endswith((".json", ".jsonl", ".txt", ".py")) or name == SUMS


def _json(said: Mapping[str, Any]) -> bytes:
    return _bytes(json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
