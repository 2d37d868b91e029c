"""A text stream that escapes everything that could control a terminal: for logs and unasked output."""

from collections.abc import Callable
from typing import Any, TextIO

from monitor.text.unicode import visible


class VisibleStream:
    """Wraps a stream; only writing is changed. `change` is applied first, to remove secrets."""

    def __init__(self, stream: TextIO, change: Callable[[str], str] = lambda text: text) -> None:
        self.stream = stream
        self._change = change

    def write(self, text: str) -> int:
        return self.stream.write(visible(self._change(text)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)
