"""Stamps of an authority that openssl plays, on loopback: what is believed, and what is refused."""

import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import EvidenceError
from monitor.evidence import cms, timestamps
from monitor.evidence.der import Element, document
from monitor.evidence.timestamps import LARGEST, certificates, check, stamp
from monitor.models.evidence import TimeStamp
from tests.servers import faults
from tests.servers.faults import Fault
from tests.servers.timestamp_authority import HAS_OPENSSL, LONG, SHORT, Make, Manner, TimestampAuthority, endless

pytestmark = [
    pytest.mark.skipif(
        not HAS_OPENSSL,
        reason="NO TIME STAMP IS TESTED: the openssl command is not on this machine (apt install openssl)",
    ),
    # of a certificate whose number a test made negative; a later version refuses it
    pytest.mark.filterwarnings("ignore:Parsed a serial number"),
]

HASH = "7" * 64
DATA = HASH.encode()
Made = Callable[[Make], TimestampAuthority]
PATIENCE = 0.5  # seconds that a silent authority is given here


@pytest.fixture(autouse=True)
def honest(authority: TimestampAuthority) -> None:
    authority.manner = Manner.HONEST


@pytest.fixture(scope="module")
def token(authority: TimestampAuthority) -> bytes:
    """An answer without HTTP, to a query by openssl."""
    authority.manner = Manner.HONEST
    return answered(authority)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Authorities of any make, each made once: their keys take a moment."""
    return cache(lambda make: TimestampAuthority(tmp_path_factory.mktemp("made"), make))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=False, trust_env=False, headers={"user-agent": "monitor-test"}) as opened:
        yield opened


def answered(authority: TimestampAuthority, *options: str) -> bytes:
    """To a query that openssl makes."""
    (authority.folder / "data").write_bytes(DATA)
    query = ["openssl", "ts", "-query", "-data", "data", "-sha256", "-cert", *options]
    return authority.reply(subprocess.run(query, cwd=authority.folder, capture_output=True, check=True).stdout)


def shown_by_openssl(query: bytes) -> str:
    command = ["openssl", "ts", "-query", "-in", "/dev/stdin", "-text"]
    return subprocess.run(command, input=query, capture_output=True, check=True).stdout.decode()


def openssl_says(folder: Path, token: bytes, *, data: bytes = DATA, roots: bytes) -> bool:
    """Whether `openssl ts -verify` finds the same, with the link from the answer as `certificates` tells it."""
    for name, content in {"t": token, "d": data, "r": roots, "c": certificates(token)}.items():
        (folder / name).write_bytes(content)
    command = ["openssl", "ts", "-verify", "-in", "t", "-data", "d", "-CAfile", "r", "-untrusted", "c"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def read(element: Element, *path: int) -> Element:
    for number in path:
        element = element.children()[number]
    return element


# ── what is believed ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [SHORT, LONG])
@pytest.mark.parametrize(("key", "named_by"), [("ec", "sha256"), ("ec", "sha512"), ("rsa", "sha1")])
async def test_a_stamp_holds_for_openssl_too(
    tmp_path: Path, client: httpx.AsyncClient, key: str, named_by: str, name: str
) -> None:
    """Certificates in either order, keys of both kinds, each hash that may name the certificate."""
    folder = tmp_path / "authority"
    folder.mkdir()
    with TimestampAuthority(folder, Make(key=key, named_by=named_by, name=name)) as authority:
        before = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - openssl has no other clock
        found = await stamp(HASH, f"{authority.url}/tsa", client=client, roots=authority.roots)

        assert (found.hash, found.authority) == (HASH, f"{authority.url}/tsa")
        assert before <= found.stamped_at <= before + timedelta(minutes=5)
        assert found.stamped_at.tzinfo is UTC
        assert check(found.token, DATA, authority.roots) == check(found.token, DATA) == found.stamped_at
        assert openssl_says(tmp_path, found.token, roots=authority.roots)
        assert not openssl_says(tmp_path, found.token, data=b"8" * 64, roots=authority.roots)


async def test_the_request_is_as_rfc_3161_wants_it(authority: TimestampAuthority, client: httpx.AsyncClient) -> None:
    await stamp(HASH, f"{authority.url}/tsa", client=client)

    request = authority.requests[-1]
    assert (request.method, request.path) == ("POST", "/tsa")
    assert request.headers["content-type"] == "application/timestamp-query"
    assert request.headers["user-agent"] == "monitor-test"
    shown = shown_by_openssl(request.body)
    assert "Hash Algorithm: sha256" in shown
    assert "Nonce: 0x" in shown
    assert "Certificate required: yes" in shown


@pytest.mark.parametrize(("name", "is_sorted"), [(SHORT, True), (LONG, False)])
def test_certificates_are_read_in_whatever_order_they_come(tmp_path: Path, name: str, is_sorted: bool) -> None:
    """openssl writes the signer's first; in the order of DER the shorter is."""
    token = answered(TimestampAuthority(tmp_path, Make(name=name)))
    held = cms.certificates(token)

    assert (held == sorted(held)) is is_sorted
    assert check(token, DATA).tzinfo is UTC


