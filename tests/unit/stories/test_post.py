from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from monitor.models.articles import Article, Fact, FactKind, Language, Match, Tier, TopicVerdict, Verdict
from monitor.models.channels import Destination, Tongue
from monitor.models.stories import Story, Telling
from monitor.stories.post import render
from monitor.text.telegram_html import Html
from tests.servers.bot_html import parse_html, utf16_length

TEXT = (
    "В Костанае выпал первый снег. Генпрокуратура Казахстана решила выдать в Россию Павла Н. из г. Саратова. "
    "Его адвокат подаст жалобу. Сам он с осени живёт в общежитии.\n"
    "Суд отказал ему в убежище. Решение можно обжаловать за 15 суток. Журналистам в КНБ не ответили."
)
AT = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
CHANNEL = Destination(chat="@channel")
FROM_KAZAKHSTAN = Fact(kind=FactKind.FROM, ru="Казахстан", kk="Қазақстан", en="Kazakhstan")
TO_RUSSIA = Fact(kind=FactKind.TO, ru="Россия", kk="Ресей", en="Russia")


def matches_of(*forms: str, text: str = TEXT) -> tuple[Match, ...]:
    starts = [(form, text.index(form)) for form in forms]
    return tuple(Match(term=form, form=form, where="text", start=at, end=at + len(form)) for form, at in starts)


def topic(*matches: Match, hashtag: str = "экстрадиция", tier: Tier = Tier.POST, rule: str = "выдача") -> TopicVerdict:
    return TopicVerdict(id=hashtag, title=hashtag, hashtag=hashtag, rule=rule, tier=tier, matches=matches)


def telling(
    *topics: TopicVerdict,
    feed: str = "Медиазона",
    title: str = "Казахстан выдаёт россиянина",
    text: str = TEXT,
    url: str = "https://news.example/a/1",
    language: Language = "ru",
    at: datetime | None = AT,
    former: str = "",
    part: int = 1,
    facts: tuple[Fact, ...] = (),
) -> Telling:
    article = Article(
        feed=feed,
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        language=language,
        published_at=at,
        former_title=former,
    )
    return Telling(article=article, verdict=Verdict(topics=topics, facts=facts), part=part)


def story(*tellings: Telling) -> Story:
    return Story(id=1, tellings=tellings)


def rendered(told: Story, part: int = 1, to: Destination = CHANNEL) -> Html:
    """As a destination shows a part of it, on the day of AT."""
    return render(told, part, to=to, now=AT)


def rows(told: Story, part: int = 1, to: Destination = CHANNEL) -> list[str]:
    """The lines of that post as a reader sees them."""
    return parse_html(rendered(told, part, to))[0].split("\n")


def shown(*tellings: Telling) -> str:
    """The post as text, once Telegram has read its HTML."""
    return parse_html(rendered(story(*tellings)))[0]


def linked(*tellings: Telling) -> dict[str, str]:
    """What is a link in the post, and where it leads."""
    text, entities = parse_html(rendered(story(*tellings)))
    units = text.encode("utf-16-le")
    links = (entity for entity in entities if entity["type"] == "text_link")
    spans = ((int(link["offset"]), int(link["length"]), str(link["url"])) for link in links)
    return {units[2 * at : 2 * (at + length)].decode("utf-16-le"): url for at, length, url in spans}


def test_the_whole_post() -> None:
    lead = telling(
        topic(*matches_of("выдать", "Россию", "Казахстана")),
        topic(*matches_of("убежище"), hashtag="убежище"),
        facts=(FROM_KAZAKHSTAN, TO_RUSSIA),
    )
    second = telling(feed="Азаттық", url="https://kk.example/b?x=1&y=2", language="kk")
    third = telling(feed="Медуза", url="https://other.example/c")
    told = replace(story(lead, second, third), case=7)

    assert rendered(told, to=replace(CHANNEL, archive="https://archive.example/")) == (
        "● Экстрадиция: решение о выдаче или высылке · Казахстан → Россия\n"
        '<b><a href="https://news.example/a/1">Казахстан выдаёт россиянина</a></b>\n'
        "<blockquote>Генпрокуратура Казахстана решила выдать в Россию Павла Н. из г. Саратова.</blockquote>\n"
        "<blockquote expandable>Суд отказал ему в убежище.</blockquote>\n"
        'Медиазона · 14:05 · <a href="https://archive.example/case/7.html">дело</a> · '
        '<a href="https://archive.example/story/1.html">архив</a>\n'
        'Ещё пишут: <a href="https://kk.example/b?x=1&amp;y=2">Азаттық (қаз.)</a> · '
        '<a href="https://other.example/c">Медуза</a>\n'
        "#экстрадиция #убежище #Казахстан"
    )


