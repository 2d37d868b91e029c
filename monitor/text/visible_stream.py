"""A text stream on which nothing that is written can drive a terminal: for logs, and for what prints unasked."""

from collections.abc import Callable
from typing import Any, TextIO

from monitor.text.unicode import visible


class VisibleStream:
    """Everything but writing is the stream's own. `change` comes first, to take secrets out."""

    def __init__(self, stream: TextIO, change: Callable[[str], str] = lambda text: text) -> None:
        self.stream = stream
        self._change = change

    def write(self, text: str) -> int:
        """Write the text with its controls visible."""
        return self.stream.write(visible(self._change(text)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)
