"""An evaluator of rules that has no index, no anchors and no shortcuts: every term on every word of the article."""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise, product

from monitor.config.keyword_rules import Keywords, Role, Rule, Scope, Term, TermWord, TermWordKind
from monitor.matching.roles import kazakh_fits, place_of, russian_fits
from monitor.models.articles import Tier
from monitor.text.broken_words import rejoin
from monitor.text.languages import dictionary, kazakh, russian
from monitor.text.languages.cases import ANY, Case, kazakh_case
from monitor.text.languages.detection import reads_kazakh
from monitor.text.languages.kazakh_latin import (
    KAZAKH_LETTERS,
    LATIN_MARKS,
    in_russian_letters,
    latin_skeleton,
    russian_spellings,
    skeletons,
)
from monitor.text.languages.role_words import CARRIERS
from monitor.text.unicode import WORD, fold, sentences

OF_AN_ACT: dict[Role | None, int] = {Role.TO: 3, Role.FROM: 3, Role.WHOM: 3, Role.AT: 6}
LATIN = "Kazakh in Latin letters"
GAP = re.compile(r"[\s\-_‐‑–—«»„“”\"'’]{0,8}")


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A term in the article: characters of title + newline + text."""

    start: int
    end: int


@cache
def russian_forms(word: str) -> frozenset[str]:
    return russian.forms(word)


@cache
def name_forms(word: str) -> frozenset[str]:
    return frozenset(form.lower() for form in russian.name_forms(word))


folded = lru_cache(maxsize=16)(fold)  # every term asks for the same title and text


@cache
def carriers() -> dict[str, Case]:
    return {form: case for word in CARRIERS for form, case in russian.case_forms(word).items()}


APART = re.compile("[-‑]([ғгқк][ае]|[дт][ае]н?|[ндт][ыі]ң?|нен|нан|[мбп]ен|[дт][ае][ғг][ыі])\\b")  # «РФ-ға»


@cache
def kazakh_stems(word: str) -> tuple[kazakh.Stem, ...]:
    return kazakh.stems(word)


def begins(stem: kazakh.Stem, word: str, around: str | None, *, capital: bool) -> bool:
    """Whether `word` is a form of the stem; in other than its own letters it must be long, or Kazakh stand around it.

    `around` is None for a word of a phrase, which is trusted.
    """
    latin = re.search("[a-z\u00df-\u017e\u01f5]", word) is not None
    own, typed = latin_skeleton(word) if latin else word, in_russian_letters(word)
    if latin is (stem.script == "cyrillic"):
        return False
    rest = own[len(stem.text) :]
    if own.startswith(stem.text) and not latin and not stem.typed_for and stem.accepts(rest):
        return True
    written = typed if stem.typed_for else own
    is_spelled = written.startswith(stem.text) and (not stem.typed_for or stem.is_typed_in(word))
    return (
        is_spelled
        and stem.accepts(rest, in_russian_letters=not latin)
        and is_meant(stem, word, around, capital=capital)
    )


def is_meant(stem: kazakh.Stem, word: str, around: str | None, *, capital: bool) -> bool:
    size, latin = len(stem.text), stem.script == "latin"
    is_plain = (size >= 5 or (size == 4 and len(word) >= 6)) and (latin or not dictionary.is_known(word))
    if around is None:
        return True
    if latin:
        return is_plain or LATIN_MARKS.search(word) is not None or around == LATIN
    if is_plain and (capital or KAZAKH_LETTERS.search(word)):
        return True
    return not KAZAKH_LETTERS.search(around) and (is_plain or reads_kazakh(f"{word} {around}"))


def accepts(part: TermWord, language: str | None, word: str, written: str, around: str | None) -> bool:
    if part.kind is TermWordKind.LIST:
        return any(accepts(choice, own or language, word, written, around) for choice, own in part.choices)
    folded = fold(part.text).text
    if part.kind is TermWordKind.PREFIX:
        return word.startswith(folded)
    if part.kind is TermWordKind.EXACT or part.text.isdigit():
        exact = [kazakh.Stem(text=text, script="latin", template="", vowels="any") for text in skeletons(folded)]
        exact += [
            kazakh.Stem(text=text, script="cyrillic", template="", vowels="any", typed_for=folded)
            for text in russian_spellings(folded)
        ]
        in_latin = language != "ru" and any(begins(stem, word, around, capital=written[0].isupper()) for stem in exact)
        return word == folded or in_latin
    is_dweller = part.kind is TermWordKind.DWELLER
    known = kazakh.dweller_stems(part.text) if is_dweller else kazakh_stems(part.text)
    in_kazakh = any(begins(stem, word, around, capital=written[0].isupper()) for stem in known)
    if part.kind is TermWordKind.NAME:
        return written[0].isupper() and (word in name_forms(part.text) or in_kazakh)
    return (language != "kk" and not is_dweller and word in russian_forms(part.text)) or (
        language != "ru" and in_kazakh
    )


def sentence_of(start: int, title: str, text: str) -> str:
    if start <= len(title):
        return title
    start -= len(title) + 1
    return next((text[low:high] for low, high in sentences(text) if low <= start < high), "")


def is_met(term: Term, spot: Spot, title: str, text: str) -> bool:
    """Whether what stands there is of the term's language, and plays its role."""
    part = term.words[0]
    form = fold(f"{title}\n{text}"[spot.start : spot.end]).text
    if term.language == "kk" and part.kind is TermWordKind.WORD:
        same = russian_forms(part.text) if part.text.isupper() else russian.known_forms(part.text)
        sentence = sentence_of(spot.start, title, text).lower()
        if form in same and not KAZAKH_LETTERS.search(sentence) and not reads_kazakh(sentence):
            return False
    return term.role is None or plays(term, term.role, spot, title, text)