def test_a_topic_is_called_as_maintainers_call_it_there() -> None:
    lead = telling(replace(topic(), id="own", title="Обыски", title_kk="Тінтулер"), title="Пришли с обыском")

    first = [rows(story(lead), to=replace(CHANNEL, tongue=tongue))[0] for tongue in get_args(Tongue)]

    assert first == ["Обыски", "Тінтулер", "Обыски"]


@pytest.mark.parametrize(
    ("tongue", "first", "facts"),
    [
        ("kk", "● Экстрадиция: қамауға алу · Қазақстан → Ресей", True),
        ("en", "● Extradition: arrest · Kazakhstan → Russia", True),
        ("ru", "● Экстрадиция: арест · Казахстан → Россия", False),
    ],
)
def test_our_own_words_are_in_the_tongue_of_the_destination(tongue: Tongue, first: str, *, facts: bool) -> None:
    lead = telling(
        replace(topic(), id="extradition"),
        title="Россиянина арестовали",
        facts=(Fact(kind=FactKind.ACT, ru="выдача", kk="беру", en="handover"), FROM_KAZAKHSTAN, TO_RUSSIA),
        at=AT - timedelta(days=1),
        former="Другой",
    )
    shown_rows = rows(story(lead, *(telling(feed=f"Г{n}") for n in range(9))), to=replace(CHANNEL, tongue=tongue))

    assert shown_rows[0] == first
    assert any("беру" in row or "handover" in row for row in shown_rows) is facts
    assert ("Ещё пишут" in "".join(shown_rows)) is (tongue == "ru")


def test_a_brief_destination_gets_neither_quotes_nor_other_outlets() -> None:
    told = story(telling(topic(*matches_of("выдать"))), telling(feed="Медуза"))

    assert rows(told, to=replace(CHANNEL, brief=True)) == [
        "● Экстрадиция: решение о выдаче или высылке",
        "Казахстан выдаёт россиянина",
        "Медиазона · 14:05",
        "#экстрадиция",
    ]


def test_a_destination_of_one_language_is_shown_the_telling_in_it() -> None:
    told = story(telling(topic()), telling(topic(), feed="Азаттық", title="Ресейлік ұсталды", language="kk"))

    assert rows(told, to=replace(CHANNEL, languages=frozenset({"kk"})))[1] == "Ресейлік ұсталды"
    assert rows(told, to=replace(CHANNEL, languages=frozenset()))[1] == "Казахстан выдаёт россиянина"


FIRST = "Павла Н. задержали в Атырау. Его ищут по запросу Москвы."
BEGUN = telling(topic(*matches_of("задержали", "запросу", text=FIRST)), title="Россиянина задержали", text=FIRST)


@pytest.mark.parametrize(
    ("title", "text", "line", "quote"),
    [
        (
            "Суд арестовал Павла Н.",
            "Его ищут по запросу Москвы. Суд арестовал его.",
            "● Новое: арест · Экстрадиция",
            "Суд арестовал его.",
        ),
        (
            "Павла Н. отпустили",
            f"{FIRST} Вечером его отпустили.",
            "Новое: освобождение · Экстрадиция",
            "Вечером его отпустили.",
        ),
        (
            "В Атырау задержали и Глеба Выдумкина",
            "Его ищут по запросу Москвы. Задержали также Глеба Выдумкина, ищут по запросу.",
            "● Новое: задержание, ещё одно имя · Экстрадиция",
            "Задержали также Глеба Выдумкина, ищут по запросу.",
        ),
        ("О запросе", FIRST, "Новое: Экстрадиция", ""),
    ],
)
def test_a_later_part_says_what_is_new_and_quotes_nothing_read_before(
    title: str, text: str, line: str, quote: str
) -> None:
    later = telling(
        topic(*matches_of("запросу", text=text)), title=title, text=text, part=2, url="https://news.example/a/2"
    )
    shown_rows = rows(story(BEGUN, later), 2)

    assert shown_rows[0] == line
    assert shown_rows[2:-2][:1] == ([quote] if quote else [])
    assert not any("Его ищут по запросу Москвы." in row for row in shown_rows)


