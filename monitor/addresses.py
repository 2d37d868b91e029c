"""Which network addresses may be connected to, and the connecting itself.

The check stands where the connection is made: a name is resolved once, its addresses are judged, and the socket
goes to the judged address, so neither a redirect nor a second DNS answer can lead into the private network.
TLS and `Host` keep the name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from ssl import SSLContext

import httpcore
import httpx

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_MOST_ATTEMPTS = 3  # addresses of one name
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
    """For requests through a proxy, which resolves names itself. Raises BlockedAddress."""
    address = literal(host)
    if address is not None and not is_public(address):
        raise BlockedAddress(host, [str(address)])


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections to public addresses only (or to any, if `allow_private`). Raises BlockedAddress."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """The first of the host's allowed addresses that answers; `timeout` (seconds) is shared by the attempts."""
        addresses = (await self._allowed(host, port))[:_MOST_ATTEMPTS]
        share = timeout / len(addresses) if timeout else timeout
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, share, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """As the interface of a backend asks."""
        await self._network.sleep(seconds)

    async def _allowed(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"DNS: {error}") from error
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        allowed = [a for a in addresses if self._allow_private or is_public(ipaddress.ip_address(a))]
        if not allowed:
            raise BlockedAddress(host, addresses)
        return allowed


class PublicTransport(httpx.AsyncHTTPTransport):
    """httpx over a `PublicNetwork`. httpx has no door for a network backend, so its pool is put in place here."""

    def __init__(self, *, tls: SSLContext, most_connections: int, allow_private: bool) -> None:
        super().__init__(verify=tls)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=most_connections,
            max_keepalive_connections=0,
            network_backend=PublicNetwork(allow_private=allow_private),
        )
