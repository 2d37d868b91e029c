"""Names of rules in keywords.yaml: unique within a topic; `yields_to` names other topics and their rules.

    - name: выдворение россиян
      yields_to: [рейд по россиянам]

A raid after which somebody is expelled is news about the raid: it gets one hashtag, and if the raid's rule is silent
nothing is lost.
"""

from collections.abc import Collection, Iterator

from monitor.config.keyword_rules import Rule, Topic
from monitor.config.yaml_reader import Mapping, Node, Scalar, Sequence, YamlReader, nearest

KEY = "yields_to"


def named_once(reader: YamlReader, rules: Collection[Rule]) -> tuple[Rule, ...]:
    """Note each rule whose name an earlier one has; return the rules."""
    seen: dict[str, int] = {}
    for rule in rules:
        if rule.name in seen:
            place = Scalar(text=rule.name, line=rule.line)
            reader.problem(f"имя правила уже есть в строке {seen[rule.name]} — дайте другое", at=place, key="name")
        seen.setdefault(rule.name, rule.line)
    return tuple(rules)


def written_yielding(reader: YamlReader, node: Node | None) -> tuple[str, ...]:
    """Return the names as a rule writes them, noting problems with the reader; () if it yields to nothing."""
    written = () if node is None else reader.items(node, key=KEY, at=node)
    return tuple(name for item in written if (name := reader.text(item, key=KEY, at=item)))


def refuse_unknown(reader: YamlReader, stanzas: Mapping | None, topics: Collection[Topic]) -> None:
    """Note each name that is neither another topic nor a rule of one."""
    names = {topic.id: {topic.id, *(rule.name for rule in topic.rules)} for topic in topics}
    for topic, written in _written(stanzas):
        others = set().union(*(known for id_, known in names.items() if id_ != topic))
        if written.text.strip() in names.get(topic, ()):
            reader.problem("правило уступает другой теме или её правилу, а это своё", at=written, key=KEY)
        elif written.text.strip() not in others:
            reader.problem(f"нет такой темы и такого правила{nearest(written.text, others)}", at=written, key=KEY)


def _written(stanzas: Mapping | None) -> Iterator[tuple[str, Scalar]]:
    """Yield the id of the topic, and each name with its place in the file."""
    for topic, body in stanzas.items if stanzas else ():
        rules = body.get("any_of") if isinstance(body, Mapping) else None
        for rule in rules.items if isinstance(rules, Sequence) else ():
            names = rule.get(KEY) if isinstance(rule, Mapping) else None
            for name in names.items if isinstance(names, Sequence) else ():
                if isinstance(name, Scalar):
                    yield topic.text, name
