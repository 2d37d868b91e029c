"""An article → what the rules say of it. Finding terms is `index`'s business; here stands how near they must be.

Positions are those of `title + "\\n" + text` as they came, so that the title is a place before the text.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from monitor.config.keywords import Scope
from monitor.matching.index import Hit, TermIndex
from monitor.matching.rules import CompiledRule, CompiledRules
from monitor.models import Match, Tier, TopicVerdict, Verdict, Veto, Where
from monitor.text import sentences

_COUNTED_WORD = re.compile(r"\w\S*")  # as a reader counts them: what stands between blanks, dashes not counted


class Finding(NamedTuple):
    """What became of a rule: `hits`, one a line, when all lines were found; `veto` when a `none` term spoke against."""

    hits: tuple[Hit, ...] = ()
    veto: Hit | None = None


class Matcher:
    """Compiled rules, ready to judge any number of articles."""

    def __init__(self, compiled: CompiledRules) -> None:
        self.compiled = compiled
        self._index = TermIndex(compiled)
        self._rules_of: defaultdict[int, list[int]] = defaultdict(list)
        for number, rule in enumerate(compiled.rules):
            for term in compiled.lines[rule.lines[rule.anchor]] if rule.lines else ():
                self._rules_of[term].append(number)

    def judge(self, *, title: str, text: str) -> Verdict:
        """What the rules say of an article. Never raises, whatever the strings are.

        A topic is reported by its strongest rule that fired (`post` before `review`, then the file's order); vetoes
        are those of the rules that would have come before it.
        """
        reading = self.read(title=title, text=text)
        topics: dict[int, TopicVerdict] = {}
        vetoes: list[Veto] = []
        for rule in self._candidates(reading.found):
            finding = reading.finding(rule) if rule.topic not in topics else Finding()
            if finding.veto:
                vetoes.append(reading.veto(rule, finding.veto))
            elif finding.hits:
                topics[rule.topic] = reading.topic_verdict(rule, finding.hits)
        return Verdict(topics=tuple(topics[number] for number in sorted(topics)), vetoes=tuple(vetoes))

    def read(self, *, title: str, text: str) -> "Reading":
        """The article with every term found in it."""
        found: defaultdict[int, list[Hit]] = defaultdict(list)
        for original, offset in ((title, 0), (text, len(title) + 1)):
            for start, end, term in self._index.hits(original):
                found[term].append(Hit(start + offset, end + offset, term))
        return Reading(self.compiled, title, text, found)

    def _candidates(self, found: Mapping[int, list[Hit]]) -> list[CompiledRule]:
        """Rules whose rarest line was found, the strongest first."""
        rules = self.compiled.rules
        numbers = {number for term in found for number in self._rules_of.get(term, ())}
        return [
            rules[number] for number in sorted(numbers, key=lambda number: (rules[number].tier != Tier.POST, number))
        ]


class Reading:
    """One article and the terms found in it; what candidates need beyond that is worked out when first asked for."""

    def __init__(self, compiled: CompiledRules, title: str, text: str, found: Mapping[int, list[Hit]]) -> None:
        self.found = found
        self._compiled = compiled
        self._title, self._text = title, text
        self._lines: dict[int, list[Hit]] = {}

    def finding(self, rule: CompiledRule) -> Finding:
        """Whether the rule holds, where, and what spoke against it (only when it holds nowhere else).

        A place in the text is preferred to the title, which every post shows anyway.
        """
        lines = [self.line(line) for line in rule.lines]
        if not all(lines):
            return Finding()
        vetoed = in_title = Finding()
        for hits, (start, end) in self._held(rule, lines):
            against = _inside(self.line(rule.none), start, end) if rule.none is not None else []
            if not against and hits[-1].start > len(self._title):
                return Finding(hits=hits)
            if not against:
                in_title = in_title if in_title.hits else Finding(hits=hits)
                continue
            vetoed = vetoed if vetoed.veto else Finding(hits=hits, veto=against[0])
        return in_title if in_title.hits else vetoed

    def line(self, number: int) -> list[Hit]:
        """Every hit of any term of a line, in the article's order."""
        if number not in self._lines:
            terms = self.found.keys() & self._compiled.terms_of[number]
            self._lines[number] = sorted({hit for term in terms for hit in self.found[term]})
        return self._lines[number]

    def anywhere(self, rule: CompiledRule) -> tuple[Hit, ...]:
        """One hit a line, no two overlapping, however far apart; () when there is no such choice."""
        return _disjoint([self.line(line) for line in rule.lines])

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

    def _held(self, rule: CompiledRule, lines: list[list[Hit]]) -> Iterator[tuple[tuple[Hit, ...], tuple[int, int]]]:
        """Every place where all lines hold: one hit a line, and the span that `none` looks at."""
        if isinstance(rule.within, int):
            yield from self._held_in_windows(rule.within, lines)
            return
        for start, end in self._scopes(rule.within, min(lines, key=len)):
            hits = _disjoint([_inside(line, start, end) for line in lines])
            if hits:
                yield hits, (start, end)

    def _scopes(self, within: Scope, rarest: list[Hit]) -> Iterator[tuple[int, int]]:
        if within is Scope.TITLE:
            yield 0, len(self._title)
        elif within is Scope.TEXT:
            yield 0, self._end
        else:
            numbers = dict.fromkeys(self._sentence(hit.start) for hit in rarest)
            yield from (self._sentences[number] for number in numbers)

    def _held_in_windows(self, words: int, lines: list[list[Hit]]) -> Iterator[tuple[tuple[Hit, ...], tuple[int, int]]]:
        """The shortest window from each hit on; `none` looks at every sentence that it touches."""
        near = [(self._words_later(hit.start, 1 - words), hit.end) for hit in min(lines, key=len)]
        for start in sorted({hit.start for reach in near for line in lines for hit in _inside(line, *reach)}):
            end = self._words_later(start, words)
            hits = _shortest([_inside(line, start, end) for line in lines])
            if hits:
                first, last = self._sentence(start), self._sentence(max(hit.end for hit in hits) - 1)
                yield hits, (self._sentences[first][0], self._sentences[last][1])

    def _words_later(self, position: int, words: int) -> int:
        """Where the word begins that is `words` after (or before) the one at `position`; at most the end."""
        number = max(bisect_right(self._words, position) - 1 + words, 0)
        return self._words[number] if number < len(self._words) else self._end

    @property
    def _end(self) -> int:
        return len(self._title) + 1 + len(self._text)

    @cached_property
    def _words(self) -> list[int]:
        """Where the words of the article begin."""
        return [word.start() for word in _COUNTED_WORD.finditer(f"{self._title}\n{self._text}")]

    @cached_property
    def _sentences(self) -> list[tuple[int, int]]:
        """The title, then the sentences of the text."""
        offset = len(self._title) + 1
        return [(0, len(self._title)), *((start + offset, end + offset) for start, end in sentences(self._text))]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self._sentences]

    def _sentence(self, position: int) -> int:
        return bisect_right(self._sentence_starts, position) - 1


