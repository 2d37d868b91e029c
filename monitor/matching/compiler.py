"""Keywords as written → words with all their forms: made once, independent of any article.

The result is defined in compiled_rules.py.
"""

import gc
import sys
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Generic, TypeVar

from monitor.config.keyword_rules import Keywords, Role, Rule, Term, TermWord, TermWordKind
from monitor.config.yaml_reader import in_order, raise_first
from monitor.errors import ConfigError
from monitor.matching.classifier.classifier import TOPICS
from monitor.matching.compiled_rules import NO_FORMS, CompiledRule, CompiledRules, CompiledTerm
from monitor.matching.facts.naming import namings
from monitor.matching.words.compiled_words import Word, also_russian, is_empty, is_inflected, word_of
from monitor.models.articles import Language
from monitor.text.languages import dictionary, russian
from monitor.text.languages.cases import Case
from monitor.text.languages.role_words import CARRIERS
from monitor.text.languages.word_frequencies import EVERYDAY

_SMALL = 2  # letters of a preposition or of an ending that stands alone

_Key = TypeVar("_Key", bound=Hashable)


@contextmanager
def collector_paused(*, stays: bool = False) -> Iterator[None]:
    """Pause the garbage collector while long-lived objects are made: a fifth of the loading time.

    With `stays` all objects that exist at the end are excluded from collection until somebody calls `gc.unfreeze`.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if stays:
            gc.freeze()
        if was_on:
            gc.enable()


def with_russian(compiled: CompiledRules) -> CompiledRules:
    """Add what the dictionary knows to rules that will judge for long. This takes a third longer, but then articles
    hardly ever need the dictionary.
    """
    return replace(compiled, also_russian=also_russian(compiled.words))


def compile_rules(keywords: Keywords) -> CompiledRules:
    """Compile the rules with all word forms. Raises ConfigError for the first mistake, with the number of others."""
    compiled, problems = compile_checked(keywords)
    raise_first(problems)
    return compiled


@collector_paused()
def compile_checked(
    keywords: Keywords, like: CompiledRules | None = None
) -> tuple[CompiledRules, tuple[ConfigError, ...]]:
    """Compile the rules and also return the mistakes that only the dictionaries can show, sorted by line.

    Such mistakes are words without forms and rules that would match everything. Rules with one of them are good for
    display only. Words that `like` also has are reused from it: half of the work after an edit.
    """
    compiler = _Compiler(keywords, like)
    compiled = compiler.compile()
    return compiled, in_order(compiler.problems)


class _Numbers(Generic[_Key]):
    """Gives equal keys one number, in the order in which they are first seen."""

    def __init__(self) -> None:
        self.known: dict[_Key, int] = {}

    def number(self, key: _Key) -> int:
        return self.known.setdefault(key, len(self.known))


class _Compiler:
    def __init__(self, keywords: Keywords, like: CompiledRules | None = None) -> None:
        self.keywords = keywords
        self.problems: list[ConfigError] = []
        self._known = dict(zip(like.written, like.words, strict=True)) if like else {}
        self._words: _Numbers[tuple[TermWord, Language | None]] = _Numbers()
        self._terms: _Numbers[tuple[str, tuple[int, ...], Role | None, frozenset[str]]] = _Numbers()
        self._lines: _Numbers[tuple[int, ...]] = _Numbers()
        # of terms by their id(): terms of a list are the same objects wherever it is used
        self._numbers: dict[int, int] = {}
        # lines by their id(); the line is kept so that its id() is not reused
        self._seen: dict[int, tuple[tuple[Term, ...], int]] = {}
        self._phrases: dict[tuple[int, Language | None], tuple[int, ...]] = {}  # by the id() of what is written
        self._forms: list[Word] = []
        self._weights: list[float] = []
        self._term_weights: dict[int, float] = {}  # also by id()
        self._line_weights: dict[int, float] = {}
        self._cases: dict[str, Case] = {}
        self._carriers: dict[str, Case] = {}
        self._declined: set[tuple[TermWord, Language | None]] = set()

    def compile(self) -> CompiledRules:
        for declared in self.keywords.lists:
            self._line(declared.terms)
        never, doubt = (self._line(terms) if terms else None for terms in (self.keywords.never, self.keywords.doubt))
        there = self.keywords.elsewhere.there
        elsewhere = (self._line(there), self._line(self.keywords.elsewhere.here)) if there else None
        topics = self.keywords.topics
        acts = tuple(self._line(topic.acts) for topic in topics)
        doubts = tuple(self._line(topic.doubt) if topic.doubt else None for topic in topics)
        rules = tuple(self._rule(number, rule) for number, topic in enumerate(topics) for rule in topic.rules)
        return CompiledRules(
            topics=topics,
            rules=rules,
            lines=tuple(self._lines.known),
            terms=self._compiled_terms(),
            words=tuple(self._forms),
            written=tuple(self._words.known),
            cases=self._cases,
            carriers=self._carriers,
            never=never,
            doubt=doubt,
            elsewhere=elsewhere,
            acts=acts,
            doubts=doubts,
            silencing=tuple(chain(*self.keywords.silencing)),
            short_text=self.keywords.short_text,
            namings=namings(self.keywords),
        )

    def _compiled_terms(self) -> tuple[CompiledTerm, ...]:
        numbers = self._terms.known
        return tuple(
            CompiledTerm(
                text=text,
                words=words,
                anchor=self._anchor(words),
                role=role,
                base=numbers[text, words, None, loans],
                russian=loans,
            )
            for text, words, role, loans in numbers
        )

    def _rule(self, topic: int, rule: Rule) -> CompiledRule:
        lines = tuple(self._line(terms) for terms in rule.lines)
        weights = [self._line_weight(*line) for line in zip(lines, rule.lines, strict=True)]
        if rule.classifier:
            self._refuse_unknown(topic, rule)
        self._refuse_everyday(rule)
        self._refuse_silent(rule)
        if isinstance(rule.within, int):
            self._refuse_narrow(rule, rule.within)
        return CompiledRule(
            topic=topic,
            name=rule.name,
            tier=rule.tier,
            lines=lines,
            none=self._line(rule.none) if rule.none else None,
            within=rule.within,
            anchor=weights.index(min(weights)) if weights else 0,
            anywhere=rule.anywhere,
            leads=any(all(term.role is Role.TO for term in line) for line in rule.lines),
            yields_to=frozenset(rule.yields_to),
        )

    def _refuse_unknown(self, topic: int, rule: Rule) -> None:
        if (name := self.keywords.topics[topic].id) not in TOPICS:
            known = ", ".join(TOPICS)
            advice = f"он знает только темы {known}, а это {name} — напишите строки all"
            self._problem(f"правилу «{rule.name}» classifier не поможет: {advice}", rule.line, "classifier")

    def _refuse_everyday(self, rule: Rule) -> None:
        """Refuse a rule of one everyday word, and a rule of several lines in which all words are everyday ones."""
        alone = len(rule.lines) == 1 and any(map(is_everyday, rule.lines[0]))
        if alone or (rule.lines and all(all(map(is_everyday, terms)) for terms in rule.lines)):
            word = next(term.text for term in rule.lines[0] if is_everyday(term))
            self._problem(
                f"правило «{rule.name}» сработает почти на каждую новость: слово «{word}» обыденное — добавьте строку с"
                " более редкими словами",
                rule.line,
                "all",
            )

    def _refuse_silent(self, rule: Rule) -> None:
        """Refuse a rule with a line whose terms are all in `none`: it would always veto itself. Terms of `none` with a
        role do not count, because the word may stand elsewhere in another role.
        """
        against = {(term.words, term.language): term.key for term in rule.none if term.role is None}
        for terms in rule.lines if against else ():
            if terms and all(_as_against(term, against) for term in terms):
                first = f"{terms[0].text}…" if len(terms) > 1 else terms[0].text
                name = _as_against(terms[0], against)
                none = "none" if name == "none" else f"none (список «{name}»)"
                self._never(rule, f"строка «{first}» стоит и в all, и в {none} — уберите её из одного места", "none")

    def _refuse_narrow(self, rule: Rule, within: int) -> None:
        """Refuse a window too small for the shortest terms of all lines, even in a short text."""
        needed = sum(map(_fewest_words, rule.lines))
        if needed > int(within * self.keywords.short_text):
            self._never(
                rule,
                f"его строкам нужно слов: {needed}, а within: {within} — напишите within: {needed} или больше",
                "within",
            )

    def _never(self, rule: Rule, why: str, key: str) -> None:
        self._problem(f"правило «{rule.name}» не сработает никогда: {why}", rule.line, key)

    def _line(self, terms: tuple[Term, ...]) -> int:
        if id(terms) not in self._seen:
            for term in [term for term in terms if id(term) not in self._numbers]:
                self._numbers[id(term)] = self._term(term)
            numbers = tuple(dict.fromkeys(map(self._numbers.__getitem__, map(id, terms))))
            self._seen[id(terms)] = terms, self._lines.number(numbers)
        return self._seen[id(terms)][1]

    def _term(self, term: Term) -> int:
        known = id(term.words), term.language  # a role has the same words
        if known not in self._phrases:
            self._phrases[known] = tuple(self._word(word, term) for word in term.words)
        words = self._phrases[known]
        loans = _loans(term)
        number = self._terms.number((term.text, words, None, loans))
        if term.role is not None:
            self._decline(term)
            number = self._terms.number((term.text, words, term.role, loans))
        self._term_weights[id(term)] = min(map(self._weights.__getitem__, words), default=0.0)
        return number

    def _decline(self, term: Term) -> None:
        """Record the cases of a term with a role; in Russian those of its first word, with which the others agree."""
        written = term.words[0] if term.words else None
        if not self._carriers:
            for carrier in CARRIERS:
                self._carriers |= russian.case_forms(carrier)
        if written is None or (written, term.language) in self._declined:
            return
        self._declined.add((written, term.language))
        cases = cases_of(written, term.language)
        for form, case in cases.items():
            known = self._cases.get(form)
            self._cases[sys.intern(form)] = case if known in (None, case) else known | case  # joining flags is slow
        if not cases and is_undeclined(written, term.language):
            hint = " (казахское — под kk:)" if term.language is None else ""
            self._problem(
                f"слово «{written.text}» (строка {term.line}) не склоняется, роли «{term.role}» у него не бывает"
                f" — уберите его из списка или напишите без роли{hint}",
                term.role_line,
                str(term.role),
            )

    def _word(self, written: TermWord, term: Term) -> int:
        number = self._words.number((written, term.language))
        if number == len(self._forms):
            word = self._made(written, term.language)
            self._forms.append(word)
            self._weights.append(_weight(written))
            if is_empty(word):
                self._problem(
                    f"у слова {written.text} нет форм — проверьте написание и язык или возьмите в кавычки:"
                    f" «{written.text}»",
                    term.line,
                    term.key,
                )
        return number

    def _made(self, written: TermWord, language: Language | None) -> Word:
        """Return a compiled word; the words of a list inside a phrase are mostly compiled already."""
        number = self._words.known.get((written, language), len(self._forms))
        if number < len(self._forms):
            return self._forms[number]
        known = self._known.get((written, language)) if written.kind is not TermWordKind.LIST else None
        return known or word_of(written, language, of_list=self._made)

    def _anchor(self, words: tuple[int, ...]) -> int:
        weights = [self._weights[word] for word in words]
        return weights.index(min(weights)) if weights else 0

    def _line_weight(self, number: int, terms: tuple[Term, ...]) -> float:
        if number not in self._line_weights:
            self._line_weights[number] = sum(self._term_weights[id(term)] for term in terms)
        return self._line_weights[number]

    def _problem(self, message: str, line: int, key: str) -> None:
        self.problems.append(ConfigError(message, file=self.keywords.file, line=line, key=key))


def cases_of(written: TermWord, language: Language | None) -> Mapping[str, Case]:
    if written.kind is TermWordKind.LIST:
        return {
            form: case for choice, own in written.choices for form, case in cases_of(choice, own or language).items()
        }
    if written.kind is not TermWordKind.WORD or language == "kk" or not is_inflected(written.text):
        return {}
    return russian.case_forms(written.text)


def is_undeclined(written: TermWord, language: Language | None) -> bool:
    """Whether the word has no cases (an adverb, a verb). Without a language it must be in the Russian dictionary,
    because otherwise it may be Kazakh.
    """
    is_russian = language == "ru" or (language is None and dictionary.is_known(written.text))
    return is_russian and written.kind is TermWordKind.WORD and is_inflected(written.text)


def _loans(term: Term) -> frozenset[str]:
    """Return the Russian forms of a Kazakh term's first word, if it is a word of both languages."""
    written = term.words[0] if term.words else None
    if term.language != "kk" or written is None or written.kind is not TermWordKind.WORD:
        return NO_FORMS
    return russian.forms(written.text) if written.text.isupper() else russian.known_forms(written.text)