def test_what_its_readers_were_never_shown_is_no_news_to_add_to() -> None:
    text = "Его ищут по запросу Москвы. Суд арестовал его."
    later = telling(topic(*matches_of("запросу", text=text)), title="Суд арестовал Павла Н.", text=text, part=2)
    unseen = replace(BEGUN, verdict=Verdict(topics=(topic(tier=Tier.REVIEW),)))

    assert rows(story(unseen, later), 2)[0] == "● Экстрадиция: арест"
    assert rows(replace(story(BEGUN, later), deleted=frozenset({1})), 2)[0] == "● Экстрадиция: арест"
    assert rows(replace(story(unseen, later), published=frozenset({1})), 2)[0].startswith("● Новое: арест")


def test_neighbouring_sentences_are_quoted_without_a_gap() -> None:
    post = shown(telling(topic(*matches_of("выдать", "убежище", "обжаловать"))))

    assert "\nСуд отказал ему в убежище. Решение можно обжаловать за 15 суток.\n" in post


def test_the_fewest_sentences_that_hold_every_term() -> None:
    once_more = replace(matches_of("Россию")[0], term="жалоба")
    post = shown(telling(topic(*matches_of("выдать", "Россию", "жалобу"), once_more)))

    assert "решила выдать в Россию" in post
    assert "Его адвокат подаст жалобу." in post
    assert "снег" not in post
    assert "КНБ" not in post


def test_at_most_three_sentences() -> None:
    post = shown(telling(topic(*matches_of("снег", "выдать", "жалобу", "убежище", "КНБ"))))

    assert [word for word in ("снег", "выдать", "жалобу", "убежище", "КНБ") if word in post] == [
        "снег",
        "выдать",
        "жалобу",
    ]


def test_a_match_in_the_title_only_is_followed_by_the_first_sentence() -> None:
    title = Match(term="выдача", form="выдаёт", where="title", start=10, end=16)

    assert "\nВ Костанае выпал первый снег.\n" in shown(telling(topic(title)))


def test_the_title_is_not_quoted_again() -> None:
    text = "Казахстан выдаёт россиянина\nОб этом сообщил адвокат."
    post = shown(telling(topic(*matches_of("выдаёт", text=text)), text=text))

    assert post.count("Казахстан выдаёт россиянина") == 1
    assert "Об этом сообщил адвокат." in post


def test_without_a_title_the_sentence_that_matched_is_the_headline() -> None:
    lead = telling(topic(*matches_of("жалобу", "КНБ")), title=" \u200b ")

    assert linked(lead) == {"Его адвокат подаст жалобу.": "https://news.example/a/1"}
    assert shown(lead).count("жалобу") == 1
    assert "Журналистам в КНБ не ответили." in shown(lead)


def test_nothing_to_say_is_still_a_post() -> None:
    assert shown(telling(title="", text="", url="", at=None)) == "Новость\nБез заголовка\nМедиазона"


def test_an_overlong_sentence_keeps_the_matched_words() -> None:
    text = "в списке " + "и так далее, " * 200 + "экстрадирован Пётр К., " + "и ещё другие, " * 200
    post = shown(telling(topic(*matches_of("экстрадирован", text=text)), text=text))

    assert "экстрадирован Пётр К." in post
    assert utf16_length(post) < 700


@pytest.mark.parametrize(
    ("at", "time"),
    [
        (datetime(2026, 11, 22, 19, 30, tzinfo=UTC), "Медиазона · 23 ноября, 00:30"),
        (datetime(2024, 2, 28, 19, 30, tzinfo=UTC), "Медиазона · 29 февраля 2024, 01:30"),
        (datetime(2026, 11, 21, 20, 30, tzinfo=UTC), "Медиазона · 01:30"),  # of this day in Almaty  # +06:00 then
        (datetime(1970, 1, 1, tzinfo=UTC), "Медиазона"),
        (datetime.min.replace(tzinfo=UTC), "Медиазона"),
        (datetime.max.replace(tzinfo=UTC), "Медиазона"),
        (None, "Медиазона"),
    ],
)
def test_the_time_is_that_of_almaty_or_none(at: datetime | None, time: str) -> None:
    assert shown(telling(topic(), at=at)).splitlines()[-2] == time


