"""Checks an evidence pack, offline: `python3 verify.py` in its unpacked folder, or `python3 verify.py pack.zip`.

Nothing but the standard library of Python 3.8 or newer is needed. Each thing that was changed, added or taken out is
named in a line, and the exit status is 1; it is 0 when all is whole. README.txt says what no pack can prove by itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zipfile
import zlib
from typing import IO, Any, Dict, Iterator, List, Optional, Tuple, Union

FORMAT = 1
SUMS, MANIFEST = "SHA256SUMS", "manifest.json"
ENTRIES, CHAIN = "log/entries.jsonl", "log/chain.txt"
START = "0" * 64
BELONGS = {
    "assets.version": ("asset", "assets.asset"),
    "approvals.review": ("version", "assets.version"),
    "approvals.decision": ("review", "approvals.review"),
    "approvals.release": ("version", "assets.version"),
    "approvals.event": ("release", "approvals.release"),
}
"""What a row belongs to, by the field that says so."""
DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


COMPARE = """Somebody who rewrites a pack as a whole can make it fit. So compare both with what is kept elsewhere:
the first with the log entry evidence.made, the head by `manage.py verify --expect` or with one kept outside."""


# Where a pack is


class Unpacked:
    """A pack in a folder."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: List[str] = []
        self.names = sorted(self._names())

    def _names(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self.path):
            if "__pycache__" in folders:
                folders.remove("__pycache__")
            for name in files:
                yield os.path.relpath(os.path.join(folder, name), self.path).replace(os.sep, "/")

    def read(self, name: str) -> bytes:
        with open(os.path.join(self.path, *name.split("/")), "rb") as file:
            return file.read()


class Zipped:
    """A pack in the file that was downloaded."""

    def __init__(self, file: Union[str, IO[bytes]]) -> None:
        self.zip = zipfile.ZipFile(file)
        names = self.zip.namelist()
        self.names = sorted(set(names))
        self.problems = [f"{name} is in the zip file more than once." for name in self.names if names.count(name) > 1]

    def read(self, name: str) -> bytes:
        return self.zip.read(name)


Pack = Union[Unpacked, Zipped]


# What is checked