def plays(term: Term, role: Role, spot: Spot, title: str, text: str) -> bool:
    whole = f"{title}\n{text}"
    form = fold(whole[spot.start : spot.end]).text
    words = WORD.findall(form)
    apart = APART.match(whole, spot.end)
    first, last, end = words[0], words[-1] + (apart[1] if apart else ""), apart.end() if apart else spot.end
    before, after = whole[max(spot.start - 80, 0) : spot.start], whole[end : end + 80]
    place = place_of(before.rpartition("\n")[2], after.partition("\n")[0])
    choices = [(term.words[-1], term.language), *term.words[-1].choices]
    readable = [(part, own or term.language) for part, own in choices if part.kind is TermWordKind.WORD]
    in_russian = any(own != "kk" and last in russian_forms(part.text) for part, own in readable)
    stems = [stem for part, own in readable if own != "ru" for stem in kazakh_stems(part.text)]
    case = kazakh_case(last, stems)
    sentence = sentence_of(spot.start, title, text).lower()
    is_kazakh = case != ANY and (KAZAKH_LETTERS.search(sentence) or reads_kazakh(sentence))
    if stems and (not in_russian or is_kazakh):
        return kazakh_fits(role, case, place)
    cases: dict[str, Case] = {}
    for part, own in [(term.words[0], term.language), *term.words[0].choices]:
        if part.kind is TermWordKind.WORD and own != "kk":
            for known, case in russian.case_forms(part.text).items():
                cases[known] = cases.get(known, Case(0)) | case
    return russian_fits(role, cases.get(first, ANY), place, carriers())


def is_complement(spot: Spot, acts: list[Spot], title: str, text: str, *, words: int) -> bool:
    whole = f"{title}\n{text}"
    for act in acts:
        one, other = sorted((spot, act), key=lambda it: (it.start, it.end))
        between = whole[one.end : other.start]
        near = abs(act.start - spot.start) <= 80 + spot.end - spot.start
        if near and len(between.split()) <= words and not re.search(r"[,.;:!?\n—–]", between):
            return True
    return False


def acts_of(term: Term, spot: Spot, acts: list[Spot], title: str, text: str) -> list[Spot]:
    """Those that a word may be the complement of: whence only of an act before it, where it may be somebody's home."""
    is_home = term.role is Role.FROM and plays(term, Role.ORIGIN, spot, title, text)
    return [act for act in acts if act.start < spot.start] if is_home else acts


def spots(term: Term, title: str, text: str) -> list[Spot]:
    return [spot for spot in words_at(term, title, text) if is_met(term, spot, title, text)]


