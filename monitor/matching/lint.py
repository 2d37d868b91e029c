"""What keywords.yaml says but hardly means: rules that change nothing, rules too broad, words written twice.

Nothing here is an error; `check` warns about it. What must not be loaded is refused in compiler.py and in
config/keywords.py. `lint` looks at the rules alone, `Usage` at what they do with the stored articles.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from monitor.config.keyword_rules import Keywords, Role, Rule, Scope, Term, TermWordKind, Topic
from monitor.config.yaml_reader import in_order
from monitor.errors import ConfigError
from monitor.matching.backtest import KeptArticle
from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.compiler import is_everyday
from monitor.matching.covering import Meaning, covered_rules
from monitor.matching.doubts.slips import SILENCING, is_commonest, slips
from monitor.matching.facts.pairs import unpaired
from monitor.matching.matcher import Matcher
from monitor.matching.words.compiled_words import Word

FEWEST = 500  # articles; fewer say nothing about a rule
BROAD = 0.05  # share of all news: a rule that fires so often selects nothing

_OFTEN_SECOND = 5  # times a rule must have been second before it is called covered
_FAR = 60  # words, about a long paragraph: farther apart, two words need not be about one thing


def lint(keywords: Keywords, compiled: CompiledRules) -> tuple[ConfigError, ...]:
    """Return everything doubtful, in the file's order. `compiled` are the same rules compiled.

    Words without a pair come last: every new word is one, and they would hide other doubts.
    """
    return *in_order(_Linter(keywords, compiled).doubts()), *in_order(unpaired(keywords))


class _Linter:
    def __init__(self, keywords: Keywords, compiled: CompiledRules) -> None:
        self.keywords = keywords
        # equal words get one number, and so do equal terms, so that they are compared quickly
        same: dict[Word, int] = {}
        self._words = {
            written: same.setdefault(word, len(same))
            for written, word in zip(compiled.written, compiled.words, strict=True)
        }
        self._terms = _by_id(keywords)
        meanings: dict[tuple[Role | None, tuple[int, ...]], Meaning] = {}
        self._meanings = {
            number: meanings.setdefault(self._key(term), len(meanings)) for number, term in self._terms.items()
        }
        self._of_lines: dict[int, frozenset[Meaning]] = {}

    def doubts(self) -> Iterator[ConfigError]:
        yield from self._slips()
        yield from self._in_two_lists()
        yield from self._silencing()
        for topic in self.keywords.topics:
            yield from self._covered(topic.rules)
            for rule in topic.rules:
                yield from self._broad(rule)
                yield from self._same_lines(rule)
                for line in rule.lines:
                    yield from self._twice(line, "all")
                yield from self._twice(rule.none, "none")
        yield from self._names_in_roles()
        for declared in self.keywords.lists:
            yield from self._twice(declared.terms, declared.name)
            if not declared.is_used:
                message = f"ни одно правило не ссылается на ${declared.name} — сошлитесь на список или удалите его"
                yield self._doubt(message, declared.line, declared.name)

    def _twice(self, terms: Iterable[Term], key: str) -> Iterator[ConfigError]:
        """Report a term that is written twice under the same `key`; lists referred to there may overlap."""
        seen: dict[Meaning, Term] = {}
        for term in terms:
            if term.key != key:
                continue
            first = seen.setdefault(self._meanings[id(term)], term)
            is_variant = "$" in term.text and (first.text, first.line) == (term.text, term.line)
            if first is not term and not is_variant:
                message = f"«{term.text}» уже сказано словом «{first.text}» (строка {first.line}) — оставьте одно"
                yield self._doubt(message, term.line, key)

    def _slips(self) -> Iterator[ConfigError]:
        counting = (line for rule in self.keywords.counters for line in (*rule.lines, rule.none))
        lists = {declared.name: {term.text for term in declared.terms} for declared in self.keywords.lists}
        for term, message in slips(chain(self._terms.values(), *counting), lists):
            yield self._doubt(message, term.line, term.key)

    def _names_in_roles(self) -> Iterator[ConfigError]:
        """Report names in roles: no dictionary has their cases, so only a preposition shows the role."""
        named = {(term.role_line, term.role): term for term in self._terms.values() if term.role and _is_name(term)}
        for (line, role), term in named.items():
            message = (
                f"падежей имени ({term.text}) бот не знает, роль «{role}» видна у него только по предлогу, без предлога"
                " подойдёт любая форма — напишите имена без роли"
            )
            yield self._doubt(message, line, role)

    def _in_two_lists(self) -> Iterator[ConfigError]:
        """Report a word in two lists, if written alike; lists of different purpose may share a word in other forms."""
        seen: dict[tuple[str, str | None], tuple[Term, str]] = {}
        for declared in self.keywords.lists:
            for term in declared.terms:
                if term.key != declared.name:
                    continue
                first, name = seen.setdefault((term.text, term.language), (term, declared.name))
                if name != declared.name:
                    message = (
                        f"«{term.text}» стоит и в списке «{name}» (строка {first.line}) — если речь об одном,"
                        f" оставьте в одном и сошлитесь на него: ${name}"
                    )
                    yield self._doubt(message, term.line, declared.name)

    def _silencing(self) -> Iterator[ConfigError]:
        """Report everyday words among those that silence rules: «год» in `none` would silence a rule almost always.
        Words of lists are skipped, because lists serve other purposes too.
        """
        against = (rule.none for topic in self.keywords.topics for rule in topic.rules)
        terms = {id(term): term for term in chain(*self.keywords.silencing, *against) if term.key in SILENCING}
        for term in terms.values():
            if term.role is None and (is_everyday(term) or is_commonest(term)):
                message = (
                    f"«{term.text}» — обыденное слово: оно стоит в очень многих новостях, и о них бот промолчит —"
                    " возьмите слово реже или выражение из нескольких слов"
                )
                yield self._doubt(message, term.line, term.key)

    def _broad(self, rule: Rule) -> Iterator[ConfigError]:
        """Report a rule with a wide window and an everyday word in each line: it matches news that just have both."""
        far = rule.within is Scope.TEXT or (isinstance(rule.within, int) and rule.within >= _FAR)
        plain = [next((term.text for term in line if is_everyday(term)), "") for line in rule.lines]
        if far and all(plain):
            message = (
                f"правило «{rule.name}» сработает на любой новости, где далеко друг от друга стоят {' и '.join(plain)}"
                " — возьмите within: sentence или добавьте строку с более редкими словами"
            )
            yield self._doubt(message, rule.line, "within")

    def _same_lines(self, rule: Rule) -> Iterator[ConfigError]:
        """Report two lines of the same single word: the article would have to say it twice. Two lines of the same list
        are right, as they ask for two words.
        """
        alone = [meanings for meanings in map(self._meanings_of, rule.lines) if len(meanings) == 1]
        if len(set(alone)) < len(alone):
            message = (
                f"в правиле «{rule.name}» две одинаковые строки all: новость должна сказать это дважды — удалите одну"
                " или поменяйте слова"
            )
            yield self._doubt(message, rule.line, "all")

    def _covered(self, rules: tuple[Rule, ...]) -> Iterator[ConfigError]:
        for rule, covering in covered_rules(rules, self._meanings_of):
            message = (
                f"правило «{rule.name}» ничего не добавляет: всё, что оно найдёт, раньше найдёт «{covering.name}»"
                f" (строка {covering.line}) — удалите его или поменяйте слова"
            )
            yield self._doubt(message, rule.line, "name")

    def _key(self, term: Term) -> tuple[Role | None, tuple[int, ...]]:
        return term.role, tuple(self._words[written, term.language] for written in term.words)

    def _meanings_of(self, terms: Iterable[Term]) -> frozenset[Meaning]:
        if id(terms) not in self._of_lines:  # rules share lines
            self._of_lines[id(terms)] = frozenset(map(self._meanings.__getitem__, map(id, terms)))
        return self._of_lines[id(terms)]

    def _doubt(self, message: str, line: int, key: str) -> ConfigError:
        return ConfigError(message, file=self.keywords.file, line=line, key=key)


def _by_id(keywords: Keywords) -> dict[int, Term]:
    """Return every term once, by id(): lines that refer to one list share its terms."""
    lines = chain((declared.terms for declared in keywords.lists), keywords.lines)
    different = {id(line): line for line in lines}  # a line that many rules share is visited once
    return {id(term): term for line in different.values() for term in line}


def _is_name(term: Term) -> bool:
    return any(word.kind is TermWordKind.NAME for word in term.words)


class Usage:
    """Counts how often each rule of a file holds, as articles are added."""

    def __init__(self, keywords: Keywords, matcher: Matcher) -> None:
        self._keywords, self._matcher = keywords, matcher
        self.articles = 0
        self._fired: Counter[tuple[str, str]] = Counter()
        self._behind: dict[tuple[str, str], set[str]] = {}  # rules of the same topic that were stronger every time

    def add(self, article: KeptArticle) -> None:
        """Count the rules that hold for an article, whether or not they decide it."""
        self.articles += 1
        stronger: dict[int, list[str]] = {}
        for rule in self._matcher.holding(title=article.title, text=article.text):
            key = (self._matcher.compiled.topics[rule.topic].id, rule.name)
            before = stronger.setdefault(rule.topic, [])
            self._behind[key] = self._behind.get(key, set(before)) & set(before)
            self._fired[key] += 1
            before.append(rule.name)

    def doubts(self, *, days: int) -> tuple[ConfigError, ...]:
        """Return what these articles, which span `days`, say against the rules; () for fewer than FEWEST articles."""
        if self.articles < FEWEST:
            return ()
        return tuple(doubt for topic in self._keywords.topics for doubt in self._of_topic(topic, days))

    def _of_topic(self, topic: Topic, days: int) -> Iterator[ConfigError]:
        """Yield one doubt a rule; rules that never fired share one, because a rare word may well wait for months."""
        news = f"{self.articles} новостей за {days} дн."
        # the classifier is asked when other rules say nothing
        rules = [rule for rule in topic.rules if not rule.classifier]
        messages = [(rule.line, self._message(topic, rule, news)) for rule in rules]
        if idle := [f"«{rule.name}»" for rule in rules if not self._fired[topic.id, rule.name]]:
            messages.append(
                (topic.line, f"ни разу не сработали ({news}): {', '.join(idle)} — верны ли слова: monitor forms")
            )
        for line, message in messages:
            if message:
                yield ConfigError(message, file=self._keywords.file, line=line, key=topic.id)

    def _message(self, topic: Topic, rule: Rule, news: str) -> str:
        """Return what these articles say against one rule; "" for nothing."""
        fired = self._fired[topic.id, rule.name]
        if fired >= BROAD * self.articles:
            share = round(100 * fired / self.articles)
            return f"правило «{rule.name}» сработало на {share}% прочитанного ({news}) — добавьте строку или слова"
        behind = self._behind.get((topic.id, rule.name))
        if fired >= _OFTEN_SECOND and behind:
            first = f"каждый раз ({fired}) раньше срабатывало «{min(behind)}»"
            return f"правило «{rule.name}» ничего не добавило: {first} ({news})"
        return ""
