"""Rules that change nothing, against the plain comparison of each with every other; ten thousand are no burden."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.config.keyword_rules import Rule, Scope, Term, TermWord, TermWordKind
from monitor.config.term_reader import read_terms
from monitor.matching.covering import Meaning, covered_rules, finds_all_of
from monitor.models.articles import Tier
from tests.harness.cpu import cpu_at_most

WIDTHS: dict[Scope | int, int] = {Scope.TITLE: 0, Scope.SENTENCE: 1, Scope.TEXT: 2}


def meanings(line: Iterable[Term]) -> frozenset[Meaning]:
    return frozenset(ord(term.text) for term in line)


def terms(words: str) -> tuple[Term, ...]:
    word = TermWord(text=words, kind=TermWordKind.EXACT)
    return tuple(Term(text=letter, words=(word,), language=None, line=1, key="all") for letter in words)


def rule(number: int, lines: list[str], none: str = "", within: Scope = Scope.SENTENCE, tier: Tier = Tier.POST) -> Rule:
    return Rule(
        name=str(number), tier=tier, lines=tuple(map(terms, lines)), none=terms(none), within=within, line=number
    )


def covers(other: Rule, one: Rule) -> bool:
    lines, others = ([{term.text for term in line} for line in it.lines] for it in (one, other))
    fits = any(
        all(narrow <= wide for narrow, wide in zip(chosen, others, strict=True))
        for chosen in permutations(lines, len(others))
    )
    spares = not other.none or (other.within == one.within and meanings(other.none) <= meanings(one.none))
    return fits and spares and WIDTHS[one.within] <= WIDTHS[other.within]


words = st.text("абвгд", min_size=1, max_size=3)
drafts = st.tuples(
    st.lists(words, min_size=1, max_size=3),
    st.sampled_from(["", "", "е", "еж"]),
    st.sampled_from(list(WIDTHS)),
    st.sampled_from([Tier.POST, Tier.REVIEW]),
)


@given(st.lists(drafts, max_size=8))
@example([(["а", "аб", "бв"], "", Scope.TITLE, Tier.POST), (["а", "б", "а"], "", Scope.TITLE, Tier.POST)])
@settings(max_examples=300)
def test_what_is_covered_is_covered_by_an_earlier_rule_and_nothing_is_overlooked(
    drafted: list[tuple[list[str], str, Scope, Tier]],
) -> None:
    rules = tuple(rule(number, *draft) for number, draft in enumerate(drafted))
    ranked = sorted(rules, key=lambda one: one.tier is not Tier.POST)

    covered = dict(covered_rules(rules, meanings))

    for place, one in enumerate(ranked):
        wider = [other for other in ranked[:place] if covers(other, one)]
        assert bool(wider) == (one in covered), one
        assert covered.get(one) in [None, *wider]


def test_a_rule_that_looks_into_the_depth_is_not_covered_by_one_that_does_not() -> None:
    narrow, deep = rule(1, ["а", "б"]), replace(rule(2, ["а", "б"]), anywhere=True)

    assert dict(covered_rules((narrow, deep), meanings)) == {}
    assert dict(covered_rules((deep, narrow), meanings)) == {narrow: deep}


def test_ten_thousand_rules_of_one_act_are_compared_in_seconds() -> None:
    rules = tuple(rule(number, ["а", chr(0x4E00 + number), "бв"]) for number in range(10_000))
    alike = tuple(rule(number, ["а", "бв"]) for number in range(10_000))

    with cpu_at_most(4):
        assert list(covered_rules(rules, meanings)) == []
        assert {covering.name for _, covering in covered_rules(alike, meanings)} == {"0"}


@pytest.mark.parametrize(
    ("word", "by", "is_covered"),
    [
        ("похищение", "похи*", True),
        ("похи*", "похищение", False),
        ("похитить*", "похи*", True),
        ("выдать России", "выдать", True),
        ("выдать", "выдать России", False),
        ("ұшақ", "ұша*", False),  # it is looked for in Latin letters, too
        ("похищение", "похищение", False),
    ],
)
def test_a_term_that_another_finds(word: str, by: str, is_covered: bool) -> None:
    (term,), (other,) = read_terms(word), read_terms(by)

    assert finds_all_of(other, term) is is_covered
