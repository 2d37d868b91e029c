"""Which network addresses may be connected to, and what addresses a name has. Opens no connection.

A name is resolved, its addresses are judged, and whoever connects goes to a judged address and never to the name:
neither a redirect nor a second DNS answer can lead into the private network.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[..., list[Any]]  # as socket.getaddrinfo

_REMEMBERED_SECONDS = 300.0  # the resolver does not tell the TTL; news sites keep theirs for minutes
_MOST_REMEMBERED = 1_024
_MOST_ADDRESSES = 16  # of a name; an answer may hold thousands
_MOST_LOOKUPS = 32  # at once; a dead name server holds each for up to half a minute
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's host agent: in public space, reachable only from within
        "192.0.0.0/24",  # protocol assignments; a cloud keeps its metadata there
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4-compatible, long abolished
        "64:ff9b:1::/48",  # NAT64 of a local network
        "2001::/23",  # Teredo and other protocol assignments
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
    )
)

_NAMES_WITHIN = (".localhost", ".local", ".internal", ".localdomain", ".home.arpa", ".lan", ".intranet")


class BlockedAddress(Exception):
    """No address of this host may be connected to."""

    def __init__(self, host: str, addresses: Iterable[str]) -> None:
        self.host, self.addresses = host, tuple(addresses)
        super().__init__(f"{host} → {', '.join(self.addresses)}")


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the public internet, whatever form it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(address.packed[-4:]))
    if any(address in network for network in _REFUSED if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def literal(host: str) -> IPAddress | None:
    """The address a host spells out, in any form a resolver takes (also decimal, octal, hexadecimal); else None."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def refuse_private_literal(host: str) -> None:
    """For requests through a proxy, which resolves names itself. Raises BlockedAddress; also for names of no network
    but its own.
    """
    if f".{host.rstrip('.').lower()}".endswith(_NAMES_WITHIN):
        raise BlockedAddress(host, [host])
    address = literal(host)
    if address is not None and not is_public(address):
        raise BlockedAddress(host, [str(address)])


class Resolver:
    """The judged addresses of a host: public ones only, or any if `allow_private`.

    Answers are remembered for a few minutes and judged anew at every use. Lookups run in threads of their own: a
    name server that does not answer must not take the threads of the database and the matcher.
    """

    def __init__(self, *, allow_private: bool, lookup: Lookup) -> None:
        self._allow_private, self._lookup = allow_private, lookup
        self._known: dict[tuple[str, int], tuple[float, list[str]]] = {}
        self._threads = ThreadPoolExecutor(_MOST_LOOKUPS, thread_name_prefix="dns")

    def close(self) -> None:
        """Lookups under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def addresses(self, host: str, port: int) -> list[str]:
        """At least one address, in the resolver's order. Raises BlockedAddress; OSError when there is none."""
        addresses = await self._resolved(host, port)
        allowed = [a for a in addresses if self._allow_private or is_public(ipaddress.ip_address(a))]
        if not allowed:
            raise BlockedAddress(host, addresses)
        return allowed

    def forget(self, host: str, port: int) -> None:
        """None of the addresses answered: ask the name server again next time."""
        self._known.pop((host, port), None)

    async def _resolved(self, host: str, port: int) -> list[str]:
        if (number := literal(host)) is not None:
            return [str(number)]
        loop = asyncio.get_running_loop()
        until, addresses = self._known.get((host, port), (0.0, []))
        if loop.time() < until:
            return addresses
        try:
            answers = await loop.run_in_executor(self._threads, self._ask, host, port)
        except UnicodeError as error:
            raise OSError(str(error)) from error
        except OSError:
            if not addresses:
                raise
            return addresses  # a name server that fails is no reason to lose a site that does not (RFC 8767)
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in answers))[:_MOST_ADDRESSES]
        self._remember(host, port, loop.time() + _REMEMBERED_SECONDS, addresses)
        return addresses

    def _ask(self, host: str, port: int) -> list[Any]:
        return self._lookup(host, port, type=socket.SOCK_STREAM)

    def _remember(self, host: str, port: int, until: float, addresses: list[str]) -> None:
        self._known.pop((host, port), None)
        if len(self._known) >= _MOST_REMEMBERED:
            del self._known[next(iter(self._known))]  # the oldest
        self._known[host, port] = until, addresses