def _as_against(term: Term, against: Mapping[tuple[tuple[TermWord, ...], Language | None], str]) -> str:
    """Return the key whose list silences this term wherever it stands, or "". For a term of both languages its Russian
    entry is enough.
    """
    languages: tuple[Language | None, ...] = (term.language, None) if term.language else (None, "ru")
    return next((key for language in languages if (key := against.get((term.words, language)))), "")


def _fewest_words(terms: tuple[Term, ...]) -> int:
    """The number of words, split at blanks, of the shortest term."""
    if not terms or any(" " not in term.text for term in terms):
        return min(len(terms), 1)
    return min(sum(any(map(str.isalnum, part)) for part in term.text.split(" ")) for term in terms)


def is_everyday(term: Term) -> bool:
    """Whether the term is one word that occurs in any news."""
    return len(term.words) == 1 and term.words[0].text.lower() in EVERYDAY


@lru_cache(20_000)
def _weight(written: TermWord) -> float:
    """Estimate how often a word occurs in the news: prepositions most, then everyday words, then short words."""
    if written.kind is TermWordKind.LIST:
        return sum(_weight(choice) for choice, _ in written.choices)
    length = max(len(written.text), 1)
    if length <= _SMALL and written.text.islower():
        return 1000.0 / length  # «в», «из», «-ға»
    if written.text.lower() in EVERYDAY:
        return 100.0
    if written.kind is TermWordKind.NAME and length > _SMALL:  # not the «О» of О’Коннор
        return 0.01
    return 10.0 / length