class Checked:
    """A pack with all that was found in it."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.problems: List[str] = list(pack.problems)
        self.hashes: Dict[str, str] = {}
        self.texts: Dict[str, bytes] = {}
        for name in pack.names:
            self._read(name)
        self.manifest = self._object(MANIFEST)
        self.records: Dict[Tuple[str, str], Dict[str, Any]] = {}
        self.told: Dict[Tuple[str, str], Dict[str, Any]] = {}
        self.entries = 0

    def _read(self, name: str) -> None:
        try:
            data = self.pack.read(name)
        except DAMAGED as error:
            self.say(f"{name} was changed: it cannot be read ({error}).")
            return
        self.hashes[name] = hashlib.sha256(data).hexdigest()
        if name.endswith((".json", ".jsonl", ".txt")) or name == SUMS:
            self.texts[name] = data

    def say(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _object(self, name: str) -> Dict[str, Any]:
        """A JSON file that holds an object; nothing for one that does not."""
        try:
            said = json.loads(self.texts[name].decode("utf-8"))
            if isinstance(said, dict):
                return said
        except UNREADABLE:
            pass
        self.say(f"{name} is missing or cannot be read.")
        return {}

    def run(self) -> List[str]:
        for part in (self.sums, self.listed, self.log, self.rows, self.gone, self.facts):
            try:
                part()
            except UNREADABLE as error:
                self.say(f"Something in this pack cannot be read: {type(error).__name__}: {error}")
        return self.problems

    # Files

    def sums(self) -> None:
        """Against SHA256SUMS, which lists every other file."""
        said: Dict[str, str] = {}
        for number, line in enumerate(self.texts.get(SUMS, b"").decode("utf-8", "replace").splitlines(), 1):
            digest, space, name = line.partition("  ")
            if not space or len(digest) != 64:
                self.say(f"{SUMS}: line {number} cannot be read.")
            said[name] = digest
        self._compare(said, SUMS, {SUMS})

    def listed(self) -> None:
        """Against manifest.json, which lists every file but the two lists."""
        if self.manifest.get("format") != FORMAT:
            self.say(f"{MANIFEST}: its format is not {FORMAT}; this program cannot check it.")
        files = self.manifest.get("files", [])
        self._compare({each["name"]: each["sha256"] for each in files}, MANIFEST, {SUMS, MANIFEST})
        for each in files:
            size = self.texts.get(each["name"])
            if size is not None and len(size) != each["size"]:
                self.say(f"{each['name']}: its size is not the one in {MANIFEST}.")
        for each in self.manifest.get("missing", []):
            self.say(f"{each['what']} is not in this pack: it could not be read where it is kept when this was made.")

    def _compare(self, said: Dict[str, str], by: str, without: set[str]) -> None:
        for name in sorted(set(said) - set(self.hashes)):
            self.say(f"{name} is missing, or cannot be read; {by} lists it.")
        for name in sorted(set(self.pack.names) - set(said) - without):
            self.say(f"{name} was added: {by} does not list it.")
        for name in sorted(set(said) & set(self.hashes)):
            if said[name] != self.hashes[name]:
                self.say(f"{name} was changed: its SHA-256 is not the one in {by}.")

    # The log

    def log(self) -> None:
        """The entries about what is in this pack, and where they stand in the chain."""
        chain = self._chain()
        last = 0
        for line in self.texts.get(ENTRIES, b"").decode("utf-8", "surrogatepass").split("\n"):
            if line:
                self.entries += 1
                last = self._entry(line, chain, last)
        if self.entries != self.manifest.get("entries"):
            self.say(f"{ENTRIES} was changed: it holds {self.entries} entries, not {self.manifest.get('entries')}.")

    def _chain(self) -> Dict[int, str]:
        """The digest of each entry by its number, from the first that is told of to the head, without a gap."""
        chain: Dict[int, str] = {}
        before: Optional[int] = None
        for line in self.texts.get(CHAIN, b"").decode("utf-8", "replace").splitlines():
            number, _, digest = line.partition(" ")
            place = int(number)
            if before is not None and place != before + 1:
                self.say(f"{CHAIN} was changed: entry {place} does not follow entry {before}.")
            chain[place], before = digest, place
        head = f"{before or 0}:{chain[before] if before else START}"
        if head != self.manifest.get("head"):
            self.say(f"{CHAIN} was changed, or {MANIFEST}: the chain ends at {head}, not at the head that it names.")
        return chain

    def _entry(self, line: str, chain: Dict[int, str], last: int) -> int:
        try:
            entry = json.loads(line)
            number, name = int(entry["number"]), f"{ENTRIES}: entry {entry['number']} ({entry['action']})"
            digest = digest_of(entry)
        except UNREADABLE:
            self.say(f"{ENTRIES} was changed: an entry after entry {last} cannot be read.")
            return last
        if digest != entry["digest"]:
            self.say(f"{name} was changed after it was written.")
        if number <= last:
            self.say(f"{name} is not in its place.")
        if chain.get(number) != entry["digest"]:
            self.say(f"{name} is not the entry of that number in {CHAIN}.")
        before = START if number == 1 else chain.get(number - 1)
        if before != entry["previous"]:
            self.say(f"{name} does not follow the one before it in {CHAIN}: something was taken out or put in.")
        for subject in entry["subjects"]:
            self.told.setdefault((subject["type"], subject["key"]), {}).update(subject["after"])
        return number

    # What the log says of each row

    def rows(self) -> None:
        for name in sorted(self.texts):
            if name.endswith(".json") and name != MANIFEST and not name.endswith("/document.json"):
                for record in self._records(name):
                    self._row(name, record)

    def _records(self, name: str) -> List[Dict[str, Any]]:
        said = self._object(name)
        return list(said["records"]) if "records" in said else [said] if said else []

    def _row(self, name: str, record: Dict[str, Any]) -> None:
        key = (str(record.get("type")), str(record.get("key")))
        self.records[key] = record
        record["in"] = name
        told = self.told.get(key)
        if not told:
            if not record.get("older"):
                self.say(f"{name}: {key[0]} {key[1]} is not in {ENTRIES}.")
            return
        for field, value in record["row"].items():
            if field in told and told[field] != value:
                self.say(f"{name} was changed: its {field} is not what the log says.")

    def gone(self) -> None:
        """Rows that the log knows of and that belong to what is in the pack."""
        about = self.manifest["about"]
        for (kind, key), fields in sorted(self.told.items()):
            field, owner = BELONGS.get(kind, ("", ""))
            owned = (owner, str(fields.get(field)))
            if (owned in self.records or owned == (about["type"], about["key"])) and (kind, key) not in self.records:
                self.say(f"{kind} {key} is in {ENTRIES}, but its record is missing.")

    # How the facts hang together

    def facts(self) -> None:
        for (kind, _), record in sorted(self.records.items()):
            check = {
                "assets.version": self._version,
                "approvals.decision": self._decision,
                "approvals.release": self._release,
            }.get(kind)
            if check:
                try:
                    check(record["in"], record)
                except UNREADABLE as error:
                    self.say(f"{record['in']} was changed: it lacks what it should hold ({error}).")
        for name in self.hashes:
            if name.startswith("papers/") and not name.startswith(f"papers/{self.hashes[name]}"):
                self.say(f"{name} was changed: its name is not its SHA-256.")

    def _version(self, name: str, record: Dict[str, Any]) -> None:
        self._file(name, record, "picture", record["row"]["sha256"])
        if canonical_hash(record["facts"]) != record["row"]["dossier_hash"]:
            self.say(f"{name} was changed: its facts do not fit its dossier_hash.")

    def _decision(self, name: str, record: Dict[str, Any]) -> None:
        if dossier_hash(record["dossier"]) != record["row"]["dossier_hash"]:
            self.say(f"{name} was changed: its dossier does not fit its dossier_hash.")

    def _release(self, name: str, record: Dict[str, Any]) -> None:
        row = record["row"]
        self._file(name, record, "delivered", row["file_sha256"])
        self._file(name, record, "document", row["document_sha256"])
        version = self.records[("assets.version", row["version"])]["row"]
        decision = self.records[("approvals.decision", row["decision"])]
        document = self._object(record["files"]["document"])
        pairs = [
            ("its dossier_hash is not that of its decision", row["dossier_hash"], decision["row"]["dossier_hash"]),
            ("its decision is about another file", decision["dossier"]["file"]["sha256"], version["sha256"]),
            ("its document is about another file", document["version"]["sha256"], version["sha256"]),
            ("its document names another delivered file", document["file"]["sha256"], row["file_sha256"]),
            ("its document is about another picture", document["asset"], version["asset"]),
        ]
        if document.get("original"):
            named = decision["dossier"]["disclosure"]["original"]
            pairs.append(
                ("its document names another original than its decision", document["original"]["sha256"], named)
            )
        for problem, one, other in pairs:
            if one != other:
                self.say(f"{name} or its document was changed: {problem}.")

    def _file(self, name: str, record: Dict[str, Any], what: str, sha256: str) -> None:
        """The file that a record names holds what its row says."""
        path = record["files"].get(what)
        if path is None:
            self.say(f"{name}: the pack holds no {what} of it.")
        elif path not in self.hashes:
            self.say(f"{path} is missing, or cannot be read; {name} names it.")
        elif self.hashes[path] != sha256:
            self.say(f"{path} was changed: its SHA-256 is not the one in {name}.")


# The canonical forms


def canonical_hash(facts: Dict[str, Any]) -> str:
    """SHA-256 of a dossier: sorted keys, no spaces, UTF-8. The same in its formats 1, 2 and 3."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def dossier_hash(dossier: Dict[str, Any]) -> str:
    """SHA-256 of what a decision was about. In format 1 that was the facts' own hash with the channels' names."""
    if dossier.get("format", 1) != 1:
        return canonical_hash(dossier)
    own = canonical_hash({name: value for name, value in dossier.items() if name != "channels"})
    return hashlib.sha256("\n".join([own, *sorted(dossier["channels"])]).encode()).hexdigest()


