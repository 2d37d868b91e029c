"""One article and the terms in it: which rules hold there, where, and what excludes them.

Positions are offsets into the original `title + "\\n" + text`, so the title comes before the text.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from monitor.config.keyword_rules import Role, Scope
from monitor.matching.article_layout import Layout
from monitor.matching.compiled_rules import CompiledRule, CompiledRules
from monitor.matching.hit_choice import choices, first_choice
from monitor.matching.reading import LEAD, Reading
from monitor.matching.roles import Place, kazakh_fits, place_of, russian_fits, stands_for_office
from monitor.matching.term_index import Hit, Span
from monitor.models.articles import Match, Tier, TopicVerdict, Veto
from monitor.text.languages.cases import ANY, kazakh_case
from monitor.text.languages.detection import reads_kazakh
from monitor.text.languages.kazakh_latin import KAZAKH_LETTERS
from monitor.text.languages.kazakh_objects import handled_thing, is_handling
from monitor.text.languages.kazakh_suffixes import DWELLER
from monitor.text.languages.objects import given_thing, is_giving
from monitor.text.languages.role_words import BORDER
from monitor.text.unicode import WORD, fold, word_at

# A `none` term in these roles counts only if at most so many words, and no punctuation, lie between it and an act.
_OF_AN_ACT = {Role.TO: 3, Role.FROM: 3, Role.WHOM: 3, Role.AT: 6}
_NEAR = 500  # characters within which six words lie
_WHENCE = re.compile(r"(?<!\S)(?:из|от)\s+\S+")
_PAUSE = re.compile(r"[,.;:!?\n—–]")
_ENDING_APART = re.compile(
    "[-‑]([ғгқк][ае]|[дт][ае]н?|[ндт][ыі]ң?|нен|нан|[мбп]ен|[дт][ае][ғг][ыі])\\b"
)  # «РФ-ға», «ҚР-дан»
_Surroundings = tuple[str, str, Place]  # the first and the last word of a form, and the words around it
_Held = tuple[tuple[Hit, ...], Span]  # one hit a line, and the span where `none` is looked for


class RuleResult(NamedTuple):
    """The result of a rule: `hits`, one per line, when all lines hold; `veto` when a `none` term excludes the article.

    `is_aside`: the hits are below the lead only, so the article is hardly about them. `doubt` is a word that makes the
    rule doubtful. In both cases the rule asks at most.
    """

    hits: tuple[Hit, ...] = ()
    veto: Hit | None = None
    is_aside: bool = False
    doubt: Hit | None = None

    @property
    def asks_at_most(self) -> bool:
        """Whether a rule of tier `post` only asks."""
        return self.is_aside or self.doubt is not None


class MatchedArticle:
    """One article and the terms in it; everything is computed when first asked for."""

    def __init__(self, compiled: CompiledRules, title: str, text: str, reading: Reading) -> None:
        self.reading = reading
        self._whole = reading.whole
        self._compiled = compiled
        self._title, self._text = title, text
        self._layout = Layout(reading.whole, title=len(title))
        self._lines: dict[int, list[Hit]] = {}
        self._against_of: dict[tuple[int, int, bool], list[Hit]] = {}
        self._surroundings: dict[Span, _Surroundings] = {}
        self.candidates = [compiled.rules[number] for number in reading.rules]
        """Rules whose every line may have a hit, in the file's order; no other holds."""

    def result(self, rule: CompiledRule) -> RuleResult:
        """Return whether the rule holds, where, and what spoke against it (only when it holds nowhere else).

        Hits in the text are preferred to hits in the title, which every post shows anyway.
        """
        unsure = [line for line in rule.lines if not self.reading.is_sure(line)]
        if not all(map(self.reading.hits, unsure)) or not all(map(self.line, unsure)):
            return RuleResult()
        lines = [self.line(line) for line in rule.lines]
        vetoed = in_title = aside = doubtful = RuleResult()
        for hits, (start, end) in self._held(rule, lines):
            against = self._against(rule, start, end)
            if against:
                vetoed = vetoed if vetoed.veto else RuleResult(hits=hits, veto=against)
            elif not (rule.anywhere or self._is_leading(hits)):
                aside = aside if aside.hits else RuleResult(hits=hits, is_aside=True)
            elif doubt := self._doubt(rule, start, end):
                doubtful = doubtful if doubtful.hits else RuleResult(hits=hits, doubt=doubt)
            elif min(hits).start > len(self._title):
                return RuleResult(hits=hits)
            else:
                in_title = in_title if in_title.hits else RuleResult(hits=hits)
        held = in_title if in_title.hits else doubtful
        if held.hits or not aside.hits:
            return held if held.hits else vetoed
        return aside if self._is_repeated(lines[0]) else RuleResult()

    def _is_leading(self, hits: Sequence[Hit]) -> bool:
        """Whether the first hit (the act) and one other hit, if there are others, are in the title or the lead."""
        lead = len(self._title) + 1 + LEAD
        return hits[0].end <= lead and (len(hits) == 1 or any(hit.end <= lead for hit in hits[1:]))

    def _is_repeated(self, act: Sequence[Hit]) -> bool:
        """Whether the act is in more than one sentence; what an article says once, it may say in passing."""
        return len({self._layout.sentence(hit.start) for hit in act}) > 1

    def _against(self, rule: CompiledRule, start: int, end: int) -> Hit | None:
        """Return the `none` term found in `[start, end)` or in the title, which says what the whole article is about.

        `куда` and `откуда` count only as complements of an act: in «бежавшего из России задержали» there is none.
        """
        if self._against_all:
            return self._against_all
        if rule.tier is Tier.REVIEW and (doubt := self._kind_of_doubt(rule, start, end)):
            return doubt
        return self._spoken_against(rule.none, rule, start, end)

    @cached_property
    def _against_all(self) -> Hit | None:
        """The term in the title that silences every rule: a kind of text, or another country when ours is not named."""
        never = self._compiled.never
        if never is not None and (kind := _first_inside(self.line(never), *self._layout.heading)):
            return kind
        elsewhere = self._elsewhere
        return elsewhere if elsewhere and elsewhere.end <= len(self._title) and not self.is_of_here else None

    @property
    def silences_questions(self) -> bool:
        """Whether a term in the title silences every rule that asks."""
        return bool(self._against_all or self._doubtful)

    @property
    def is_of_elsewhere(self) -> bool:
        """Whether another country is named in the title or the lead, and ours is not."""
        return self._elsewhere is not None

    @property
    def is_of_here(self) -> bool:
        """Whether the article names our country; True if the file does not say which country that is."""
        return self._compiled.elsewhere is None or bool(self.line(self._compiled.elsewhere[1]))

    def _doubt(self, rule: CompiledRule, start: int, end: int) -> Hit | None:
        """Return the word that makes a rule of tier `post` ask: another country in the lead, or a word of doubt."""
        return self._elsewhere or self._kind_of_doubt(rule, start, end)

    def _kind_of_doubt(self, rule: CompiledRule, start: int, end: int) -> Hit | None:
        """Return a film, a book or a match in the title, or a word that the topic doubts where `none` is looked for."""
        of_topic = self._compiled.doubts[rule.topic]
        return self._doubtful or self._spoken_against(of_topic, rule, start, end)

    def _spoken_against(self, line: int | None, rule: CompiledRule, start: int, end: int) -> Hit | None:
        if line is None:
            return None
        speaking = self._speaking_against(line, rule)
        return _first_inside(speaking, start, end) or _first_inside(speaking, 0, len(self._title))

    def _speaking_against(self, none: int, rule: CompiledRule) -> list[Hit]:
        key = none, rule.topic, rule.leads
        if key not in self._against_of:
            hits = (hit for hit in self.line(none) if self._is_complement(hit, rule.topic))
            if rule.leads:  # «привезли в Уральск и передали России»
                hits = (hit for hit in hits if self._compiled.terms[hit.term].role is not Role.TO)
            self._against_of[key] = list(hits)
        return self._against_of[key]

    @cached_property
    def _doubtful(self) -> Hit | None:
        """The kind of text in the title (a film, a book, a match) that makes rules doubtful: mostly nothing
        happened.
        """
        kinds = self._compiled.doubt
        return None if kinds is None else _first_inside(self.line(kinds), *self._layout.heading)

    @cached_property
    def _elsewhere(self) -> Hit | None:
        """The other country named in the title or the lead; None if ours is named there too.

        In a title it silences every rule unless our country is named below. In the lead it may be named in passing, so
        rules only ask.
        """
        there, here = self._compiled.elsewhere or (None, None)
        beginning = len(self._title) + 1 + LEAD
        if there is None or here is None or _first_inside(self.line(here), 0, beginning):
            return None
        return _first_inside(self.line(there), 0, beginning)

    def _is_complement(self, hit: Hit, topic: int) -> bool:
        """Whether the hit's role needs no act, or an act of the topic is near it with no punctuation between."""
        role = self._compiled.terms[hit.term].role
        if role is None or role not in _OF_AN_ACT:
            return True
        if role is Role.AT and BORDER.match(self._surrounding(hit)[2].beside):
            return False  # «на границе Казахстана и России»: in neither
        acts = self.line(self._compiled.acts[topic])
        low, high = bisect_left(acts, (hit.start - _NEAR,)), bisect_left(acts, (hit.end + _NEAR,))
        if role is Role.FROM and self._plays(hit, Role.ORIGIN):
            high = bisect_left(acts, (hit.start,))  # «врача из Омска выслали»: he is from there, not taken from there
        return any(self.stands_beside(hit, act, words=_OF_AN_ACT[role]) for act in acts[low:high])

    def stands_beside(self, hit: Hit, act: Hit, *, words: int) -> bool:
        """Whether at most `words` words and no punctuation lie between the two hits; «из Омска» is not counted."""
        start, end = min(hit, act).end, max(hit, act).start
        between = self._whole[start:end] if start < end else ""
        return len(_WHENCE.sub("", between).split()) <= words and not _PAUSE.search(between)

    def line(self, number: int) -> list[Hit]:
        """Return every hit of any term of a line, in the article's order."""
        if number not in self._lines:
            self._lines[number] = sorted({hit for hit in self.reading.hits(number) if self._is_met(hit)})
        return self._lines[number]

    def in_any_role(self, number: int) -> Iterable[Hit]:
        """Return the hits of `line`, and also hits in other roles or in the other language."""
        return self.reading.hits(number)

    def _is_met(self, hit: Hit) -> bool:
        """Whether the words of the hit are in the term's language and in its role."""
        term = self._compiled.terms[hit.term]
        if term.russian and self._form(hit) in term.russian and not self.is_in_kazakh(hit.start):
            return False
        if term.role is None:
            return not (self.given_thing(hit) or self._is_office(hit, term.words[-1]))
        return self._plays(hit, term.role)

    def _is_office(self, hit: Hit, word: int) -> bool:
        """Whether the word for an inhabitant describes an office: «қазақстандық полиция», not «қазақстандық
        журналист».
        """
        is_dweller = any(stem.template == DWELLER for stem in self._compiled.words[word].stems)
        return is_dweller and stands_for_office(self._form(hit), self._surrounding(hit)[2])

    def given_thing(self, hit: Hit) -> str:
        """Return the thing that a single verb of giving or handling is about («паспортов», «құжат»), so that it is not
        about a person; "" otherwise.
        """
        form = self._form(hit)
        if " " in form or not (is_giving(form) or is_handling(form)):
            return ""
        before, after = self._layout.line_around(hit.start, hit.end)
        return handled_thing(form, before) if is_handling(form) else given_thing(form, before, after)

    def _form(self, hit: Hit) -> str:
        return fold(self._whole[hit.start : hit.end]).text

    def _plays(self, hit: Hit, role: Role) -> bool:
        """Whether the words of the hit stand in the role, whatever role their term asks for."""
        first, last, place = self._surrounding(hit)
        word = self._compiled.words[self._compiled.terms[hit.term].words[-1]]
        case = kazakh_case(last, word.stems) if word.stems else ANY
        is_russian = last in word.forms and (case == ANY or not self.is_in_kazakh(hit.start))  # not «Воронеж тұрғыны»
        if is_russian or not word.stems:
            return russian_fits(role, self._compiled.cases.get(first, ANY), place, self._compiled.carriers)
        return kazakh_fits(role, case, place)

    def _surrounding(self, hit: Hit) -> _Surroundings:
        span = hit[:2]
        if span not in self._surroundings:
            self._surroundings[span] = self._look_around(*span)
        return self._surroundings[span]

    def _look_around(self, start: int, end: int) -> _Surroundings:
        form = fold(self._whole[start:end]).text
        first, last = (form[slice(*span)] for span in (_first_word(form), _last_word(form)))
        ending = _ENDING_APART.match(self._whole, end)
        last, end = (last + ending[1], ending.end()) if ending else (last, end)
        return first, last, place_of(*self._layout.line_around(start, end))

    def roles(self, hit: Hit) -> tuple[Role, ...]:
        """Return every role that the words of the hit play."""
        return tuple(role for role in Role if self._plays(hit, role))

    def sentence_around(self, hit: Hit) -> tuple[str, str, str]:
        """Return the sentence before a hit, the hit's words, folded, and the sentence after it."""
        start, end = self._layout.sentence(hit.start)
        return self._whole[start : hit.start], self._form(hit), self._whole[hit.end : max(end, hit.end)]

    def is_one_sentence(self, hit: Hit, other: Hit) -> bool:
        """Whether both hits are in one sentence."""
        return self._layout.sentence(hit.start) == self._layout.sentence(other.start)

    def is_scattered(self, matches: Iterable[Match]) -> bool:
        """Whether the matches begin in the title and the lead, in more than one sentence; the title is one sentence."""
        text = len(self._title) + 1
        starts = [match.start + (text if match.where == "text" else 0) for match in matches]
        return max(starts) < text + LEAD and len({self._layout.sentence(start) for start in starts}) > 1

    def is_in_kazakh(self, position: int) -> bool:
        """Whether the sentence at this position is Kazakh."""
        low, high = self._layout.sentence(position)
        sentence = self._whole[low:high].lower()
        return KAZAKH_LETTERS.search(sentence) is not None or reads_kazakh(sentence)

    def anywhere(self, rule: CompiledRule) -> tuple[Hit, ...]:
        """Return one hit a line, no two overlapping, however far apart; () when there is no such choice."""
        return first_choice([self.line(line) for line in rule.lines])

    def topic_verdict(self, rule: CompiledRule, result: RuleResult) -> TopicVerdict:
        """Return the verdict of a rule that fired on its topic."""
        tier = Tier.REVIEW if result.asks_at_most else rule.tier
        return self._verdict(rule, tier, tuple(self.match(hit) for hit in result.hits))

    def likeness(self, rule: CompiledRule, words: Iterable[Span]) -> TopicVerdict:
        """Return the verdict of a classifier rule; `words` are the spans in the lead that spoke for it most."""
        return self._verdict(rule, rule.tier, tuple(self._match(span) for span in words))

    def _verdict(self, rule: CompiledRule, tier: Tier, matches: tuple[Match, ...]) -> TopicVerdict:
        topic = self._compiled.topics[rule.topic]
        return TopicVerdict(
            id=topic.id,
            title=topic.title,
            title_kk=topic.title_kk,
            title_en=topic.title_en,
            hashtag=topic.hashtag,
            rule=rule.name,
            tier=tier,
            matches=matches,
        )

    def match(self, hit: Hit) -> Match:
        """Convert a hit into a Match with its position in the title or the text."""
        return self._match(hit[:2], self._compiled.terms[hit.term].text)

    def _match(self, span: Span, term: str | None = None) -> Match:
        """`term` is the word as the file has it; without a rule it is the form itself."""
        where, start, end = self._layout.place(span)
        form = (self._title if where == "title" else self._text)[start:end]
        return Match(term=term or form, form=form, where=where, start=start, end=end)

    def veto(self, rule: CompiledRule, hit: Hit) -> Veto:
        """Convert the hit that spoke against a rule into a Veto."""
        match = self.match(hit)
        topic = self._compiled.topics[rule.topic].id
        return Veto(topic=topic, rule=rule.name, form=match.form, where=match.where, start=match.start, end=match.end)

    def _held(self, rule: CompiledRule, lines: list[list[Hit]]) -> Iterator[_Held]:
        """Yield places where all lines hold: one hit a line, and the span where `none` is looked for.

        Not all places are tried; but if each of these is vetoed, every place is.
        """
        within = self.window(rule)
        if isinstance(within, int):
            yield from self._held_in_windows(within, lines)
            return
        for (start, end), looked_at in self._scopes(within, min(lines, key=len)):
            hits = first_choice([_inside(line, start, end) for line in lines])
            if hits:
                yield hits, looked_at

    def window(self, rule: CompiledRule) -> Scope | int:
        """Return how near the rule's lines must be in this article; a short text is about one thing, so windows are
        wider.
        """
        if isinstance(rule.within, int) and self.reading.is_short:
            return int(rule.within * self._compiled.short_text)
        return rule.within

    def _scopes(self, within: Scope, rarest: list[Hit]) -> Iterable[tuple[Span, Span]]:
        """Return pairs of spans: where the lines must be, and where `none` is looked for."""
        title, whole = (0, len(self._title)), (0, self._layout.end)
        if within is Scope.TITLE:
            return [(title, title)]
        if within is Scope.TEXT:
            return [((len(self._title) + 1, self._layout.end), whole), (whole, whole)]
        return ((span, span) for span in dict.fromkeys(self._layout.sentence(hit.start) for hit in rarest))

    def _held_in_windows(self, words: int, lines: list[list[Hit]]) -> Iterator[_Held]:
        """`none` is looked for in every sentence that the window touches."""
        for hits in choices(lines):
            start, end = min(hit.start for hit in hits), max(hit.end for hit in hits)
            if self._layout.words_between(start, end) <= words:
                yield hits, (self._layout.sentence(start)[0], self._layout.sentence(end - 1)[1])


def _first_word(form: str) -> Span:
    word = WORD.search(form)
    return word.span() if word else (0, 0)


def _last_word(form: str) -> Span:
    return word_at(form, len(form) - 1) if form else (0, 0)


def _inside(line: list[Hit], start: int, end: int) -> list[Hit]:
    """Return the hits that lie wholly within `[start, end)`."""
    low = bisect_left(line, (start,))
    high = bisect_left(line, (end,), low)
    return [hit for hit in line[low:high] if hit.end <= end]


def _first_inside(line: list[Hit], start: int, end: int) -> Hit | None:
    """Return the first hit of `_inside` without listing the others: a text may be one sentence."""
    later = range(bisect_left(line, (start,)), bisect_left(line, (end,)))
    return next((line[number] for number in later if line[number].end <= end), None)
