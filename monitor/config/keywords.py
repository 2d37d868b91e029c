"""keywords.yaml: text → rules as written, references resolved. What forms a word has: matching/compiler.py.

A term is one alternative of a line: `слово`, `слово другое` (a phrase), `«выдан»` (this form only), `экстради*`,
`$список` (all terms of that list; under `ru:` or `kk:` those of that language), `снять с $транспорт` (a phrase with
any one word of that list in its place). `{куда: $россия}` asks for the grammatical way in which a term stands.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, product
from math import prod

from monitor.config.facts import read_facts
from monitor.config.keyword_rules import (
    Elsewhere,
    Example,
    Keywords,
    Role,
    Rule,
    Scope,
    Term,
    TermWord,
    TermWordKind,
    Topic,
    WordList,
    example,
)
from monitor.config.mentions import LANGUAGES, ROLES, items, mentions, unknown_list
from monitor.config.name_parts import with_particles
from monitor.config.rule_names import named_once, refuse_unknown, written_yielding
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
from monitor.models.articles import Language, Tier

MAX_LINES = 8
MIN_PREFIX = 3
MAX_WINDOW = 200
MAX_FACTOR = 3.0  # how many times as wide windows are in a short text
MAX_VARIANTS = 200  # of one phrase with lists in it
MAX_NESTED = 20  # lists within lists

TOP_KEYS = ("lists", "people", "never", "doubt", "elsewhere", "short_text", "topics", "counters", "facts")
ELSEWHERE_KEYS = ("there", "here")
COUNTER_KEYS = ("name", "all", "none", "within")
RULE_KEYS = ("name", "tier", "all", "none", "within", "anywhere", "no_act", "yields_to", "note")
TOPIC_KEYS = ("title", "hashtag", "none", "doubt", "any_of", "examples", "note")
EXAMPLE_KEYS = ("match", "post", "review", "miss")
TOPIC_ID = re.compile(r"[a-z][a-z0-9_]{0,30}")
_HASHTAG = re.compile(r"(?!\d+$)\w{1,50}")
_TOKEN = re.compile(r"«([^»]*)»|([^\s«»‐‑-]+)([‐‑-]?)")
_WORD = re.compile(r"[^\W\d_]+|\d+")  # as text/unicode.py parts words: letters or digits
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`′")
_Phrase = tuple[tuple[TermWord, ...], Language | None]  # the words of a term, and their language


def load_keywords(text: str, *, file: str) -> Keywords:
    """The rules as written. Raises ConfigError: the first mistake, and how many others there are."""
    keywords, reader = _read(text, file)
    raise_first(reader.problems)
    return keywords


def load_checked(text: str, *, file: str, root: Mapping | None = None) -> tuple[Keywords, tuple[ConfigError, ...]]:
    """The rules and everything wrong with them; with any, they are only good for looking at.

    `root` is the text, if it is parsed already. Raises ConfigError when the file cannot be read at all.
    """
    keywords, reader = _read(text, file, root)
    return keywords, in_order(reader.problems)


def read_terms(
    written: str, *, language: Language | None = None, kind: TermWordKind = TermWordKind.WORD
) -> tuple[Term, ...]:
    """Terms as one line of a rule writes them, without a file: no `$list`. Raises ConfigError."""
    reader = _KeywordsReader(f"«{written}»")
    line = Scalar(text=unicodedata.normalize("NFC", written), line=0)
    terms = tuple(replace(term, language=language) for term in reader.terms(line, key="", kind=kind))
    raise_first(reader.problems)
    return terms


def _read(text: str, file: str, parsed: Mapping | None = None) -> tuple[Keywords, YamlReader]:
    reader = _KeywordsReader(file)
    is_composed = unicodedata.is_normalized("NFC", text)
    root = parsed if parsed and is_composed else load(unicodedata.normalize("NFC", text), file=file)
    reader.mapping(root, key="", at=root, known=TOP_KEYS)
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
    lists = tuple(reader.declared())
    facts = read_facts(reader, root.get("facts"), lists=reader.lists, at=root)
    keywords = Keywords(file=file, topics=topics, lists=lists, never=never, elsewhere=elsewhere, short_text=short_text)
    return replace(keywords, doubt=doubt, counters=counters, facts=facts), reader


class _KeywordsReader(YamlReader):
    """Resolves `$list` while reading, so that an unknown or circular reference is named where it stands."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.lists: dict[str, Node] = {}
        self.people: tuple[Term, ...] = ()
        self._names: list[Scalar] = []
        self._lines: dict[str, int] = {}  # of the lists' names
        self._references: defaultdict[str, set[str]] = defaultdict(set)  # from a list; from the rules under ""
        self._resolved: dict[str, tuple[Term, ...]] = {}
        self._opening: list[str] = []
        self._in_phrases: dict[str, list[TermWord]] = {}  # a list inside a phrase: what stands for its single words
        self._longer: dict[str, tuple[_Phrase, ...]] = {}  # its terms of several words
        self._roles: dict[tuple[int, Role], tuple[Term, Term]] = {}  # by the id() of the term, which is kept beside
        self._equal: dict[tuple[int, ...], tuple[Term, ...]] = {}  # by the id() of each

    def declare(self, root: Mapping) -> None:
        """Remember the lists by name and read the people."""
        lists = root.get("lists")
        if lists is not None and (mapping := self.mapping(lists, key="lists", at=root)):
            self.lists = {name.text: node for name, node in mapping.items}
            self._names += [name for name, _ in mapping.items]
        people = root.get("people")
        if people is not None:
            self.people = self.terms(people, key="people", kind=TermWordKind.NAME)
            self._names += [name for name, _ in root.items if name.text == "people"]
        self._lines = {name.text: name.line for name in self._names}

    def declared(self) -> Iterator[WordList]:
        """The lists, when everything has been read."""
        reached: set[str] = set()
        new = {""}
        while new:
            reached |= new
            new = {name for reaching in new for name in self._references[reaching]} - reached
        for name in self._names:
            terms = self._resolved.get(name.text, self.people)
            yield WordList(name=name.text, terms=terms, is_used=name.text in reached, line=name.line)

    def list_terms(self, name: str) -> tuple[Term, ...]:
        """The terms of a declared list."""
        if name not in self._resolved:
            self._opening.append(name)
            self._resolved[name] = self.terms(self.lists[name], key=name)
            self._opening.pop()
        return self._resolved[name]

    def elsewhere(self, node: Node | None) -> Elsewhere:
        """What an article of another country says, and what one of ours; both are asked for."""
        body = None if node is None else self.mapping(node, key="elsewhere", at=node, known=ELSEWHERE_KEYS)
        if node is None or body is None:
            return Elsewhere()
        nothing = Sequence(items=(), line=node.line)
        return Elsewhere(*(self.terms(body.get(key) or nothing, key=key) for key in ELSEWHERE_KEYS))

    def topic(self, name: Scalar, node: Node) -> Topic:
        """One topic with its rules and examples; what is wrong with it is noted."""
        if not TOPIC_ID.fullmatch(name.text):
            self.problem("имя темы — латинские буквы, цифры и «_», например extradition", at=name, key=name.text)
        body = self.mapping(node, key=name.text, at=name, known=TOPIC_KEYS) or Mapping(items=(), line=name.line)
        title = self.text(body.get("title"), key="title", at=name) or name.text
        hashtag = self.text(body.get("hashtag"), key="hashtag", at=name, default=name.text) or name.text
        if not _HASHTAG.fullmatch(hashtag):
            self.problem("хэштег — одно слово без «#» и пробелов", at=body.get("hashtag") or name, key="hashtag")
        against = self.optional(body.get("none"), key="none")
        rules = self.rules(body.get("any_of"), key="any_of", at=name, against=against)
        examples = self._examples(body.get("examples"))
        topic = Topic(id=name.text, title=title, hashtag=hashtag, rules=rules, examples=examples, line=name.line)
        return replace(topic, doubt=self.optional(body.get("doubt"), key="doubt"))

    def rules(
        self,
        node: Node | None,
        *,
        key: str,
        at: Node,
        known: tuple[str, ...] = RULE_KEYS,
        against: tuple[Term, ...] = (),
    ) -> tuple[Rule, ...]:
        """Rules that stand under a key, each with a name of its own; `against` is added to what each has in `none`."""
        stanzas = [
            self.mapping(item, key=key, at=item, known=known) or Mapping(items=(), line=item.line)
            for item in self.items(node, key=key, at=at)
        ]
        return named_once(self, [self._rule(body, number, against) for number, body in enumerate(stanzas, start=1)])

    def _rule(self, body: Mapping, number: int, against: tuple[Term, ...]) -> Rule:
        name = self.text(body.get("name"), key="name", at=body, default=f"правило {number}") or ""
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

    def _one_object(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """The same lists in the same order, wherever rules name them: a third of all lines, the longest."""
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

    def optional(self, node: Node | None, *, key: str) -> tuple[Term, ...]:
        """`terms` of a line that may be left out."""
        return () if node is None else self.terms(node, key=key)

    def terms(self, node: Node, *, key: str, kind: TermWordKind = TermWordKind.WORD) -> tuple[Term, ...]:
        """Every term of a line: a text, `{ru: …, kk: …}`, or a sequence of them. () only after noting why."""
        before = len(self.problems)
        terms = tuple(self._terms(node, key, kind, None))
        if not terms and len(self.problems) == before:
            self.problem("пустой список — впишите хотя бы одно слово", at=node, key=key)
        return terms

    def _terms(self, node: Node, key: str, kind: TermWordKind, language: Language | None) -> list[Term]:
        if isinstance(node, Scalar):
            return self._split(node, key, kind, language)
        if isinstance(node, Sequence):
            return [term for item in node.items for term in self._terms(item, key, kind, language)]
        return [term for name, value in node.items for term in self._of_language(name, value, key, kind)]

    def _of_language(self, name: Scalar, value: Node, key: str, kind: TermWordKind) -> list[Term]:
        if language := LANGUAGES.get(name.text):
            return self._terms(value, key, kind, language)
        if role := ROLES.get(name.text):
            return [self._in_role(term, role, name) for term in self._terms(value, key, kind, None)]
        self.problem(
            f"здесь можно только ru и kk или роли ({', '.join(ROLES)}) — если это слова, возьмите весь их ряд"
            ' в кавычки: ru: "слово, другое"',
            at=name,
            key=name.text,
        )
        return []

    def _in_role(self, term: Term, role: Role, at: Scalar) -> Term:
        if term.role is not None:
            self.problem(f"«{term.text}» уже стоит в роли «{term.role}» — оставьте одну", at=at, key=role)
        known = self._roles.get((id(term), role))
        if known is None:  # equal terms made one: a list is used in one role by many rules
            known = self._roles[id(term), role] = (term, replace(term, role=role, role_line=at.line))
        return known[1]

    def _split(self, node: Scalar, key: str, kind: TermWordKind, language: Language | None) -> list[Term]:
        terms: list[Term] = []
        for item in items(node.text):
            written = item[0].strip()
            if written.startswith("$") and not self._is_phrase(written):
                referred = self._referred(written[1:], node, key)
                terms.extend(term for term in referred if language in (None, term.language) or term.language is None)
            elif written:
                words = self._words(written, node, key, kind)
                variants = self._variants(words, language, node, key)
                line = node.line_at(item.end() - len(item[0].lstrip()))
                terms += [Term(text=written, words=one, language=language, line=line, key=key) for one in variants]
        return terms

    def _variants(
        self, words: tuple[TermWord, ...], language: Language | None, node: Scalar, key: str
    ) -> list[tuple[TermWord, ...]]:
        """A phrase once for all one-word terms of a list inside it together, and once for each longer term."""
        choices = [
            [
                (word,),
                *(longer for longer, own in self._longer.get(word.text, ()) if language in (None, own) or not own),
            ]
            for word in words
        ]
        if prod(map(len, choices)) > MAX_VARIANTS:
            self.problem("слишком много сочетаний: во фразе стоят списки с длинными выражениями", at=node, key=key)
            return [words]
        return [tuple(chain.from_iterable(chosen)) for chosen in product(*choices)]

    def _is_phrase(self, written: str) -> bool:
        """«$транспорт остановить», where «транспорт» is a list and «транспорт остановить» is none."""
        first, blank, _ = written[1:].partition(" ")
        return bool(blank) and written[1:] not in self.lists and first in self.lists

    def _referred(self, name: str, node: Scalar, key: str) -> tuple[Term, ...]:
        self._references[self._opening[-1] if self._opening else ""].add(name)
        if name == "people" and self.people:
            return self.people
        if name not in self.lists:
            self.problem(unknown_list(name, self.lists), at=node, key=key)
            return ()
        if name in self._opening:
            ring = " → ".join(f"${one}" for one in [*self._opening[self._opening.index(name) :], name])
            self.problem(f"список ссылается сам на себя: {ring} — уберите эту ссылку", at=node, key=key)
            return ()
        if len(self._opening) > MAX_NESTED:
            message = f"списки вложены друг в друга глубже {MAX_NESTED} — впишите слова ближе к правилу"
            self.problem(message, at=node, key=key)
            return ()
        return self.list_terms(name)

    def _words(self, written: str, node: Scalar, key: str, kind: TermWordKind) -> tuple[TermWord, ...]:
        rest = _TOKEN.sub("", written).strip()
        if rest:
            self.problem(f"в «{written}» не закрыта кавычка «…» или лишний знак", at=node, key=key)
        words: list[TermWord] = []
        for exact, word, hyphen in _TOKEN.findall(written):
            if exact:
                words += [TermWord(text=token, kind=TermWordKind.EXACT) for token in _WORD.findall(exact)]
            elif word:
                bound = hyphen and kind is TermWordKind.WORD  # «бизнес-рейсом»: the first word stays as it is
                words += self._token(word, node, key, TermWordKind.EXACT if bound else kind)
        if kind is TermWordKind.NAME and len(words) > 1:
            words = with_particles(words)
        if words and all(part.kind is TermWordKind.LIST for part in words):
            self.problem(f"«{written}» — во фразе нужно хотя бы одно слово кроме списков", at=node, key=key)
        if not words and not rest:
            self.problem(f"«{written}» — здесь нет ни одного слова", at=node, key=key)
        return tuple(words)

    def _token(self, token: str, node: Scalar, key: str, kind: TermWordKind) -> list[TermWord]:
        """One word as a rule; letters beside digits («С4») are two, and stand as written."""
        if token.startswith("$"):
            return self._list_token(token, node, key)
        stem = token.removesuffix("*")
        words = _WORD.findall(stem)
        is_name = kind is TermWordKind.NAME
        if is_name and re.fullmatch(r"(?:\w\.)+", token):
            self.problem(f"инициалы «{token}» не ищутся — впишите имя целиком или одну фамилию", at=node, key=key)
        elif "".join(words) != (stem.translate(_APOSTROPHES) if is_name else stem):
            self.problem(
                f"в «{token}» лишний знак — можно буквы, цифры, «точная форма», начало* и $список", at=node, key=key
            )
        elif stem != token and len(stem) < MIN_PREFIX:
            self.problem(f"«{token}»: начало слова короче {MIN_PREFIX} букв", at=node, key=key)
        if len(words) == 1:
            kind = TermWordKind.PREFIX if stem != token else kind
            return [TermWord(text=stem, kind=kind)]
        return [TermWord(text=word, kind=kind if is_name else TermWordKind.EXACT) for word in words]

    def _list_token(self, token: str, node: Scalar, key: str) -> list[TermWord]:
        """A list inside a phrase: one of its words."""
        terms = self._referred(token[1:], node, key)
        if terms and token not in self._in_phrases:  # one object for all phrases that it stands in
            alone = dict.fromkeys((term.words[0], term.language) for term in terms if len(term.words) == 1)
            longer = dict.fromkeys((term.words, term.language) for term in terms if len(term.words) > 1)
            word = TermWord(text=token, kind=TermWordKind.LIST, choices=tuple(alone))
            self._in_phrases[token], self._longer[token] = [word] if alone else [], tuple(longer)
        return self._in_phrases[token] if terms else []
