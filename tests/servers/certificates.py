"""Certificates made on the spot by the openssl command: an authority, the link below it, a server's own.

Nothing made here is kept: keys live in a temporary folder for the length of a test.
"""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
_AUTHORITY = "basicConstraints=critical,CA:TRUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """`authorities` is a PEM with the root and the link between; `server` shows only its own certificate."""

    authorities: Path
    server: ssl.SSLContext


def chain(folder: Path, host: str) -> Chain:
    """A chain whose server answers for `host` and forgets to send the link between, as some sites do."""
    root, link = folder / "root.pem", folder / "link.pem"
    own = folder / "own.pem"
    _certificate(root, "test root", _AUTHORITY)
    _certificate(link, "test link", _AUTHORITY, signer=root)
    _certificate(own, host, f"subjectAltName=DNS:{host}", signer=link)
    authorities = folder / "authorities.pem"
    authorities.write_bytes(root.read_bytes() + link.read_bytes())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(own, own.with_suffix(".key"))
    return Chain(authorities=authorities, server=server)


def _certificate(path: Path, name: str, extension: str, *, signer: Path | None = None) -> None:
    signed = ("-CA", str(signer), "-CAkey", str(signer.with_suffix(".key"))) if signer else ()
    files = ("-keyout", str(path.with_suffix(".key")), "-out", str(path))
    command = ["openssl", "req", "-x509", *_NEW_KEY, *signed, *files, "-subj", f"/CN={name}", "-addext", extension]
    subprocess.run(command, check=True, capture_output=True)
