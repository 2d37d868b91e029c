"""keywords.yaml: text → rules as written, references resolved. term_reader.py reads their terms; matching/compiler.py
adds the forms of words.
"""

import re
import unicodedata
from dataclasses import replace
from typing import get_args

from monitor.config.facts import read_facts
from monitor.config.keyword_rules import (
    Elsewhere,
    Example,
    Keywords,
    Rule,
    Scope,
    Term,
    Topic,
    example,
)
from monitor.config.mentions import mentions
from monitor.config.rule_names import named_once, refuse_unknown, written_yielding
from monitor.config.term_reader import TermReader
from monitor.config.yaml_reader import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    YamlReader,
    in_order,
    load,
    raise_first,
)
from monitor.errors import ConfigError
from monitor.models.articles import Tier
from monitor.models.channels import Tongue

MAX_LINES = 8
MAX_WINDOW = 200
MAX_FACTOR = 3.0  # most times as wide as windows may be in a short text

TOP_KEYS = ("lists", "people", "never", "doubt", "elsewhere", "short_text", "topics", "counters", "facts")
ELSEWHERE_KEYS = ("there", "here")
COUNTER_KEYS = ("name", "all", "none", "within")
RULE_KEYS = ("name", "tier", "all", "none", "within", "anywhere", "no_act", "yields_to", "classifier", "note")
CLASSIFIER_KEYS = ("name", "tier", "classifier", "note")
TOPIC_KEYS = ("title", "hashtag", "none", "doubt", "any_of", "examples", "note")
EXAMPLE_KEYS = ("match", "post", "review", "miss")
TOPIC_ID = re.compile(r"[a-z][a-z0-9_]{0,30}")
_STRAY = "; новый список пишут под lists:, новую тему — под topics:, на два пробела правее"
_HASHTAG = re.compile(r"(?!\d+$)\w{1,50}")


def load_keywords(text: str, *, file: str) -> Keywords:
    """Return the rules as written. Raises ConfigError for the first mistake, with the number of others."""
    keywords, reader = _read(text, file)
    raise_first(reader.problems)
    return keywords


def load_checked(text: str, *, file: str, root: Mapping | None = None) -> tuple[Keywords, tuple[ConfigError, ...]]:
    """Return the rules and everything wrong with them; rules with mistakes are good for display only.

    `root` is the parsed text, if there is one. Raises ConfigError if the file cannot be read at all.
    """
    keywords, reader = _read(text, file, root)
    return keywords, in_order(reader.problems)


def _read(text: str, file: str, parsed: Mapping | None = None) -> tuple[Keywords, YamlReader]:
    reader = _KeywordsReader(file)
    is_composed = unicodedata.is_normalized("NFC", text)
    root = parsed if parsed and is_composed else load(unicodedata.normalize("NFC", text), file=file)
    reader.mapping(root, key="", at=root, known=TOP_KEYS, stray=_STRAY)
    reader.declare(root)
    for name in reader.lists:
        reader.list_terms(name)
    stanzas = reader.mapping(root.get("topics"), key="topics", at=root)
    topics = tuple(reader.topic(name, node) for name, node in stanzas.items) if stanzas else ()
    refuse_unknown(reader, stanzas, topics)
    if stanzas and not topics:
        reader.problem("нет ни одной темы — без них монитор ничего не найдёт", at=stanzas, key="topics")
    never, doubt = (reader.optional(root.get(key), key=key) for key in ("never", "doubt"))
    short_text = reader.factor(root.get("short_text"), key="short_text", most=MAX_FACTOR)
    counted = root.get("counters")
    counters = reader.rules(counted, key="counters", at=root, known=COUNTER_KEYS) if counted is not None else ()
    elsewhere = reader.elsewhere(root.get("elsewhere"))
    lists = tuple(reader.word_lists())
    facts = read_facts(reader, root.get("facts"), lists=reader.lists, at=root)
    keywords = Keywords(file=file, topics=topics, lists=lists, never=never, elsewhere=elsewhere, short_text=short_text)
    return replace(keywords, doubt=doubt, counters=counters, facts=facts), reader


