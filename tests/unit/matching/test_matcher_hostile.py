"""Text that nobody wrote in good faith: no exception, and four times the text takes about four times the time."""

import gc
import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from tests.harness.project_rules import project_matcher

LENGTH = 10_000  # characters; four times as many are enough for quadratic time to stand out
PIECES = {
    "one word": "беглец ",
    "no spaces": "беглец",
    "one letter": "ж",
    "one sentence": "таможня беглец ",
    "vetoed throughout": "таможня беглец роман ",
    "vetoed sentences": "Таможня, беглец, роман. ",
    "two lines want one word": "чёрный список ",
    "lines": "беглец\n",
    "stops": ".",
    "quotes": "«",
    "phrases through quotes": "чёрный» — «",
    "initials": "А. Б. ",
    "dotted": "Р.В.П.",
    "combining marks only": "\u0301",
    "stressed": "бе\u0301глец ",
    "lone surrogates": "\ud800\udfffбеглец\ud800 ",
    "right to left": "\u202eбеглец\u200f \u0627\u0644 ",
    "NUL": "\0беглец\0 ",
    "soft hyphens": "бег\u00ad\u00ad\u00adлец ",
    "mixed scripts": "бeглeц ",
    "mixed scripts, no spaces": "бe",
    "Kazakh in Latin letters": "qaşqyn ǵoi ",
    "letter-spacing": "э к с т р а д и ц и я ",
    "lone letters": "а ",
    "signs for letters": "а*",
    "pictures inside words": "бег🚨",
    "hashtags": "#БеглецВКНБ",
    "broken at line ends": "бег-\nлец ",
    "Kazakh in Russian letters": "кашкын устап берди ",
    "other digits": "٣²Ⅷ19441 ",
    "astral": "\U0001f600беглец\U0001f600",
}
TWO = "all: [беглец, таможня], none: роман"
RULES = (
    TWO,
    f"{TWO}, within: 6",
    f"{TWO}, within: text",
    f"{TWO}, within: title",
    "all: [чёрный список, список, беглец]",
    "all: [{kk: қашқын}, 1944, РВП]",
    "all: [беглец, беглец, беглец, беглец, таможня, таможня], none: роман, within: 200",
    f"all: [{', '.join(['беглец'] * 8)}]",
)


@cache
def matcher(*rules: str) -> Matcher:
    stanzas = [f"  t{number}: {{title: т, any_of: [{{{rule}}}]}}" for number, rule in enumerate(rules)]
    return Matcher(compile_rules(load_keywords("\n".join(["topics:", *stanzas]), file="k.yaml")))


def seconds(text: str) -> float:
    """CPU time, without the collector, whose rounds cost what the whole suite has in memory."""
    gc.disable()
    began = time.process_time()
    matcher(*RULES).judge(title=text[:500], text=text)
    spent = time.process_time() - began
    gc.enable()
    return spent


def grows_evenly(piece: str) -> bool:
    once, four_times = (seconds(piece * (length // len(piece))) for length in (LENGTH, 4 * LENGTH))
    return four_times < 7 * once + 0.05


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES.keys())
def test_time_grows_as_the_text_does(piece: str) -> None:
    matcher(*RULES).judge(title="", text=piece)

    assert grows_evenly(piece) or grows_evenly(piece)  # the machine may have had other work


@pytest.mark.parametrize("megabytes", [1, pytest.param(10, marks=pytest.mark.long)])
def test_megabytes(megabytes: int) -> None:
    text = "В порту беглец не молчал. " * (40_000 * megabytes)
    judge = matcher(TWO, f"{TWO}, within: 6").judge
    topics = judge(title="", text=text + "Беглец и таможня.").topics

    assert [topic.id for topic in topics] == ["t0", "t1"]
    assert all(match.start >= len(text) for topic in topics for match in topic.matches)


def test_thirty_thousand_hits_and_a_choice_that_does_not_exist() -> None:
    """Two lines want the one word that stands there once."""
    judge = matcher("all: [таможня, таможня, беглец], within: 200", "all: [беглец, беглец, таможня], within: 200").judge
    matching = judge(title="", text="таможня " + "беглец " * 30_000).topics

    assert [topic.id for topic in matching] == ["t1"]


def test_the_project_s_rules_do_not_fear_them_either() -> None:
    for piece in PIECES.values():
        project_matcher().judge(title=piece * 20, text=piece * 1_000)


@given(title=st.text(max_size=40), text=st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_no_string_is_too_odd(title: str, text: str) -> None:
    assert project_matcher().judge(title=title, text=text).topics == ()
