"""One stanza of feeds.yaml edited as text: keys set or removed, a pause, a feed removed. Pure.

Comments and all other bytes stay as they are. The result is read back and must say exactly what was asked for and
nothing else; otherwise ConfigError asks the maintainer to edit the file by hand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from monitor.config import yaml_reader
from monitor.config.feed_writer import quote_single
from monitor.config.feeds import KEYS, LISTING_KEYS, load_feeds
from monitor.config.yaml_reader import Node, Scalar, Sequence, items_of, pairs_of
from monitor.edits.written_words import line_start, quote_double
from monitor.errors import ConfigError
from monitor.models.feeds import Feed

LISTING = "listing"
ALL_KEYS = tuple(
    path for key in KEYS for path in ([f"{LISTING}.{one}" for one in LISTING_KEYS] if key == LISTING else [key])
)
"""Every key of a stanza in the order in which they are written; those of `listing` with a dot: «listing.link»."""

_LISTED = [path for path in ALL_KEYS if path.startswith(f"{LISTING}.")]
_Splice = tuple[int, int, str]  # start, end, replacement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """The file, and the stanza to be edited."""

    text: str
    file: str
    stanzas: tuple[yaml_reader.Mapping, ...]
    place: int

    @property
    def stanza(self) -> yaml_reader.Mapping:
        return self.stanzas[self.place]

    def typed(self, node: Scalar) -> tuple[int, int]:
        """Return where a text is written; blank lines after an unquoted one are not part of it."""
        start, end = node.span
        return start, start + len(self.text[start:end].rstrip())

    def by_hand_error(self) -> ConfigError:
        advice = "запись написана непривычно, и правка в неё не впишется — сделайте её в файле сами"
        return ConfigError(advice, file=self.file, line=self.stanza.line)


def read_keys(text: str, name: str, *, file: str) -> Mapping[str, str]:
    """Return what a feed's stanza says, by the keys of ALL_KEYS. Raises ConfigError, also for an unknown feed."""
    return {path: value.text for path, (_, value) in _lines(_opened(text, name, file).stanza).items()}


def set_keys(text: str, name: str, changes: Mapping[str, str], *, file: str) -> str:
    """Return the file with these keys of a feed set (any of ALL_KEYS but `name`); "" removes a key.

    Raises ConfigError for an unknown feed, an invalid value, or a stanza that must be edited by hand.
    """
    opened = _opened(text, name, file)
    said = {path: value.text for path, (_, value) in _lines(opened.stanza).items()}
    new = {
        path: value
        for path in ALL_KEYS[1:]
        if (value := changes.get(path, "").strip()) != said.get(path, "") and path in changes
    }
    for path, value in new.items():
        _one_line(path, value, file=file)
    wanted = [_tree(stanza) for stanza in opened.stanzas]
    _set(wanted[opened.place], new)
    return _read_back(opened, _spliced(text, [*_replaced(opened, new), *_inserted(opened, new)]), wanted)


def pause(text: str, name: str, *, until: date, because: str, today: date, file: str) -> str:
    """Return the file with a feed paused until that day.

    Raises ConfigError, also when the day is not after `today` or the reason is empty.
    """
    if until <= today:
        raise ConfigError("пауза кончается не раньше завтрашнего дня", file=file, key="paused_until")
    if not because.strip():
        raise ConfigError("напишите, почему лента на паузе", file=file, key="paused_because")
    return set_keys(text, name, {"paused_until": until.isoformat(), "paused_because": because}, file=file)


def resume(text: str, name: str, *, file: str) -> str:
    """Return the file with a feed's pause removed. Raises ConfigError."""
    return set_keys(text, name, {"paused_until": "", "paused_because": ""}, file=file)


def feed_of(fields: Mapping[str, str]) -> Feed:
    """Return a new feed from the fields of a form, named as in ALL_KEYS. Raises ConfigError."""
    keys = [(path, value.strip()) for path in ALL_KEYS if (value := fields.get(path, "")) and path not in _LISTED]
    for path, value in keys:
        _one_line(path, value, file="")
    lines = "\n    ".join(f"{path}: {quote_single(value)}" for path, value in keys)
    (feed,) = load_feeds(f"feeds:\n  - {lines}\n", file="")
    return feed


def remove(text: str, name: str, *, file: str) -> str:
    """Return the file without a feed; comments above its stanza stay. Raises ConfigError, also for the last feed."""
    opened = _opened(text, name, file)
    if len(opened.stanzas) == 1:
        raise ConfigError("это последняя лента, а без лент монитору нечего читать", file=file)
    first, last = opened.stanza.items[0][0].span[0], max(opened.typed(leaf)[1] for leaf in _leaves(opened.stanza))
    wanted = [_tree(stanza) for stanza in opened.stanzas if stanza is not opened.stanza]
    return _read_back(opened, _spliced(text, [(line_start(text, first), _line_end(text, last), "")]), wanted)


def _opened(text: str, name: str, file: str) -> _Opened:
    stanzas = _stanzas(text, file)
    for place, stanza in enumerate(stanzas):
        called = stanza.get("name")
        if isinstance(called, Scalar) and normalize("NFC", called.text.strip()) == normalize("NFC", name):
            return _Opened(text=text, file=file, stanzas=stanzas, place=place)
    raise ConfigError(f"ленты «{name}» в файле нет: её переименовали или убрали", file=file)


@lru_cache(maxsize=1)  # consecutive pages mostly show the same file
def _stanzas(text: str, file: str) -> tuple[yaml_reader.Mapping, ...]:
    feeds = yaml_reader.load(text, file=file).get("feeds")
    return tuple(one for one in items_of(feeds) if isinstance(one, yaml_reader.Mapping))


