"""The engines side by side. Each is built once from the same rules and forms, then counts what it finds in stories.

A peer that is not installed says so. Nothing is measured here.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from benchmarks.matching.stories import Rule, Story, analyzer, keywords
from monitor.config.keywords import load_keywords
from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher

Count = Callable[[Sequence[Story]], int]


class Engine(NamedTuple):
    """`count` finds terms (or, of `counts` "rules", the rules that hold); `stories`: as many as it can be asked."""

    name: str
    counts: str
    stories: int
    bar: float  # we are to be so many times as fast
    needs: str  # the library
    build: Callable[[Sequence[Rule]], Count]


def matcher(rules: Sequence[Rule], *, within: str = "sentence", people: Sequence[str] = ()) -> Matcher:
    """Ours, from the text of keywords.yaml on."""
    text = keywords(rules, within=within, people=people)
    return Matcher(compile_rules(load_keywords(text, file="bench.yaml")))


def judging(ours: Matcher) -> Count:
    """The whole pipeline: folding, terms, sentences, rules, spans. Counts the rules that fired."""
    return lambda stories: sum(len(ours.judge(title=story.title, text=story.text).topics) for story in stories)


def terms_found(ours: Matcher, stories: Sequence[Story]) -> int:
    """How many places of a story some term was found at; to compare with engines that know terms only."""
    articles = (ours.read(title=story.title, text=story.text) for story in stories)
    return sum(
        len({hit[:2] for line in range(len(ours.compiled.lines)) for hit in article.line(line)}) for article in articles
    )


def project_rules() -> CompiledRules:
    """Of the keywords.yaml beside us."""
    return compile_rules(load_keywords(Path("keywords.yaml").read_text(encoding="utf-8"), file="keywords.yaml"))


def forms(compiled: CompiledRules) -> list[str]:
    """Every form of every word, as our own compiler expands it."""
    return sorted({form for word in compiled.words for form in word.forms})


def flashtext2(compiled: CompiledRules) -> Count:
    """Its terms are all the forms."""
    from flashtext2 import KeywordProcessor  # noqa: PLC0415 - may be missing

    processor = KeywordProcessor(case_sensitive=False)
    for form in forms(compiled):
        processor.add_keyword(form, form)
    return lambda stories: sum(len(processor.extract_keywords_with_span(story.whole)) for story in stories)


def _alternation(rules: Sequence[Rule]) -> Count:
    pattern = re.compile(rf"\b(?:{'|'.join(forms(matcher(rules).compiled))})\b", re.IGNORECASE)
    return lambda stories: sum(sum(1 for _ in pattern.finditer(story.whole)) for story in stories)


def _spacy_phrases(rules: Sequence[Rule]) -> Count:
    import spacy  # noqa: PLC0415 - may be missing
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415 - may be missing

    pipeline = spacy.blank("ru")
    phrases = PhraseMatcher(pipeline.vocab, attr="LOWER")
    phrases.add("bench", [pipeline.make_doc(form) for form in forms(matcher(rules).compiled)])
    return lambda stories: sum(len(phrases(pipeline.make_doc(story.whole))) for story in stories)


def _spacy_lemmas(rules: Sequence[Rule]) -> Count:
    """What most people would write: look every word up in the dictionary, compare the dictionary forms."""
    import spacy  # noqa: PLC0415 - may be missing
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415 - may be missing
    from spacy.tokens import Doc  # noqa: PLC0415 - may be missing

    pipeline, dictionary = spacy.blank("ru"), analyzer()
    phrases = PhraseMatcher(pipeline.vocab, attr="LEMMA")
    lemmas = sorted({word for rule in rules for line in rule for word in line})
    phrases.add("bench", [Doc(pipeline.vocab, words=[lemma], lemmas=[lemma]) for lemma in lemmas])

    def count(stories: Sequence[Story]) -> int:
        found = 0
        for story in stories:
            document = pipeline.make_doc(story.whole)
            for token in document:
                token.lemma_ = dictionary.parse(token.text)[0].normal_form if token.is_alpha else token.text
            found += len(phrases(document))
        return found

    return count


def _fts5(rules: Sequence[Rule]) -> Count:
    """Every rule as a boolean query over a table of the stories, which is filled anew each time."""
    expansion = {
        word: " OR ".join(f'"{form}"' for form in forms(matcher([((word,),)]).compiled)) for word in _words(rules)
    }
    queries = [" AND ".join(f"({' OR '.join(expansion[word] for word in line)})" for line in rule) for rule in rules]

    def count(stories: Sequence[Story]) -> int:
        base = sqlite3.connect(":memory:")
        base.execute('CREATE VIRTUAL TABLE story USING fts5(text, tokenize="unicode61 remove_diacritics 0")')
        base.executemany("INSERT INTO story VALUES (?)", [(story.whole,) for story in stories])
        asked = "SELECT count(*) FROM story WHERE story MATCH ?"
        found = sum(base.execute(asked, (query,)).fetchone()[0] for query in queries)
        base.close()
        return int(found)

    return count


def _words(rules: Sequence[Rule]) -> set[str]:
    return {word for rule in rules for line in rule for word in line}


def _ours(rules: Sequence[Rule]) -> Count:
    return judging(matcher(rules))


OURS = Engine("monitor: judge", "rules in a sentence", 200, 1, "", _ours)
PEERS = (
    Engine("spaCy PhraseMatcher", "terms", 60, 15, "spacy", _spacy_phrases),
    Engine("spaCy + pymorphy3 lemmas", "terms", 4, 200, "spacy", _spacy_lemmas),
    Engine("re: one alternation", "terms", 4, 80, "", _alternation),
    Engine("flashtext2 with spans", "terms", 200, 0.9, "flashtext2", lambda rules: flashtext2(matcher(rules).compiled)),
    Engine("SQLite FTS5", "rules in a story", 200, 2, "", _fts5),
)


def missing(engine: Engine) -> bool:
    """Whether its library is not installed."""
    return bool(engine.needs) and find_spec(engine.needs) is None
