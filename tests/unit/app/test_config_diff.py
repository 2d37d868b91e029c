"""What maintainers read of their edits."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitor.app.config_diff import edit_message, feed_changes, lost_feeds, refusal, rule_changes, trial
from monitor.config.keyword_rules import Keywords
from monitor.config.keywords import load_keywords
from monitor.errors import ConfigError
from monitor.matching.backtest import Comparison, KeptArticle, judge_by, recorded_verdict
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.models.articles import Outcome, Verdict
from tests.factories import NOW, feed
from tests.harness.command_line import RULES


def rules(*edits: tuple[str, str]) -> Keywords:
    text = RULES
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return load_keywords(text, file="keywords.yaml")


def test_words_tiers_and_distances() -> None:
    edited = rules(
        ('путь: {ru: "рейс, поезд"}', 'путь: {ru: "рейс, паром"}\n  море: {ru: якорь}'),
        ('"граница, таможня"', '"граница, таможня, застава"'),
        ("none: {ru: роман}", "none: {ru: повесть}"),
        ("        tier: review\n", "        within: title\n"),
    )

    assert rule_changes(rules(), edited) == (
        "правило «побег у границы»: + застава; в none + повесть, − роман",
        "правило «побег в пути»: уровень review → post; within sentence → title",
        "список $море: + якорь",
        "список $путь: + паром, − поезд",
    )
    assert rule_changes(rules(), rules()) == ()


def test_rules_and_topics_come_and_go() -> None:
    renamed = rules(("побег в пути", "дорога"))
    moved = rules(("  flight:", "  escape:"))

    assert rule_changes(rules(), renamed) == (
        "новое правило «дорога» (flight)",
        "нет больше правила «побег в пути» (flight)",
    )
    assert rule_changes(rules(), moved)[:2] == ("новая тема escape", "нет больше темы flight")


def test_an_edit_that_takes_most_feeds_away_is_doubted() -> None:
    eight = [feed(name=f"Лента{number}", url=f"https://port.example/{number}") for number in range(8)]
    renamed = [feed(name=f"Новая{number}", url=one.url) for number, one in enumerate(eight)]

    (line,) = lost_feeds(eight, eight[:3])

    assert line.startswith("Пропали ленты: 5 из 8, их больше не читаем.")
    assert lost_feeds(eight, eight[:4]) == lost_feeds(eight, renamed) == ()


def test_many_words_are_counted() -> None:
    many = ", ".join(f"слово{chr(1072 + number)}" for number in range(20))

    (line,) = rule_changes(rules(), rules(("рейс, поезд", f"рейс, поезд, {many}")))

    assert line.endswith("словол и ещё 8")


def test_feeds() -> None:
    before = [feed(name="А"), feed(name="Б"), feed(name="В"), feed(name="Г", url="https://g.kz/")]
    after = [feed(name="А"), feed(name="Б", url="https://new.example/"), feed(name="В", lang="kk"), feed(name="Д")]

    assert feed_changes(before, after) == (
        "новая лента «Д»",
        "больше не читаем «Г»",
        "«Б»: новый адрес",
        "«В»: другие настройки",
    )


def test_a_feed_of_another_name_is_a_new_one_and_that_is_told() -> None:
    before = [feed(name="А", url="https://a.kz/rss"), feed(name="Б", url="https://b.kz/rss")]
    after = [feed(name="А (Актау)", url="https://a.kz/rss"), feed(name="В", url="https://v.kz/rss")]

    assert feed_changes(before, after) == (
        "новая лента «А (Актау)»: это «А» под другим именем, а для монитора она новая, без прошлого",
        "новая лента «В»",
        "больше не читаем «Б»",
    )


def article(text: str) -> KeptArticle:
    return KeptArticle(
        entry_id=1, feed="Лента", url="https://a.example/1", title="Заголовок", text=text, seen_at=NOW,
        outcome=Outcome.UNMATCHED, verdict=Verdict(),
    )  # fmt: skip


def test_the_trial_names_numbers_and_news() -> None:
    compared = Comparison(recorded_verdict, judge_by(Matcher(compile_rules(rules()))))
    for text in ("Беглец у границы.", "Снег."):
        compared.add(article(text))

    assert trial(compared, days=7, everything=True) == (
        "Новости за 7 дн. (все 2): прибавилось бы 1, пропало бы 0, решено бы иначе 0.",
        "+ Лента: Заголовок — «побег у границы» https://a.example/1",
    )
    assert "(последние 2)" in trial(compared, days=7, everything=False)[0]
    assert trial(Comparison(recorded_verdict, recorded_verdict), days=7, everything=True) == ()


def test_a_refusal_says_where_and_that_the_old_file_works() -> None:
    error = ConfigError("нет списка", file="keywords.yaml", line=3, key="all")

    assert refusal(error)[0] == "keywords.yaml:3: all: нет списка"
    assert "Работает прежний файл" in refusal(error)[1]


@given(title=st.text(max_size=100), lines=st.lists(st.text(max_size=1000), max_size=60))
def test_a_notice_is_always_short_and_escaped(title: str, lines: list[str]) -> None:
    message = edit_message(title, lines)

    assert (
        len(message.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").encode("utf-16-le", "replace")) // 2
        <= 4096
    )
    assert message.count("<") == 2


def test_a_pause_is_told_with_its_end_and_reason() -> None:
    end = datetime(2026, 12, 9, 19, tzinfo=UTC)
    paused = feed(tz="Asia/Almaty", paused_until=end, paused_because="сайт взломан")
    running = feed(tz="Asia/Almaty")

    assert feed_changes([running], [paused]) == ("«Лента»: на паузе до 10.12.2026: сайт взломан",)
    assert feed_changes([paused], [running]) == ("«Лента»: паузы больше нет",)
