"""Who has news in the channel is looked for by name in what no rule knows."""

from dataclasses import replace

import pytest

from monitor.models.articles import Outcome, Verdict
from monitor.models.outbox import DeliveryKind
from monitor.models.stories import EntryOutcome, Telling
from monitor.stories.grouping import group
from monitor.stories.people.followed import NOBODY, Followed, ToldStory
from monitor.stories.people.naming import Person
from monitor.stories.similarity import SimilarityIndex
from tests.factories import NOW, article, matched, story, telling
from tests.factories.channels import to_channel

TOLD = ToldStory(1, "Россиянина задержали", "В Актобе задержали пекаря Максима Пробникова.")
FOLLOWED = Followed.from_tellings([TOLD])


@pytest.mark.parametrize(
    ("title", "text", "is_named"),
    [
        ("Пробников на связи", "Он дома.", True),
        ("Пекарь на связи", "Максим Пробников дома.", True),
        ("Наубайшы үйінде", "Максим Пробниковтың айтуынша, ол үйінде.", True),
        ("Аркадий Пробников открыл школу", "", False),
        ("Пекарь открыл школу", "В ней учат печь хлеб.", False),
        ("О пекаре", "Хлеб. " * 300 + "Максим Пробников дома.", False),
    ],
)
def test_the_headline_or_the_beginning_names_him(title: str, text: str, *, is_named: bool) -> None:
    assert FOLLOWED.is_named(title, text) is is_named
    assert not NOBODY.is_named(title, text)


@pytest.mark.parametrize(
    ("surname", "word", "is_written"),
    [
        ("Деля", "Делем", True),
        ("Дель", "Деля", True),
        ("Зуева", "Зуев", True),
        ("Пробникова", "Пробниковтың", True),
        ("Пахом", "Пахомом", True),
        ("Султанбекова", "Султан", False),
        ("Гурьев", "Гурьевске", False),
        ("Петров", "Петренко", False),
    ],
)
def test_a_surname_is_known_in_every_case(surname: str, word: str, *, is_written: bool) -> None:
    assert Person(surname).is_written(word) is is_written


def test_a_name_of_many_stories_is_nobody() -> None:
    """Officials, and names that many bear."""
    of_many = Followed.from_tellings([TOLD._replace(story_id=number) for number in range(4)])

    assert not of_many.is_named("Пробников на связи", "")


def test_who_is_written_in_another_case_is_nobody_new_and_a_namesake_is() -> None:
    told = [
        TOLD,
        ToldStory(1, "С Максимом Пробниковым говорил адвокат", ""),
        ToldStory(2, "Выдали Аркадия Пробникова", ""),
    ]

    new = Followed.from_tellings(told).without(FOLLOWED)

    assert [*new.by_stem.values()] == [frozenset({Person("Пробникова", "Аркадия")})]
    assert FOLLOWED.without(NOBODY) == FOLLOWED


@pytest.mark.parametrize(
    ("title", "is_followed"),
    [
        ("Прокурор Ержан Омаров обещал выдать пекаря", False),
        ("Начальник полиции Актобе Ержан Омаров молчит", False),
        ("Глава семьи Ержан Омаров задержан", True),
        ("Бывший прокурор Ержан Омаров задержан", True),
        ("Прокурора Ержана Омарова выдали России", True),
    ],
)
def test_who_speaks_by_his_office_is_not_followed(title: str, *, is_followed: bool) -> None:
    followed = Followed.from_tellings([ToldStory(1, title, "")])

    assert followed.is_named("Ержан Омаров открыл площадку", "") is is_followed


def by_name(title: str, text: str, feed: str = "Вторая") -> EntryOutcome:
    """An entry that no rule matched."""
    entry = matched(2)
    return EntryOutcome(
        entry=entry.entry,
        outcome=Outcome.POSTED,
        reason="",
        telling=Telling(article=article(2, title=title, text=text, feed=feed), verdict=Verdict()),
    )


SPORT = (
    "Пробников выиграл турнир по стрельбе из лука, обойдя соперников из двенадцати стран. Тренер доволен подготовкой, "
    "следующие соревнования пройдут весной в столице. Билеты поступят в кассы после праздников."
)
RECENT = story(7, telling(1, title=TOLD.title, text=f"{TOLD.text} Пекаря ищут в России за листовку о войне."))


def placed(entry: EntryOutcome) -> tuple[EntryOutcome, list[tuple[DeliveryKind, int]]]:
    chats = to_channel("@channel", review="-100")
    (change,) = group([entry], [RECENT], chats=chats, index=SimilarityIndex(), now=NOW)
    return change.added[0], [(post.kind, post.part) for post in change.posts]


def test_maintainers_are_asked_and_nothing_joins_unseen() -> None:
    same_words = "Пекаря Максима Пробникова, задержанного в Актобе, ищут в России за листовку о войне."

    entry, posts = placed(by_name("О пекаре", same_words))

    assert entry.outcome is Outcome.REVIEW
    assert posts == [(DeliveryKind.REVIEW, 2)]
    assert entry.telling
    assert [match.form for match in entry.telling.verdict.topics[0].matches] == ["Пробникова"]


def test_of_few_words_the_name_is_enough() -> None:
    entry, posts = placed(by_name("Пробников на свободе", "Максим Пробников вернулся к жене."))

    assert (entry.outcome, [kind for kind, _ in posts]) == (Outcome.REVIEW, [DeliveryKind.REVIEW])


def test_what_maintainers_refused_is_not_asked_about_again() -> None:
    refused = replace(RECENT, rejected=frozenset({1}))
    chats = to_channel("@channel", review="-100")

    (change,) = group(
        [by_name("Максим Пробников дома", RECENT.lead.article.text)],
        [refused],
        chats=chats,
        index=SimilarityIndex(),
        now=NOW,
    )

    assert change.added[0].outcome is Outcome.UNMATCHED


def test_what_goes_on_with_no_story_is_no_neighbour_of_what_comes_with_it() -> None:
    chats = to_channel("@channel", review="-100")
    entries = [by_name("Чемпион вернулся домой", SPORT), matched(3, feed="Третья"), by_name("Чемпион дома", SPORT)]

    changes = group(entries, [RECENT], chats=chats, index=SimilarityIndex(), now=NOW)

    outcomes = sorted(entry.outcome for change in changes for entry in change.added)
    assert outcomes == [Outcome.POSTED, Outcome.UNMATCHED, Outcome.UNMATCHED]


def test_a_follow_up_in_other_words_takes_first_name_and_surname() -> None:
    full, _ = placed(
        by_name(
            "Максим Пробников дома",
            "Встретили с хлебом и солью, рассказала сестра. Гости пели до утра, соседи принесли арбузы.",
        )
    )
    bare, _ = placed(by_name("Чемпион вернулся домой", SPORT))

    assert full.outcome is Outcome.REVIEW
    assert (bare.outcome, bare.reason, bare.telling) == (Outcome.UNMATCHED, "ни одно правило не сработало", None)
    assert bare.article, "it is archived like any other"
