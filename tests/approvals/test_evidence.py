"""Evidence packs: all there is about a picture in one file that checks itself, and names whatever was changed in it."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoDbBlocker

from approvals.evidence import making, verify
from approvals.evidence.pack import Pack
from approvals.models import Choice, Decision, Release
from approvals.releases import lifecycle
from approvals.reviews import dossier, settling
from assets.models import Asset, Version
from assets.provenance.data import ProvenanceData
from assets.rights import evidence
from assets.rights.consents import GivenConsent
from assets.rights.terms import STARTER, load_terms
from core import audit, storage
from core.models import LogEntry, User
from tests.approvals import factories
from tests.assets import factories as library
from tests.assets import verbs
from tests.share import WHOLE
from tests.tampering import unguard
from tests.together import in_one_transaction

pytestmark = pytest.mark.django_db

PARTS = range(4 if WHOLE else 1)
"""Each with a seed of its own."""
CHANGES = 250 if WHOLE else 60
PAPER = b"%PDF-1.7 I, Jo, consent to be shown."
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def staged(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asset]:
    """A picture with a past: staged from a photograph, sent back once, released in two channels, withdrawn in one."""
    with in_one_transaction(django_db_blocker):
        ada, rita = library.ada(), library.rita()
        load_terms(STARTER)
        first, second = (factories.channel(slug, rules={"needs_original": True}) for slug in ("first", "second"))
        listing = library.ListingFactory.create(reference="HB-1042")
        photograph = factories.released(factories.ready(ada, title="Empty room", listing=listing), first, second)
        made = ProvenanceData(provider="sketch", prompt="A room with a sofa")
        version = factories.altered(
            photograph.version, ada, title="Möbliertes Zimmer", listing=listing, provenance=made
        )
        signed = evidence.keep(PAPER, "jo.pdf")
        given = GivenConsent(
            kind="person", name="Jo", given="yes", scope="listings", reach="any", may_alter="yes", files=[signed]
        )
        verbs.record_consent(version, given, by=ada)
        settling.settle(factories.decide(factories.review(version, first), Choice.CHANGES, "Brighter."))
        library.complete_license(version, ada, holder="Harbor Homes Ltd.")
        release = factories.released(Version.objects.with_dossier().get(pk=version.pk), first, second)
        lifecycle.withdraw(release, "Sold.", by=rita)
        factories.released(factories.ready(ada, title="Another house"))
        yield version.asset


@pytest.fixture(scope="module")
def packed(staged: Asset) -> Files:
    """The pack of that picture, by the names of its files."""
    return unpacked(written(staged))


def written(subject: Any) -> io.BytesIO:
    to = io.BytesIO()
    Pack.of(subject, by=None).write(to)
    return to


def unpacked(file: io.BytesIO) -> Files:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Files) -> io.BytesIO:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return to


def problems(files: Files) -> list[str]:
    return verify.Checked(verify.Zipped(zipped(files))).run()


def named(packed: Files, ending: str) -> list[str]:
    return [name for name in packed if name.endswith(ending)]


# What it holds


def test_it_holds_all_there_is_about_the_picture(packed: Files, staged: Asset) -> None:
    found = {*packed.values()}
    released = Release.objects.filter(version__asset=staged)
    hashes = [*released.values_list("file_sha256", flat=True), *released.values_list("version__sha256", flat=True)]
    originals = Release.objects.filter(version__asset__title="Empty room").values_list("version__sha256", flat=True)
    assert {storage.read(sha256) for sha256 in (*hashes, *originals)} <= found
    assert {each.document_text.encode() for each in released} <= found
    assert packed[f"papers/{hashlib.sha256(PAPER).hexdigest()}"] == PAPER
    judged = [json.loads(packed[name])["dossier"] for name in packed if "/decisions/" in name]
    decided = Decision.objects.exclude(review__version__asset__title="Another house")
    assert sorted(map(dossier.hash_of, judged)) == sorted(decided.values_list("dossier_hash", flat=True))
    assert "Another house" not in "".join(name for name in packed)


def test_it_checks_itself_without_the_portal(staged: Asset, tmp_path: Path) -> None:
    file, folder = tmp_path / "pack.zip", tmp_path / "pack"
    file.write_bytes(written(staged).getvalue())
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    for arguments in ([folder / "verify.py"], [folder / "verify.py", file]):
        done = subprocess.run([sys.executable, "-I", *arguments], capture_output=True, text=True, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "WHOLE: " in done.stdout
        assert str(audit.head()) in done.stdout
        assert "compare both with what is kept elsewhere" in done.stdout
    (folder / "README.txt").write_text("Nothing to see here.")
    done = subprocess.run([sys.executable, "-I", folder / "verify.py"], capture_output=True, text=True)
    assert (done.returncode, "README.txt was changed" in done.stdout) == (1, True)


def test_what_checks_it_runs_on_python_3_8() -> None:
    source = Path(verify.__file__).read_text()
    ast.parse(source, feature_version=(3, 8))
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported - {"__future__"} <= {*sys.stdlib_module_names}


def test_a_pack_of_a_portal_that_was_rewritten_says_so(staged: Asset) -> None:
    unguard()
    release = Release.objects.filter(version__asset=staged).order_by("pk")[0]
    decision = Decision.objects.filter(review__version__asset=staged).order_by("pk")[0]
    text = release.document_text.replace("sofa", "fountain")
    assert text != release.document_text
    Release.objects.filter(pk=release.pk).update(document_text=text)
    Decision.objects.filter(pk=decision.pk).update(dossier=decision.dossier | {"title": "Palace"})
    said = "\n".join(problems(unpacked(written(staged))))
    assert f"-{str(release.pk)[:8]}/release.json was changed: its document_sha256 is not what the log says." in said
    assert f"decisions/{decision.pk}.json was changed: its dossier does not fit its dossier_hash." in said


def test_a_picture_that_nobody_decided_on_has_one_too(ada: User) -> None:
    assert problems(unpacked(written(library.VersionFactory.create(by=ada).asset))) == []


def test_a_file_that_is_lost_stops_nothing_and_is_told(staged: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Version.objects.get(asset=staged).sha256

    def read(sha256: str) -> bytes:
        if sha256 == lost:
            raise FileNotFoundError(sha256)
        return kept(sha256)

    kept = storage.read
    monkeypatch.setattr(storage, "read", read)
    assert any("Möbliertes Zimmer, v1" in line and "not in this pack" in line for line in problems(
        unpacked(written(staged))
    ))  # fmt: skip


# Whatever is changed is named


def flipped(random: Random, files: Files) -> tuple[Files, list[str]]:
    """One bit of one file."""
    name = random.choice([name for name in files if files[name]])
    data = bytearray(files[name])
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return files | {name: bytes(data)}, [name]


def taken_out(random: Random, files: Files) -> tuple[Files, list[str]]:
    name = random.choice([*files])
    return {each: data for each, data in files.items() if each != name}, [name]


def put_in(random: Random, files: Files) -> tuple[Files, list[str]]:
    folder, ending = random.choice(["pictures", "papers", "log", "x"]), random.choice(["json", "jpg"])
    name = f"{folder}/{random.randrange(10**6)}.{ending}"
    return files | {name: random.randbytes(20)}, [name]


def swapped(random: Random, files: Files) -> tuple[Files, list[str]]:
    one = random.choice([*files])
    other = random.choice([name for name in files if files[name] != files[one]])
    return files | {one: files[other], other: files[one]}, [one]


def rehashed(files: Files, name: str, *lists: str) -> Files:
    """The lists say of a file what it is now."""
    digest, changed = hashlib.sha256(files[name]).hexdigest(), dict(files)
    if verify.MANIFEST in lists:
        manifest = json.loads(files[verify.MANIFEST])
        for each in manifest["files"]:
            if each["name"] == name:
                each |= {"sha256": digest, "size": len(files[name])}
        changed[verify.MANIFEST] = json.dumps(manifest, ensure_ascii=False).encode()
    if verify.SUMS in lists:
        sums = {line[66:]: line[:64] for line in changed[verify.SUMS].decode().splitlines()}
        for each in (name, verify.MANIFEST):
            sums[each] = hashlib.sha256(changed[each]).hexdigest()
        changed[verify.SUMS] = "".join(f"{said}  {each}\n" for each, said in sums.items()).encode()
    return changed


def with_one_list(random: Random, files: Files) -> tuple[Files, list[str]]:
    """A file, and its hash in one of the two lists."""
    done, names = flipped(random, {name: data for name, data in files.items() if name not in LISTS})
    return rehashed(files | done, names[0], random.choice(LISTS)), names


def with_both_lists(random: Random, files: Files) -> tuple[Files, list[str]]:
    """A picture, paper, document or record, with both lists: what else names it still tells."""
    names = [name for name in files if name.startswith(("pictures/", "papers/", "log/entries"))]
    if random.random() < 0.5:
        done, changed = flipped(random, {name: files[name] for name in names if not name.endswith(".json")})
        return rehashed(files | done, changed[0], *LISTS), changed
    name = random.choice([name for name in names if name.endswith(".json") and not name.endswith("document.json")])
    record = json.loads(files[name])
    target = random.choice(record["records"]) if "records" in record else record
    part = random.choice([part for part in ("row", "dossier", "facts") if part in target])
    field = random.choice([*target[part]])
    target[part][field] = random.choice([value for value in (None, "other", 7, ["x"]) if value != target[part][field]])
    return rehashed(files | {name: json.dumps(record).encode()}, name, *LISTS), [name]


def out_of_both_lists(random: Random, files: Files) -> tuple[Files, list[str]]:
    """Any file beside the pack's own words, as if it had never been there."""
    name = random.choice([name for name in files if name.startswith(("pictures/", "log/"))])
    manifest = json.loads(files[verify.MANIFEST])
    manifest["files"] = [each for each in manifest["files"] if each["name"] != name]
    rest = {each: data for each, data in files.items() if each != name}
    lines = [line for line in files[verify.SUMS].decode().splitlines() if line[66:] != name]
    lists = {verify.MANIFEST: json.dumps(manifest).encode(), verify.SUMS: "\n".join(lines).encode()}
    record = json.loads(files[name]) if name.endswith(".json") and not name.endswith("document.json") else {}
    keys = [each["key"] for each in record.get("records", [record]) if each]
    return rehashed(rest | lists, verify.MANIFEST, verify.SUMS), [name, *keys]


