import ipaddress
import socket
from typing import Any

import pytest

from monitor.sources.http.address_guard import BlockedAddress, Resolver, is_public, literal, refuse_private_literal


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.9",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.9",
        "168.63.129.16",
        "192.88.99.1",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "fe80::1",
        "fe80::1%1",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "2002:7f00:1::",
        "2001:0:1::",
        "2001:db8::1",
        "100::1",
    ],
)
def test_the_inner_network_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.15.0.1", "100.63.0.1", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_numbers_are_addresses_in_any_form(host: str) -> None:
    assert literal(host) == ipaddress.ip_address("127.0.0.1")
    with pytest.raises(BlockedAddress):
        refuse_private_literal(host)


@pytest.mark.parametrize("host", ["vesti.kz", "a.127.0.0.1.kz", "", "8.8.8.8", "2a00:1450::1", "имя.қаз"])
def test_names_and_public_numbers_pass_to_the_proxy(host: str) -> None:
    refuse_private_literal(host)


class Lookup:
    """Answers as a name server with these addresses for any name, and remembers who was asked for."""

    def __init__(self, *addresses: str) -> None:
        self.addresses, self.asked = addresses, list[str]()
        self.failure: OSError | None = None

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        if self.failure:
            raise self.failure
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self.addresses]


async def test_of_mixed_answers_only_the_public_ones_are_used() -> None:
    names = Resolver(
        allow_private=False, lookup=Lookup("10.0.0.1", "8.8.8.8", "::ffff:127.0.0.1", "1.1.1.1", "8.8.8.8")
    )
    assert await names.addresses("news.example", 443) == ["8.8.8.8", "1.1.1.1"]
    names.close()


async def test_answers_are_remembered_and_judged_each_time() -> None:
    lookup = Lookup("127.0.0.1")
    names = Resolver(allow_private=False, lookup=lookup)
    for _ in range(2):
        with pytest.raises(BlockedAddress):
            await names.addresses("news.example", 443)
    assert lookup.asked == ["news.example"]
    names.forget("news.example", 443)
    with pytest.raises(BlockedAddress):
        await names.addresses("news.example", 443)
    assert lookup.asked == ["news.example"] * 2
    names.close()


async def test_an_old_answer_serves_while_the_name_server_fails() -> None:
    lookup = Lookup("8.8.8.8")
    names = Resolver(allow_private=False, lookup=lookup)
    await names.addresses("news.example", 443)
    names._known["news.example", 443] = 0.0, ["8.8.8.8"]
    lookup.failure = socket.gaierror(socket.EAI_AGAIN, "try again")
    assert await names.addresses("news.example", 443) == ["8.8.8.8"]
    with pytest.raises(OSError, match="again"):
        await names.addresses("other.example", 443)
    names.close()


async def test_the_memory_of_names_is_bounded() -> None:
    lookup = Lookup("8.8.8.8")
    names = Resolver(allow_private=False, lookup=lookup)
    for number in range(1_100):
        await names.addresses(f"n{number}.example", 443)
    assert len(names._known) <= 1_024
    await names.addresses("n1099.example", 443)
    assert len(lookup.asked) == 1_100
    names.close()


async def test_a_name_that_cannot_be_written_is_an_error_of_the_network() -> None:
    names = Resolver(allow_private=True, lookup=socket.getaddrinfo)
    with pytest.raises(OSError, match=r"\w"):
        await names.addresses("a" * 70 + ".example", 443)
    names.close()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "db.local", "metadata.google.internal", "router.lan"])
def test_names_within_a_network_are_refused_through_a_proxy_too(host: str) -> None:
    with pytest.raises(BlockedAddress):
        refuse_private_literal(host)


async def test_an_answer_of_thousands_of_addresses_is_cut() -> None:
    names = Resolver(allow_private=False, lookup=Lookup(*(f"8.8.{n // 250}.{n % 250}" for n in range(4_000))))
    assert len(await names.addresses("news.example", 443)) == 16
    names.close()
