"""What the httpx clients of the product have in common: feeds and pages, Telegram, the heartbeat."""

import ssl
from functools import cache
from typing import Any

import httpx


class CredentialsInAddress(httpx.InvalidURL):
    """An address has a name or a password in it, with which nobody is asked."""


class UnreadableCertificates(ValueError):
    """A file of certificates cannot be used."""


def client_settings(*, connect: float, read: float, proxy: str | None = None) -> dict[str, Any]:
    """Arguments for `httpx.AsyncClient`. Seconds to `connect`, and seconds to `read`, write or wait for a connection.

    `proxy` is an `http://`, `https://` or `socks5://` address; what the environment says of proxies does not count.
    No connection is kept: one gone stale would turn a harmless failure into a message that may have arrived.
    """
    return {
        "timeout": httpx.Timeout(read, connect=connect),
        "limits": httpx.Limits(max_connections=8, max_keepalive_connections=0),
        "proxy": proxy,
        "trust_env": False,
        "verify": tls_context(),
    }


@cache
def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """TLS that trusts the usual certificates and those of a PEM file. Made once, it costs 20 ms.

    Raises UnreadableCertificates.
    """
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UnreadableCertificates(f"{ca_file}: {error.strerror or error}") from error
    return context
