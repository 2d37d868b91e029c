"""A rule line by line, for a reader: which words met it, where keywords.yaml has them, and what a line lacked.

Nothing is decided here: positions come from the article as the rules saw it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from monitor.config.keyword_rules import Mention, Rule, Term
from monitor.matching.compiled_rules import CompiledRule, CompiledRules
from monitor.matching.matched_article import MatchedArticle
from monitor.matching.term_index import Hit
from monitor.models.articles import Match, Tier

_ACT = "действие"
_LONGEST = 80  # characters of a line's words that are shown
_IN_A_RULE = frozenset({"all", "none", "never", "doubt", "there", "here"})  # keys of terms that belong to no list


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """One line of a rule: the match, or None, and in Russian what it is to the line, or what the line lacks."""

    match: Match | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A rule that would have fired but for one line. `lines` are its reports, `wanted` what the file says in the
    missing line.

    `is_astray`: words of the missing line are in the article but do not count. `topic` is the title of the rule's
    topic. `met` are the numbers of the other lines that are met, without the act's line unless it is the only one.
    """

    topic: str
    rule: str
    tier: Tier
    lines: tuple[LineReport, ...]
    wanted: tuple[Mention, ...]
    met: tuple[int, ...]
    is_astray: bool

    @property
    def lacking(self) -> str:
        """What the missing line lacks, in Russian: «куда: $россия (строка 31)»."""
        return next(line.text for line in self.lines if line.match is None)


def written_rule(compiled: CompiledRules, rule: CompiledRule) -> Rule:
    """Return the rule as the file has it."""
    return next(one for one in compiled.topics[rule.topic].rules if one.name == rule.name)


def line_reports(
    compiled: CompiledRules, article: MatchedArticle, rule: CompiledRule, hits: Iterable[Hit | None]
) -> tuple[LineReport, ...]:
    """Return a report for each line; `hits` has one hit a line, or None where nothing met it."""
    return tuple(
        LineReport(match=article.match(hit), text=_met(compiled, article, rule, number, hit))
        if hit
        else LineReport(match=None, text=_lacking(compiled, article, rule, number))
        for number, hit in enumerate(hits)
    )


def near_misses(compiled: CompiledRules, article: MatchedArticle) -> Iterator[NearMiss]:
    """Yield the rules that lack one line other than the act's and hold otherwise: the other lines are near enough, not
    vetoed, and not doubtful or aside.
    """
    for rule in compiled.rules:
        lacking = _only_lacking(article, rule)
        if lacking is None:
            continue
        others = (*rule.lines[:lacking], *rule.lines[lacking + 1 :])
        result = article.result(replace(rule, lines=others, anchor=0))
        if result.hits and not result.veto and not result.asks_at_most:
            hits = (*result.hits[:lacking], None, *result.hits[lacking:])
            yield NearMiss(
                topic=compiled.topics[rule.topic].title,
                rule=rule.name,
                tier=rule.tier,
                lines=line_reports(compiled, article, rule, hits),
                wanted=written_rule(compiled, rule).mentions[lacking],
                met=others[1:] or others,
                is_astray=any(True for _ in article.in_any_role(rule.lines[lacking])),
            )


def _only_lacking(article: MatchedArticle, rule: CompiledRule) -> int | None:
    """Return the index of the only line without a hit; None if that is the act's line, or if none or several lack."""
    if not rule.lines or not article.line(rule.lines[0]):
        return None
    lacking = (number for number, line in enumerate(rule.lines) if not article.line(line))
    first, second = next(lacking, None), next(lacking, None)
    return first if second is None else None


def source(compiled: CompiledRules, terms: Iterable[Term], number: int) -> str:
    """Say where the file has a term: «$россия, строка 34»; for a term of the rule itself only the line number."""
    term = _written(compiled, terms, number)
    if term is None:
        return ""
    if term.key == "never":
        return f"never — запрет всем правилам, строка {term.line}"
    return f"строка {term.line}" if term.key in _IN_A_RULE else f"${term.key}, строка {term.line}"


def _written(compiled: CompiledRules, terms: Iterable[Term], number: int) -> Term | None:
    wanted = compiled.terms[number]
    words = [compiled.written[word] for word in wanted.words]
    return next(
        (
            term
            for term in terms
            if (term.text, term.role) == (wanted.text, wanted.role)
            and all((word, term.language) == known for word, known in zip_longest(term.words, words))
        ),
        None,
    )


def _met(compiled: CompiledRules, article: MatchedArticle, rule: CompiledRule, number: int, hit: Hit) -> str:
    """Describe a hit: «куда: в Россию (Россия, $россия, строка 34)»; without the file's word if the form is the
    same.
    """
    match, term = article.match(hit), compiled.terms[hit.term]
    label = term.role or ("" if number else _ACT)
    where = source(compiled, written_rule(compiled, rule).lines[number], hit.term)
    said = [match.term] if match.term.casefold() != match.form.casefold() else []
    return f"{label and label + ': '}{' '.join(match.form.split())} ({', '.join([*said, *filter(None, [where])])})"


def _lacking(compiled: CompiledRules, article: MatchedArticle, rule: CompiledRule, number: int) -> str:
    wanted = ", ".join(_named(written_rule(compiled, rule).mentions[number]))
    return ": ".join(filter(None, ["" if number else _ACT, wanted, _astray(compiled, article, rule.lines[number])]))


def _named(mentions: Iterable[Mention]) -> Iterator[str]:
    """Group what one line of the file has: «куда: $россия (строка 31)», «опасный, ловушка, … (строка 520)»."""
    for line, alike in groupby(mentions, key=lambda one: one.line):
        yield f"{', '.join(_labelled(alike))} (строка {line})"


def _labelled(mentions: Iterable[Mention]) -> Iterator[str]:
    for (role, language), alike in groupby(mentions, key=lambda one: (one.role, one.language)):
        labels = [*([role] if role else []), *(["по-казахски"] if language == "kk" else [])]
        yield ": ".join([*labels, join_terms(mention.text for mention in alike)])


def _astray(compiled: CompiledRules, article: MatchedArticle, line: int) -> str:
    """Say which word of a missing line is in the article, and why it does not count; "" for none."""
    hit = min(article.in_any_role(line), default=None)
    if hit is None:
        return ""
    form, asked, played = article.match(hit).form, compiled.terms[hit.term].role, article.roles(hit)
    if asked is None and (thing := article.given_thing(hit)):
        return f"слово «{form}» здесь о вещи, не о человеке: «{thing}»"
    if asked is None or asked in played:
        return f"слово «{form}» стоит в русском предложении, а нужно казахское"
    if not played:
        return f"слово «{form}» не стоит здесь ни в одной роли"
    return f"слово «{form}» стоит здесь в роли «{' или '.join(played)}»"


def join_terms(terms: Iterable[str]) -> str:
    """Join the terms of a line, cut to _LONGEST characters."""
    text = ", ".join(dict.fromkeys(terms))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(',')[0] or text[:_LONGEST]}, …"
