"""YAML text → plain values that know their line. feeds.py, keywords.py and channels.py interpret them.

Every scalar keeps the text that the maintainer typed: `NO` stays «NO», `1937` stays «1937». Features of YAML beyond
mappings, sequences and texts (anchors, tags, several documents) are refused, so that no file can expand.
"""

import difflib
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Protocol

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from monitor.config.yaml_failures import unreadable
from monitor.config.yaml_slips import slips, unseen_sign
from monitor.errors import ConfigError

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 20
MOST_NAMED = 20  # names offered in one message
_GLUED = (
    "строка слилась с той, что выше — новый пункт начните с «- », новый ключ пишите с двоеточием; если это один текст,"
    " возьмите его весь в кавычки"
)
_TEXTS = ("name", "title", "hashtag", "tier", "within", "note")  # keys with one text, not a list

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is twenty times as fast, but not in every wheel
_NO_BREAKS = dict.fromkeys(map(ord, "\x85\u2028\u2029"), " ")  # line ends for libyaml, but for no editor
_NO_BLANK = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One text as typed; `line` counts from 1. `rows`: for a text over several lines, where in it each line begins.

    `span` is its position in the file. `style` is its quotation mark or block sign, "" if plain; `flow`: inside
    brackets.
    """

    text: str
    line: int
    rows: tuple[tuple[int, int], ...] = field(default=(), compare=False)  # position in `text`, line
    span: tuple[int, int] = field(default=(0, 0), compare=False)
    style: str = field(default="", compare=False)
    flow: bool = field(default=False, compare=False)

    def line_at(self, place: int) -> int:
        """Return the line of the file on which this position of the text is."""
        row = bisect_right(self.rows, (place, MAX_CHARACTERS)) - 1
        return self.rows[row][1] if row >= 0 else self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """`- a`, `- b` or `[a, b]`, which is `flow`."""

    items: tuple["Node", ...]
    line: int
    span: tuple[int, int] = field(default=(0, 0), compare=False)
    flow: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """`key: value` pairs in the file's order; keys are unique."""

    items: tuple[tuple[Scalar, "Node"], ...]
    line: int
    span: tuple[int, int] = field(default=(0, 0), compare=False)
    flow: bool = field(default=False, compare=False)

    def get(self, key: str) -> "Node | None":
        """Return the value of `key`, or None."""
        return next((value for name, value in self.items if name.text == key), None)


Node = Scalar | Sequence | Mapping


