"""CMS signed data (RFC 5652) in an answer to a time-stamp request: who signed it, and whether the signature holds.

The signature is checked against a certificate in the answer, and that certificate against its hash among the signed
attributes (RFC 5035), which rfc3161-client does not do; timestamps.py decides whom to trust. Messages are parts of a
sentence, which the caller completes with the authority's name.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from monitor.errors import EvidenceError
from monitor.evidence.der import FIRST, OCTETS, SEQUENCE, SET, Element, document

# object identifiers as `Element.oid` gives them
_TST_INFO = "2a864886f70d0109100104"
_CONTENT_TYPE, _MESSAGE_DIGEST = "2a864886f70d010903", "2a864886f70d010904"
_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_V2 = "2a864886f70d010910020c", "2a864886f70d010910022f"
_RSA, _RSA_PSS = "2a864886f70d010101", "2a864886f70d01010a"  # with the digest that the signer names (RFC 4056 for PSS)
_DIGESTS: dict[str, HashAlgorithm] = {
    "608648016503040201": SHA256(),
    "608648016503040202": SHA384(),
    "608648016503040203": SHA512(),
}
_SIGNATURES: dict[str, HashAlgorithm] = {
    "2a8648ce3d040302": SHA256(),  # ECDSA
    "2a8648ce3d040303": SHA384(),
    "2a8648ce3d040304": SHA512(),
    "2a864886f70d01010b": SHA256(),  # RSA
    "2a864886f70d01010c": SHA384(),
    "2a864886f70d01010d": SHA512(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedData:
    """The parts of an answer needed to check its signature."""

    content: bytes  # TSTInfo, DER
    digest: HashAlgorithm
    attributes: Element  # the signed attributes
    algorithm: str  # of the signature, as from `Element.oid`
    signature: bytes


def signed_data(answer: bytes) -> SignedData:
    """Return the signed data of a granted answer with exactly one signer. Raises EvidenceError."""
    data = _signed_data(answer)
    signers = data.children()[-1]
    if signers.tag != SET or len(signers.children()) != 1:
        raise EvidenceError("подписей в ответе не одна")
    content, signer = data.child(2, SEQUENCE), signers.child(0, SEQUENCE)
    digest = _DIGESTS.get(signer.child(2, SEQUENCE).oid())
    if content.oid() != _TST_INFO or digest is None:
        raise EvidenceError("подписано не время, или не по SHA-256, SHA-384, SHA-512")
    return SignedData(
        content=content.child(1, FIRST).child(0, OCTETS).body,
        digest=digest,
        attributes=signer.child(3, FIRST),
        algorithm=signer.child(4, SEQUENCE).oid(),
        signature=signer.child(5, OCTETS).body,
    )


def _signed_data(answer: bytes) -> Element:
    whole = document(answer)
    if len(whole.children()) < 2:
        raise EvidenceError("в ответе нет метки")
    return whole.child(1, SEQUENCE).child(1, FIRST).child(0, SEQUENCE)


# ── certificates ────────────────────────────────────────────────────────────────────────────────────────────────


def certificates(answer: bytes) -> list[bytes]:
    """Return the certificates in an answer, DER, in their order there. Raises EvidenceError."""
    held = _certificates(answer)
    return [certificate.whole for certificate in held.children()] if held else []


def _certificates(answer: bytes) -> Element | None:
    return next((element for element in _signed_data(answer).children()[3:] if element.tag == FIRST), None)


def with_sorted_certificates(answer: bytes) -> bytes:
    """Sort an answer's certificates as DER demands, because rfc3161-client does not read others.

    openssl, and authorities that use it, leave them unsorted; no signature covers their order. An answer that is not
    granted is returned unchanged, and the library will report it.
    """
    try:
        held, wholes = _certificates(answer), certificates(answer)
    except EvidenceError:
        return answer
    if held is None or all(first <= second for first, second in pairwise(wholes)):
        return answer
    return answer[: held.inside] + b"".join(sorted(wholes)) + answer[held.end :]


# ── the signature ───────────────────────────────────────────────────────────────────────────────────────────────


def check_signature(data: SignedData, signer: Certificate) -> None:
    """Raise EvidenceError unless the key of `signer` signed the content and named this certificate as its own."""
    if _value(data, _CONTENT_TYPE).body.hex() != _TST_INFO:
        raise EvidenceError("подписано не время")
    if _value(data, _MESSAGE_DIGEST).body != _hashed(data.digest, data.content):
        raise EvidenceError("содержание метки изменено после подписи")
    if not _names(data, signer.public_bytes(Encoding.DER)):
        raise EvidenceError("сертификат в ответе не тот, что назван в подписи")
    try:
        _verify(data, signer)
    except InvalidSignature as error:
        raise EvidenceError("подпись не сходится") from error
    except UnsupportedAlgorithm as error:
        raise EvidenceError("ключ подписи неизвестного вида") from error


def _value(data: SignedData, oid: str) -> Element:
    """Return the only value of a required signed attribute."""
    values = _values(data, oid)
    if len(values) != 1:
        raise EvidenceError("подписано не всё, чего требует RFC 3161")
    return values[0]


def _values(data: SignedData, oid: str) -> Sequence[Element]:
    attributes = (attribute for attribute in data.attributes.children() if attribute.oid() == oid)
    return [value for attribute in attributes for value in attribute.child(1, SET).children()]


def _names(data: SignedData, certificate: bytes) -> bool:
    """Whether the first certificate named by the signature is this one (RFC 3161, 2.4.2; RFC 5816)."""
    if not _values(data, _SIGNING_CERTIFICATE_V2):
        named = _value(data, _SIGNING_CERTIFICATE).child(0, SEQUENCE).child(0, SEQUENCE)
        return named.child(0, OCTETS).body == hashlib.sha1(certificate, usedforsecurity=False).digest()
    named = _value(data, _SIGNING_CERTIFICATE_V2).child(0, SEQUENCE).child(0, SEQUENCE)
    if named.children()[:1] and named.children()[0].tag == OCTETS:
        return named.child(0, OCTETS).body == _hashed(SHA256(), certificate)
    digest = _DIGESTS.get(named.child(0, SEQUENCE).oid())
    return digest is not None and named.child(1, OCTETS).body == _hashed(digest, certificate)


def _hashed(digest: HashAlgorithm, data: bytes) -> bytes:
    return hashlib.new(digest.name, data).digest()


def _verify(data: SignedData, signer: Certificate) -> None:
    """Check the signature. Raises InvalidSignature or UnsupportedAlgorithm."""
    signed = bytes([SET]) + data.attributes.whole[1:]  # RFC 5652, 5.4: as a SET, not as [0]
    key, digest = signer.public_key(), _SIGNATURES.get(data.algorithm, data.digest)
    if isinstance(key, RSAPublicKey) and data.algorithm == _RSA_PSS:
        key.verify(data.signature, signed, PSS(MGF1(digest), PSS.AUTO), digest)
    elif isinstance(key, RSAPublicKey) and (data.algorithm == _RSA or data.algorithm in _SIGNATURES):
        key.verify(data.signature, signed, PKCS1v15(), digest)
    elif isinstance(key, EllipticCurvePublicKey) and data.algorithm in _SIGNATURES:
        key.verify(data.signature, signed, ECDSA(digest))
    else:
        raise UnsupportedAlgorithm(data.algorithm)