LISTS = (verify.MANIFEST, verify.SUMS)
WAYS: tuple[Callable[[Random, Files], tuple[Files, list[str]]], ...] = (
    flipped, taken_out, put_in, swapped, with_one_list, with_both_lists, out_of_both_lists,
)  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_every_change_is_named(packed: Files, part: int) -> None:
    random, missed = Random(2026 + part), []
    assert problems(packed) == []
    for _ in range(CHANGES):
        way = random.choice(WAYS)
        files, names = way(random, packed)
        said = problems(files)
        if files != packed and not any(name in line for name in names for line in said):
            missed.append(f"{way.__name__} of {names}: {said}")
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize("part", PARTS)
def test_a_file_that_was_damaged_on_its_way_is_told(staged: Asset, packed: Files, part: int) -> None:
    """A byte anywhere in the zip file. What zip itself notes beside the files is nobody's evidence."""
    random, whole, missed = Random(4711 + part), written(staged).getvalue(), []
    for _ in range(CHANGES // 2):
        data = bytearray(whole)
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        try:
            checked = verify.Checked(verify.Zipped(io.BytesIO(bytes(data))))
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
            continue
        if not checked.run() and {*checked.hashes} != {*packed}:
            missed.append(data)
    assert not missed


def test_an_entry_that_is_taken_out_of_the_log_is_missed(packed: Files) -> None:
    lines = packed[verify.ENTRIES].splitlines(keepends=True)
    for place in (0, len(lines) // 2, len(lines) - 1):
        files = packed | {verify.ENTRIES: b"".join(lines[:place] + lines[place + 1 :])}
        said = problems(rehashed(files, verify.ENTRIES, *LISTS))
        assert any(line.startswith(verify.ENTRIES) for line in said)


# Who takes it


def test_a_manager_takes_it_with_one_click_and_the_log_knows_its_sums(client: Client, staged: Asset) -> None:
    mona = library.UserFactory.create(username="mona", role="Managers")
    client.force_login(mona)
    page = client.get(staged.get_absolute_url()).content.decode()
    assert f'action="/evidence/{staged.pk}/"' in page
    answer = client.post(f"/evidence/{staged.pk}/")
    files = unpacked(io.BytesIO(b"".join(answer)))
    assert problems(files) == []
    entry = LogEntry.objects.latest("pk")
    assert (entry.action, entry.actor, entry.data) == (
        "evidence.made", mona, {"sums": hashlib.sha256(files[verify.SUMS]).hexdigest()},
    )  # fmt: skip


def test_a_listing_has_one_of_all_its_pictures(client: Client, staged: Asset, max_: User) -> None:
    client.force_login(max_)
    answer = client.post(f"/evidence/listings/{staged.listing_id}/")
    files = unpacked(io.BytesIO(b"".join(answer)))
    assert problems(files) == []
    assert json.loads(files[verify.MANIFEST])["about"]["type"] == "assets.listing"


def test_nobody_else_is_offered_it_or_gets_it(client: Client, staged: Asset, ada: User) -> None:
    client.force_login(ada)
    assert "/evidence/" not in client.get(staged.get_absolute_url()).content.decode()
    with pytest.raises(PermissionDenied):
        making.take(staged, io.BytesIO(), by=ada)


def test_one_that_is_too_large_to_wait_for_is_written_by_a_command(
    client: Client, staged: Asset, max_: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(making, "AT_ONCE", 10)
    client.force_login(max_)
    answer = client.post(f"/evidence/{staged.pk}/")
    assert (answer.status_code, "manage.py evidence" in answer.content.decode()) == (422, True)
    to = tmp_path / "pack.zip"
    call_command("evidence", "HB-1042", str(to), stdout=io.StringIO())
    assert problems(unpacked(io.BytesIO(to.read_bytes()))) == []
    for about in ("HB-1042", str(staged.pk), "nothing"):
        with pytest.raises(CommandError):
            call_command("evidence", about, str(to))
