"""What tells the same event, and what only looks like it."""

from datetime import timedelta
from functools import partial

import pytest

from monitor.models.stories import Telling
from monitor.stories.placement import NEW_STEP, SAME_HEADLINE, SAME_STEP, Placement, place
from monitor.stories.similarity import SimilarityIndex
from tests.factories import NOW, story, telling

DAY = timedelta(days=1)
placed = partial(place, index=SimilarityIndex(), now=NOW)

DETAINED = (
    "Россиянина задержали на вокзале Актобе",
    "Полицейские сняли с поезда Ивана Пробникова, пекаря из Сызрани. Его ищут за отказ служить, ночь он был в отделе.",
)
RETOLD = (
    "Пекаря из Сызрани сняли с поезда",
    "В Актобе остановлен Иван Пробников, который не вернулся в свою часть. О нём рассказала сестра: ночевал в отделе.",
)
ARRESTED = (
    "Пробников арестован на сорок суток",
    "Суд Актобе решил, что пекарь из Сызрани Иван Пробников останется в изоляторе. Сестра ждала у дверей.",
)

LETTER = (
    "Сестра Пробникова написала уполномоченному",
    "Она просит не возвращать брата: Иван Пробников боится снова попасть на войну. Полицейские писем не получали.",
)


def report(
    number: int, words: tuple[str, str], *, after: timedelta | None = timedelta(), language: str = "ru"
) -> Telling:
    """An article of `after` NOW; None: without a date."""
    title, text = words
    at = None if after is None else NOW + after
    return telling(number, title=title, text=text, published_at=at, language=language)


def joined(one: Telling, other: Telling) -> bool:
    return placed(other, [story(1, one)]).joins == 0


# -- the same person -----------------------------------------------------------------------------------------


def test_a_retelling_of_the_day_joins() -> None:
    assert joined(report(1, DETAINED), report(2, RETOLD, after=DAY))


def test_of_one_person_and_step_are_one_event_however_few_words_they_share() -> None:
    first = ("В Риддере задержали Назара Сечина", "Его остановили на рынке двое в штатском, пишет соседка по подъезду.")
    retold = (
        "Дезертира взяли: он задержан",
        (
            "Полицейские Восточного Казахстана увели бывшего наводчика с работы, рассказал хозяин пекарни. Н. Сечин "
            "ушёл из части под Читой, воевать отказался, жил по чужой прописке и просил убежища в посольствах."
        ),
    )

    assert joined(report(1, first), report(2, retold, after=timedelta(hours=2)))


def test_few_words_are_of_the_event_of_their_person_and_step() -> None:
    short = report(1, ("В Риддере задержали россиянина Назара Сечина", ""))
    again = report(2, ("Россиянина Назара Сечина взяли под стражу, он задержан", ""), after=timedelta(hours=2))
    other_day = report(3, ("Назара Сечина задержали в Риддере", ""), after=2 * DAY)
    other_step = report(4, ("Россиянин Назар Сечин отпущен", ""), after=timedelta(hours=2))

    assert placed(again, [story(1, short)]).evidence == "тот же человек и тот же шаг дела"
    assert not joined(short, other_day)
    assert not joined(short, other_step)


def test_the_next_step_joins_on_the_day_and_follows_later() -> None:
    at_once = placed(report(2, ARRESTED, after=timedelta(hours=5)), [story(7, report(1, DETAINED))])
    later = placed(report(2, ARRESTED, after=NEW_STEP + timedelta(hours=1)), [story(7, report(1, DETAINED))])

    assert (at_once.joins, at_once.news) == (0, "событие: арест")
    assert (later.joins, later.follows) == (None, 7)


def test_the_order_in_which_two_steps_come_does_not_matter() -> None:
    apart = NEW_STEP + timedelta(hours=1)

    assert not joined(report(1, ARRESTED), report(2, DETAINED, after=-apart))
    assert not joined(report(1, DETAINED, after=-apart), report(2, ARRESTED))