def test_the_certificates_are_those_of_the_answer(authority: TimestampAuthority, token: bytes) -> None:
    own, link = ((authority.folder / name).read_bytes() for name in ("own.pem", "link.pem"))

    found = certificates(token)

    assert sorted(found.split(b"-----BEGIN")[1:]) == sorted((own + link).split(b"-----BEGIN")[1:])


# ── whom to trust ───────────────────────────────────────────────────────────────────────────────────────────────


def test_another_root_is_not_enough(authority: TimestampAuthority, token: bytes, tmp_path: Path) -> None:
    stranger = TimestampAuthority(tmp_path)

    with pytest.raises(EvidenceError, match="не ведёт к доверенному корню"):
        check(token, DATA, stranger.roots)
    assert check(token, DATA, stranger.roots + authority.roots) == check(token, DATA)


def test_a_link_that_the_authority_does_not_show_must_be_among_the_roots(tmp_path: Path) -> None:
    bare = TimestampAuthority(tmp_path, Make(shows_link=False))
    token, link = answered(bare), (tmp_path / "link.pem").read_bytes()

    with pytest.raises(EvidenceError, match="не ведёт к доверенному корню"):
        check(token, DATA, bare.roots)
    assert check(token, DATA, bare.roots + link) == check(token, DATA)


def test_roots_that_are_no_pem_are_named(token: bytes) -> None:
    with pytest.raises(EvidenceError, match="нужен файл PEM"):
        check(token, DATA, b"roots")


@pytest.mark.parametrize(
    ("purpose", "fits"),
    [
        ("extendedKeyUsage=critical,timeStamping", True),
        ("extendedKeyUsage=critical,timeStamping,serverAuth", False),
        ("extendedKeyUsage=timeStamping", False),
        ("extendedKeyUsage=critical,serverAuth", False),
        ("keyUsage=digitalSignature", False),
    ],
)
def test_a_certificate_must_be_for_stamps_alone(tmp_path: Path, purpose: str, fits: bool) -> None:
    """Looked at inside: openssl does not stamp with the others, so there is no answer to check."""
    TimestampAuthority(tmp_path, Make(purpose=purpose))
    own = x509.load_pem_x509_certificate((tmp_path / "own.pem").read_bytes())

    assert timestamps._is_for_stamps(own) is fits


def test_a_certificate_that_had_ended_stamps_nothing(tmp_path: Path) -> None:
    ended = TimestampAuthority(tmp_path)
    own, link = (x509.load_pem_x509_certificate((tmp_path / name).read_bytes()) for name in ("own.pem", "link.pem"))
    key = load_pem_private_key((tmp_path / "link.key").read_bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    builder = x509.CertificateBuilder(link.subject, own.subject, own.public_key(), own.serial_number)
    builder = builder.not_valid_before(own.not_valid_before_utc - timedelta(days=9))
    builder = builder.not_valid_after(own.not_valid_before_utc - timedelta(days=8))
    for extension in own.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    (tmp_path / "own.pem").write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))

    with pytest.raises(EvidenceError, match="в это время не действовал"):
        check(answered(ended), DATA)