def _lines(stanza: yaml_reader.Mapping) -> dict[str, tuple[Scalar, Scalar]]:
    """Return the key and value nodes of all scalar values, by the names of ALL_KEYS."""
    pairs = [(key.text, key, value) for key, value in stanza.items]
    pairs += [(f"{LISTING}.{key.text}", key, value) for key, value in pairs_of(stanza.get(LISTING))]
    return {path: (key, value) for path, key, value in pairs if isinstance(value, Scalar)}


def _replaced(opened: _Opened, changes: Mapping[str, str]) -> Iterator[_Splice]:
    """Yield the edits that replace values and remove lines."""
    lines = _lines(opened.stanza)
    for path in changes.keys() & lines.keys():
        key, value = lines[path]
        start, end = opened.typed(value)
        if changes[path]:
            yield start, end, _quoted(changes[path], opened, style=value.style)
        else:
            yield _without(opened, key, end)
    left = {path for path in lines if path.startswith(f"{LISTING}.")} - {path for path in changes if not changes[path]}
    for key, _ in opened.stanza.items:
        if key.text == LISTING and not left and not any(changes.get(path) for path in _LISTED):
            yield _without(opened, key, key.span[1])


def _inserted(opened: _Opened, changes: Mapping[str, str]) -> Iterator[_Splice]:
    """Yield the edits that insert lines, each after the line before it in the usual order."""
    lines = _lines(opened.stanza)
    new = [path for path, value in changes.items() if value and path not in lines]
    has_listing = any(path in lines for path in _LISTED)
    for path in new:
        within = path in _LISTED
        fellows = _LISTED if within and has_listing else [key for key in ALL_KEYS if key not in _LISTED]
        at, indent = _after(opened, path, fellows)
        if within and not has_listing:
            heading = "" if path != next(one for one in new if one in _LISTED) else f"{indent}{LISTING}:\n"
            yield at, at, f"{heading}{indent}  {path.partition('.')[2]}: {_quoted(changes[path], opened)}\n"
        else:
            yield at, at, f"{indent}{path.rpartition('.')[2]}: {_quoted(changes[path], opened)}\n"


def _after(opened: _Opened, path: str, fellows: list[str]) -> tuple[int, str]:
    """Return where a new line belongs among its fellows, and its indentation. Raises ConfigError if there is none."""
    lines = _lines(opened.stanza)
    there = [one for one in fellows if one in lines and _is_one_line(opened, *lines[one])]
    before = [one for one in there if ALL_KEYS.index(one) < ALL_KEYS.index(path)]
    if not there:
        raise opened.by_hand_error()
    key, value = lines[(before or there)[-1 if before else 0]]
    start, end = key.span[0], opened.typed(value)[1]
    return _line_end(opened.text, end), " " * (start - line_start(opened.text, start))


def _is_one_line(opened: _Opened, key: Scalar, value: Scalar) -> bool:
    return "\n" not in opened.text[key.span[0] : opened.typed(value)[1]]


def _without(opened: _Opened, key: Scalar, end: int) -> _Splice:
    """Return the edit that removes a line; a comment at its end is kept on a line of its own."""
    start, stop = line_start(opened.text, key.span[0]), _line_end(opened.text, end)
    indent, rest = opened.text[start : key.span[0]], opened.text[end:stop]
    if indent.strip():
        raise opened.by_hand_error()
    comment = rest[rest.find("#") :].strip() if "#" in rest else ""
    return start, stop, f"{indent}{comment}\n" if comment else ""


def _quoted(value: str, opened: _Opened, *, style: str = "") -> str:
    """Return a value as YAML, with the quotes of the previous value if it had any."""
    if style in ("|", ">"):
        raise opened.by_hand_error()
    if style == '"':
        return quote_double(value)
    return value if style != "'" and _is_plain(value) else quote_single(value)


def _one_line(path: str, value: str, *, file: str) -> None:
    if not value.isprintable():
        raise ConfigError("здесь нужна одна строка без невидимых знаков", file=file, key=path)


def _is_plain(value: str) -> bool:
    """Whether YAML reads the value unchanged without quotes."""
    try:
        read = yaml_reader.load(f"key: {value}\n", file="").get("key")
    except ConfigError:
        return False
    return isinstance(read, Scalar) and read.text == value


def _line_end(text: str, place: int) -> int:
    """Return where the next line begins."""
    return text.find("\n", place) + 1 or len(text)


def _spliced(text: str, splices: list[_Splice]) -> str:
    made, at = [], 0
    for start, end, new in sorted(splices, key=lambda splice: splice[:2]):
        between = text[at:start]
        gap = "\n" if new and start == end == len(text) and not text.endswith("\n") and between else ""
        made += [between, gap, new]
        at = end
    return "".join([*made, text[at:]])


def _leaves(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
        return
    inner = node.items if isinstance(node, Sequence) else [one for line in node.items for one in line]
    for one in inner:
        yield from _leaves(one)


def _tree(node: Node) -> Any:
    """Return a node as plain dicts, lists and strings, without its positions."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_tree(one) for one in node.items]
    return {key.text: _tree(value) for key, value in node.items}


def _set(said: dict[str, Any], changes: Mapping[str, str]) -> None:
    for path, value in changes.items():
        outer, _, key = path.rpartition(".")
        keys = said.setdefault(outer, {}) if outer else said
        if value:
            keys[key] = value
        else:
            keys.pop(key, None)
    if said.get(LISTING) == {}:
        del said[LISTING]


def _read_back(opened: _Opened, made: str, wanted: list[Any]) -> str:
    try:
        says = _tree(yaml_reader.load(made, file=opened.file))
    except ConfigError as error:
        raise opened.by_hand_error() from error
    if says != {"feeds": wanted}:
        raise opened.by_hand_error()
    load_feeds(made, file=opened.file)
    return made
