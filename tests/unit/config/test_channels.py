"""channels.yaml: what it says, and every mistake by file, line, key and advice."""

from datetime import time

import pytest

from monitor.config.channels import MOST, as_posted, load_channels, main_only, problems, require_topics
from monitor.config.settings import Settings, load_settings
from monitor.config.yaml_reader import MAX_CHARACTERS
from monitor.errors import ConfigError
from monitor.models.channels import Destination, Sound
from monitor.models.labels import destination, wishes

TOPICS = ("extradition", "rvp", "knb")
SETTINGS = load_settings(
    {
        "MONITOR_BOT_TOKEN": "1:test",
        "MONITOR_CHANNEL": "@main_channel",
        "MONITOR_REVIEW_CHAT": "-1005",
        "MONITOR_DIGEST_AT": "09:00",
        "MONITOR_SITE_URL": "https://archive.example",
    }
)
PREVIEW = load_settings({"MONITOR_CHANNEL": "@main_channel"})
ARCHIVE = "https://archive.example/"
GOOD = """
channels:
  - name: Казахша
    chat: "@kk_channel"
    thread: 17
    topics: [extradition, rvp]
    news: [kk]
    language: kk
    brief: true
    digest_at: "20:00"
    sound: all
    index: true
  - name: Юристы
    chat: -1001234567890
"""


def stanza(**changes: str) -> str:
    keys = {"name": "Юристы", "chat": "-100123"} | changes
    return "channels:\n  - " + "\n    ".join(f"{key}: {value}" for key, value in keys.items() if value) + "\n"


def read(text: str, settings: Settings = SETTINGS) -> tuple[Destination, ...]:
    return load_channels(text, file="channels.yaml", settings=settings, topics=TOPICS)


def wrong(text: str) -> tuple[ConfigError, ...]:
    return problems(text, file="channels.yaml", settings=SETTINGS, topics=TOPICS)


def test_the_channel_of_the_settings_is_first_and_gets_everything() -> None:
    main, kazakh, lawyers = read(GOOD)

    assert main == Destination(chat="@main_channel", digest_at=time(9), archive=ARCHIVE)
    assert (main,) == main_only(SETTINGS)
    assert kazakh == Destination(
        chat="@kk_channel/17",
        name="Казахша",
        topics=frozenset({"extradition", "rvp"}),
        languages=frozenset({"kk"}),
        tongue="kk",
        brief=True,
        sound=Sound.ALL,
        digest_at=time(20),
        index=True,
        archive=ARCHIVE,
    )
    assert lawyers == Destination(chat="-1001234567890", name="Юристы", archive=ARCHIVE)
    assert wrong(GOOD) == ()


def test_a_stanza_with_its_chat_shapes_it() -> None:
    text = stanza() + "  - {name: Главный, chat: '@Main_Channel', brief: true}\n"

    main, lawyers = read(text)

    assert main == Destination(chat="@main_channel", name="Главный", brief=True, digest_at=time(9), archive=ARCHIVE)
    assert lawyers.name == "Юристы"
    assert [to.chat for to in read(stanza(chat='"@main_channel"', thread="17"))] == [
        "@main_channel",
        "@main_channel/17",
    ]


def test_in_preview_each_is_a_part_of_the_terminal() -> None:
    text = stanza() + "  - {name: Главный, chat: '@main_channel'}\n"

    assert [to.chat for to in as_posted(read(text, PREVIEW), PREVIEW)] == ["terminal", "terminal/Юристы"]
    assert as_posted(read(text), SETTINGS) == read(text)


