"""A trial asks the index which articles an edit can change; it must find what judging every article would."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cache, partial
from zlib import crc32

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from monitor.config.keywords import load_keywords
from monitor.config.mentions import LANGUAGES
from monitor.edits.keywords.keyword_edits import add_word, remove_word
from monitor.edits.keywords.keyword_places import KeywordsText, read_places
from monitor.edits.keywords.trial import ReadyRules, Trial, Trials
from monitor.errors import ConfigError
from monitor.matching.backtest import Comparison, KeptArticle, judge_by
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.matching.search.edit_reach import reach
from monitor.models.articles import Outcome, Verdict
from monitor.models.stories import EntryOutcome
from monitor.storage.search.reach import Reach
from monitor.storage.store import Store
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from tests.factories import HOUR, NOW, article, entry, feed, poll_outcome
from tests.factories.channels import to_channel

FILE = """\
lists:
  где:
    ru: Астана, Актау
    kk: Қостанай
  чем: [поезд, {kk: ұшақ}]
people:
  - Мовлаев
  - Юлия Емельянова
never: {ru: "фильм, сериал"}
topics:
  extradition:
    title: Выдача
    none: [музей]
    any_of:
      - name: выдали
        all: [{ru: "экстради*, выдать", kk: беру}, $где]
        none: [{куда: Италия}]
      - name: сняли
        tier: review
        within: text
        all: [снять с $чем, "$где, $people", {куда: Россия}]
      - name: знакомые
        within: 12
        all: [$people, "арест, задержать"]
