"""Whether the library is what the log says: versions with their dossiers, contributors, listings, terms, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from django.db import models
from django.db.models import Q

from assets.listings.traces import of_listing
from assets.models import (
    Consent,
    ConsentUse,
    Contributor,
    EarlierSeal,
    License,
    LicenseSet,
    Listing,
    Part,
    Rendition,
    RightsWithdrawal,
    Terms,
    Version,
    WiderSeal,
)
from assets.rights.license_sets import SHARED
from assets.rights.terms import sha256_of
from assets.rights.traces import of_license_set
from assets.versions import dossier, renewal, traces
from assets.versions.changing import CLOSED
from core import audit, storage
from core.audit import Line, Told, columns_of, name_of
from core.models import LogSubject

Older = Counter[str]
"""How many rows are older than what the log says of such rows now, by what they are."""

WITHIN = timedelta(hours=1)
"""A contribution is noted at most this long before the entry of its transaction."""
BEFORE_THE_PORTAL_KNEW = (Part.PROMPT, Part.ASKED, Part.MADE, Part.BROUGHT, Part.EDITED)
"""Parts that were noted without an entry by whoever had them: somebody else kept the picture."""


def walk(older: Older) -> Iterator[str]:
    """All that does not fit, in sentences; old rows are counted."""
    counted: dict[str, set[object]] = {"versions": set(), "contributors": set(), "copies": set()}
    yield from audit.gone(Version)
    beside = ("contributors__person", "earlier_seals", "decided", "renditions")
    versions = Version.objects.with_dossier().prefetch_related(*beside)
    yield from audit.walk(versions, lambda batch: _versions(batch, counted))
    yield from audit.gone(Terms)
    yield from audit.walk(Terms.objects.all(), _terms)
    yield from audit.gone(LicenseSet)
    yield from audit.walk(LicenseSet.objects.prefetch_related("answered_by"), _license_sets)
    yield from audit.gone(Listing)
    listings = Listing.objects.prefetch_related("placed_by")
    yield from audit.walk(listings, lambda batch: audit.differences(batch, of_listing))
    yield from _rights()
    older.update({name: len(found) for name, found in counted.items()})


def files() -> Iterator[str]:
    """Files that are missing where they are kept, or that have changed there."""
    kept = (
        (Version.objects.all(), "sha256"),
        (Rendition.objects.all(), "sha256"),
        (Terms.objects.exclude(text_sha256=""), "text_sha256"),
    )
    for rows, column in kept:
        yield from files_of(rows, column)
    for each in LicenseSet.objects.order_by("pk").iterator():
        for sha256 in (file["sha256"] for file in each.evidence):
            if problem := _file(sha256):
                yield f"{name_of(each)}: {problem}"
    for consent in Consent.objects.order_by("pk").iterator():
        yield from (f"{name_of(consent)}: {problem}" for problem in _evidence(consent) if problem)


def files_of(rows: models.QuerySet[models.Model], column: str) -> Iterator[str]:
    """The files that this column of the rows names by their hash."""
    for key, sha256 in rows.order_by("pk").values_list("pk", column).iterator():
        if problem := _file(sha256):
            yield f"{name_of(rows.model, key)}: {problem}"


def _file(sha256: str) -> str:
    try:
        storage.read(sha256)
    except FileNotFoundError:
        return f"its file {sha256[:12]}… is missing where it is kept."
    except ValueError:
        return f"“{sha256[:12]}” names no file."
    except storage.CorruptFile as error:
        return str(error)
    except OSError as error:
        return f"its file {sha256[:12]}… cannot be read: {error}"
    return ""


def _evidence(consent: Consent) -> list[str]:
    """What is wrong with the files of a consent."""
    try:
        return [_file(file["sha256"]) for file in consent.files]
    except audit.UNREADABLE:
        return ["its files cannot be read."]


# Consents, and rights that ended


def _rights() -> Iterator[str]:
    """Consents by their own rows; with which pictures they are is part of the dossiers."""
    yield from audit.gone(Consent)
    yield from audit.walk(Consent.objects.select_related("listing"), _consents)
    for kind in (RightsWithdrawal, WiderSeal):
        yield from audit.gone(kind)
        yield from audit.walk(kind._default_manager.all(), _logged_rows)


def _consents(batch: Sequence[Consent]) -> list[str]:
    """One from before consents were logged as rows is vouched for by the picture that it was recorded for."""
    used = set(ConsentUse.objects.filter(consent__in=batch).values_list("consent", flat=True))
    unlogged = audit.unlogged([row for row in batch if row.pk not in used], set())
    return unlogged + audit.differences(batch, columns_of)


def _logged_rows(batch: Sequence[models.Model]) -> list[str]:
    return audit.unlogged(batch, set()) + audit.differences(batch, columns_of)


# Versions


def _versions(batch: Sequence[Version], counted: Mapping[str, set[object]]) -> list[str]:
    told = audit.told(Version, [version.pk for version in batch])
    return [problem for version in batch for problem in _version(version, told[str(version.pk)], counted)]


def _version(version: Version, told: Told, counted: Mapping[str, set[object]]) -> Iterator[str]:
    name = name_of(version)
    if not told.by_action("version.created"):
        yield f"{name} is not in the log."
    for field in told.differences(traces.of_version(version)):
        yield f"{name}: its {field} is not what the log says."
    yield from (f"{name}: {problem}" for problem in _seals(version, told, counted))
    yield from _contributors(version, told, counted)
    yield from _copies(version, told, counted)


def _seals(version: Version, told: Told, counted: Mapping[str, set[object]]) -> Iterator[str]:
    if not dossier.is_intact(version):
        yield "its dossier does not fit its hash."
    yield from (f"its seal in format {seal.format} does not fit." for seal in _broken(version))
    for row in version.decided.all():
        if row.holds != renewal.allows_all(row, version):
            yield f"whether it allows what was decided ({row.digest[:12]}) is not what its dossier says."
    said = told.fields
    if "dossier_hash" not in said:
        counted["versions"].add(version.pk)
    elif _digest(version, said["dossier_format"]) != said["dossier_hash"]:
        yield "its words, rights or provenance are not what the log says."


def _broken(version: Version) -> Iterator[EarlierSeal]:
    yield from (seal for seal in version.earlier_seals.all() if _digest(version, seal.format) != seal.digest)


def _digest(version: Version, format: int) -> str:
    """Of the dossier as it is; empty in a format that nobody knows."""
    return dossier.digest(version, format) if format in dossier.FORMATS else ""


# Copies for the portal's own pages


def _copies(version: Version, told: Told, counted: Mapping[str, set[object]]) -> Iterator[str]:
    """A copy of another picture in the place of this one's would be judged instead of it."""
    said = _logged_copies(told)
    for row in version.renditions.all():
        if said.get(row.spec) == row.sha256:
            continue
        if row.spec in said:
            yield f"{name_of(row)} of {name_of(version)}: its sha256 is not what the log says."
        elif _has_copies(told):
            yield f"{name_of(row)} of {name_of(version)} is not in the log."
        else:
            counted["copies"].add(row.pk)


