import ipaddress

import pytest

from monitor.addresses import BlockedAddress, is_public, literal, refuse_private_literal


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
