"""Which network addresses a provider may send this server to: its own public hosts, and nothing inside.

`ipaddress.is_global` is no filter: Python 3.11.7 calls NAT64 and 6to4 forms of the metadata address,
multicast and 168.63.129.16 global (measured 2026-11). So the list of what is refused is our own.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from generation.providers.errors import BlockedAddress

Resolver = Callable[[str, int], list[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

DENIED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "168.63.129.16/32", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")  # all other IPv6 is local, mapped, translated or unassigned
DENIED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # tunnels, 6to4, documentation
)
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
INSIDE_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
LONGEST_ADDRESS = 16_000
"""Characters of an address: signed ones, which carry a session with them, have a few thousand."""
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_PLAIN = re.compile(r"[!-\[\]-~]+")  # printable ASCII without space and backslash


def system_resolver(host: str, port: int) -> list[str]:
    """What the operating system says: every address of the host, as text."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_within(resolver: Resolver, host: str, port: int, seconds: float) -> list[str]:
    """The resolver's answer, or an OSError when it takes longer than `seconds`: getaddrinfo has no limit itself."""
    answer: list[list[str] | OSError] = []

    def ask() -> None:
        try:
            answer.append(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.append(OSError(str(error)))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(seconds, 0.01))
    if not answer:
        raise TimeoutError(f"No address for {host} in {seconds:.0f} s.")
    if isinstance(answer[0], OSError):
        raise answer[0]
    return answer[0]


def is_public(address: str) -> bool:
    """Whether a resolved address is out on the internet, by our own list."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in DENIED_V4)
    in_public = parsed in PUBLIC_V6 and parsed.scope_id is None
    return in_public and not any(parsed in network for network in DENIED_V6)


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_inside(url: str) -> bool:
    """Whether an address leads to this computer or into its own network, as far as its text says; nothing is asked.

    A name without a dot is that of a neighbor, such as a container. A name that only the network's own server of
    names leads inside counts as outside: nobody is told too much.
    """
    try:
        host = (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(INSIDE_ENDINGS))
    return not is_public(host)


@dataclass(frozen=True)
class EgressPolicy:
    """The one way out to addresses that a provider names: checked as text, then as what they resolve to."""

    hosts: tuple[str, ...]
    """"api.bfl.ai"; "*.bfl.ai" for every host below it; "cdn*.bfl.ai" for those whose first label begins so."""
    allow_loopback: bool = False  # for stand-ins in tests only

    def check_url(self, url: str) -> None:
        """Raises BlockedAddress unless the address is https, on an allowed host, and plainly written."""
        if len(url) > LONGEST_ADDRESS:
            raise BlockedAddress(f"The address has {len(url):,} characters, which is more than any picture's.")
        if not _PLAIN.fullmatch(url):
            raise BlockedAddress("The address holds characters that no picture address needs.")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise BlockedAddress("The address cannot be read.") from None
        if "@" in parts.netloc:
            raise BlockedAddress("The address carries a user name.")
        if self.is_stand_in(host):
            allowed = parts.scheme in ("http", "https")
        else:
            allowed = parts.scheme == "https" and port in (None, 443) and self._allows(host)
        if not allowed:
            raise BlockedAddress(f"The address {parts.scheme}://{host[:80]} is not one of the provider's own.")

    def check_addresses(self, host: str, addresses: Iterable[str]) -> None:
        """Raises BlockedAddress unless every address the host resolved to may be connected to."""
        right = is_loopback if self.is_stand_in(host) else is_public
        found = list(addresses)
        if not found or not all(map(right, found)):
            raise BlockedAddress(f"The host {host[:80]} leads to an address inside this network.")

    def is_stand_in(self, host: str) -> bool:
        return self.allow_loopback and host in LOOPBACK_HOSTS

    def _allows(self, host: str) -> bool:
        if not _HOST_NAME.fullmatch(host):
            return False
        return any(_matches(host, allowed) for allowed in self.hosts)


def _matches(host: str, allowed: str) -> bool:
    label, _, rest = allowed.partition(".")
    if label == "*":
        return host.endswith(allowed[1:])
    if label.endswith("*"):
        first, _, others = host.partition(".")
        return others == rest and first.startswith(label[:-1])
    return host == allowed