def test_without_dates_another_step_is_another_day() -> None:
    assert not joined(report(1, DETAINED, after=None), report(2, ARRESTED, after=None))
    assert joined(report(1, DETAINED, after=None), report(2, RETOLD, after=None))


def test_a_copy_joins_days_later_other_words_of_the_same_person_do_not() -> None:
    later = SAME_STEP + DAY

    assert joined(report(1, DETAINED), report(2, DETAINED, after=later))
    assert joined(report(1, DETAINED), report(2, LETTER))
    assert not joined(report(1, DETAINED), report(2, LETTER, after=later))


# -- the same words --------------------------------------------------------------------------------------------


def raid(city: str, flats: int, people: int) -> tuple[str, str]:
    checked = f"Миграционная полиция обошла дома, сообщили в департаменте города {city}. Проверено {flats} квартир,"
    outcome = f"без регистрации живут {people} иностранцев. Хозяевам грозит штраф, жильцам — выдворение."
    return f"В городе {city} проверили съёмное жильё", f"{checked} {outcome}"


def test_what_is_told_every_week_in_the_same_words_is_another_event() -> None:
    first = report(1, raid("Актобе", 312, 47))

    assert joined(first, report(2, raid("Актобе", 312, 47), after=DAY))
    assert not joined(first, report(2, raid("Шымкент", 518, 93), after=DAY))


def test_the_same_figures_bring_retellings_together() -> None:
    rule = (
        "Отменён обнуляющий выезд",
        "Гости из соседних стран смогут оставаться не дольше 90 дней из каждых 180, и никак иначе.",
    )
    again = (
        "Срок пребывания сократили",
        "Больше 90 суток за 180 календарных иностранцу не прожить: выезд на час теперь не поможет.",
    )
    other = (
        "Срок пребывания сократили",
        "Больше 45 суток за 365 календарных иностранцу не прожить: выезд на час теперь не поможет.",
    )

    share = [float(evidence_of(placed(report(2, one), [story(1, report(1, rule))]))) for one in (again, other)]

    assert share[0] > share[1] + 0.05


def evidence_of(placement: Placement) -> str:
    """The number that the evidence names."""
    return next(word.strip(",;)") for word in placement.evidence.replace("ближайшая:", "").split() if word[0] == "0")


# -- between languages -------------------------------------------------------------------------------------------

RULES = (
    "Новые правила въезда",
    "С 27 марта гость проживёт у нас 30 дней подряд, а всего 90 из 180, закон «Кордон» подписан.",
)
KAZAKH = (
    "Келу ережесі өзгерді",
    "27 наурыздан бастап «Кордон» заңы: 180 күннің 90 күні, бір келгенде 30 күн ғана болуға болады.",
)


def test_figures_bridge_languages_as_a_person_does() -> None:
    assert joined(report(1, RULES), report(2, KAZAKH, language="kk"))


@pytest.mark.parametrize("figure", ["180", "27"])
def test_a_few_figures_are_too_little_to_bridge_languages(figure: str) -> None:
    title, text = KAZAKH
    fewer = (title, text.replace(figure, "көп").replace("30", "сан"))

    assert not joined(report(1, RULES), report(2, fewer, language="kk"))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (report(1, RULES), report(2, RULES, after=-30 * DAY), "прошло больше десяти дней"),
        (report(1, DETAINED), report(2, ARRESTED, after=2 * DAY), "в заголовке другой шаг дела"),
        (report(1, raid("Актобе", 312, 47)), report(2, raid("Шымкент", 518, 93)), "другое место"),
        (report(1, DETAINED), report(2, (LETTER[0], f"{LETTER[1]} Его задержали."), after=5 * DAY), "при пороге 0.35"),
        (
            report(1, ("Съёмное жильё", raid("Актобе", 3, 4)[1])),
            report(2, raid("Актобе", 3, 4), language="kk"),
            "другой язык",
        ),
    ],
)
def test_a_refusal_says_why(one: Telling, other: Telling, why: str) -> None:
    assert why in placed(other, [story(1, one)]).evidence