"""
WORDS = ["Байконур", "Қарағанды", "самолёт", "рейс на Москву", "КНБ", "ҰҚК", "«выдан»", "задерж*", "Тбилиси", "1937"]
FORMS = [
    *(
        "экстрадировали",
        "выдали",
        "берді",
        "Астане",
        "Актау",
        "Қостанайда",
        "Костанайда",
        "Qostanaida",
        "поезда",
        "ұшақтан",
    ),
    *(
        "Мовлаева",
        "Юлию Емельянову",
        "емельянова",
        "фильме",
        "музее",
        "в Италию",
        "в Россию",
        "России",
        "сняли с",
        "арест",
    ),
    *(
        "задержали",
        "Байконыре",
        "Байконуре",
        "Қарағандыда",
        "Карагандыда",
        "Qaraǵandyda",
        "самолета",
        "рейсом на Москву",
    ),
    *("КНБ", "кнб-шник", "ҰҚК-нің", "УКК", "выдан", "Тбилиси", "1937", "погода", "и", "вчера"),
]


@cache
def rules(text: str) -> ReadyRules:
    keywords = load_keywords(text, file="keywords.yaml")
    return ReadyRules(keywords=keywords, matcher=Matcher(compile_rules(keywords)))


@cache
def before_edits(title: str, text: str) -> Verdict:
    """What the rules say that every edit begins with; the articles are the same in each test."""
    return rules(FILE).matcher.judge(title=title, text=text)


def judged_by_all(kept: Iterable[KeptArticle], after: ReadyRules) -> Comparison:
    """Every article, whatever an edit can change."""
    compared = Comparison(lambda article: before_edits(article.title, article.text), judge_by(after.matcher))
    for one in kept:
        compared.add(one)
    return compared


def _odd(word: str, way: int) -> str:
    """As some authors and pages write."""
    ways = {
        0: " ".join(word) if " " not in word else word,
        1: f"#Вот{word.title()}" if " " not in word else word,
        2: f"{word[:2]}-\n{word[2:]}",
        3: f"{word[:3]}🔥{word[3:]}",
        4: word.replace("з", "3").replace("о", "0"),
        5: word.replace("а", "a").replace("е", "e"),
        6: word.upper(),
        7: ". ".join(word) + "." if len(word) < 5 else f"«{word}»,",
        8: f"{word[:3]}\u00ad{word[3:]}",
    }
    return ways.get(way, word)


def _texts(count: int) -> Iterator[tuple[str, str]]:
    def of(most: int, *which: object) -> int:
        """As good as chance, and the same every time."""
        return crc32(repr(which).encode()) % most

    for text in range(count):
        among = range(3 + of(6, text))
        words = [_odd(FORMS[of(len(FORMS), text, word)], of(24, text, word, "way")) for word in among]
        yield " ".join(words[:2]) if of(2, text, "title") else "Новости", " ".join(words) + f". Ещё {FORMS[text % 30]}"


def _record(store: Store, texts: list[tuple[str, str]], first: int) -> None:
    store.feeds.sync([feed()], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=HOUR, names=["Лента"])
    read = ((number, article(number, title=title, text=text)) for number, (title, text) in enumerate(texts, first))
    settled = tuple(
        EntryOutcome(entry=entry(number, title=told.title), outcome=Outcome.UNMATCHED, reason="—", article=told)
        for number, told in read
    )
    outcome = poll_outcome(lease_no=state.lease_no, polled_at=NOW, settled=settled)
    place = partial(group, chats=to_channel("@channel", review=""))
    assert store.polls.record_all([outcome], place, window=SAME_CASE)


def _kept(store: Store, *, indexed: int, late: int) -> None:
    """Articles that the index knows, and some that it does not know yet."""
    texts = list(_texts(indexed + late))
    _record(store, texts[:indexed], 1)
    while store.search.catch_up():
        pass
    _record(store, texts[indexed:], indexed + 1)


def changed(trial: Trial) -> list[tuple[int, str]]:
    return [(change.article.entry_id, change.kind) for change in trial.changes]


def _edited(word: str, number: int, language: str, *, is_added: bool) -> KeywordsText | None:
    written = read_places(FILE, file="keywords.yaml")
    where = written.groups[number % len(written.groups)]
    try:
        if is_added:
            return add_word(written, where, word, language=LANGUAGES.get(language))
        return remove_word(written, where, where.words[number % len(where.words)].text)
    except ConfigError:
        return None


@pytest.mark.parametrize("indexed", [450, 0], ids=["late ones", "no index yet"])
def test_a_trial_finds_what_judging_everything_finds(engine: Engine, store: Store, indexed: int) -> None:
    _kept(store, indexed=indexed, late=60)
    trials, since = Trials(store.archive, Reach(engine), steady=lambda: 0.0), NOW - timedelta(days=1)
    kept = tuple(store.archive.iter_articles(since))
    met = {"gained": 0, "lost": 0}

    # Each edit judges every article anew; both databases together try thirty.
    @settings(max_examples=15 if indexed else 5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(WORDS), st.integers(0, 60), st.sampled_from(["both", "ru", "kk"]), st.booleans())
    @example("Байконур", 0, "ru", True)
    @example("Қарағанды", 0, "kk", True)
    def same(word: str, number: int, language: str, is_added: bool) -> None:
        made = _edited(word, number, language, is_added=is_added)
        if made is None:
            return
        try:
            before, after = rules(FILE), rules(made.text)
        except ConfigError:
            return
        compared = judged_by_all(kept, after)
        found = trials.look(before, after, since=since, seconds=1.0)

        assert changed(found) == [(change.article.entry_id, change.kind) for change in compared.changes]
        assert (found.articles, found.rest, found.looked) == (compared.articles, None, found.candidates)
        compiled = before.matcher.compiled, after.matcher.compiled
        assert reach(before.keywords, after.keywords, compiled=compiled) is not None
        met["gained"] += compared.counts["gained"]
        met["lost"] += compared.counts["lost"]

    same()
    assert not indexed or min(met.values()) > 0, "the articles are such that edits change them"


def test_a_look_that_ran_out_of_time_is_gone_on_with(engine: Engine, store: Store) -> None:
    _kept(store, indexed=300, late=10)
    trials, since = Trials(store.archive, Reach(engine), steady=lambda: 0.0), NOW - timedelta(days=1)
    before, after = rules(FILE), rules(FILE.replace("Актау", "Актау, Байконур"))

    whole = trials.look(before, after, since=since, seconds=1.0)
    looks = [trials.look(before, after, since=since, seconds=0.0)]
    while looks[-1].rest is not None:
        looks.append(trials.look(before, after, since=since, seconds=0.0, begin=looks[-1].rest))

    assert [one for look in looks for one in changed(look)] == changed(whole)
    assert [look.looked for look in looks] == list(range(1, whole.candidates + 1))
    assert 0 < whole.candidates < whole.articles


BY_HAND = (
    ("within: 12", "within: 2"),
    ("tier: review", "tier: post"),
    ("      - name: знакомые\n        within: 12", "      - name: новое имя\n        within: 12"),
    ('"арест, задержать"]', '"арест, задержать", погода]'),
    ('all: [$people, "арест', 'all: ["$people, $где", "арест'),
    ("фильм, сериал", "сериал"),
)


def test_any_edit_by_hand_is_tried_as_well(engine: Engine, store: Store) -> None:
    _kept(store, indexed=300, late=10)
    since = NOW - timedelta(days=1)
    kept = tuple(store.archive.iter_articles(since))
    for old, new in BY_HAND:
        before, after = rules(FILE), rules(FILE.replace(old, new))
        assert old in FILE

        compared = judged_by_all(kept, after)
        found = Trials(store.archive, Reach(engine), steady=lambda: 0.0).look(before, after, since=since, seconds=1.0)

        assert changed(found) == [(change.article.entry_id, change.kind) for change in compared.changes], new