def digest_of(entry: Dict[str, Any]) -> str:
    """SHA-256 of an entry of the log: all that it says, in its format, and the digest of the entry before."""
    start = [entry["previous"], entry["at"], entry["actor"], entry["actor_name"]]
    subjects = entry["subjects"]
    if entry["format"] == 1:
        kind, key = (subjects[0]["type"], subjects[0]["key"]) if len(subjects) == 1 else ("", "")
        parts = [[*start, entry["action"], kind, key, entry["words"], entry["data"]]]
    elif entry["format"] == 2:
        parts = [[2, *start, entry["action"], entry["words"], entry["data"]]]
        parts += [[each["position"], each["type"], each["key"], each["before"], each["after"]] for each in subjects]
    else:
        raise ValueError("This format is not known.")
    digest = hashlib.sha256()
    for part in parts:
        text = json.dumps(part, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def opened(path: str) -> Pack:
    return Unpacked(path) if os.path.isdir(path) else Zipped(path)


def main(arguments: List[str]) -> int:
    path = arguments[0] if arguments else os.path.dirname(os.path.abspath(__file__))
    try:
        checked = Checked(opened(path))
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        print(f"{path} was changed: it cannot be read as an evidence pack ({error}).")
        return 1
    problems = checked.run()
    for problem in problems:
        print(problem)
    if problems:
        print(f"NOT WHOLE: {len(problems)} things do not fit.")
        return 1
    print(f"WHOLE: {len(checked.hashes)} files and {checked.entries} entries of the log fit together.")
    print(f"The SHA-256 of {SUMS} is {checked.hashes[SUMS]}")
    print(f"The head of the log is {checked.manifest['head']}")
    print(COMPARE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