def test_a_changed_headline_is_shown_with_the_former_one() -> None:
    lead = telling(topic(), title="Россиянина не выдадут", former="Казахстан выдаёт <россиянина>")

    assert shown(lead).splitlines()[1:3] == [
        "Россиянина не выдадут",
        "Заголовок изменён, прежний: «Казахстан выдаёт <россиянина>»",
    ]
    assert linked(lead) == {"Россиянина не выдадут": "https://news.example/a/1"}


@pytest.mark.parametrize("former", ["", "Казахстан выдаёт россиянина", "Казахстан выдаёт россиянина!", " \u200b"])
def test_a_headline_that_says_the_same_is_not_shown_twice(former: str) -> None:
    assert "Заголовок изменён" not in shown(telling(topic(), former=former))


def test_a_kazakh_article_is_marked() -> None:
    assert "Азаттық (қаз.) · 14:05" in shown(telling(topic(), feed="Азаттық", language="kk"))


def test_each_outlet_once_and_the_leading_one_not_again() -> None:
    names = ["Медиазона", "Медуза", "Медуза", *(f"Газета {n}" for n in range(1, 9))]
    post = shown(telling(topic()), *(telling(feed=name) for name in names))

    assert post.splitlines()[-2] == ("Ещё пишут: Медуза · Газета 1 · Газета 2 · Газета 3 · Газета 4 · Газета 5 и ещё 3")


def test_a_later_telling_adds_its_hashtag_once() -> None:
    both = telling(topic(), topic(hashtag="РВП"), feed="Медуза")

    assert shown(telling(topic()), both).endswith("\n#экстрадиция #РВП")


def test_a_topic_of_a_doubtful_rule_has_a_hashtag_only_once_a_maintainer_published_it() -> None:
    told = story(telling(topic(), topic(hashtag="РВП", tier=Tier.REVIEW)))

    assert rows(told)[-1] == "#экстрадиция"
    assert rows(replace(told, published=frozenset({1})))[-1] == "#экстрадиция #РВП"


def test_a_hashtag_is_one_word() -> None:
    assert shown(telling(topic(hashtag="#дела КНБ-2026"))).endswith("\n#дела_КНБ_2026")


def test_a_posted_story_names_no_rule() -> None:
    assert "правило" not in shown(telling(topic(), topic(tier=Tier.REVIEW, hashtag="кнб")))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "tg://user?id=1",
        "ftp://news.example/a",
        "https://",
        "/a/1",
        "https://[broken",
        "a" * 9000,
    ],
)
def test_an_address_no_browser_should_open_is_no_link(url: str) -> None:
    lead = telling(topic(), url=url)

    assert linked(lead) == {}
    assert "Казахстан выдаёт россиянина" in shown(lead)


def test_an_address_stays_inside_its_quotes() -> None:
    url = 'https://news.example/a"><b>x</b>?q=1&r= 2\n\u202e'

    assert linked(telling(topic(), url=url)) == {
        "Казахстан выдаёт россиянина": 'https://news.example/a"><b>x</b>?q=1&r=%202'
    }


def test_markup_and_control_characters_in_a_title_are_only_text() -> None:
    title = "<b>Срочно</b> &amp;lt; \x1b[31m\u202eкрасное\ud800 </a><script>"
    post = shown(telling(topic(), title=title))

    assert "<b>Срочно</b>" in post
    assert "</a><script>" in post
    assert not any(char in post for char in "\x1b\u202e\ud800")


def test_the_longest_possible_post_fits() -> None:
    text = " ".join(f"Слово{n} {'очень 𝔡линно ' * 60}." for n in range(5))
    matches = matches_of(*(f"Слово{n}" for n in range(5)), text=text)
    topics = [topic(*matches, hashtag=f"𝔱{n}" * 99, rule="𝔯" * 999, tier=Tier.REVIEW) for n in range(20)]
    crowd = [telling(feed=f"𝔣{n}" * 99, url="https://a.example/" + "я" * 1900, language="kk") for n in range(99)]
    html = rendered(story(telling(*topics, title="𝔷" * 9999, text=text, feed="𝔬" * 999, former="𝔣" * 9999), *crowd))
    post, entities = parse_html(html)

    assert 2500 < utf16_length(post) <= 4096
    assert len(entities) < 100
