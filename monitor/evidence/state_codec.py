"""Serialise the state of a page between two looks for the database: small JSON.

Written by hand, because the library for it would take 12 MB of the daemon's memory.
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


def dumps(state: PageState) -> bytes:
    """Serialise a state for `loads`."""
    said = json.dumps(asdict(state), default=datetime.isoformat, ensure_ascii=False)
    return zlib.compress(said.encode(errors="surrogatepass"))  # a page may contain lone surrogates


def loads(state: bytes) -> PageState:
    """Read a state that `dumps` wrote, in this version or an earlier one."""
    said = json.loads(zlib.decompress(state).decode(errors="surrogatepass"))
    values: dict[str, Any] = {
        name: value if value is None or name not in _READERS else _READERS[name](value) for name, value in said.items()
    }
    return PageState(**values)
