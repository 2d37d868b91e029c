"""What is known of a page between two looks, as the database keeps it: JSON, small.

By hand, because the library that would do it takes 12 MB of the daemon for this one value.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from monitor.evidence.watch import PageState
from monitor.models.evidence import Sight, Version


def _version(said: Mapping[str, str]) -> Version:
    return Version(**said)


_READERS: Mapping[str, Callable[[Any], object]] = {
    "sight": Sight,
    "version": _version,
    "shown": _version,
    "told": tuple,
    "due_at": datetime.fromisoformat,
    "captured_at": datetime.fromisoformat,
    "absent_since": datetime.fromisoformat,
    "gone_since": datetime.fromisoformat,
    "told_at": datetime.fromisoformat,
    "told_sight": Sight,
}


def kept(state: PageState) -> bytes:
    """What `read` reads."""
    said = json.dumps(asdict(state), default=datetime.isoformat, ensure_ascii=False)
    return zlib.compress(said.encode(errors="surrogatepass"))  # a page may well have half a character


def read(state: bytes) -> PageState:
    """The state that was `kept`, by this version or by one before it."""
    said = json.loads(zlib.decompress(state).decode(errors="surrogatepass"))
    values: dict[str, Any] = {
        name: value if value is None or name not in _READERS else _READERS[name](value) for name, value in said.items()
    }
    return PageState(**values)
