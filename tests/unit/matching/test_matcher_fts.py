"""The matcher against SQLite's full-text search: stories are rows, a rule of single words is a boolean query."""

import sqlite3
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.text.languages import russian

TABLE = 'CREATE VIRTUAL TABLE story USING fts5(text, tokenize="unicode61 remove_diacritics 0")'
# No form belongs to two of them: FTS5 does not ask for two different places.
VOCABULARY = ("беглец", "таможня", "увезти", "следователь", "пассажир", "роман", "пристань", "рейс", "архив", "Тараз")
NEUTRAL = (
    "и",
    "в",
    "дом",
    "уже",
    "рейсовый",
    "таможенник",
    "увезённость",
    "бегство",
    "архивариус",
    "1944",
    "пассажирка",
)
MARKS = (" ", " ", " ", ", ", ". ", " — ", "-", "\n", " «", "» ", "/", "…")


@cache
def forms(word: str) -> tuple[str, ...]:
    return tuple(sorted(russian.forms(word)))


words = st.sampled_from([form for word in VOCABULARY for form in forms(word)[:9]] + list(NEUTRAL))
written = st.tuples(words | words.map(str.upper) | words.map(str.title), st.sampled_from(MARKS)).map("".join)
texts = st.lists(written, max_size=25).map("".join)
rules = st.permutations(VOCABULARY).flatmap(
    lambda order: st.tuples(
        st.lists(st.integers(1, 2), min_size=1, max_size=3).map(lambda sizes: _lines(order, sizes)),
        st.lists(st.just(order[-1]), max_size=1),
    )
)


def _lines(order: list[str], sizes: list[int]) -> list[list[str]]:
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    return [order[end - size : end] for end, size in zip(ends, sizes, strict=True)]


def query(lines: list[list[str]], none: list[str]) -> str:
    def any_of(line: list[str]) -> str:
        return f"({' OR '.join(_quoted(form) for word in line for form in forms(word))})"

    asked = " AND ".join(map(any_of, lines))
    return f"({asked}) NOT {any_of(none)}" if none else asked


def _quoted(form: str) -> str:
    return f'"{form}"'


def keywords(drawn: list[tuple[list[list[str]], list[str]]]) -> str:
    stanzas = ["topics:"]
    for number, (lines, none) in enumerate(drawn):
        listed = ", ".join(f"{{ru: '{', '.join(line)}'}}" for line in lines)
        against = f", none: {{ru: {none[0]}}}" if none else ""
        stanzas.append(f"  t{number}: {{title: т, any_of: [{{all: [{listed}], within: text{against}}}]}}")
    return "\n".join(stanzas)


@pytest.fixture(scope="module")
def base() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(TABLE)
    except sqlite3.OperationalError:
        pytest.skip("this SQLite was built without FTS5")
    return connection


@given(drawn=st.lists(rules, min_size=1, max_size=3), stories=st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_rules_within_a_text_are_boolean_queries(
    base: sqlite3.Connection, drawn: list[tuple[list[list[str]], list[str]]], stories: list[tuple[str, str]]
) -> None:
    base.execute("DELETE FROM story")
    base.executemany("INSERT INTO story (rowid, text) VALUES (?, ?)", enumerate("\n".join(story) for story in stories))
    matcher = Matcher(compile_rules(load_keywords(keywords(drawn), file="k.yaml")))
    verdicts = [matcher.judge(title=title, text=text) for title, text in stories]
    for number, (lines, none) in enumerate(drawn):
        rows = {row for (row,) in base.execute("SELECT rowid FROM story WHERE story MATCH ?", (query(lines, none),))}
        fired = {row for row, verdict in enumerate(verdicts) if f"t{number}" in {topic.id for topic in verdict.topics}}
        assert fired == rows