def words_at(term: Term, title: str, text: str) -> list[Spot]:
    spots = []
    latin = LATIN_MARKS.search(folded(f"{title} {text}").text) is not None
    whole = f"{title}\n{text}"
    for original, offset in ((title, 0), (text, len(title) + 1)):
        read = folded(original)
        words = list(WORD.finditer(read.text))

        def around(word: str, place: tuple[int, int], offset: int = offset) -> str:
            if word[0] < "\u0400":
                return LATIN if latin else ""
            start, end = offset + place[0], offset + place[1]
            return f"{whole[max(start - 80, 0) : start]} {whole[end : end + 80]}".lower()

        for number in range(len(words) - len(term.words) + 1):
            run = words[number : number + len(term.words)]
            adjacent = all(GAP.fullmatch(read.text[a.end() : b.start()]) for a, b in pairwise(run))
            places = [read.original_span(*word.span()) for word in run]
            tests = (
                accepts(
                    part,
                    term.language,
                    word[0],
                    original[slice(*place)],
                    around(word[0], place) if len(run) == 1 else None,
                )
                for part, word, place in zip(term.words, run, places, strict=True)
            )
            if adjacent and all(tests):
                spots.append(Spot(start=places[0][0] + offset, end=places[-1][1] + offset))
    return spots


def words_from_to(title: str, text: str, start: int, end: int) -> int:
    """How many words, counted between blanks, `[start, end)` touches; a new paragraph is fifteen more."""
    whole = f"{title}\n{text}"
    words = [word for word in re.finditer(r"\w\S*", whole) if word.start() < end and start < word.end()]
    breaks = [gap.start() for gap in re.finditer(r"\n\s*", whole) if start < gap.start() < end]
    return len(words) + 15 * len([place for place in breaks if place != len(title)])


def scopes(rule: Rule, choice: tuple[Spot, ...], title: str, text: str) -> tuple[int, int] | None:
    """The span that `none` looks at, if the choice holds together; else None."""
    offset = len(title) + 1
    spans = [(0, len(title)), *((start + offset, end + offset) for start, end in sentences(text))]
    begin, end = min(spot.start for spot in choice), max(spot.end for spot in choice)
    if rule.within is Scope.TEXT:
        return 0, offset + len(text)
    if rule.within is Scope.TITLE:
        return (0, len(title)) if end <= len(title) else None
    if rule.within is Scope.SENTENCE:
        return next(((low, high) for low, high in spans if low <= begin and end <= high), None)
    if words_from_to(title, text, begin, end) > int(rule.within):
        return None
    touched = [(low, high) for low, high in spans if low < end and begin < high]
    return touched[0][0], touched[-1][1]


def judged(rule: Rule, acts: list[Spot], title: str, text: str) -> str:
    """«fires», «vetoed» or «silent»."""
    lines = [[spot for term in line for spot in spots(term, title, text)] for line in rule.lines]
    leads = any(all(term.role is Role.TO for term in line) for line in rule.lines)
    against = [
        spot
        for term in rule.none
        if not (leads and term.role is Role.TO)
        for spot in spots(term, title, text)
        if term.role not in OF_AN_ACT
        or is_complement(spot, acts_of(term, spot, acts, title, text), title, text, words=OF_AN_ACT[term.role])
    ]
    result = "silent"
    for choice in product(*lines):
        apart = all(
            a is b or a.end <= b.start or b.end <= a.start for i, a in enumerate(choice) for b in choice[i:]
        ) and len({id(spot) for spot in choice}) == len(choice)
        scope = scopes(rule, choice, title, text) if apart else None
        if scope is None:
            continue
        looked_at = (scope, (0, len(title)))
        if not any(low <= spot.start and spot.end <= high for spot in against for low, high in looked_at):
            return "fires"
        result = "vetoed"
    return result


def widened(rule: Rule, text: str, times: float) -> Rule:
    """A rule as it is read in a text that is no longer than a lead."""
    if isinstance(rule.within, Scope) or len(text) > 600:
        return rule
    return replace(rule, within=int(rule.within * times))


def expected(keywords: Keywords, title: str, text: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    topics, vetoes = [], []
    title, text = rejoin(title), rejoin(text)
    for topic in keywords.topics:
        acts = [spot for rule in topic.rules for term in rule.lines[0] for spot in spots(term, title, text)]
        for rule in sorted(topic.rules, key=lambda rule: rule.tier is not Tier.POST):
            outcome = judged(widened(rule, text, keywords.short_text), acts, title, text)
            if outcome == "fires":
                topics.append((rule.tier, topic.id, rule.name))
                break
            if outcome == "vetoed":
                vetoes.append((topic.id, rule.name))
    strongest = Tier.POST if any(tier is Tier.POST for tier, *_ in topics) else Tier.REVIEW
    return [(topic, rule) for tier, topic, rule in topics if tier is strongest], vetoes


def rules_at(keywords: Keywords, lines: set[int]) -> list[Rule]:
    return [rule for topic in keywords.topics for rule in topic.rules if rule.line in lines]