def _inside(line: list[Hit], start: int, end: int) -> list[Hit]:
    """Hits that lie wholly within `[start, end)`."""
    low = bisect_left(line, (start,))
    high = bisect_left(line, (end,), low)
    return [hit for hit in line[low:high] if hit.end <= end]


def _disjoint(lines: list[list[Hit]]) -> tuple[Hit, ...]:
    """One hit for each line, no two overlapping, in the lines' order; () when there is no such choice.

    The shortest line chooses first, so that a hopeless choice is seen at once.
    """
    if not all(lines):
        return ()
    order = sorted(range(len(lines)), key=lambda number: len(lines[number]))
    chosen: dict[int, Hit] = {}

    def choose(depth: int) -> bool:
        if depth == len(order):
            return True
        for hit in lines[order[depth]]:
            if all(hit.end <= other.start or other.end <= hit.start for other in chosen.values()):
                chosen[order[depth]] = hit
                if choose(depth + 1):
                    return True
                del chosen[order[depth]]
        return False

    return tuple(chosen[number] for number in range(len(lines))) if choose(0) else ()


def _shortest(lines: list[list[Hit]]) -> tuple[Hit, ...]:
    """The choice of `_disjoint` that ends earliest: what may be left out at the end is left out by halving."""
    hits = _disjoint(lines)
    ends = sorted({hit.end for line in lines for hit in line}) if hits else []
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        shorter = _disjoint([[hit for hit in line if hit.end <= ends[middle]] for line in lines])
        if shorter:
            hits, high = shorter, middle
        else:
            low = middle + 1
    return hits