def _logged_copies(told: Told) -> dict[str, str]:
    """The hash of each copy as it was last made, by the name of its spec."""
    found: dict[str, str] = {}
    for line in told.lines:
        found |= line.data.get("renditions", {})
    return found


def _has_copies(told: Told) -> bool:
    """Whether the version was made when its entry began to name its copies."""
    return any("renditions" in line.data for line in told.by_action("version.created"))


# Contributors


def _contributors(version: Version, told: Told, counted: Mapping[str, set[object]]) -> Iterator[str]:
    logged, there = _logged(told), {(row.person_id, row.part): row for row in version.contributors.all()}
    for person, part in sorted(set(logged) - set(there)):
        yield f"{name_of(version)}: contributor {person} ({part}) is in the log, but not there any more."
    for key, row in there.items():
        if key in logged and abs(logged[key].at - row.at) > WITHIN:
            yield f"{name_of(row)} of {name_of(version)}: its time is not what the log says."
        elif key not in logged and not _is_older(row, version, told):
            yield f"{name_of(row)} of {name_of(version)} is not in the log."
        elif key not in logged:
            counted["contributors"].add(row.pk)


def _logged(told: Told) -> dict[tuple[int, str], Line]:
    """Who had which part by the entries of a version, with the first that says so."""
    found: dict[tuple[int, str], Line] = {}
    for line in told.lines:
        for key in _parts(line):
            found.setdefault(key, line)
    return found


def _parts(line: Line) -> Iterator[tuple[int, str]]:
    """What a version took over when it was made or got an original, and what somebody did for it afterwards."""
    for hands in (line.data.get("hands", {}), line.data.get("behind", {})):
        yield from ((person, part) for part, people in hands.items() for person in people)
    if line.actor and "part" in line.data:
        yield line.actor, line.data["part"]


def _is_older(row: Contributor, version: Version, told: Told) -> bool:
    """Whether the version is older than the parts in the log, and an entry or the making speaks for the contributor."""
    if any("hands" in line.data for line in told.lines):
        return False
    return row.part in BEFORE_THE_PORTAL_KNEW or row.person_id in told.actors or _acted_nearby(row, version)


def _acted_nearby(row: Contributor, version: Version) -> bool:
    """Whether they did something to the asset, its listing or another version of it."""
    siblings = [str(key) for key in version.asset.versions.values_list("pk", flat=True)]
    about = Q(type="assets.version", key__in=siblings) | Q(type="assets.asset", key=str(version.asset_id))
    about |= Q(type="assets.listing", key=str(version.asset.listing_id))
    return LogSubject.objects.filter(about, entry__actor=row.person_id).exists()


# Terms


def _license_sets(batch: Sequence[LicenseSet]) -> list[str]:
    logged: set[object] = set()
    return [*audit.unlogged(batch, logged), *audit.differences(batch, of_license_set), *_unlike_their_set(batch)]


def _unlike_their_set(batch: Sequence[LicenseSet]) -> Iterator[str]:
    """Licenses that say something else than the set that they share; what is archived keeps what it said."""
    for kept in batch:
        said = {name: getattr(kept, name) for name in SHARED}
        alike = License.objects.filter(set=kept, **said).values("pk")
        others = Version.objects.filter(license__set=kept).exclude(status__in=CLOSED).exclude(license__in=alike)
        yield from (f"{name_of(version)}: its license is not that of its set." for version in others.only("pk"))


def _terms(batch: Sequence[Terms]) -> list[str]:
    unfit = [f"{name_of(row)} does not fit its hash." for row in batch if sha256_of(row) != row.sha256]
    return unfit + audit.differences(batch, columns_of)
