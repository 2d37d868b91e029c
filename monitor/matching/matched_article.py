"""One article and the terms that stand in it: which rules hold there, where, and what speaks against them.

Positions are those of `title + "\\n" + text` as they came, so that the title is a place before the text.
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

# What speaks against a rule in these roles must belong to an act: so many words lie between them, and no comma.
_OF_AN_ACT = {Role.TO: 3, Role.FROM: 3, Role.WHOM: 3, Role.AT: 6}
_NEAR = 500  # characters; six words are not longer
_WHENCE = re.compile(r"(?<!\S)(?:из|от)\s+\S+")
_PAUSE = re.compile(r"[,.;:!?\n—–]")
_ENDING_APART = re.compile(
    "[-‑]([ғгқк][ае]|[дт][ае]н?|[ндт][ыі]ң?|нен|нан|[мбп]ен|[дт][ае][ғг][ыі])\\b"
)  # «РФ-ға», «ҚР-дан»
_Surroundings = tuple[str, str, Place]  # the first and the last word of a form, and what stands around it
_Held = tuple[tuple[Hit, ...], Span]  # one hit a line, and where `none` looks


class RuleResult(NamedTuple):
    """What became of a rule: `hits`, one a line, when all lines hold; `veto` when a `none` term speaks against it.

    `is_aside`: they stand below the lead only, so that the article is hardly about it; `doubt` is a word beside them
    that makes it doubtful. Then the rule asks at most.
    """

    hits: tuple[Hit, ...] = ()
    veto: Hit | None = None
    is_aside: bool = False
    doubt: Hit | None = None

    @property
    def asks_at_most(self) -> bool:
        """Whether a rule that would publish asks."""
        return self.is_aside or self.doubt is not None


class MatchedArticle:
    """One article and the terms that stand in it; where they do, and all else, is worked out when first asked for."""

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
        """Whether the rule holds, where, and what spoke against it (only when it holds nowhere else).

        A place in the text is preferred to the title, which every post shows anyway.
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
        """Whether the act, and who or where with it, stand in the title or the lead."""
        lead = len(self._title) + 1 + LEAD
        return hits[0].end <= lead and (len(hits) == 1 or any(hit.end <= lead for hit in hits[1:]))

    def _is_repeated(self, act: Sequence[Hit]) -> bool:
        """Whether the article speaks of the act in more than one sentence: what it says once, it says in passing."""
        return len({self._layout.sentence(hit.start) for hit in act}) > 1

    def _against(self, rule: CompiledRule, start: int, end: int) -> Hit | None:
        """What `none` finds in `[start, end)` or in the title, which says what the whole article is about.

        Whither and whence count only as the complement of an act: in «бежавшего из России задержали» nothing is.
        """
        if self._against_all:
            return self._against_all
        if rule.tier is Tier.REVIEW and (doubt := self._kind_of_doubt(rule, start, end)):
            return doubt
        return self._spoken_against(rule.none, rule, start, end)

    @cached_property
    def _against_all(self) -> Hit | None:
        """What silences every rule: a kind of text, another country in the title."""
        never = self._compiled.never
        if never is not None and (kind := _first_inside(self.line(never), *self._layout.heading)):
            return kind
        elsewhere = self._elsewhere
        return elsewhere if elsewhere and elsewhere.end <= len(self._title) and not self.is_of_here else None

    @property
    def silences_questions(self) -> bool:
        """Whether something in the title silences every rule that asks."""
        return bool(self._against_all or self._doubtful)

    @property
    def is_of_elsewhere(self) -> bool:
        """Whether it begins with another country and not with ours."""
        return self._elsewhere is not None

    @property
    def is_of_here(self) -> bool:
        """Whether it names our country; True where the file does not say which that is."""
        return self._compiled.elsewhere is None or bool(self.line(self._compiled.elsewhere[1]))

    def _doubt(self, rule: CompiledRule, start: int, end: int) -> Hit | None:
        """What makes a rule ask that would publish: another country in the lead, or a word of doubt."""
        return self._elsewhere or self._kind_of_doubt(rule, start, end)

    def _kind_of_doubt(self, rule: CompiledRule, start: int, end: int) -> Hit | None:
        """A film, a book, a match in the title; what the topic doubts, where `none` looks."""
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
        """A film, a book, a match in the title: most often nobody is taken."""
        kinds = self._compiled.doubt
        return None if kinds is None else _first_inside(self.line(kinds), *self._layout.heading)

    @cached_property
    def _elsewhere(self) -> Hit | None:
        """What says in the title or the lead that the article is of another country; None if it names ours there, too.

        In a title it silences every rule unless our country is named below; in the lead the country may be named in
        passing, and rules only ask.
        """
        there, here = self._compiled.elsewhere or (None, None)
        beginning = len(self._title) + 1 + LEAD
        if there is None or here is None or _first_inside(self.line(here), 0, beginning):
            return None
        return _first_inside(self.line(there), 0, beginning)

    def _is_complement(self, hit: Hit, topic: int) -> bool:
        """Whether the hit asks for no role of an act, or stands beside one of the topic's with no comma between."""
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
        """Whether at most so many words lie between the two, and no pause; «из Омска» is none of them."""
        start, end = min(hit, act).end, max(hit, act).start
        between = self._whole[start:end] if start < end else ""
        return len(_WHENCE.sub("", between).split()) <= words and not _PAUSE.search(between)

    def line(self, number: int) -> list[Hit]:
        """Every hit of any term of a line, in the article's order."""
        if number not in self._lines:
            self._lines[number] = sorted({hit for hit in self.reading.hits(number) if self._is_met(hit)})
        return self._lines[number]

    def in_any_role(self, number: int) -> Iterable[Hit]:
        """As `line`, but also where a word plays another role, or is of the other language."""
        return self.reading.hits(number)

    def _is_met(self, hit: Hit) -> bool:
        """Whether the words at a place are of the term's language, and stand in its role."""
        term = self._compiled.terms[hit.term]
        if term.russian and self._form(hit) in term.russian and not self.is_in_kazakh(hit.start):
            return False
        if term.role is None:
            return not (self.given_thing(hit) or self._is_office(hit, term.words[-1]))
        return self._plays(hit, term.role)

    def _is_office(self, hit: Hit, word: int) -> bool:
        """«қазақстандық тарап», «қазақстандық полиция»: nobody who lives there, as in «қазақстандық журналист»."""
        is_dweller = any(stem.template == DWELLER for stem in self._compiled.words[word].stems)
        return is_dweller and stands_for_office(self._form(hit), self._surrounding(hit)[2])

    def given_thing(self, hit: Hit) -> str:
        """«паспортов» of a single word that gives them, not somebody, away, and «құжат»; "" for any other."""
        form = self._form(hit)
        if " " in form or not (is_giving(form) or is_handling(form)):
            return ""
        before, after = self._layout.beside(hit.start, hit.end)
        return handled_thing(form, before) if is_handling(form) else given_thing(form, before, after)

    def _form(self, hit: Hit) -> str:
        return fold(self._whole[hit.start : hit.end]).text

    def _plays(self, hit: Hit, role: Role) -> bool:
        """Whether the words there stand in the role, whatever role their term asks for."""
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
        return first, last, place_of(*self._layout.beside(start, end))

    def roles(self, hit: Hit) -> tuple[Role, ...]:
        """Every role that the words there play."""
        return tuple(role for role in Role if self._plays(hit, role))

    def around(self, hit: Hit) -> tuple[str, str, str]:
        """The sentence before a hit, the words there, folded, and the sentence after it."""
        start, end = self._layout.sentence(hit.start)
        return self._whole[start : hit.start], self._form(hit), self._whole[hit.end : max(end, hit.end)]

    def is_one_sentence(self, hit: Hit, other: Hit) -> bool:
        """Whether both stand in it."""
        return self._layout.sentence(hit.start) == self._layout.sentence(other.start)

    def is_scattered(self, matches: Iterable[Match]) -> bool:
        """Whether they stand in more than one sentence of the title, which is one, and the lead; none below it."""
        text = len(self._title) + 1
        starts = [match.start + (text if match.where == "text" else 0) for match in matches]
        return max(starts) < text + LEAD and len({self._layout.sentence(start) for start in starts}) > 1

    def is_in_kazakh(self, position: int) -> bool:
        """Whether the sentence there is."""
        low, high = self._layout.sentence(position)
        sentence = self._whole[low:high].lower()
        return KAZAKH_LETTERS.search(sentence) is not None or reads_kazakh(sentence)

    def anywhere(self, rule: CompiledRule) -> tuple[Hit, ...]:
        """One hit a line, no two overlapping, however far apart; () when there is no such choice."""
        return first_choice([self.line(line) for line in rule.lines])

    def topic_verdict(self, rule: CompiledRule, result: RuleResult) -> TopicVerdict:
        """What a rule that fired says of its topic, as a value."""
        tier = Tier.REVIEW if result.asks_at_most else rule.tier
        return self._verdict(rule, tier, tuple(self.match(hit) for hit in result.hits))

    def likeness(self, rule: CompiledRule, words: Iterable[Span]) -> TopicVerdict:
        """What a rule of the classifier says, to which these words of the lead told most."""
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
        """A hit as a value that points into the title or the text."""
        return self._match(hit[:2], self._compiled.terms[hit.term].text)

    def _match(self, span: Span, term: str | None = None) -> Match:
        """`term` is the word as the file has it; of no rule, it is the form."""
        where, start, end = self._layout.place(span)
        form = (self._title if where == "title" else self._text)[start:end]
        return Match(term=term or form, form=form, where=where, start=start, end=end)

    def veto(self, rule: CompiledRule, hit: Hit) -> Veto:
        """The word that spoke against a rule, as a value."""
        match = self.match(hit)
        topic = self._compiled.topics[rule.topic].id
        return Veto(topic=topic, rule=rule.name, form=match.form, where=match.where, start=match.start, end=match.end)

    def _held(self, rule: CompiledRule, lines: list[list[Hit]]) -> Iterator[_Held]:
        """Places where all lines hold: one hit a line, and the span that `none` looks at.

        Not every place; but where none of these is free of vetoes, no place is.
        """
        within = self.within(rule)
        if isinstance(within, int):
            yield from self._held_in_windows(within, lines)
            return
        for (start, end), looked_at in self._scopes(within, min(lines, key=len)):
            hits = first_choice([_inside(line, start, end) for line in lines])
            if hits:
                yield hits, looked_at

    def within(self, rule: CompiledRule) -> Scope | int:
        """How near to each other a rule's lines must stand here: a short text is all about one thing."""
        if isinstance(rule.within, int) and self.reading.is_short:
            return int(rule.within * self._compiled.short_text)
        return rule.within

    def _scopes(self, within: Scope, rarest: list[Hit]) -> Iterable[tuple[Span, Span]]:
        """Where the lines must stand, and where `none` looks."""
        title, whole = (0, len(self._title)), (0, self._layout.end)
        if within is Scope.TITLE:
            return [(title, title)]
        if within is Scope.TEXT:
            return [((len(self._title) + 1, self._layout.end), whole), (whole, whole)]
        return ((span, span) for span in dict.fromkeys(self._layout.sentence(hit.start) for hit in rarest))

    def _held_in_windows(self, words: int, lines: list[list[Hit]]) -> Iterator[_Held]:
        """`none` looks at every sentence that the window touches."""
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
    """Hits that lie wholly within `[start, end)`."""
    low = bisect_left(line, (start,))
    high = bisect_left(line, (end,), low)
    return [hit for hit in line[low:high] if hit.end <= end]


def _first_inside(line: list[Hit], start: int, end: int) -> Hit | None:
    """The first of them, without a look at the others: a text may be one sentence."""
    later = range(bisect_left(line, (start,)), bisect_left(line, (end,)))
    return next((line[number] for number in later if line[number].end <= end), None)
