"""A stand-in for a time-stamp authority (RFC 3161 over HTTP) that signs with `openssl ts -reply`.

Its keys and certificates, a root, a link below it and the authority's own, are made by openssl in a folder of the test.
How it may go wrong is a `Manner`; faults of HTTP are scripted as everywhere (`faults.py`).
By hand: `python -m tests.servers.timestamp_authority FOLDER --port 8082` prints its address and answers till Ctrl-C.
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.servers.faults import Fault, Script
from tests.servers.loopback import Exchange, LoopbackServer, Request, Response

HAS_OPENSSL = shutil.which("openssl") is not None

SHORT = "tsa"  # its certificate stands before that of the link in the order of DER
LONG = "an authority whose certificate stands behind that of the link"

_REPLY_TYPE = {"content-type": "application/timestamp-reply"}
_AUTHORITY = "basicConstraints=critical,CA:TRUE"
_FOR_STAMPS = "extendedKeyUsage=critical,timeStamping"
_IMPRINT = re.compile(rb"\x04\x20.{31}(.)", re.DOTALL)  # the last byte of an octet string of 32
_NONCE = re.compile(rb"\x04\x20.{32}\x02..{3}(.)", re.DOTALL)  # a byte of the number that stands behind it
_TIME = re.compile(rb"\x18\x0f\d{13}(\d)Z")  # the last digit of a GeneralizedTime
_CONFIG = """
[honest]
serial = {folder}/serial
signer_cert = {folder}/own.pem
signer_key = {folder}/own.key
{others}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = {named_by}

[denying]
serial = {folder}/serial
signer_cert = {folder}/own.pem
signer_key = {folder}/own.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha512
"""


class Manner(StrEnum):
    """What an authority makes of a query."""

    HONEST = "honest"
    DENIES = "denies"  # by openssl itself: the hash is of a kind that it does not take
    ALTERS = "alters"  # the time in the answer is another than the one signed
    OTHER_HASH = "other hash"  # signed well, over another hash
    OTHER_NONCE = "other nonce"  # signed well, for another query
    NOT_DER = "not DER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """How an authority is made. `key` is `ec` or `rsa`; `named_by` the hash that names its certificate."""

    key: str = "ec"
    named_by: str = "sha256"
    name: str = SHORT  # of its own certificate
    purpose: str = _FOR_STAMPS  # of its own certificate
    shows_link: bool = True  # in its answers


class TimestampAuthority(LoopbackServer):
    """Answers every POST. `manner` may be changed at any time; `script` queues faults of HTTP."""

    def __init__(self, folder: Path, make: Make | None = None, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.folder = folder
        self.manner = Manner.HONEST
        self.requests: list[Request] = []
        self._script = Script()
        self._signing = threading.Lock()  # openssl counts in a file
        _make_authority(folder, make or Make())

    @property
    def roots(self) -> bytes:
        """PEM of the root alone."""
        return (self.folder / "root.pem").read_bytes()

    def script(self, fault: Fault, times: int | None = 1) -> None:
        """Queue a fault for the next `times` requests, for ever when None."""
        with self.changed:
            self._script.add("", fault, times)

    def reply(self, query: bytes) -> bytes:
        """What it answers to a query (DER), without HTTP."""
        if self.manner is Manner.NOT_DER:
            return b"<html><title>It works!</title></html>"
        if self.manner in (Manner.OTHER_HASH, Manner.OTHER_NONCE):
            query = _altered(query, _IMPRINT if self.manner is Manner.OTHER_HASH else _NONCE)
        answer = self._signed(query, "denying" if self.manner is Manner.DENIES else "honest")
        return _altered(answer, _TIME) if self.manner is Manner.ALTERS else answer

    async def answer(self, exchange: Exchange) -> None:
        with self.changed:
            self.requests.append(exchange.request)
            fault = self._script.next("")
        reply = await asyncio.to_thread(self.reply, exchange.request.body)
        response = Response(headers=_REPLY_TYPE, body=reply)
        if fault:
            await fault(exchange, lambda: response)
        else:
            await exchange.send(response)

    def _signed(self, query: bytes, section: str) -> bytes:
        asked, answered = self.folder / "query.tsq", self.folder / "answer.tsr"
        with self._signing:
            asked.write_bytes(query)
            files = ("-config", "tsa.cnf", "-section", section, "-queryfile", asked.name, "-out", answered.name)
            _openssl(self.folder, "ts", "-reply", *files)
            return answered.read_bytes()


async def endless(exchange: Exchange, _answer: object) -> None:
    """A body that never ends, without a content-length."""
    await exchange.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\nconnection: close\r\n\r\n")
    while not exchange.gone:
        await exchange.write(bytes(16_384))
        await asyncio.sleep(0)


def _altered(data: bytes, byte: re.Pattern[bytes]) -> bytes:
    """With one bit of the byte that the pattern's group is."""
    found = byte.search(data)
    assert found
    place = found.start(1)
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _make_authority(folder: Path, make: Make) -> None:
    _certificate(folder, "root", "the root of an authority of the tests", _AUTHORITY, key="ec")
    _certificate(folder, "link", "link", _AUTHORITY, key="ec", signer="root")
    _certificate(folder, "own", make.name, make.purpose, key=make.key, signer="link")
    others = f"certs = {folder}/link.pem" if make.shows_link else ""
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder, others=others, named_by=make.named_by))
    (folder / "serial").write_text("01")


def _certificate(folder: Path, file: str, name: str, extension: str, *, key: str, signer: str = "") -> None:
    kind = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256") if key == "ec" else ("rsa:2048",)
    signed = ("-CA", f"{signer}.pem", "-CAkey", f"{signer}.key") if signer else ()
    files = ("-keyout", f"{file}.key", "-out", f"{file}.pem")
    named = ("-subj", f"/CN={name}", "-addext", extension)
    _openssl(folder, "req", "-x509", "-newkey", *kind, "-nodes", "-days", "2", *signed, *files, *named)


def _openssl(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr}")


def main() -> None:
    """Answer until Ctrl+C; the keys stay in the folder."""
    parser = argparse.ArgumentParser(description="A stand-in for a time-stamp authority on loopback.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with TimestampAuthority(options.folder.resolve(), port=options.port) as authority, suppress(KeyboardInterrupt):
        print(f"{authority.url}/  root {options.folder / 'root.pem'}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
