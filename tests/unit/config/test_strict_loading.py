"""What the design promises to refuse, each by file, line, key and advice; and files mutated by chance."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import channels, feeds, keywords
from monitor.config.settings import Settings
from monitor.errors import ConfigError
from monitor.matching import compiler
from monitor.matching.explanation import check_examples
from monitor.matching.lint import lint
from monitor.matching.matcher import Matcher
from tests.factories import keyword_problems
from tests.harness.command_line import FEEDS, RULES, call, write_files

RINGS = "со звуком — срочное"
CHANNELS = """\
channels:
  - {name: Казахша, chat: "@kk_channel", topics: [flight], news: [kk], language: kk, brief: false, digest_at: "20:00"}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the two files, and no setting from outside."""
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def changed(old: str, new: str) -> str:
    assert RULES.count(old) >= 1
    return RULES.replace(old, new, 1)


STRICT = {
    "unknown key": (changed("tier: review", "teir: review"), 12, "teir", "может быть, «tier»?"),
    "unknown key at the top": (RULES + "topic: {}\n", 16, "topic", "может быть, «topics»?"),
    "unknown list": (changed("$путь", "$путъ"), 13, "all", "нет списка «$путъ» — может быть, «путь»?"),
    "empty list": (changed('{ru: "рейс, поезд"}', "{ru: }"), 2, "путь", "пустой список — впишите хотя бы одно слово"),
    "empty line": (changed("$путь]", "'']"), 13, "all", "пустой список — впишите хотя бы одно слово"),
    "no positive line": (changed('        all: [{ru: "побег, беглец"}, $путь]\n', ""), 11, "all", "«- »"),
    "no lines": (changed('[{ru: "побег, беглец"}, $путь]', "[]"), 13, "all", "каждая строка начинается с «- »"),
    "no topics": ("topics: {}\n", 1, "topics", "нет ни одной темы"),
    "nothing": ("lists: {а: побег}\n", 1, "topics", "ключ: значение"),
    "a word without forms": (changed("рейс, поезд", "рейс, ұшақ"), 2, "путь", "возьмите в кавычки: «ұшақ»"),
    "an everyday word": (changed(', {ru: "граница, таможня"}]', "]"), 0, "", ""),
    "one everyday word": (
        changed('[{ru: "побег, беглец"}, {ru: "граница, таможня"}]', "[Россия]"),
        8,
        "all",
        "добавьте строку с более редкими словами",
    ),
    "everyday words only": (
        changed('[{ru: "побег, беглец"}, {ru: "граница, таможня"}]', "[Россия, 'суд, закон']"),
        8,
        "all",
        "добавьте строку с более редкими словами",
    ),
    "a failing example": (
        changed("Беглеца остановила", "Дождь остановил"),
        15,
        "flight",
        "не хватает: действие: побег, беглец (строка 9)",
    ),
}


@pytest.mark.parametrize(("text", "line", "key", "says"), STRICT.values(), ids=STRICT.keys())
def test_what_the_rules_may_not_say(folder: Path, text: str, line: int, key: str, says: str) -> None:
    (folder / "keywords.yaml").write_text(text, encoding="utf-8")

    result = call("check")

    assert result.code == (2 if line else 0), result
    if line:
        assert f"Ошибка: keywords.yaml:{line}: {key}: " in result.stderr
        assert says in result.stderr


def test_both_files_are_checked_at_once_and_every_mistake_told(folder: Path) -> None:
    (folder / "keywords.yaml").write_text(changed("$путь]", "$а, $б]"), encoding="utf-8")
    (folder / "feeds.yaml").write_text(FEEDS.replace("kind: rss", "kind: rs"), encoding="utf-8")

    result = call("check")

    assert result.code == 2
    assert [row.partition(": ")[2].split(" ")[0] for row in result.stderr.splitlines()] == [
        "feeds.yaml:2:",
        "keywords.yaml:13:",
        "keywords.yaml:13:",
    ]


def test_what_is_doubtful_is_told_and_is_no_error_unless_strict(folder: Path) -> None:
    (folder / "keywords.yaml").write_text(changed("topics:", "  лишний: паром, паром\ntopics:"), encoding="utf-8")

    result, strictly = call("check"), call("check", "--strict")

    assert (result.code, strictly.code) == (0, 2)
    assert "в порядке" in result.stdout
    twice, unused = result.stderr.splitlines()
    assert twice.startswith("Внимание: keywords.yaml:3: лишний: «паром» уже сказано словом «паром» (строка 3)")
    assert unused.startswith("Внимание: keywords.yaml:3: лишний: ни одно правило не ссылается на $лишний")
    assert call("check", "--strict", "--keywords", "feeds.yaml").code == 2


def test_a_good_pair_of_files_has_nothing_to_say() -> None:
    result = call("check", "--strict")

    assert (result.code, result.stderr) == (0, "")


def test_channels_are_checked_too_and_told_in_words(folder: Path) -> None:
    (folder / "channels.yaml").write_text(CHANNELS, encoding="utf-8")

    result = call("check", "--json", MONITOR_CHANNEL="@main_channel", MONITOR_DIGEST_AT="09:00")

    assert result.code == 0, result
    assert result.stderr.splitlines() == [
        "Все три файла в порядке, примеры сходятся.",
        f"@main_channel (основной): новости на всех языках, все темы, наши слова по-русски, {RINGS}, сводка в 09:00",
        f"@kk_channel «Казахша»: новости на казахском, темы flight, наши слова по-казахски, {RINGS}, сводка в 20:00",
    ]


def test_channels_are_checked_beside_what_is_wrong_elsewhere(folder: Path) -> None:
    (folder / "keywords.yaml").write_text("topics: {}", encoding="utf-8")
    (folder / "lists.yaml").write_text(CHANNELS.replace("brief", "breif"), encoding="utf-8")

    result = call("check", "--channels", "lists.yaml")

    assert result.code == 2
    assert [row.split(": ")[1] for row in result.stderr.splitlines()] == ["keywords.yaml:1", "lists.yaml:2"]
    assert "no.yaml: такого файла нет" in call("check", "--channels", "no.yaml").stderr
    assert "no.yaml: такого файла нет" in call("check", MONITOR_CHANNELS="no.yaml").stderr


def test_schema_prints_one_of_them() -> None:
    assert json.loads(call("schema", "channels").stdout)["title"] == "channels.yaml"
    assert json.loads(call("schema", "feeds").stdout)["title"] == "feeds.yaml"
    assert json.loads(call("schema", "keywords").stdout)["title"] == "keywords.yaml"
    assert call("schema", "other").code == 2


# ── files mutated by chance ────────────────────────────────────────────────────────────────────

SIGNS = "\n \t : - [ ] { } , ' \" $ * « &а !!int --- # \x00 \ud800 \u2028 ё text 0 1e9 ~ ru topics |\n >-\n \\ %"
PIECES = st.sampled_from(["", " ", ": ", "- ", "  ", *SIGNS.split(" ")])
CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 12), PIECES), min_size=1, max_size=4)


def mutated(text: str, changes: list[tuple[int, int, str]]) -> str:
    for place, length, piece in changes:
        start = place % (len(text) + 1)
        text = text[:start] + piece + text[start + length :]
    return text


@given(changes=CHANGES)
@settings(max_examples=150, deadline=None)
def test_mutated_rules_are_loaded_or_refused_by_name(changes: list[tuple[int, int, str]]) -> None:
    text = mutated(RULES, changes)
    problems = keyword_problems(text)
    assert all(error.file == "k.yaml" and 0 <= error.line <= text.count("\n") + 2 for error in problems)
    try:
        loaded = keywords.load_keywords(text, file="k.yaml")
    except ConfigError:
        assert problems
        return
    compiled, _ = compiler.compile_checked(loaded)
    lint(loaded, compiled)
    check_examples(loaded, Matcher(compiled))


@given(changes=CHANGES)
@settings(max_examples=150, deadline=None)
def test_mutated_channels_are_loaded_or_refused_by_name(changes: list[tuple[int, int, str]]) -> None:
    text = mutated(CHANNELS, changes)
    problems = channels.problems(text, file="c.yaml", settings=Settings(), topics=("flight",))
    assert all(error.file == "c.yaml" for error in problems)
    try:
        assert channels.load_channels(text, file="c.yaml", settings=Settings(), topics=("flight",))[0].chat == ""
    except ConfigError:
        assert problems


@given(changes=CHANGES)
@settings(max_examples=150, deadline=None)
def test_mutated_feeds_are_loaded_or_refused_by_name(changes: list[tuple[int, int, str]]) -> None:
    text = mutated(FEEDS, changes)
    problems = feeds.problems(text, file="f.yaml")
    assert all(error.file == "f.yaml" for error in problems)
    try:
        assert feeds.load_feeds(text, file="f.yaml")
    except ConfigError:
        assert problems