def items_of(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a sequence; () for another node."""
    return node.items if isinstance(node, Sequence) else ()


def pairs_of(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    """Return the keys of a mapping with their values; () for another node."""
    return node.items if isinstance(node, Mapping) else ()


def load(text: str, *, file: str) -> Mapping:
    """Return the file's top mapping. Raises ConfigError with the line and what to write instead."""
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(f"файл больше {MAX_CHARACTERS:,} знаков — разделите или сократите его", file=file)
    try:
        root = _build(_events(text), file, text)
    except MarkedYAMLError as error:
        line, advice = unreadable(error, text, last=_last_event(text))
        raise ConfigError(f"здесь файл не читается: {advice}", file=file, line=line) from error
    except (YAMLError, UnicodeError, ValueError) as error:
        raise ConfigError("в файле есть недопустимые знаки — сохраните его как UTF-8", file=file) from error
    if not isinstance(root, Mapping):
        raise ConfigError("файл пуст или начинается не с ключа — нужна строка вида «ключ:»", file=file, line=1)
    return root


def _events(text: str) -> Iterator[Event]:
    yield from yaml.parse(text.translate(_NO_BREAKS), Loader=_LOADER)


def _last_event(text: str) -> Event | None:
    """Return the last event before the parser stopped."""
    last = None
    with suppress(MarkedYAMLError):
        for event in _events(text):
            last = event
    return last


@dataclass(slots=True, kw_only=True)
class _Open:
    """A collection being read: a flat list of nodes; in a mapping keys and values alternate."""

    mapping: bool
    line: int
    nodes: list[Node]
    start: int = 0
    flow: bool = False

    @property
    def is_block_list(self) -> bool:
        """Whether its items begin with «- »."""
        return not self.mapping and not self.flow

    def last_line(self, default: int) -> int:
        """The line of the key that waits for its value."""
        return self.nodes[-1].line if self.mapping and len(self.nodes) % 2 else default


def _build(events: Iterable[Event], file: str, source: str) -> Node | None:
    """Build nodes from events with our own stack: the depth is counted, and nothing is expanded."""
    stack = [_Open(mapping=False, line=1, nodes=[], flow=True)]  # the file itself: nothing in it begins with «- »
    documents = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 0
        documents += isinstance(event, DocumentStartEvent)
        _refuse(event, documents, len(stack), file, line)
        if isinstance(event, ScalarEvent):
            place = line if event.value else stack[-1].last_line(line)  # a missing value is reported at its key
            span = _index(event.start_mark), _index(event.end_mark)
            rows, style, flow = _rows(event, source), event.style or "", stack[-1].flow
            typed = Scalar(text=event.value, line=place, rows=rows, span=span, style=style, flow=flow)
            _refuse_slip(typed, source, is_item=stack[-1].is_block_list, file=file, line=line)
            stack[-1].nodes.append(typed)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            is_mapping, start = isinstance(event, MappingStartEvent), _index(event.start_mark)
            stack.append(_Open(mapping=is_mapping, line=line, nodes=[], start=start, flow=bool(event.flow_style)))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            done = stack.pop()
            is_item = stack[-1].is_block_list and not done.flow
            stack[-1].nodes.append(_close(done, file, _index(event.end_mark), is_item=is_item))
    return next(iter(stack[0].nodes), None)


def _rows(event: ScalarEvent, source: str) -> tuple[tuple[int, int], ...]:
    """Return where the lines of a text begin in its value, by counting words, which folding does not change."""
    if event.start_mark is None or event.end_mark is None or event.start_mark.line == event.end_mark.line:
        return ()
    typed = source[event.start_mark.index : event.end_mark.index].split("\n")
    typed[0] = "" if event.style in ("|", ">") else typed[0]  # the block sign, and what follows it on its line
    starts = [word.start() for word in _NO_BLANK.finditer(event.value)]
    counts = [len(_NO_BLANK.findall(row)) for row in typed]
    if sum(counts) != len(starts):  # an escape made a blank
        return ()
    firsts = accumulate(counts, initial=0)
    rows = zip(firsts, counts, range(event.start_mark.line + 1, MAX_CHARACTERS), strict=False)
    return tuple((starts[first], line) for first, count, line in rows if count)


def _refuse(event: Event, documents: int, depth: int, file: str, line: int) -> None:
    message = ""
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        message = (
            "знаки «*» и «&» в начале слова заняты в YAML — возьмите слово в кавычки (начало слова пишут «слово*»)"
        )
    elif documents > 1:
        message = "в файле второй документ после «---» — уберите эту строку"
    elif depth > MAX_DEPTH:
        message = f"вложенность глубже {MAX_DEPTH} уровней — проверьте скобки и отступы"
    elif _has_tag(event):
        message = "знак «!» в начале слова занят в YAML — возьмите слово в кавычки"
    if message:
        raise ConfigError(message, file=file, line=line)


def _refuse_slip(typed: Scalar, source: str, *, is_item: bool, file: str, line: int) -> None:
    for below, message in slips(source, *typed.span, style=typed.style, is_item=is_item, flow=typed.flow):
        raise ConfigError(message, file=file, line=line + below)


def _has_tag(event: Event) -> bool:
    """Whether the maintainer typed a tag: `!x`."""
    return getattr(event, "tag", None) not in (None, "", "!")


class _Mark(Protocol):
    """A position in the file: the C and Python parsers have different classes."""

    @property
    def index(self) -> int:
        """Characters from the start."""


def _index(mark: _Mark | None) -> int:
    return mark.index if mark else 0


def _close(done: _Open, file: str, end: int, *, is_item: bool) -> Node:
    span = done.start, end
    if not done.mapping:
        return Sequence(items=tuple(done.nodes), line=done.line, span=span, flow=done.flow)
    pairs: dict[str, tuple[Scalar, Node]] = {}
    for key, value in zip(done.nodes[::2], done.nodes[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise ConfigError("ключом может быть только слово", file=file, line=key.line)
        if key.text in pairs:
            first = pairs[key.text][0].line
            lost = "если здесь начинается новая запись, поставьте перед ней «- »; если нет, " if is_item else ""
            message = f"ключ уже есть в строке {first} — {lost}оставьте один"
            raise ConfigError(message, file=file, line=key.line, key=key.text)
        pairs[key.text] = (key, value)
    return Mapping(items=tuple(pairs.values()), line=done.line, span=span, flow=done.flow)


class YamlReader:
    """Interprets nodes, and collects all problems instead of stopping at the first."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[ConfigError] = []

    def problem(self, message: str, *, at: Node, key: str = "") -> None:
        """Note a problem that the maintainer must fix."""
        unseen = unseen_sign(at.text) if isinstance(at, Scalar) and not at.rows else ""
        message += f" (здесь {unseen})" if unseen and unseen not in message else ""
        self.problems.append(ConfigError(message, file=self.file, line=at.line, key=key))

    def factor(self, node: Node | None, *, key: str, most: float) -> float:
        """Return a number from 1 to `most`; 1 if missing."""
        text = None if node is None else self.text(node, key=key, at=node)
        if node is None or text is None:
            return 1.0
        if re.fullmatch(r"[1-9](\.[0-9]{1,2})?", text) and float(text) <= most:
            return float(text)
        self.problem(f"здесь нужно число от 1 до {most:g}, например 1.5", at=node, key=key)
        return 1.0

    def flag(self, node: Node | None, *, key: str) -> bool:
        """Return `true` or `false`; False if missing."""
        said = "" if node is None else self.text(node, key=key, at=node) or ""
        if node is not None and said not in ("", "true", "false"):
            self.problem("можно: true или false", at=node, key=key)
        return said == "true"

    def text(
        self, node: Node | None, *, key: str, at: Node, default: str | None = None, example: str = "…"
    ) -> str | None:
        """Return a non-empty text; None after noting a problem. A missing key (`node` is None) is a problem unless
        `default` is given; `example` is a value to show then.
        """
        if node is None:
            if default is None:
                self.problem(f"нет ключа {key} — добавьте строку «{key}: {example}»", at=at, key=key)
            return default
        if isinstance(node, Scalar) and not node.text.strip():
            self.problem("нет значения — напишите его здесь или удалите строку", at=node, key=key)
            return None
        if isinstance(node, Scalar):
            self._refuse_glued(node, key)
            return node.text.strip()
        self.problem(f"здесь нужен один текст — {_advice(node)}", at=node, key=key)
        return None

    def note(self, body: Mapping) -> None:
        """Check the key `note`, which may be any text on any number of lines."""
        said = body.get("note")
        if said is not None and not isinstance(said, Scalar):
            self.text(said, key="note", at=said)

    def _refuse_glued(self, node: Scalar, key: str) -> None:
        """Note lines of a plain text that YAML joined, unless a bracket or a comma shows that it continues."""
        for place, line in () if node.style or node.flow else node.rows[1:]:
            if not node.text[:place].rstrip().endswith(","):
                self.problem(_GLUED, at=replace(node, line=line), key=key)
                return

    def mapping(
        self, node: Node | None, *, key: str, at: Node, known: tuple[str, ...] = (), stray: str = ""
    ) -> Mapping | None:
        """Return a mapping after noting keys not in `known` (if given) with the nearest known key, or, if none is near,
        with the advice `stray`.
        """
        if not isinstance(node, Mapping):
            self.problem("здесь нужны строки вида «ключ: значение»", at=node or at, key=key)
            return None
        for name, value in node.items:
            if known and name.text not in known:
                meant = nearest(name.text, known, never=() if isinstance(value, Scalar) else _TEXTS)
                more = "" if "может быть" in meant else stray
                self.problem(f"неизвестный ключ{meant}{more}", at=name, key=name.text)
        return node

    def items(self, node: Node | None, *, key: str, at: Node) -> tuple[Node, ...]:
        """Return the items of a sequence; () after noting that there are none."""
        if isinstance(node, Sequence) and node.items:
            return node.items
        self.problem("здесь нужен список: каждая строка начинается с «- »", at=node or at, key=key)
        return ()


def raise_first(problems: Iterable[ConfigError]) -> None:
    """Raise the first problem in the file's order, if any; its message has the number of others."""
    if ordered := in_order(problems):
        first, more = ordered[0], f" (и ещё ошибок: {len(ordered) - 1})" if len(ordered) > 1 else ""
        raise ConfigError(first.message + more, file=first.file, line=first.line, key=first.key)


def in_order(problems: Iterable[ConfigError]) -> tuple[ConfigError, ...]:
    """Sort the problems of one file by line."""
    return tuple(sorted(problems, key=lambda error: error.line))


def nearest(word: str, known: Iterable[str], *, never: Collection[str] = ()) -> str:
    """Return « — может быть, «X»?» for a known X close to `word` and not in `never`, else a short list of choices."""
    choice = sorted(known)
    meant = [one for one in choice if one not in never]
    close = difflib.get_close_matches(word.casefold(), meant, n=1, cutoff=0.6)
    more = f" и ещё {len(choice) - MOST_NAMED}" if len(choice) > MOST_NAMED else ""
    if close:
        return f" — может быть, «{close[0]}»?{_other_letters(word, close[0])}"
    return f" — можно: {', '.join(choice[:MOST_NAMED])}{more}"


def _other_letters(word: str, meant: str) -> str:
    """Say that letters of another alphabet look alike, which people do not see."""
    if meant.isascii() and re.search("[а-яё]", word, re.IGNORECASE):
        return " В нём русские буквы — наберите его латинскими"
    if re.search("[а-яё]", meant) and re.search("[a-z]", word, re.IGNORECASE):
        return " В нём латинские буквы — наберите его русскими"
    return ""


def _advice(node: Node) -> str:
    if isinstance(node, Mapping):
        return "если в тексте есть двоеточие, возьмите его целиком в кавычки"
    return "уберите скобки или «- »"