@pytest.mark.parametrize("written", ['"20:00"', "20:00"])
def test_a_time_is_one_with_quotes_and_without(written: str) -> None:
    """Other readers of YAML take the second for the number 1200."""
    assert read(stanza(digest_at=written))[1].digest_at == time(20)


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        (stanza(topic="[rvp]"), 4, "topic", "может быть, «topics»?"),
        (stanza(topics="[extradiction]"), 4, "topics", "нет темы «extradiction» — может быть, «extradition»?"),
        (stanza(topics="[]"), 4, "topics", "уберите строку"),
        (stanza(topics="rvp"), 4, "topics", "topics: [одно, другое]"),
        (stanza(topics="[[rvp]]"), 4, "topics", "нужен один текст"),
        (stanza(news="[en]"), 4, "news", "новостей на языке «en» нет — можно: kk, ru"),
        (stanza(language="kz"), 4, "language", "«kz» — можно: en, kk, ru"),
        (stanza(brief="да"), 4, "brief", "true или false"),
        (stanza(digest_at="20.00"), 4, "digest_at", '"20:00"'),
        (stanza(digest_at='"24:00"'), 4, "digest_at", '"20:00"'),
        (stanza(digest_at=""), 0, "", ""),
        (stanza(sound="loud"), 4, "sound", "можно: all, none, urgent"),
        (stanza(index="[true]"), 4, "index", "нужен один текст"),
        (stanza(thread="1"), 4, "thread", "уберите thread"),
        (stanza(thread="тема"), 4, "thread", "https://t.me/c/123/17"),
        (stanza(chat="kk_channel"), 3, "chat", "@имя_канала"),
        (stanza(chat="@kk_channel"), 3, "", 'возьмите его в «"…"»'),
        (stanza(chat="https://t.me/kk_channel"), 3, "chat", "@имя_канала"),
        (stanza(chat='"@kk_channel/17"'), 3, "chat", "под ней thread: 17"),
        (stanza(chat="-1005"), 3, "chat", "чат редакторов"),
        (stanza(chat="-1005", thread="17"), 0, "", ""),
        (stanza(chat=""), 2, "chat", 'нет ключа chat — добавьте строку «chat: "@имя_канала"»'),
        (stanza(name=""), 2, "name", "нет ключа name — добавьте строку «name: имя»"),
        (stanza(name="х" * 101), 2, "name", "одна строка"),
        (stanza(chat="&chat -100123"), 3, "", "«*» и «&»"),
        (stanza(name="!!python/name:os.system x"), 2, "", "«!»"),
        ("channels: " + "[" * 60 + "]" * 60, 1, "", "вложенность"),
        ("", 1, "", "файл пуст"),
        ("# ничего\n", 1, "", "файл пуст"),
        ("channels:\n", 1, "channels", "«- »"),
        ("channels: []\n", 1, "channels", "«- »"),
        ("channels:\n  - '@kk_channel'\n", 2, "channels", "ключ: значение"),
        ("chanels:\n  - {}\n", 1, "chanels", "может быть, «channels»?"),
    ],
)
def test_names_file_line_key_and_advice(text: str, line: int, key: str, says: str) -> None:
    if not says:
        assert wrong(text) == ()
        return
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert (caught.value.file, caught.value.line, caught.value.key) == ("channels.yaml", line, key)
    assert any(says in error.message for error in wrong(text))


def test_what_is_too_much_is_refused() -> None:
    many = "channels:\n" + "  - {name: а, chat: '@name'}\n" * (MOST + 1)

    (size,), (count,) = wrong("#" * (MAX_CHARACTERS + 1)), wrong(many)

    assert "разделите или сократите" in size.message
    assert (count.line, count.message) == (MOST + 2, f"больше {MOST} каналов — оставьте {MOST}")


def test_names_both_lines_of_a_name_or_a_place_that_stands_twice() -> None:
    name, chat = wrong(stanza(chat='"@Place"', thread="17") + stanza(chat='"@place"', thread="17").partition("\n")[2])
    elsewhere = stanza(chat='"@place"', thread="18", name="Ещё").partition("\n")[2]

    assert (name.line, name.key, chat.line, chat.key) == (5, "name", 6, "chat")
    assert "«@place/17» уже есть в строке 3" in chat.message
    assert wrong(stanza(chat='"@place"', thread="17") + elsewhere) == ()


def test_rules_may_not_lose_a_topic_that_is_asked_for() -> None:
    destinations = read(GOOD)

    require_topics(TOPICS, destinations, rules="keywords.yaml", file="channels.yaml")
    with pytest.raises(ConfigError, match=r"keywords.yaml: topics: нет больше темы rvp, а её получает «Казахша»"):
        require_topics(("extradition",), destinations, rules="keywords.yaml", file="channels.yaml")


def test_what_each_gets_in_words() -> None:
    main, kazakh, _ = read(GOOD)

    assert f"{destination(kazakh)}: {wishes(kazakh)}" == (
        "@kk_channel/17 «Казахша»: новости на казахском, темы extradition, rvp, наши слова по-казахски, без цитат, "
        "всё со звуком, сводка в 20:00, закреплённое оглавление"
    )
    assert destination(main) == "@main_channel (основной)"
    assert wishes(main) == (
        "новости на всех языках, все темы, наши слова по-русски, со звуком — срочное, сводка в 09:00"
    )
    assert "MONITOR_CHANNEL не задан" in destination(main_only(load_settings({}))[0])
