"""The compiled rules of the last start, kept in a file beside the database: compiling them is the half of a start.

What is read is trusted no more than it must be (docs/decisions/0036): the file is ours and nobody else may write it; it
was made of these very rules by this very code; it is whole; and nothing in it but values of ours is ever made, so that
whatever stands there cannot run. Otherwise, and wherever the file cannot be read or written, the rules are compiled.
"""

import io
import os
import pickle
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from monitor.config import keyword_rules
from monitor.config.keyword_rules import Keywords
from monitor.errors import ConfigError
from monitor.matching import compiled_rules
from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.compiler import collector_paused
from monitor.matching.facts import naming
from monitor.matching.words import compiled_words
from monitor.models import articles
from monitor.text.languages import cases, kazakh

NAME = "rules.cache"
LARGEST = 64 * 1024 * 1024  # bytes; the project's own rules take 2.5 million

_MADE_BY = ("config", "matching", "models", "text")  # the packages that make rules of text
_DICTIONARIES = ("pymorphy3", "pymorphy3_dicts_ru")
_VALUES: Mapping[str, tuple[str, ...]] = {
    keyword_rules.__name__: (
        *("Elsewhere", "Example", "FactGroup", "Keywords", "Mention", "Naming", "Role", "Rule", "Scope", "Term"),
        *("TermWord", "TermWordKind", "Topic", "WordList"),
    ),
    compiled_words.__name__: ("Word",),
    compiled_rules.__name__: ("CompiledRule", "CompiledRules", "CompiledTerm"),
    naming.__name__: ("Namings",),
    articles.__name__: ("Tier",),
    cases.__name__: ("Case",),
    kazakh.__name__: ("Stem",),
}
_DIGEST = sha256().digest_size


class Compiled(NamedTuple):
    """Rules as written, and with their forms; `failing` are examples that do not hold, if anybody has tried them."""

    keywords: Keywords
    rules: CompiledRules
    failing: tuple[ConfigError, ...] = ()


class RulesCache:
    """The file of one folder; no folder, no file. Never raises: what cannot be kept is made again."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / NAME if folder else None

    def get_or_compile(self, content: bytes, file: str, compile_: Callable[[], Compiled]) -> Compiled:
        """The rules of this content of a file as they were kept, else what `compile_` makes of it, which is kept.

        Not with a failing example, of which each start is to tell.
        """
        if self._file is None:
            return compile_()
        key = _key(content, file)
        if kept := _read(self._file, key):
            return _sharing_numbers(kept)
        made = compile_()
        if not made.failing:
            with suppress(OSError):  # read-only, full: the next start compiles, too
                _write(self._file, key, made)
        return _sharing_numbers(made)


NO_CACHE = RulesCache(None)


def _sharing_numbers(made: Compiled) -> Compiled:
    """The same rules; a pickle makes every number anew, fifty thousand where five thousand will do: a megabyte."""
    numbers = list(range(len(made.rules.terms)))
    lines = tuple(tuple(numbers[number] for number in line) for line in made.rules.lines)
    return made._replace(rules=replace(made.rules, lines=lines))


def _key(content: bytes, file: str) -> bytes:
    """A digest of all that the compiled rules depend on."""
    parts = (content, os.fsencode(file), sys.version.encode(), *_code())
    return sha256(b"".join(sha256(part).digest() for part in parts)).digest()


def _code() -> Iterator[bytes]:
    package = Path(keyword_rules.__file__).parents[1]
    for folder in _MADE_BY:
        yield from (path.read_bytes() for path in sorted(package.joinpath(folder).rglob("*.py")))
    for name in _DICTIONARIES:
        spec = find_spec(name)
        yield from (path.read_bytes() for path in Path(str(spec and spec.origin)).parent.glob("version.py"))


@collector_paused(stays=True)
def _read(file: Path, key: bytes) -> Compiled | None:
    """None: there is no such file, or it is not to be trusted."""
    try:
        kept = memoryview(_bytes_of(file))
        if kept[:_DIGEST] != key or kept[_DIGEST : 2 * _DIGEST] != sha256(kept[2 * _DIGEST :]).digest():
            return None
        keywords, compiled = _Values(io.BytesIO(kept[2 * _DIGEST :])).load()
    except Exception:  # noqa: BLE001 - bytes that are no pickle may raise whatever they like
        return None
    is_ours = type(keywords) is Keywords and type(compiled) is CompiledRules
    return Compiled(keywords, compiled) if is_ours else None


def _bytes_of(file: Path) -> bytes:
    """Raises OSError, PermissionError among them when somebody else could have written it."""
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
        status = os.fstat(opened.fileno())
        is_ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
        if not is_ours or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or status.st_size > LARGEST:
            raise PermissionError(file)
        return opened.read(LARGEST)


def _write(file: Path, key: bytes, compiled: Compiled) -> None:
    """Whole, or not at all. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the first start has no database yet, nor its folder
    values = pickle.dumps((compiled.keywords, compiled.rules), protocol=pickle.HIGHEST_PROTOCOL)
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(key + sha256(values).digest() + values)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


class _Values(pickle.Unpickler):
    """Makes the values that rules consist of and nothing else: a pickle may name any function, and call it."""

    def find_class(self, module: str, name: str) -> Any:
        """The class, if rules may hold it. Raises UnpicklingError."""
        if name not in _VALUES.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of rules")
        return super().find_class(module, name)
