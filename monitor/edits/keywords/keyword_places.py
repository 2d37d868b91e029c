"""keywords.yaml → where words are written in it: lists, people, the lines of rules, and exclusions.

This only reads what is written; its meaning is read by config/keywords.py. A `WordGroup` is what maintainers see as one
thing (a list, a line of a rule); a `WordPlace` is one text of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.config.keyword_rules import Role
from monitor.config.mentions import LANGUAGES, ROLES
from monitor.config.yaml_reader import Mapping, Node, Scalar, Sequence, items_of, load, pairs_of
from monitor.edits.written_words import WrittenWord, words_of
from monitor.models.articles import Language

_KEY_NOTE = re.compile(r"[^#\n]*?:(?:\s+[>|][-+0-9]*)?\s+#\s*(\S.*)")
_NOTE = re.compile(r"\s*#+\s*(.*?)\s*#*$")

Path = tuple[str | int, ...]
"""A path from the root of the file: keys of mappings, indexes of sequences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPlace:
    """One text in which words are written.

    `note` is the comment above it, or "". `path` leads to it from the root of the file.
    """

    path: Path
    language: Language | None
    role: Role | None
    line: int
    note: str
    words: tuple[WrittenWord, ...]
    node: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class WordGroup:
    """Words that are edited as one thing; `key` is unique in the file. `places` are in the file's order.

    `kind` is list, people, never, doubt (of the file or of a topic), there or here (of `elsewhere`), against (a topic's
    `none`), all or none (of a rule), counter.
    """

    key: str
    kind: str
    title: str
    note: str
    path: Path
    line: int
    places: tuple[WordPlace, ...]
    topic: str = ""
    rule: str = ""

    @property
    def words(self) -> tuple[WrittenWord, ...]:
        """The words of all its places."""
        return tuple(word for place in self.places for word in place.words)

    @property
    def told(self) -> tuple[str, ...]:
        """The words, each with the role in which it must be: «где: $страны»."""
        return tuple(
            f"{place.role}: {word.text}" if place.role else word.text for place in self.places for word in place.words
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordsText:
    """A keywords.yaml as it is written. `root` is the parsed text."""

    file: str
    text: str
    root: Mapping
    groups: tuple[WordGroup, ...]

    def group(self, key: str) -> WordGroup | None:
        """Return the group with this key, or None."""
        return next((group for group in self.groups if group.key == key), None)


def read_places(text: str, *, file: str) -> KeywordsText:
    """Return every place of a file that has words. Raises ConfigError when the file cannot be read at all."""
    root = load(text, file=file)
    return KeywordsText(file=file, text=text, root=root, groups=tuple(_Reader(text, root).groups()))


def node_at(root: Node, path: Path) -> Node | None:
    """Return the node at the end of a path; None when it leads nowhere."""
    node: Node | None = root
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step] if step < len(node.items) else None
        else:
            return None
    return node


class _Reader:
    def __init__(self, text: str, root: Mapping) -> None:
        self._text, self._root = text, root
        self._lines = text.split("\n")

    def groups(self) -> Iterator[WordGroup]:
        for name, node in pairs_of(self._root.get("lists")):
            yield self._group(f"list:{name.text}", "list", f"${name.text}", node, ("lists", name.text), line=name.line)
        for name, node in self._root.items:
            if title := {"people": "Люди", "never": "Никогда", "doubt": "Под вопросом"}.get(name.text):
                yield self._group(name.text, name.text, title, node, (name.text,), line=name.line)
        for name, node in pairs_of(self._root.get("elsewhere")):
            title = {"there": "Другая страна", "here": "Наша страна"}.get(name.text, name.text)
            yield self._group(
                f"elsewhere:{name.text}", name.text, title, node, ("elsewhere", name.text), line=name.line
            )
        for name, node in pairs_of(self._root.get("topics")):
            yield from self._topic(name, node)
        for number, body in enumerate(items_of(self._root.get("counters"))):
            yield from self._rule(body, ("counters", number), topic="", kinds={"all": "counter", "none": "counter"})

    def _topic(self, name: Scalar, node: Node) -> Iterator[WordGroup]:
        path: Path = ("topics", name.text)
        if not isinstance(node, Mapping):
            return
        title = _title(node.get("title")) or name.text
        for key, kind, called in (("none", "against", title), ("doubt", "doubt", f"Под вопросом: {title}")):
            if (words := node.get(key)) is not None:
                group = f"{kind}:{name.text}"
                yield self._group(group, kind, called, words, (*path, key), line=words.line, topic=name.text)
        for number, body in enumerate(items_of(node.get("any_of"))):
            yield from self._rule(
                body, (*path, "any_of", number), topic=name.text, kinds={"all": "all", "none": "none"}
            )

    def _rule(self, body: Node, path: Path, *, topic: str, kinds: dict[str, str]) -> Iterator[WordGroup]:
        if not isinstance(body, Mapping):
            return
        name = _said(body.get("name")) or f"правило {int(path[-1]) + 1}"
        about = {"topic": topic, "rule": name}
        for number, line in enumerate(items_of(body.get("all"))):
            key = f"all:{topic}:{name}:{number}"
            yield self._group(key, kinds["all"], name, line, (*path, "all", number), line=line.line, **about)
        if (none := body.get("none")) is not None:
            yield self._group(
                f"none:{topic}:{name}", kinds["none"], name, none, (*path, "none"), line=none.line, **about
            )

    def _group(
        self, key: str, kind: str, title: str, node: Node, path: Path, *, line: int, topic: str = "", rule: str = ""
    ) -> WordGroup:
        places = tuple(self._places(node, path, None, None))
        note = _KEY_NOTE.match(self._lines[line - 1])
        return WordGroup(
            key=key,
            kind=kind,
            title=title,
            note=note[1] if note else "",
            path=path,
            line=line,
            places=places,
            topic=topic,
            rule=rule,
        )

    def _places(self, node: Node, path: Path, language: Language | None, role: Role | None) -> Iterator[WordPlace]:
        if isinstance(node, Sequence):
            for number, item in enumerate(node.items):
                yield from self._places(item, (*path, number), language, role)
        elif isinstance(node, Mapping):
            for name, value in node.items:
                own = LANGUAGES.get(name.text, language), ROLES.get(name.text, role)
                yield from self._places(value, (*path, name.text), *own)
        else:
            words, note = words_of(node, self._text), self._note_above(node)
            yield WordPlace(path=path, language=language, role=role, line=node.line, note=note, words=words, node=node)

    def _note_above(self, node: Scalar) -> str:
        """Return the text of the comment lines directly above the node's line."""
        above: list[str] = []
        for line in reversed(self._lines[: max(node.line - 1, 0)]):
            note = _NOTE.fullmatch(line)
            if not note:
                break
            above.append(note[1])
        return " ".join(reversed(above))


def _title(node: Node | None) -> str:
    return _said(node.get("ru") if isinstance(node, Mapping) else node)


def _said(node: Node | None) -> str:
    return node.text.strip() if isinstance(node, Scalar) else ""
