"""Typed readers of environment variables. A wrong or missing one stops the start: by name, with what to do.

A variable that is set but empty counts as not set, as container files often write it that way.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import secrets
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
"""Without the dot of the root at its end, which Django takes from the host that it compares with."""
NO = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def required(name: str, remedy: str) -> str:
    """The value, or a stop that says what it is for and how to get one."""
    value = secret(name)
    if not value:
        raise wrong(name, "is not set", remedy)
    return value


def secret(name: str, default: str = "") -> str:
    """The value of `NAME`, or the content of the file that `NAME_FILE` points at."""
    value, path = text(name), text(f"{name}_FILE")
    if value and path:
        raise wrong(name, f"and {name}_FILE are both set", "Keep one of them")
    return _content(f"{name}_FILE", Path(path)) if path else value or default


def _content(name: str, path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise wrong(
            name, f"points at {path}, which cannot be read ({reason})", "Give the path of a readable file"
        ) from None
    if not value:
        raise wrong(name, f"points at {path}, which is empty", "Put the secret in it, or unset the variable")
    return value


def pem(name: str) -> str:
    """A key or certificates, PEM: as the value, where a line may end in `\\n` as written, or from a file."""
    return secret(name).replace("\\n", "\n")


def file_content(name: str) -> str:
    """The content of the file that the variable names; empty where it names none."""
    path = text(name)
    return _content(name, Path(path)) if path else ""


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if value and value not in YES | NO:
        raise wrong(name, f"is “{value}”", "Use 1 or 0")
    return value in YES if value else default


def number(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    value = text(name, str(default))
    limits = f"from {least} to {most}" if most is not None else f"of {least} or more"
    if not value.isascii() or not value.isdigit():
        raise wrong(name, f"is “{value}”", f"Use a whole number {limits}")
    if int(value) < least or (most is not None and int(value) > most):
        raise wrong(name, f"is {value}", f"Use a whole number {limits}")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def one_of(name: str, *choices: str) -> str:
    """One of the choices, in lower case. The first is the default."""
    value = text(name, choices[0]).lower()
    if value not in choices:
        raise wrong(name, f"is “{value}”", f"Use one of: {', '.join(choices)}")
    return value


def time_zone(name: str, default: str) -> str:
    """The IANA name of a time zone."""
    value = text(name, default)
    if value not in zoneinfo.available_timezones():
        raise wrong(name, f"is “{value}”", "Use a time zone’s IANA name, such as America/Los_Angeles")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder that is made when it is not there. A relative path starts beside the default."""
    path = default.parent / text(name, str(default))
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise wrong(name, f"is {path}, which cannot be made ({error.strerror})", "Name a writable folder") from None
    return path


def web_address(name: str, default: str) -> str:
    """An `http` or `https` address without a trailing slash."""
    value = text(name, default).rstrip("/")
    if not _is_readable(value) or urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
        raise wrong(name, f"is “{_without_password(value)}”", f"Use a full address such as {default}")
    return value


def site_address(name: str, default: str) -> str:
    """Where people find the portal: scheme, host and port as a browser's Origin header has them, and nothing else."""
    value = web_address(name, default)
    parts = urlsplit(value)
    if "@" in parts.netloc:
        raise wrong(name, "holds a name or a password", f"Leave it out: {default}")
    if parts.path or parts.query or parts.fragment or value.endswith(("?", "#")):
        raise wrong(name, f"is “{value}”, which is more than a host", f"The portal has a host of its own: {default}")
    host = str(parts.hostname)
    if not _is_host(host):
        raise wrong(name, f"is “{value}”, whose host cannot be one", f"Use a full address such as {default}")
    written = f"[{ipaddress.ip_address(host).compressed}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{written}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def mail_domain(host: str) -> str:
    """A host as mail addresses write it after their @: an address of the network in brackets."""
    plain = host.strip("[]")
    if ":" in plain:
        return f"[IPv6:{plain}]"
    return f"[{plain}]" if plain.replace(".", "").isdigit() else plain


def _is_host(host: str) -> bool:
    """Whether it is an address of the network, or a name in ASCII as certificates and headers write it."""
    if ":" in host:
        try:
            return not ipaddress.IPv6Address(host).scope_id
        except ValueError:
            return False
    return HOST_NAME.fullmatch(host) is not None and len(host) <= 253


def server_address(name: str, *schemes: str, default: str = "") -> str:
    """The address of a database, broker, cache or mail server, which may hold a password: never shown back."""
    value = secret(name, default)
    if value and value.partition(":")[0] not in schemes:
        raise wrong(
            name, "begins with an unknown scheme", f"Use one of: {', '.join(f'{scheme}:' for scheme in schemes)}"
        )
    if not _is_readable(value):
        raise wrong(name, "cannot be read as an address", "Write it as scheme://user:password@host:port/name")
    return value


def kept_outside(name: str, beside: Path, *, bucket: bool, loopback: bool) -> str:
    """Where something is kept for good: an `https` address, an `s3` one, or a folder, which is made if need be.

    Without encryption only on this machine, and only where `loopback` says so. The address may hold a token.
    """
    value = secret(name)
    scheme = value.partition("://")[0] if "://" in value else ""
    parts = urlsplit(value) if _is_readable(value) else None
    if not value:
        return ""
    if parts is None or scheme not in ("", "s3", "https", "http") or (scheme and not parts.hostname):
        raise wrong(name, "cannot be read", "Name a folder, an s3:// bucket or an https:// address")
    if scheme == "s3" and not bucket:
        raise wrong(name, "names a bucket", "Set STORAGE=s3 too, whose keys are used, or name a folder")
    if scheme == "http" and not (loopback and parts.hostname in LOOPBACK):
        raise wrong(name, "is not encrypted", "Use an https:// address")
    return value if scheme else str(folder(name, beside))


def _without_password(address: str) -> str:
    return re.sub(r"//[^/]*@", "//…@", address)


def _is_readable(address: str) -> bool:
    try:
        urlsplit(address).port  # noqa: B018 - a port that is no number is found only by asking
    except ValueError:
        return False
    return True


def wrong(name: str, problem: str, remedy: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} {problem}. {remedy}.")


def _any_secret() -> str:
    return secrets.token_urlsafe(64)


def kept_secret(path: Path, make: Callable[[], str] = _any_secret) -> str:
    """A secret made on the first start and kept beside the data, readable by its owner alone."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make(), encoding="utf-8")
        with contextlib.suppress(FileExistsError):  # two processes may start at once: the first one's secret holds
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()
