"""What files of stanzas have in common: a list of `- name: …` in which no name stands twice."""

from collections.abc import Callable, Iterable
from unicodedata import normalize

from monitor.config.yaml_reader import Mapping, Node, YamlReader
from monitor.models.feeds import LONGEST_LINE


def place_of(stanza: Mapping, key: str) -> Node:
    """Where to point for a key: at its value, or at the stanza that lacks it."""
    return stanza.get(key) or stanza


def name_of(reader: YamlReader, stanza: Mapping) -> str:
    """The stanza's `name`, an identity however an editor composes its letters; "" after noting that it is none."""
    written = reader.text(stanza.get("name"), key="name", at=stanza, example="имя") or ""
    _check_line(reader, stanza, "name", written)
    return normalize("NFC", written)


def one_line(reader: YamlReader, stanza: Mapping, key: str) -> str:
    """One printable line; "" when nothing is said."""
    written = reader.text(stanza.get(key), key=key, at=stanza, default="") or ""
    _check_line(reader, stanza, key, written)
    return written


def unique(
    reader: YamlReader,
    named: Iterable[tuple[Mapping, str]],
    *,
    key: str,
    identity: Callable[[str], str] = str,
) -> None:
    """Note each stanza whose value of a key an earlier one has too; `identity` is equal for spellings of one value."""
    seen: dict[str, tuple[str, int]] = {}
    for stanza, value in named:
        at = place_of(stanza, key)
        same = identity(value)
        if same in seen:
            first, line = seen[same]
            spelt = "" if first == value else f" в другом написании, «{first}»"
            reader.problem(f"«{value}» уже есть в строке {line}{spelt} — нужно разное", at=at, key=key)
        seen.setdefault(same, (value, at.line))


def _check_line(reader: YamlReader, stanza: Mapping, key: str, written: str) -> None:
    if len(written) > LONGEST_LINE or not written.isprintable():
        reader.problem(f"здесь нужна одна строка до {LONGEST_LINE} знаков", at=place_of(stanza, key), key=key)
