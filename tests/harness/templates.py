"""Templates that a process compiles once. Every renderer and every desk compiles its own, since the program needs one
of each; the tests need hundreds.
"""

from collections.abc import Callable
from typing import Any

import jinja2


class _Compiled(jinja2.BytecodeCache):
    """What jinja made of a template, by what stands in it."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def compiled_once(templates: Callable[[], jinja2.Environment]) -> Callable[[], jinja2.Environment]:
    """The same function, for environments that compile nothing which one of the others has compiled."""

    def made() -> jinja2.Environment:
        environment = templates()
        environment.bytecode_cache = _COMPILED
        return environment

    return made