def test_an_answer_without_the_certificate_proves_nothing(authority: TimestampAuthority) -> None:
    (authority.folder / "data").write_bytes(DATA)
    query = ["openssl", "ts", "-query", "-data", "data", "-sha256"]
    bare = authority.reply(subprocess.run(query, cwd=authority.folder, capture_output=True, check=True).stdout)

    assert certificates(bare) == b""
    with pytest.raises(EvidenceError, match="нет сертификата подписавшего"):
        check(bare, DATA, authority.roots)


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("manner", "said"),
    [
        (Manner.DENIES, "отказ"),
        (Manner.ALTERS, "изменено после подписи|сертификат в это время не действовал"),
        (Manner.OTHER_HASH, "на другой хеш"),
        (Manner.OTHER_NONCE, "не на этот запрос"),
        (Manner.NOT_DER, "не по RFC 3161"),
    ],
)
async def test_an_authority_that_lies_is_named(
    authority: TimestampAuthority, client: httpx.AsyncClient, manner: Manner, said: str
) -> None:
    authority.manner = manner

    with pytest.raises(EvidenceError, match=said) as caught:
        await stamp(HASH, f"{authority.url}/tsa", client=client, roots=authority.roots)

    assert str(caught.value).startswith(f"Служба меток времени {authority.url}/tsa: ")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (faults.hang, "нет ответа в срок"),
        (faults.slow_drip(10), "нет ответа в срок"),
        (endless, "длиннее 64 кБ"),
        (faults.huge(LARGEST), "длиннее 64 кБ"),
        (faults.gzip_bomb(1 << 20), "не по RFC 3161"),
        (faults.status(500, body=b"oops"), "HTTP 500"),
        (faults.status(302, {"location": "/elsewhere"}), "HTTP 302"),
        (faults.status(204), "HTTP 204"),
        (faults.empty, "не по RFC 3161"),
        (faults.reset, "нет связи"),
        (faults.no_answer, "нет связи"),
        (faults.garbage, "нет связи"),
        (faults.drop_mid_body, "нет связи"),
        (faults.truncate, "нет связи"),
        (faults.lying_content_length, "RFC 3161|нет связи"),
    ],
)
async def test_an_authority_in_trouble_is_named(
    authority: TimestampAuthority, client: httpx.AsyncClient, fault: Fault, said: str
) -> None:
    authority.script(fault)

    with pytest.raises(EvidenceError, match=said) as caught:
        await stamp(HASH, authority.url, client=client, seconds=PATIENCE)

    assert authority.url in str(caught.value)
    assert isinstance(await stamp(HASH, authority.url, client=client), TimeStamp)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/tsa", "ftp://127.0.0.1/tsa", "tsa", "", "http://[::/"])
async def test_an_address_where_nobody_is(client: httpx.AsyncClient, address: str) -> None:
    with pytest.raises(EvidenceError, match="нет связи"):
        await stamp(HASH, address, client=client)


async def test_a_password_in_the_address_is_not_told(client: httpx.AsyncClient) -> None:
    with pytest.raises(EvidenceError, match=r"http://127\.0\.0\.1:1/tsa: нет связи") as caught:
        await stamp(HASH, "http://reader:secret@127.0.0.1:1/tsa?key=secret", client=client)

    assert "secret" not in str(caught.value)


# ── altered afterwards ──────────────────────────────────────────────────────────────────────────────────────────


def uncovered(token: bytes) -> list[Element]:
    """The parts that no signature covers: two version numbers, the list of digests, and how signer and kind of
    signature are named, which may be said in other words (another type of string, RSA with its digest or without)."""
    data = read(document(token), 1, 1, 0)
    signer = data.children()[-1].children()[0].children()
    return [data.children()[0], data.children()[1], signer[0], signer[1], signer[4]]


def verdict(token: bytes, roots: bytes) -> datetime | None:
    try:
        return check(token, DATA, roots)
    except EvidenceError:
        return None