def test_dates_count_not_the_day_of_arrival_but_silence_does() -> None:
    long_ago = report(2, RULES, after=-30 * DAY)
    silent = story(1, report(1, RULES), updated_at=NOW - 30 * DAY)

    assert not joined(report(1, RULES), long_ago)
    assert placed(report(2, RULES), [silent]).joins is None


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("В Алматы полиция задержала россиян", "В Костанае полиция задержала россиян", "другое место"),
        ("Полиция задержала 12 россиян", "Полиция задержала сорок россиян", "другое число"),
        ("Полиция задержала россиян", "Прокуратура задержала россиян", "другое ведомство"),
    ],
)
def test_another_place_number_or_body_is_another_event(one: str, other: str, why: str) -> None:
    text = "Об этом стало известно сегодня от адвокатов и родственников, которые ждут решения."
    told, next_one = (telling(number, title=title, text=text) for number, title in enumerate((one, other)))

    placement = placed(next_one, [story(1, told)])

    assert (placement.joins, why in placement.evidence) == (None, True)


def test_another_topic_is_another_event_unless_somebody_is_named_in_both() -> None:
    title = "Суд в Павлодаре решил судьбу россиян"
    assert placed(telling(2, "extradition", title=title), [story(1, telling(1, "rvp", title=title))]).joins is None
    named = f"{title}: Иван Пробников на свободе"
    assert placed(telling(2, "extradition", title=named), [story(1, telling(1, "rvp", title=named))]).joins == 0


# -- a headline and nothing else ------------------------------------------------------------------------------

BARE = ("Казахстан: вопрос об экстрадиции Алимова", "")


@pytest.mark.parametrize(
    "headline",
    [
        "Казахстан: вопрос об экстрадиции Алимова",
        "⚡️ КАЗАХСТАН — вопрос об экстрадиции Алимова!",
        "«Казахстан. Вопрос об экстрадиции Алимова»",
        "Казахстан: вoпрoс об экстрадиции Алимова",  # Latin o
    ],
)
def test_a_headline_too_short_to_compare_is_compared_for_equality(headline: str) -> None:
    placement = placed(report(2, (headline, ""), after=timedelta(hours=6)), [story(1, report(1, BARE))])

    assert (placement.joins, placement.evidence) == (0, "тот же заголовок в тот же день")


def test_it_joins_the_story_that_has_the_text_too() -> None:
    assert joined(report(1, (BARE[0], f"{DETAINED[1]} {ARRESTED[1]}")), report(2, BARE))
    assert joined(report(1, BARE), report(2, (BARE[0], f"{DETAINED[1]} {ARRESTED[1]}")))


@pytest.mark.parametrize(
    "other",
    [
        report(2, ("Экстрадиция", ""), after=2 * DAY),
        report(2, ("Экстрадиция", ""), after=-SAME_HEADLINE - timedelta(seconds=1)),
        report(2, ("Экстрадиции", "")),
        report(2, ("Экстрадиция отменена", "")),
        telling(2, "rvp", title="Экстрадиция", text="", published_at=NOW),
        telling(2, title="Экстрадиция", text="Суд в Костанае.", published_at=NOW),
    ],
    ids=["two days later", "a day and a second before", "another word", "one word more", "topic", "place"],
)
def test_another_event_in_the_same_word_starts_a_story(other: Telling) -> None:
    earlier = report(1, ("Экстрадиция", "Суд в Алматы."))

    assert placed(other, [story(1, earlier)]).joins is None


def test_signs_alone_are_no_headline() -> None:
    assert not joined(report(1, ("⚡️⚡️⚡️", "")), report(2, ("⚡️⚡️⚡️", "")))


def test_without_dates_the_silence_of_the_story_counts() -> None:
    bare = report(1, BARE, after=None)

    assert placed(report(2, BARE, after=None), [story(1, bare, updated_at=NOW - timedelta(hours=2))]).joins == 0
    assert placed(report(2, BARE, after=None), [story(1, bare, updated_at=NOW - 2 * DAY)]).joins is None
