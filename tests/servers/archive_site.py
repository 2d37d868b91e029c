"""A folder served over HTTP on loopback, as a static host would, under the policy that the archive's pages carry."""

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'"


class _Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, sent: dict[str, int], **kwargs: Any) -> None:
        self._sent = sent
        super().__init__(*args, **kwargs)

    def end_headers(self) -> None:
        self.send_header("content-security-policy", POLICY)
        super().end_headers()

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]  # only bytes here
        body = source.read()
        self._sent[self.path.partition("?")[0]] = len(body)
        outputfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, dict[str, int]]]:
    """The address, and how many bytes of which path were sent so far."""
    sent: dict[str, int] = {}
    handler = functools.partial(_Handler, directory=str(folder), sent=sent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", sent
        finally:
            server.shutdown()
            thread.join()
