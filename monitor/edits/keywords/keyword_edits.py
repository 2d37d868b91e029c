"""Adding a word to keywords.yaml or removing one: every comment and every other byte stays as it is.

The result is read back: it must be the same file except for that word, or nothing is changed and the maintainer is
asked to edit by hand. Where the last line of a text would become too long, the word begins a new line.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from monitor.config.keyword_rules import Role
from monitor.config.mentions import LANGUAGES, items
from monitor.config.yaml_reader import Mapping, Node, Scalar, Sequence, pairs_of
from monitor.edits.keywords.keyword_places import KeywordsText, Path, WordGroup, WordPlace, node_at, read_places
from monitor.edits.written_words import WrittenWord, line_start, quote_double, words_of
from monitor.errors import ConfigError
from monitor.models.articles import Language

LONGEST_LINE = 120
_PLAIN = re.compile(r"[^\W\d_«$][\w «»$*-]*|[«$][\w «»$*-]+")  # needs no quotes in YAML, not even within brackets
_LANGUAGES: tuple[Language | None, ...] = (None, "ru", "kk")
_ROLES = (*Role, None)
_Word = tuple[str, Language | None, Role | None]


class Spot(NamedTuple):
    """How a word can be added: for which language (None: both) and in which role (None: any)."""

    language: Language | None
    role: Role | None = None


class _Change(NamedTuple):
    """A word that was added or removed."""

    word: _Word
    is_added: bool


def add_word(
    written: KeywordsText,
    group: WordGroup,
    word: str,
    *,
    language: Language | None = None,
    role: Role | None = None,
    line: int = 0,
) -> KeywordsText:
    """Return the file with `word` at the end of a group: in the place on that line, else its last for that language and
    role.

    Raises ConfigError: the word is there already, it is not one word, or the file must be edited by hand.
    """
    word = one_word(word, file=written.file)
    fitting = [place for place in group.places if (place.language, place.role) == (language, role) and place.words]
    place = next((place for place in fitting if line and place.line == line), fitting[-1] if fitting else None)
    same = next((known for one in fitting for known in one.words if _is_same(known.text, word)), None)
    if same:
        raise ConfigError(f"«{word}» здесь уже есть", file=written.file, line=same.line)
    change = _Change(word=(word, language, role), is_added=True)
    for text in _additions(written, group, place, word, Spot(language, role)):
        if made := _read_back(written, text, group, change):
            return made
    if (language, role) not in spots(written, group):
        raise ConfigError("для этого языка здесь нет места — выберите другой", file=written.file, line=group.line)
    raise _by_hand(written, f"впишите «{word}» сами", group.line)


def remove_word(
    written: KeywordsText, group: WordGroup, word: str, *, role: Role | None = None, line: int = 0
) -> KeywordsText:
    """Return the file without the group's first such `word` in that role or on that line.

    Raises ConfigError when there is none, or when the file must be edited by hand.
    """
    position = next((one for one in _standing(group, word, line) if role in (None, one[0].role)), None)
    if position is None:
        raise ConfigError(f"слова «{word}» здесь нет", file=written.file, line=group.line)
    place, number = position
    change = _Change(word=(place.words[number].text, place.language, place.role), is_added=False)
    for text in _removals(written, group, place, number):
        if made := _read_back(written, text, group, change):
            return made
    if len(group.words) == 1:
        message = f"«{word}» — последнее слово; без него здесь ничего не останется: удалите или замените всё целиком"
        raise _by_hand(written, message, group.line)
    raise _by_hand(written, f"уберите «{word}» сами", place.words[number].line)


def spots(written: KeywordsText, group: WordGroup) -> tuple[Spot, ...]:
    """List the (language, role) pairs under which a word can be added to this group; pairs with a role come first."""
    node = node_at(written.root, group.path)
    known = {Spot(place.language, place.role) for place in group.places if place.words}
    own = not isinstance(node, Mapping) or not {name.text for name, _ in node.items} - LANGUAGES.keys()
    if not isinstance(node, Scalar) and own:
        known.update(map(Spot, _LANGUAGES if isinstance(node, Sequence) else _LANGUAGES[1:]))
    return tuple(spot for role in _ROLES for one in _LANGUAGES if (spot := Spot(one, role)) in known)


def one_word(word: str, *, file: str) -> str:
    """Return a word with single spaces and composed letters (NFC). Raises ConfigError if it is not exactly one word."""
    clean = _clean(word)
    if len([item for item in items(clean) if item[0].strip()]) != 1 or clean.strip(",").strip() != clean:
        raise ConfigError("нужно одно слово или выражение; несколько впишите по одному", file=file)
    if not all(map(str.isprintable, clean)):
        raise ConfigError("в слове есть невидимые знаки — наберите его заново", file=file)
    return clean


def _clean(word: str) -> str:
    return unicodedata.normalize("NFC", " ".join(word.split()))


def _is_same(one: str, other: str) -> bool:
    return _clean(one) == other


def _standing(group: WordGroup, word: str, line: int) -> Iterator[tuple[WordPlace, int]]:
    clean = _clean(word)
    for place in group.places:
        for number, known in enumerate(place.words):
            if _is_same(known.text, clean) and line in (0, known.line):
                yield place, number


# ── putting in ─────────────────────────────────────────────────────────────────────────────────


def _additions(
    written: KeywordsText, group: WordGroup, place: WordPlace | None, word: str, spot: Spot
) -> Iterator[str]:
    """Yield the possible new texts of the file, the best first; invalid ones are found when they are read back."""
    node = node_at(written.root, group.path)
    if place is None:
        if node is not None and spot.role is None:
            yield from _with_new_text(written, node, word, spot.language)
        return
    around = node_at(written.root, place.path[:-1])
    if isinstance(around, Sequence) and not around.flow and _is_one_a_line(around, written.text):
        yield _with_line(written.text, around, f"- {_typed(word)}")
    is_in_brackets = _is_in_brackets(written.root, place.path)
    if not is_in_brackets or place.node.style:
        yield _at_end(written.text, place, word, longest=LONGEST_LINE if not is_in_brackets else len(written.text))
    text = ", ".join([*(known.text for known in place.words), word])
    yield _replaced(written.text, place.node.span, quote_double(text))


def _is_one_a_line(sequence: Sequence, source: str) -> bool:
    """Whether each item of the sequence is one word («- Мовлаев», «- Качкуркин»), so that a new word gets a line."""
    one = [isinstance(item, Scalar) and len(words_of(item, source)) == 1 for item in sequence.items]
    return len(one) > 1 and all(one)


def _is_in_brackets(root: Node, path: Path) -> bool:
    around = (node_at(root, path[:length]) for length in range(len(path)))
    return any(isinstance(node, Mapping | Sequence) and node.flow for node in around)


def _at_end(source: str, place: WordPlace, word: str, *, longest: int) -> str:
    """Insert the word after the last one and its comma; on a new line if the line would exceed `longest` characters."""
    last = place.words[-1]
    end, sign = last.end, ","
    if (rest := source[last.end : place.node.span[1]].lstrip()).startswith(","):
        end, sign = source.index(rest, last.end) + 1, ""
    is_long = _line_end(source, end) - line_start(source, end) + len(sign) + 1 + len(word) > longest
    break_ = "\n" + _indent(source, place) if is_long and place.node.style != "|" else " "
    return f"{source[:end]}{sign}{break_}{word}{source[end:]}"


def _indent(source: str, place: WordPlace) -> str:
    """Return the indentation for a continuation line: that of the text's last line, else the text's first column."""
    first, last = place.words[0], place.words[-1]
    line = source[line_start(source, last.end) : last.end]
    if "\n" in source[place.node.span[0] : first.end] or "\n" in source[first.start : last.end]:
        return line[: len(line) - len(line.lstrip())]
    return " " * _column(source, place.node)


def _with_line(source: str, node: Mapping | Sequence, line: str) -> str:
    """Return the source with another line at the end of a block."""
    end = _line_end(source, _last_text(node, source))
    return f"{source[:end]}\n{' ' * _column(source, node)}{line}{source[end:]}"


def _with_new_text(written: KeywordsText, node: Node, word: str, language: Language | None) -> Iterator[str]:
    """Yield texts of the file with a new text for the language, where the group has none."""
    source = written.text
    if isinstance(node, Mapping) and node.flow and language:
        end = _last_text(node, source)
        yield f"{source[:end]}, {language}: {_typed(word)}{source[end:]}"
        yield f"{source[: node.span[1] - 1].rstrip()}, {language}: {_typed(word)}{source[node.span[1] - 1 :]}"
    elif isinstance(node, Mapping) and language:
        yield _with_line(source, node, f"{language}: {_typed(word)}")
    elif isinstance(node, Sequence) and node.flow:
        item = f"{{{language}: {_typed(word)}}}" if language else _typed(word)
        yield f"{source[: node.span[1] - 1].rstrip()}, {item}{source[node.span[1] - 1 :]}"
    elif isinstance(node, Sequence):
        yield _with_line(source, node, f"- {language}: {_typed(word)}" if language else f"- {_typed(word)}")


def _typed(word: str) -> str:
    return word if _PLAIN.fullmatch(word) else quote_double(word)


# ── taking out ─────────────────────────────────────────────────────────────────────────────────


def _removals(written: KeywordsText, group: WordGroup, place: WordPlace, number: int) -> Iterator[str]:
    source, words = written.text, place.words
    if len(words) == 1:
        yield from _without_text(written, group, place.path)
        return
    before = words[number - 1] if number else None
    after = words[number + 1] if number + 1 < len(words) else None
    begins_line = before is None or "\n" in source[before.end : words[number].start]
    if after and begins_line:
        yield _replaced(source, (words[number].start, after.start), "")
    elif before:
        yield _replaced(source, (before.end, words[number].end), "")
    rest = ", ".join(word.text for word in words[:number] + words[number + 1 :])
    yield _replaced(source, place.node.span, quote_double(rest))


def _without_text(written: KeywordsText, group: WordGroup, path: Path) -> Iterator[str]:
    """Yield texts of the file without a text and its key or dash; a container left empty goes too, within the group."""
    source = written.text
    if len(path) <= len(group.path):
        return
    around, step = node_at(written.root, path[:-1]), path[-1]
    if not isinstance(around, Mapping | Sequence):
        return
    if len(around.items) == 1:
        yield from _without_text(written, group, path[:-1])
        return
    starts, ends = _bounds(around, source)
    number = step if isinstance(step, int) else [name.text for name, _ in pairs_of(around)].index(step)
    if around.flow:
        is_last = number + 1 == len(starts)
        yield _replaced(
            source, (ends[number - 1], ends[number]) if is_last else (starts[number], starts[number + 1]), ""
        )
        return
    line = line_start(source, starts[number])
    yield _replaced(source, (line, min(_line_end(source, ends[number]) + 1, len(source))), "")
    if number + 1 < len(starts):
        yield _replaced(source, (starts[number], starts[number + 1]), "")


def _bounds(around: Mapping | Sequence, source: str) -> tuple[list[int], list[int]]:
    """Return where each part of a node begins and where each ends."""
    if isinstance(around, Mapping):
        return [name.span[0] for name, _ in around.items], [_last_text(node, source) for _, node in around.items]
    return [item.span[0] for item in around.items], [_last_text(item, source) for item in around.items]


# ── the source ─────────────────────────────────────────────────────────────────────────────────


def _last_text(node: Node, source: str) -> int:
    """Return where a node ends, without the blanks and comments after it."""
    if not isinstance(node, Scalar):
        if node.flow:
            return node.span[1]
        parts = node.items if isinstance(node, Sequence) else tuple(value for _, value in node.items)
        return _last_text(parts[-1], source)
    words = words_of(node, source)
    is_quoted = node.style in ("'", '"')
    return node.span[1] if is_quoted or not words else words[-1].end + _commas(source, words[-1], node)


def _commas(source: str, last: WrittenWord, node: Scalar) -> int:
    """Return the length of the commas and blanks after a text's last word."""
    rest = source[last.end : node.span[1]]
    return len(rest) - len(rest.lstrip(" ,"))


