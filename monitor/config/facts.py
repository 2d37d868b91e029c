"""`facts:` of keywords.yaml: what the words of the rules mean, in Russian, Kazakh and English.

    что:
      задержание / ұстау / detention: $задержание, поймать

Words must be written here as the lists and rules write them; their language does not matter. Nothing is searched for by
this section. matching/facts/naming.py decides which of several names a word gets.
"""

from collections.abc import Collection, Iterator

from monitor.config.keyword_rules import FactGroup, Naming
from monitor.config.mentions import items
from monitor.config.yaml_reader import Mapping, Node, Scalar, YamlReader, nearest

GROUPS = tuple(group.value for group in FactGroup)
_NAMES = 3  # in Russian, in Kazakh, in English
_BETWEEN = " / "


def read_facts(reader: YamlReader, node: Node | None, *, lists: Collection[str], at: Node) -> tuple[Naming, ...]:
    """Read the names in the file's order, noting problems with the reader. () for a file without facts."""
    if node is None:
        return ()
    groups = reader.mapping(node, key="facts", at=at, known=GROUPS) or Mapping(items=(), line=node.line)
    facts = tuple(
        naming
        for name, value in groups.items
        if name.text in GROUPS
        for naming in _of_group(reader, FactGroup(name.text), name, value, lists)
    )
    _refuse_twice(reader, facts)
    return facts


def _of_group(
    reader: YamlReader, group: FactGroup, name: Scalar, node: Node, lists: Collection[str]
) -> Iterator[Naming]:
    if group is FactGroup.NOTHING:
        yield _naming(reader, ("", "", ""), node, group=group, line=name.line, lists=lists)
        return
    body = reader.mapping(node, key=group, at=name)
    for title, value in body.items if body else ():
        names = [part.strip() for part in title.text.split(_BETWEEN)]
        if len(names) != _NAMES or not all(names):
            message = f"в «{title.text}» нужны три названия: по-русски / по-казахски / по-английски"
            reader.problem(message, at=title, key=group)
            continue
        ru, kk, en = names
        yield _naming(reader, (ru, kk, en), value, group=group, line=title.line, lists=lists)


def _naming(
    reader: YamlReader, names: tuple[str, str, str], node: Node, *, group: FactGroup, line: int, lists: Collection[str]
) -> Naming:
    ru, kk, en = names
    if not isinstance(node, Scalar):
        reader.problem("здесь слова через запятую, как они стоят в списках, без ru и kk", at=node, key=group)
    text = node.text if isinstance(node, Scalar) else ""
    written = [item[0].strip() for item in items(text)]
    marked = (item[1:] for item in written if item.startswith("$"))
    referred = tuple(name for name in marked if " " not in name or name in lists)
    for name in referred:
        if name not in lists:
            here = Scalar(text=name, line=node.line_at(text.index(f"${name}"))) if isinstance(node, Scalar) else node
            reader.problem(f"нет списка «${name}»{nearest(name, lists)}", at=here, key=group)
    words = frozenset({*written, ru, kk} - {"", *(f"${name}" for name in referred)})
    return Naming(group=group, ru=ru, kk=kk, en=en, words=words, lists=referred, line=line)


def _refuse_twice(reader: YamlReader, facts: tuple[Naming, ...]) -> None:
    """Note a word that has two names in a group."""
    seen: dict[tuple[FactGroup, str], Naming] = {}
    for naming in facts:
        for word in naming.words:
            first = seen.setdefault((naming.group, word), naming)
            if first is not naming:
                said = f"«{word}» уже названо «{first.ru}» (строка {first.line}) — оставьте одно"
                reader.problem(said, at=Scalar(text=word, line=naming.line), key=naming.group)
