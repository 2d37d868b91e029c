"""An article of an event that the channel told of is known by its words, whatever rules know."""

import pytest

from monitor.stories.recent_events import NONE, RecentEvents

TOLD = (
    "Двух беглецов передали российской стороне",
    "На посту «Бугристое» двух россиян передали сотрудникам ФСБ. Имена не раскрыли. Мужчин вывели в наручниках.",
)


@pytest.mark.parametrize(
    ("title", "text", "is_of_it"),
    [
        (
            "Стали известны имена переданных на «Бугристом»",
            "Двое переданных на посту «Бугристое» — братья из Златоуста, мужчин вывели под утро.",
            True,
        ),
        (
            "Пост «Бугристое» закроют на ремонт",
            "Фуры поедут в объезд через Петухово. Асфальт положат на сорока километрах, мост укрепят.",
            False,
        ),
        ("Двое братьев из Златоуста", "", False),  # too few words to tell
        ("Погода на выходные", "Дождь и ветер до двадцати метров в секунду. " + TOLD[1], False),  # the same below each
    ],
)
def test_an_article_of_an_event_shares_enough_of_its_words(title: str, text: str, *, is_of_it: bool) -> None:
    other = ("Паводок в Уральске", "Вода подошла к дачам на берегу Урала, жителей вывозят на автобусах.")

    assert RecentEvents([other, TOLD]).has(title, text) is is_of_it


def test_where_nothing_was_told_nothing_is_alike() -> None:
    assert not NONE.has(*TOLD)
    assert not RecentEvents([("", "")]).has("", "")
