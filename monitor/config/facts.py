"""`facts:` of keywords.yaml: what the words of the rules mean, named in both languages and in English.

Words are not looked for by what stands here: they are named as the lists and the rules write them, without regard to
their language. Which of several names a word gets: matching/facts/naming.py.
"""

from collections.abc import Collection, Iterator

from monitor.config.keyword_rules import FactGroup, Naming
from monitor.config.mentions import mentions
from monitor.config.yaml_reader import Mapping, Node, YamlReader, nearest

KEYS = ("ru", "kk", "en", "words")
GROUPS = tuple(group.value for group in FactGroup)


def read_facts(reader: YamlReader, node: Node | None, *, lists: Collection[str], at: Node) -> tuple[Naming, ...]:
    """The names in the file's order; what is wrong is noted with the reader. () for a file without them."""
    if node is None:
        return ()
    groups = reader.mapping(node, key="facts", at=at, known=GROUPS) or Mapping(items=(), line=node.line)
    facts = tuple(
        naming
        for name, value in groups.items
        if name.text in GROUPS
        for naming in _of_group(reader, FactGroup(name.text), value, lists)
    )
    _refuse_twice(reader, facts)
    return facts


def _of_group(reader: YamlReader, group: FactGroup, node: Node, lists: Collection[str]) -> Iterator[Naming]:
    if group is FactGroup.NOTHING:
        words, referred = _words(reader, node, lists)
        yield Naming(group=group, ru="", kk="", en="", words=words, lists=referred, line=node.line)
        return
    for item in reader.items(node, key=group, at=node):
        body = reader.mapping(item, key=group, at=item, known=KEYS) or Mapping(items=(), line=item.line)
        ru = reader.text(body.get("ru"), key="ru", at=item) or ""
        kk, en = (reader.text(body.get(key), key=key, at=item, default="") or "" for key in ("kk", "en"))
        given = body.get("words")
        words, referred = _words(reader, given, lists) if given else (frozenset(), ())
        named = frozenset(filter(None, (ru, kk)))
        yield Naming(group=group, ru=ru, kk=kk, en=en, words=named | words, lists=referred, line=item.line)


def _words(reader: YamlReader, node: Node, lists: Collection[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The words, and the lists among them."""
    if isinstance(node, Mapping):
        reader.problem("здесь слова без ru и kk: через запятую, как они стоят в списках", at=node, key="words")
        return frozenset(), ()
    written = [mention.text for mention in mentions(node, {})]
    marked = (text[1:] for text in written if text.startswith("$"))
    referred = tuple(name for name in marked if " " not in name or name in lists)
    for name in referred:
        if name not in lists:
            reader.problem(f"нет списка «${name}»{nearest(name, lists)}", at=node, key="words")
    if not written:
        reader.problem("нет слов — впишите их так, как они стоят в списках", at=node, key="words")
    return frozenset(written) - {f"${name}" for name in referred}, referred


def _refuse_twice(reader: YamlReader, facts: tuple[Naming, ...]) -> None:
    """A word has one name in each group."""
    seen: dict[tuple[FactGroup, str], Naming] = {}
    for naming in facts:
        for word in sorted(naming.words):
            first = seen.setdefault((naming.group, word), naming)
            if first is not naming:
                place = Mapping(items=(), line=naming.line)
                said = f"«{word}» уже названо «{first.ru}» (строка {first.line}) — оставьте одно"
                reader.problem(said, at=place, key="words")