@pytest.mark.parametrize("change", [0x01, 0x0A, 0x0F, 0x1F, 0xFF])
@pytest.mark.parametrize("make", [Make(), Make(key="rsa", named_by="sha1", name=LONG)])
def test_every_altered_byte_is_refused_or_decides_nothing(made: Made, make: Make, change: int) -> None:
    """With the root known. Where a byte may differ, the authority's time is still the same."""
    authority = made(make)
    token, roots = answered(authority), authority.roots
    stamped_at = check(token, DATA, roots)
    for place, byte in enumerate(token):
        found = verdict(token[:place] + bytes([byte ^ change]) + token[place + 1 :], roots)
        if found:
            assert found == stamped_at
            assert any(part.start <= place < part.end for part in uncovered(token)), place


def test_without_roots_the_link_below_them_is_not_looked_at(authority: TimestampAuthority, token: bytes) -> None:
    """It is the reader who follows the chain then; the signer's own certificate is covered by the signature."""
    stamped_at = check(token, DATA)
    link = subprocess.run(
        ["openssl", "x509", "-in", "link.pem", "-outform", "DER"], cwd=authority.folder, capture_output=True, check=True
    ).stdout
    start = token.index(link)
    free = [(part.start, part.end) for part in uncovered(token)] + [(start, start + len(link))]
    for place, byte in enumerate(token):
        found = verdict(token[:place] + bytes([byte ^ 1]) + token[place + 1 :], b"")
        if found:
            assert found == stamped_at
            assert any(begin <= place < end for begin, end in free), place


@given(junk=st.binary(min_size=1, max_size=200), data=st.data())
@settings(max_examples=200)
def test_no_bytes_end_in_anything_but_evidence_error(
    authority: TimestampAuthority, token: bytes, junk: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(token)))
    cut = data.draw(st.integers(place, len(token)))
    for hostile in (junk, token[:place], token[:place] + junk, token[:place] + junk + token[cut:]):
        for ask in (check_it, certificates, cms.certificates):
            with suppress(EvidenceError):
                ask(hostile)


def check_it(token: bytes) -> datetime:
    return check(token, DATA)


def test_the_certificate_of_another_authority_does_not_fit(token: bytes, tmp_path: Path) -> None:
    """The other's names are the same: only its number and key differ."""
    other = answered(TimestampAuthority(tmp_path))
    held, foreign = (read(document(each), 1, 1, 0, 3) for each in (token, other))
    mixed = nested(token, held, foreign.whole)

    assert cms.certificates(mixed) == cms.certificates(other)
    with pytest.raises(EvidenceError, match="нет сертификата подписавшего"):
        check(mixed, DATA)


def nested(token: bytes, old: Element, new: bytes) -> bytes:
    """The token with one element of its signed data replaced, and every length around it made true."""
    children = [new if one == old else one.whole for one in read(document(token), 1, 1, 0).children()]
    whole = document(token)
    signed = sequence(0xA0, sequence(0x30, b"".join(children)))
    return sequence(0x30, read(whole, 0).whole + sequence(0x30, read(whole, 1, 0).whole + signed))


def sequence(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x82]) + len(content).to_bytes(2) + content


def test_two_signatures_are_one_too_many(token: bytes) -> None:
    signers = read(document(token), 1, 1, 0).children()[-1]
    for count in (0, 2):
        infos = signers.body * count
        with pytest.raises(EvidenceError):
            check(nested(token, signers, sequence(0x31, infos) if infos else b"\x31\x00"), DATA)


def test_a_stamp_over_one_hash_is_none_over_another(token: bytes) -> None:
    for data in (b"8" * 64, DATA + b"\n"):
        with pytest.raises(EvidenceError, match="на другой хеш"):
            check(token, data)


def test_a_name_that_is_no_text_is_refused_and_nothing_panics(token: bytes, authority: TimestampAuthority) -> None:
    """The library's Rust panics there, by an exception that is no Exception."""
    name = SHORT.encode()
    places = [at for at in range(len(token)) if token.startswith(name, at)]
    assert places
    for at in places:
        altered = token[:at] + b"\xff" + token[at + 1 :]
        with pytest.raises(EvidenceError):
            check(altered, DATA, authority.roots)
