"""An article → what the rules say of it. Finding terms is `index`'s business; here stands how near they must be.

Positions are those of `title + "\\n" + text` as they came, so that the title is a place before the text.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from monitor.config.keyword_rules import Scope
from monitor.matching.compiler import CompiledRule, CompiledRules
from monitor.matching.hit_choice import choices, first_choice
from monitor.matching.term_index import Hit, Span, TermIndex
from monitor.models.articles import Match, Tier, TopicVerdict, Verdict, Veto, Where
from monitor.text.unicode import sentences

_COUNTED = re.compile(r"\w\S*|\n\s*")  # words as a reader counts them: what stands between blanks, dashes not counted
_LINE_BREAK = 15  # words that a new paragraph counts for: what stands in two of them seldom belongs together
_Place = tuple[tuple[Hit, ...], Span]  # one hit a line, and where `none` looks


class RuleResult(NamedTuple):
    """What became of a rule: `hits`, one a line, when all lines were found; `veto` when a `none` term spoke against."""

    hits: tuple[Hit, ...] = ()
    veto: Hit | None = None


class Matcher:
    """Compiled rules, ready to judge any number of articles."""

    def __init__(self, compiled: CompiledRules) -> None:
        self.compiled = compiled
        self._index = TermIndex(compiled)
        used = {line for rule in compiled.rules for line in rule.lines}
        lines_of: defaultdict[int, set[int]] = defaultdict(set)
        for line in used:
            for term in compiled.lines[line]:
                lines_of[term].add(line)
        self._lines_of = {term: frozenset(lines) for term, lines in lines_of.items()}
        self._anchored: defaultdict[int, list[tuple[int, frozenset[int]]]] = defaultdict(list)
        for number, rule in enumerate(compiled.rules):
            if rule.lines:
                self._anchored[rule.lines[rule.anchor]].append((number, frozenset(rule.lines)))
        self._muted: frozenset[tuple[str, str]] = frozenset()

    def muting(self, rules: Collection[tuple[str, str]]) -> "Matcher":
        """The same rules, of which these (topic's id, name) are muted: what they find stands in `Verdict.muted`."""
        quieter = copy(self)
        quieter._muted = frozenset(rules)  # noqa: SLF001 - one of us
        return quieter

    def judge(self, *, title: str, text: str) -> Verdict:
        """What the rules say of an article. Never raises, whatever the strings are.

        A topic is reported by its strongest rule that fired (`post` before `review`, then the file's order); vetoes
        are those of the rules that would have come before it. A muted rule gives no topic: others may.
        """
        reading = self.read(title=title, text=text)
        topics: dict[int, TopicVerdict] = {}
        vetoes: list[Veto] = []
        muted: list[TopicVerdict] = []
        for rule in self._candidates(reading.found):
            is_muted = self._is_muted(rule)
            finding = reading.finding(rule) if is_muted or rule.topic not in topics else RuleResult()
            if finding.veto and rule.topic not in topics:
                vetoes.append(reading.veto(rule, finding.veto))
            elif finding.hits and is_muted:
                muted.append(reading.topic_verdict(rule, finding.hits))
            elif finding.hits:
                topics[rule.topic] = reading.topic_verdict(rule, finding.hits)
        told = tuple(topics[number] for number in sorted(topics))
        return Verdict(topics=told, vetoes=tuple(vetoes), muted=tuple(muted))

    def _is_muted(self, rule: CompiledRule) -> bool:
        return bool(self._muted) and (self.compiled.topics[rule.topic].id, rule.name) in self._muted

    def holding(self, *, title: str, text: str) -> tuple[CompiledRule, ...]:
        """Every rule that fires, the strongest first, also where `judge` is content with a stronger one."""
        reading = self.read(title=title, text=text)
        findings = ((rule, reading.finding(rule)) for rule in self._candidates(reading.found))
        return tuple(rule for rule, finding in findings if finding.hits and not finding.veto)

    def read(self, *, title: str, text: str) -> "MatchedArticle":
        """The article with every term found in it."""
        return MatchedArticle(self.compiled, title, text, self._index.spans(title, text))

    def _candidates(self, found: Mapping[int, list[Span]]) -> list[CompiledRule]:
        """Rules whose every line was found somewhere, the strongest first."""
        nowhere: frozenset[int] = frozenset()
        lines = nowhere.union(*(self._lines_of.get(term, nowhere) for term in found))
        numbers = [number for line in lines for number, needed in self._anchored.get(line, ()) if needed <= lines]
        rules = (self.compiled.rules[number] for number in sorted(numbers))
        return sorted(rules, key=lambda rule: rule.tier != Tier.POST)


class MatchedArticle:
    """One article and the terms found in it; what candidates need beyond that is worked out when first asked for."""

    def __init__(self, compiled: CompiledRules, title: str, text: str, found: Mapping[int, list[Span]]) -> None:
        self.found = found
        self._compiled = compiled
        self._title, self._text = title, text
        self._lines: dict[int, list[Hit]] = {}
        self._sentences: dict[int, list[Span]] = {}

    def finding(self, rule: CompiledRule) -> RuleResult:
        """Whether the rule holds, where, and what spoke against it (only when it holds nowhere else).

        A place in the text is preferred to the title, which every post shows anyway.
        """
        lines = [self.line(line) for line in rule.lines]
        if not all(lines):
            return RuleResult()
        vetoed = in_title = RuleResult()
        for hits, (start, end) in self._held(rule, lines):
            against = self._against(rule, start, end)
            if not against and min(hits).start > len(self._title):
                return RuleResult(hits=hits)
            if not against:
                in_title = in_title if in_title.hits else RuleResult(hits=hits)
                continue
            vetoed = vetoed if vetoed.veto else RuleResult(hits=hits, veto=against)
        return in_title if in_title.hits else vetoed

    def _against(self, rule: CompiledRule, start: int, end: int) -> Hit | None:
        """What `none` finds in `[start, end)` or in the title, which says what the whole article is about."""
        if rule.none is None:
            return None
        speaking = self.line(rule.none)
        return _first_inside(speaking, start, end) or _first_inside(speaking, 0, len(self._title))

    def line(self, number: int) -> list[Hit]:
        """Every hit of any term of a line, in the article's order."""
        if number not in self._lines:
            terms = self._compiled.terms_of[number].intersection(self.found)
            self._lines[number] = sorted({Hit(start, end, term) for term in terms for start, end in self.found[term]})
        return self._lines[number]

    def anywhere(self, rule: CompiledRule) -> tuple[Hit, ...]:
        """One hit a line, no two overlapping, however far apart; () when there is no such choice."""
        return first_choice([self.line(line) for line in rule.lines])

    def topic_verdict(self, rule: CompiledRule, hits: Sequence[Hit]) -> TopicVerdict:
        """The fired rule as a value."""
        topic = self._compiled.topics[rule.topic]
        matches = tuple(self.match(hit) for hit in hits)
        return TopicVerdict(
            id=topic.id, title=topic.title, hashtag=topic.hashtag, rule=rule.name, tier=rule.tier, matches=matches
        )

    def match(self, hit: Hit) -> Match:
        """A hit as a value that points into the title or the text."""
        where, start, end = self._place(hit)
        form = (self._title if where == "title" else self._text)[start:end]
        return Match(term=self._compiled.terms[hit.term].text, form=form, where=where, start=start, end=end)

    def veto(self, rule: CompiledRule, hit: Hit) -> Veto:
        """The word that spoke against a rule, as a value."""
        match = self.match(hit)
        topic = self._compiled.topics[rule.topic].id
        return Veto(topic=topic, rule=rule.name, form=match.form, where=match.where, start=match.start, end=match.end)

    def _place(self, hit: Hit) -> tuple[Where, int, int]:
        if hit.start <= len(self._title):
            return "title", hit.start, hit.end
        offset = len(self._title) + 1
        return "text", hit.start - offset, hit.end - offset

    def _held(self, rule: CompiledRule, lines: list[list[Hit]]) -> Iterator[_Place]:
        """Places where all lines hold: one hit a line, and the span that `none` looks at.

        Not every place; but where none of these is free of vetoes, no place is.
        """
        if isinstance(rule.within, int):
            yield from self._held_in_windows(rule.within, lines)
            return
        for (start, end), looked_at in self._scopes(rule.within, min(lines, key=len)):
            hits = first_choice([_inside(line, start, end) for line in lines])
            if hits:
                yield hits, looked_at

    def _scopes(self, within: Scope, rarest: list[Hit]) -> Iterable[tuple[Span, Span]]:
        """Where the lines must stand, and where `none` looks."""
        title, whole = (0, len(self._title)), (0, self._end)
        if within is Scope.TITLE:
            return [(title, title)]
        if within is Scope.TEXT:
            return [((len(self._title) + 1, self._end), whole), (whole, whole)]
        return ((span, span) for span in dict.fromkeys(self._sentence(hit.start) for hit in rarest))

    def _held_in_windows(self, words: int, lines: list[list[Hit]]) -> Iterator[_Place]:
        """`none` looks at every sentence that the window touches."""
        for hits in choices(lines):
            start, end = min(hit.start for hit in hits), max(hit.end for hit in hits)
            if self._words_between(start, end) <= words:
                yield hits, (self._sentence(start)[0], self._sentence(end - 1)[1])

    def _words_between(self, start: int, end: int) -> int:
        """How many words of the article `[start, end)` touches."""
        return bisect_left(self._words, end) - bisect_right(self._words, start) + 1

    @property
    def _end(self) -> int:
        return len(self._title) + 1 + len(self._text)

    @cached_property
    def _words(self) -> list[int]:
        """Where the words of the article begin; a line break of the text stands for `_LINE_BREAK` of them."""
        found = [(it.start(), it[0] < " ") for it in _COUNTED.finditer(f"{self._title}\n{self._text}")]
        return [at for at, is_break in found for _ in range(_LINE_BREAK if is_break else 1) if at != len(self._title)]

    @cached_property
    def _lines_of_text(self) -> list[int]:
        """Where the lines of the article begin, the title first; a sentence never runs across two."""
        lengths = (len(line) + 1 for line in self._text.split("\n"))
        return [0, *accumulate(lengths, initial=len(self._title) + 1)]

    def _sentence(self, position: int) -> Span:
        """The sentence around a hit; the title is one. Only lines with hits are parted into sentences."""
        starts = self._lines_of_text
        number = bisect_right(starts, position) - 1
        if number == 0:
            return 0, len(self._title)
        if number not in self._sentences:
            start, offset = starts[number], len(self._title) + 1
            line = self._text[start - offset : starts[number + 1] - 1 - offset]
            self._sentences[number] = [(start + low, start + high) for low, high in sentences(line)]
        spans = self._sentences[number]
        return spans[bisect_right(spans, (position, self._end)) - 1]


def _inside(line: list[Hit], start: int, end: int) -> list[Hit]:
    """Hits that lie wholly within `[start, end)`."""
    low = bisect_left(line, (start,))
    high = bisect_left(line, (end,), low)
    return [hit for hit in line[low:high] if hit.end <= end]


def _first_inside(line: list[Hit], start: int, end: int) -> Hit | None:
    """The first of them, without a look at the others: a text may be one sentence."""
    later = range(bisect_left(line, (start,)), bisect_left(line, (end,)))
    return next((line[number] for number in later if line[number].end <= end), None)