def _column(source: str, node: Node) -> int:
    return node.span[0] - line_start(source, node.span[0])


def _line_end(source: str, place: int) -> int:
    end = source.find("\n", place)
    return end if end >= 0 else len(source)


def _replaced(source: str, span: tuple[int, int], text: str) -> str:
    return f"{source[: span[0]]}{text}{source[span[1] :]}"


# ── reading back ───────────────────────────────────────────────────────────────────────────────


def _read_back(written: KeywordsText, text: str, group: WordGroup, change: _Change) -> KeywordsText | None:
    """Return the edited file if it differs from the old one only by the one word of the group; else None."""
    try:
        made = read_places(text, file=written.file)
    except ConfigError:
        return None
    more, fewer = (made, written) if change.is_added else (written, made)
    with_it, without = _words_by_group(more), _words_by_group(fewer)
    longer, shorter = with_it.pop(group.key, []), without.pop(group.key, [])
    is_one = any(word == change.word and longer[:at] + longer[at + 1 :] == shorter for at, word in enumerate(longer))
    is_same = (
        with_it == without and _other_texts(made) == _other_texts(written) and _comments(made) == _comments(written)
    )
    return made if is_one and is_same else None


def _words_by_group(written: KeywordsText) -> dict[str, list[_Word]]:
    return {group.key: [word for place in group.places for word in _read(place)] for group in written.groups}


def _read(place: WordPlace) -> list[_Word]:
    texts = [word.text for word in place.words] or [place.node.text]
    return [(text, place.language, place.role) for text in texts]


def _other_texts(written: KeywordsText) -> list[tuple[tuple[str, ...], str]]:
    """Return the texts outside all groups, each with the keys that lead to it."""
    places = {place.path for group in written.groups for place in group.places}
    texts = ((path, node.text) for path, node in _texts(written.root, ()) if path not in places)
    return [(tuple(step if isinstance(step, str) else "-" for step in path), text) for path, text in texts]


def _texts(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            yield from _texts(item, (*path, number))
    else:
        for name, value in node.items:
            yield from _texts(value, (*path, name.text))


def _comments(written: KeywordsText) -> list[str]:
    """Return the comments on lines of their own; one at the end of a line belongs to the words of that line."""
    return [line.strip() for line in written.text.split("\n") if line.lstrip().startswith("#")]


def _by_hand(written: KeywordsText, what: str, line: int) -> ConfigError:
    return ConfigError(f"это место написано непривычно — {what}", file=written.file, line=line)
