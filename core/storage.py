"""Where bytes are kept: every file under its own SHA-256, written once and never changed.

The store is Django's default one: a folder, or a private S3 bucket. One that does not answer raises `Unavailable`,
and soon.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage, Storage, storages

_SHA256 = re.compile(r"[0-9a-f]{64}")
CONNECT_TIMEOUT, READ_TIMEOUT = 1.0, 1.2
"""Seconds a bucket has to take a connection, and then to answer. Whoever waits for a page wants to hear within two, so
nothing is tried twice here: workers try again by themselves, and people are told that they can."""
AGAIN = 0.2
"""Seconds until a file is put once more that somebody else is putting."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class CorruptFile(Exception):
    """The stored bytes are no longer those that were put in. Nothing may be served or decided from them."""


class Unavailable(OSError):
    """The store does not answer, or does not let us in. Nothing was kept; the same may work in a minute."""


class Full(Unavailable):
    """There is no room left in the store. Nothing was kept."""


def put(data: bytes) -> str:
    """Keep the bytes and return their SHA-256. Keeping the same bytes again changes nothing. Raises Unavailable."""
    sha256 = hashlib.sha256(data).hexdigest()
    store = _store()
    if isinstance(store, FileSystemStorage):
        _into_folder(Path(store.path(path_of(sha256))), data, store.file_permissions_mode or 0o600)
    else:
        _into_bucket(store, path_of(sha256), data)
    return sha256


def read(sha256: str) -> bytes:
    """All bytes, found to be those that were put in. Raises FileNotFoundError, CorruptFile and Unavailable."""
    with _opened(path_of(sha256)) as file, _reached():
        data = file.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise CorruptFile(f"The stored file {sha256[:12]}… has changed where it is kept. Restore it from the backup.")
    return data


def exists(sha256: str) -> bool:
    """Whether something is kept under this hash. Raises Unavailable."""
    store, name = _store(), path_of(sha256)
    with _reached():
        return store.exists(name) if isinstance(store, FileSystemStorage) else _is_in_bucket(store, name)


# Beside the pictures: what is known by its name


def named(name: str) -> bytes | None:
    """The bytes of a small file at the top of the store; None when there is none. Raises Unavailable."""
    try:
        with _opened(name) as file, _reached():
            return file.read()
    except FileNotFoundError:
        return None


def put_named(name: str, data: bytes) -> None:
    """Keep a small file at the top of the store, unless its name is taken. Raises Unavailable."""
    store = _store()
    if not isinstance(store, FileSystemStorage):
        _into_bucket(store, name, data)
        return
    target = Path(store.path(name))
    with _reached(), contextlib.suppress(FileExistsError):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def remove_named(name: str) -> None:
    """Remove such a file. Raises Unavailable."""
    store = _store()
    if not isinstance(store, FileSystemStorage):
        client(store)
    with _reached():
        store.delete(name)


def client(store: Any = None) -> Any:
    """What speaks to the bucket: it gives up soon, and tries nothing twice. Boto3's own waits for five minutes."""
    from botocore.config import Config  # comes with the s3 extra, which a folder does not need

    store = store or _store()
    if store.client_config.read_timeout != READ_TIMEOUT:
        patience = Config(connect_timeout=CONNECT_TIMEOUT, read_timeout=READ_TIMEOUT, retries={"total_max_attempts": 1})
        store.client_config = store.client_config.merge(patience)
    return store.connection.meta.client


def path_of(sha256: str) -> str:
    """The name of a file within the store. Raises ValueError for anything but a SHA-256 in lower-case hex."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("Not a SHA-256.")
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _store() -> Storage:
    return storages["default"]


def _opened(name: str) -> IO[bytes]:
    store = _store()
    with _reached():
        if isinstance(store, FileSystemStorage):
            return store.open(name)
        return io.BytesIO(_from_bucket(store, name))


@contextlib.contextmanager
def _reached() -> Iterator[None]:
    """Whatever keeps a store from answering becomes one thing. A file that is not there is an answer."""
    try:
        yield
    except (FileNotFoundError, Unavailable):
        raise
    except OSError as error:
        raise (Full if error.errno in FULL else Unavailable)(str(error)) from error
    except Exception as error:
        if not _is_boto(error):
            raise
        raise Unavailable(str(error)) from error


def _is_boto(error: Exception) -> bool:
    """Whether boto3 raised it, which only the s3 extra brings: asked by name, so that a folder needs none of it."""
    return any(kind.__module__.partition(".")[0] in ("botocore", "boto3", "urllib3") for kind in type(error).__mro__)


def _into_folder(target: Path, data: bytes, mode: int) -> None:
    """Write beside the place, sync, then rename: a crash or a full disk leaves no half file under the name.

    What is there already is left alone when it is whole, and repaired when it is not.
    """
    with _reached():
        if target.exists() and target.read_bytes() == data:
            return
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, waiting = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(waiting).chmod(mode)
            Path(waiting).replace(target)
        except BaseException:
            Path(waiting).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system knows how."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _into_bucket(store: Any, name: str, data: bytes) -> None:
    """Put on condition that the key is free; a key that is taken already holds these bytes.

    The condition is S3's own (`If-None-Match: *`): asking first and writing then would be a race, and boto3's upload
    helper does not carry the condition (boto3 1.44, November 2026).
    """
    from botocore.exceptions import ClientError

    with _reached():
        for is_last in (False, False, True):
            try:
                client(store).put_object(Bucket=store.bucket_name, Key=_key(store, name), Body=data, IfNoneMatch="*")
            except ClientError as error:
                if _status(error) == 507:
                    raise Full(str(error)) from error
                if _status(error) == 409 and not is_last:  # somebody else is putting it: S3 asks to try again
                    time.sleep(AGAIN)
                    continue
                if _status(error) != 412:
                    raise
            return


def _from_bucket(store: Any, name: str) -> bytes:
    """All bytes under a key, in one request. Raises FileNotFoundError."""
    from botocore.exceptions import ClientError

    try:
        data: bytes = client(store).get_object(Bucket=store.bucket_name, Key=_key(store, name))["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            raise FileNotFoundError(name) from error
        raise
    return data


def _is_in_bucket(store: Any, name: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        client(store).head_object(Bucket=store.bucket_name, Key=_key(store, name))
    except ClientError as error:
        if _status(error) == 404:
            return False
        raise
    return True


def _status(error: Any) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def _key(store: Any, name: str) -> str:
    """The key under which `store.open(name)` would look."""
    return str(store._normalize_name(name))
