"""Time stamps of an outside authority (RFC 3161): requesting and checking them.

The ASCII text of a link's hash is stamped, so that a stranger needs nothing of ours to check it: `openssl ts -verify
-in STAMP -data FILE_WITH_THE_64_CHARACTERS -CAfile ROOTS`.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from monitor.errors import EvidenceError
from monitor.evidence import cms
from monitor.models.evidence import TimeStamp

SECONDS = 20.0  # for a whole request; authorities answer within one
LARGEST = 64 * 1024  # bytes of an answer; with a chain of certificates it has some 6 kB

_HEADERS = {
    "content-type": "application/timestamp-query",
    "accept": "application/timestamp-reply",
    "accept-encoding": "identity",  # so nothing is decompressed
}
_SHA256 = "2.16.840.1.101.3.4.2.1"
_STATUS = ("метка дана", "метка дана с изменениями", "отказ", "ответ обещан позже", "сертификат скоро отзовут")
_SAID = 200  # characters quoted from an authority's answer
_ADVICE = "Запрос повторится; если так не первый день, проверьте MONITOR_TIMESTAMP_URL"
_UNREADABLE = (  # exceptions of the two libraries for hostile bytes
    *(ValueError, TypeError, LookupError, VerificationError, UnsupportedAlgorithm),
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)


Client = httpx.AsyncClient
"""The HTTP client for requests to authorities."""


def open_client(*, user_agent: str, proxy: str = "") -> Client:
    """Return a client for `stamp`, an async context manager. `proxy` as for httpx, "" for none."""
    return Client(headers={"user-agent": user_agent}, proxy=proxy or None)


async def stamp(
    link_hash: str, authority: str, *, client: Client, roots: bytes = b"", seconds: float = SECONDS
) -> TimeStamp:
    """Ask the authority at this address for a stamp of a hash (64 hexadecimal characters).

    The answer must be granted, for this hash and this request (a nonce), and signed as `check` demands. One POST with
    the client's User-Agent and proxy, at most `seconds` in all. Raises EvidenceError, which names the authority and
    what is wrong.
    """
    data = link_hash.encode("ascii")
    request = TimestampRequestBuilder(data=data, hash_algorithm=HashAlgorithm.SHA256, nonce=True, cert_req=True).build()
    try:
        async with asyncio.timeout(seconds):
            answer = await _answer(request, authority, client)
        stamped_at = _stamped_at(answer, data, roots, nonce=request.nonce)
    except EvidenceError as flaw:
        raise EvidenceError(f"{_named(authority)}: {flaw}. {_ADVICE}") from flaw
    except (TimeoutError, httpx.TimeoutException) as error:
        raise EvidenceError(f"{_named(authority)}: нет ответа в срок ({seconds:g} с). {_ADVICE}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EvidenceError(f"{_named(authority)}: нет связи ({type(error).__name__}). {_ADVICE}") from error
    return TimeStamp(hash=link_hash, authority=authority, token=answer, stamped_at=stamped_at)


def _named(authority: str) -> str:
    """Name the authority in a message, without a password in its address."""
    try:
        url = httpx.URL(authority)
    except httpx.InvalidURL:
        return "Служба меток времени"
    return f"Служба меток времени {url.copy_with(username=None, password=None, query=None, fragment=None)}"


async def _answer(request: TimeStampRequest, authority: str, client: Client) -> bytes:
    posted = client.stream("POST", authority, content=request.as_bytes(), headers=_HEADERS, follow_redirects=False)
    async with posted as response:
        if response.status_code != httpx.codes.OK:
            raise EvidenceError(f"ответ HTTP {response.status_code}")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > LARGEST:
                raise EvidenceError(f"ответ длиннее {LARGEST // 1024} кБ")
        return bytes(body)


def check(token: bytes, data: bytes, roots: bytes = b"") -> datetime:
    """Return when the authority signed `data`, by its own clock to the second: aware UTC. Uses no network and no clock.

    `token` is an answer as `stamp` keeps it. It must be granted, over the SHA-256 of `data`, signed by one of its
    certificates, which is for time stamps alone, was valid then and is named in the signature. With `roots` (PEM) that
    certificate must lead to one of them; without, whether to trust it is left to the reader. Revocation is not checked.
    Raises EvidenceError.
    """
    try:
        return _stamped_at(token, data, roots, nonce=None)
    except EvidenceError as flaw:
        raise EvidenceError(f"Метка времени не подтверждена: {flaw}") from flaw


def require_roots(roots: bytes) -> None:
    """Raise EvidenceError if these are not certificates in PEM."""
    with _reading("корневые сертификаты не читаются: нужен файл PEM"):
        x509.load_pem_x509_certificates(roots)


def certificates(token: bytes) -> bytes:
    """Return the certificates in an answer, PEM, in their order, for `openssl ts -verify -untrusted`.

    Raises EvidenceError.
    """
    return "".join(map(ssl.DER_cert_to_PEM_cert, cms.certificates(token))).encode("ascii")


def _stamped_at(token: bytes, data: bytes, roots: bytes, *, nonce: int | None) -> datetime:
    with _reading("ответ не по RFC 3161"):
        response = decode_timestamp_response(cms.with_sorted_certificates(token))
        _require_granted(response)
        stamped_at = _require_asked(response, data, nonce)
        cms.check_signature(cms.signed_data(token), _signer(response, stamped_at))
    if roots:
        _require_trusted(response, data, roots)
    return stamped_at


def _require_granted(response: TimeStampResponse) -> None:
    if response.status != 0:
        status = _STATUS[response.status] if response.status < len(_STATUS) else f"статус {response.status}"
        said = " ".join(" ".join(response.status_string).split())[:_SAID]
        raise EvidenceError(f"{status} («{said}»)" if said else status)


def _require_asked(response: TimeStampResponse, data: bytes, nonce: int | None) -> datetime:
    info = response.tst_info
    imprint = info.message_imprint
    is_ours = imprint.message == hashlib.sha256(data).digest()
    if not is_ours or imprint.hash_algorithm.dotted_string != _SHA256:
        raise EvidenceError("метка поставлена на другой хеш")
    if nonce is not None and info.nonce != nonce:
        raise EvidenceError("ответ не на этот запрос (другой nonce)")
    return info.gen_time.astimezone(UTC)


def _signer(response: TimeStampResponse, stamped_at: datetime) -> x509.Certificate:
    """Return the signer's certificate, which must be for time stamps alone (RFC 3161, 2.3) and valid at that time."""
    (signer,) = response.signed_data.signer_infos
    held = map(x509.load_der_x509_certificate, response.signed_data.certificates)
    signer_certificates = [
        one for one in held if one.serial_number == signer.serial_number and one.issuer == signer.issuer
    ]
    if not signer_certificates:
        raise EvidenceError("в ответе нет сертификата подписавшего")
    if not signer_certificates[0].not_valid_before_utc <= stamped_at <= signer_certificates[0].not_valid_after_utc:
        raise EvidenceError("сертификат в это время не действовал")
    if not _is_for_stamps(signer_certificates[0]):
        raise EvidenceError("сертификат не для меток времени")
    return signer_certificates[0]


def _is_for_stamps(certificate: x509.Certificate) -> bool:
    only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return any(extension.critical and extension.value == only for extension in certificate.extensions)


def _require_trusted(response: TimeStampResponse, data: bytes, roots: bytes) -> None:
    with _reading("корневые сертификаты не читаются: нужен файл PEM"):
        trusted = x509.load_pem_x509_certificates(roots)
    with _reading("сертификат не ведёт к доверенному корню"):
        VerifierBuilder(roots=trusted).build().verify_message(response, data)


@contextmanager
def _reading(flaw: str) -> Iterator[None]:
    """Convert the exceptions of the two libraries for hostile bytes into EvidenceError."""
    try:
        yield
    except _UNREADABLE as error:
        raise EvidenceError(flaw) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a panic of rfc3161-client's Rust code, which is no Exception
            raise
        raise EvidenceError(flaw) from error