class _KeywordsReader(TermReader):
    """Reads topics, their rules, lines and examples."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self._equal: dict[tuple[int, ...], tuple[Term, ...]] = {}  # by the id() of each term

    def elsewhere(self, node: Node | None) -> Elsewhere:
        """Read the words of other countries and of ours; both are required."""
        body = None if node is None else self.mapping(node, key="elsewhere", at=node, known=ELSEWHERE_KEYS)
        if node is None or body is None:
            return Elsewhere()
        nothing = Sequence(items=(), line=node.line)
        return Elsewhere(*(self.terms(body.get(key) or nothing, key=key) for key in ELSEWHERE_KEYS))

    def topic(self, name: Scalar, node: Node) -> Topic:
        """Read one topic with its rules and examples, noting problems."""
        if not TOPIC_ID.fullmatch(name.text):
            self.problem("имя темы — латинские буквы, цифры и «_», например extradition", at=name, key=name.text)
        body = self.mapping(node, key=name.text, at=name, known=TOPIC_KEYS) or Mapping(items=(), line=name.line)
        titles = self._titles(body.get("title"), name)
        hashtag = self.text(body.get("hashtag"), key="hashtag", at=name, default=name.text) or name.text
        if not _HASHTAG.fullmatch(hashtag):
            self.problem("хэштег — одно слово без «#» и пробелов", at=body.get("hashtag") or name, key="hashtag")
        self.note(body)
        against = self.optional(body.get("none"), key="none")
        return Topic(
            id=name.text,
            title=titles["ru"],
            title_kk=titles.get("kk", ""),
            title_en=titles.get("en", ""),
            hashtag=hashtag,
            rules=self.rules(body.get("any_of"), key="any_of", at=name, against=against),
            examples=self._examples(body.get("examples")),
            line=name.line,
            doubt=self.optional(body.get("doubt"), key="doubt"),
        )

    def _titles(self, node: Node | None, name: Scalar) -> dict[str, str]:
        """Read a topic's title: one text, or one for each language; Russian is required."""
        if not isinstance(node, Mapping):
            return {"ru": self.text(node, key="title", at=name) or name.text}
        self.mapping(node, key="title", at=name, known=get_args(Tongue))
        russian = self.text(node.get("ru"), key="ru", at=node) or name.text
        others = {tongue: self.text(node.get(tongue), key=tongue, at=node, default="") or "" for tongue in ("kk", "en")}
        return {"ru": russian, **others}

    def rules(
        self,
        node: Node | None,
        *,
        key: str,
        at: Node,
        known: tuple[str, ...] = RULE_KEYS,
        against: tuple[Term, ...] = (),
    ) -> tuple[Rule, ...]:
        """Read the rules under a key, each with a different name; `against` is added to the `none` of each."""
        stanzas = [
            self.mapping(item, key=key, at=item, known=known) or Mapping(items=(), line=item.line)
            for item in self.items(node, key=key, at=at)
        ]
        return named_once(self, [self._rule(body, number, against) for number, body in enumerate(stanzas, start=1)])

    def _rule(self, body: Mapping, number: int, against: tuple[Term, ...]) -> Rule:
        name = self.text(body.get("name"), key="name", at=body, default=f"правило {number}") or ""
        self.note(body)
        if self.flag(body.get("classifier"), key="classifier"):
            return self._classifier(body, name)
        written = self.items(body.get("all"), key="all", at=body)
        lines = tuple(self._one_object(self.terms(line, key="all")) for line in written)
        if len(lines) > MAX_LINES:
            self.problem(f"строк больше {MAX_LINES} — разделите правило на два", at=body, key="all")
        return Rule(
            name=name,
            tier=self._tier(body.get("tier")),
            lines=lines,
            none=self._one_object((*against, *self.optional(body.get("none"), key="none"))),
            within=self._within(body.get("within")),
            anywhere=self.flag(body.get("anywhere"), key="anywhere"),
            no_act=self.flag(body.get("no_act"), key="no_act"),
            yields_to=written_yielding(self, body.get("yields_to")),
            line=body.line,
            mentions=tuple(tuple(mentions(line, self._lines)) for line in written),
        )

    def _classifier(self, body: Mapping, name: str) -> Rule:
        """Read a rule without lines, which only asks."""
        self.mapping(body, key="classifier", at=body, known=CLASSIFIER_KEYS)
        if (tier := self._tier(body.get("tier"))) is Tier.POST:
            self.problem("правило с classifier только спрашивает: напишите tier: review", at=body, key="tier")
        return Rule(name=name, tier=tier, lines=(), none=(), within=Scope.SENTENCE, line=body.line, classifier=True)

    def _one_object(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """Return one tuple for equal lines in all rules: a third of all lines, the longest, repeat the same lists."""
        return self._equal.setdefault(tuple(map(id, terms)), terms)

    def _tier(self, node: Node | None) -> Tier:
        if node is None:
            return Tier.POST
        tier = self.text(node, key="tier", at=node)
        if tier not in (None, Tier.POST, Tier.REVIEW):
            self.problem("можно: post (сразу в канал) или review (сначала редактору)", at=node, key="tier")
            return Tier.POST
        return Tier(tier or Tier.POST)

    def _within(self, node: Node | None) -> Scope | int:
        if node is None:
            return Scope.SENTENCE
        text = self.text(node, key="within", at=node) or ""
        if text in list(Scope):
            return Scope(text)
        if re.fullmatch(r"[1-9][0-9]{0,2}", text) and 2 <= int(text) <= MAX_WINDOW:
            return int(text)
        self.problem(f"можно: sentence, title, text или число слов от 2 до {MAX_WINDOW}", at=node, key="within")
        return Scope.SENTENCE

    def _examples(self, node: Node | None) -> tuple[Example, ...]:
        if node is None:
            return ()
        body = self.mapping(node, key="examples", at=node, known=EXAMPLE_KEYS)
        examples = []
        for name, value in body.items if body else ():
            for item in self.items(value, key=name.text, at=name):
                text = self.text(item, key=name.text, at=name) or ""
                examples.append(example(text, expects=name.text, line=item.line))
        return tuple(examples)
