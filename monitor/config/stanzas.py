"""Files of stanzas: a list of `- name: …` with different names."""

from collections.abc import Callable, Iterable
from unicodedata import normalize

from monitor.config.yaml_reader import Mapping, Node, YamlReader
from monitor.models.feeds import LONGEST_LINE


def place_of(stanza: Mapping, key: str) -> Node:
    """Return the node to point at for a key: its value, or the stanza that lacks it."""
    return stanza.get(key) or stanza


def name_of(reader: YamlReader, stanza: Mapping) -> str:
    """Return the stanza's `name` in NFC, as it is an identity; "" after noting a missing name."""
    written = reader.text(stanza.get("name"), key="name", at=stanza, example="имя") or ""
    _check_line(reader, stanza, "name", written)
    return normalize("NFC", written)


def one_line(reader: YamlReader, stanza: Mapping, key: str) -> str:
    """Return one printable line; "" if the key is missing."""
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
    """Note each stanza whose value of a key equals an earlier one's; `identity` maps all spellings to one value."""
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
