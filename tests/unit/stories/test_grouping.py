from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from monitor.models.articles import Outcome, Tier
from monitor.models.evidence import Version
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_EVENT, place
from monitor.stories.post import part_of
from monitor.stories.similarity import SimilarityIndex
from tests.factories import NOW, TEXT, matched, story, telling
from tests.factories.channels import to_channel

CHATS = to_channel("@channel", review="-100")
OTHER = "В Шымкенте сотрудники комитета вызвали релоканта на беседу и спрашивали о подписи под петицией."
RETOLD = (
    "В Казахстане прокуратура одобрила экстрадицию россиянина, просившего убежища в Астане. "
    "Решение обжалует адвокат в городском суде. Остановить выдачу требуют правозащитники."
)
placed = partial(place, index=SimilarityIndex(), now=NOW)
grouped = partial(group, chats=CHATS, index=SimilarityIndex(), now=NOW)


# -- where an article belongs ---------------------------------------------------------------------------


def test_an_agency_copy_joins() -> None:
    placement = placed(telling(2, text=TEXT, title="Одобрена экстрадиция"), [story(1)])

    assert (placement.joins, placement.part, placement.news) == (0, 1, "")
    assert not placement.same_article


def test_a_retelling_with_other_endings_and_order_joins() -> None:
    assert placed(telling(2, text=RETOLD, title="Новость 1"), [story(1)]).joins == 0


def test_another_event_starts_a_story() -> None:
    assert placed(telling(2, text=OTHER, title="Вызов"), [story(1)]).joins is None


def test_the_same_address_is_the_same_article_whatever_the_text() -> None:
    again = telling(1, text="совершенно другой текст", title="Другой заголовок")

    placement = placed(again, [story(9, telling(5)), story(1)])

    assert (placement.joins, placement.same_article) == (1, True)


def test_people_of_different_names_are_never_one_story() -> None:
    about_one = TEXT.replace("россиянина,", "россиянина Ивана Пробникова,")
    about_another = TEXT.replace("россиянина,", "россиянина Глеба Выдумкина,")
    recent = [story(1, telling(1, text=about_one))]

    assert placed(telling(2, text=about_another, title="Новость 1"), recent).joins is None
    assert placed(telling(3, text=about_one.replace("Пробникова", "Пробникову"), title="Новость 1"), recent).joins == 0


def test_the_most_alike_story_wins() -> None:
    near, far = story(1, telling(1, text=TEXT)), story(2, telling(2, text=RETOLD, title="Новость"))

    assert placed(telling(3, text=TEXT, title="Новость 1"), [far, near]).joins == 1


def test_a_story_silent_for_days_is_followed_not_joined() -> None:
    named = TEXT.replace("россиянина,", "россиянина Ивана Пробникова,")
    old = story(7, telling(1, text=named), updated_at=NOW - SAME_EVENT - timedelta(hours=1))

    placement = placed(telling(2, text=named, title="Новость 1"), [old])

    assert (placement.joins, placement.follows) == (None, 7)


def test_a_case_is_followed_by_the_person_not_by_words_alone() -> None:
    old = story(7, telling(1), updated_at=NOW - timedelta(days=20))

    assert placed(telling(2, text=TEXT, title="Новость 1"), [old]).follows is None


def test_languages_are_bridged_by_a_person_only() -> None:
    named = TEXT.replace("россиянина,", "россиянина Ивана Пробникова,")
    kazakh = telling(2, text=named, title="Новость 1", language="kk")

    assert placed(kazakh, [story(1, telling(1, text=named))]).joins == 0
    assert placed(telling(2, text=TEXT, title="Новость 1", language="kk"), [story(1)]).joins is None


def test_nothing_recent_starts_a_story() -> None:
    assert placed(telling(1), []).joins is None


# -- what changes, and what is shown --------------------------------------------------------------------


def test_a_matched_entry_starts_a_story_in_the_channel() -> None:
    (change,) = grouped([matched(1)], [])

    assert change.story.id is None
    assert [one.outcome for one in change.added] == [Outcome.POSTED]
    assert [post.chat for post in change.posts] == ["@channel"]


def test_the_reason_names_the_rules_and_the_evidence() -> None:
    (change,) = grouped([matched(1)], [])

    assert "extradition: правило" in change.added[0].reason
    assert "похожих новостей нет" in change.added[0].reason


def test_doubtful_rules_go_to_review_and_nowhere_without_a_review_chat() -> None:
    (change,) = grouped([matched(1, tier=Tier.REVIEW)], [])
    (unseen,) = grouped([matched(1, tier=Tier.REVIEW)], [], chats=to_channel("@channel"))

    assert change.added[0].outcome is Outcome.REVIEW
    assert [post.chat for post in change.posts] == ["-100"]
    assert unseen.posts == ()


def test_a_question_about_what_is_hardly_ours_rings_no_bell_and_says_so() -> None:
    article = matched(1, tier=Tier.REVIEW)
    assert article.telling
    verdict = replace(article.telling.verdict, is_unlikely=True)
    unlikely = replace(article, telling=replace(article.telling, verdict=verdict))
    (asked,), (quiet,) = grouped([article], []), grouped([unlikely], [])

    assert [post.silent for change in (asked, quiet) for post in change.posts] == [False, True]
    assert ["скорее не наше" in post.html for change in (asked, quiet) for post in change.posts] == [False, True]


def test_two_tellings_in_one_poll_are_one_story() -> None:
    (change,) = grouped([matched(1), matched(2, feed="Вторая")], [])

    assert [one.outcome for one in change.added] == [Outcome.POSTED, Outcome.JOINED]
    assert len(change.posts) == 1
    assert "Вторая" in change.posts[0].html


def test_a_joining_article_changes_the_wanted_post_of_its_story() -> None:
    (change,) = grouped([matched(2, feed="Вторая")], [story(7, telling(1))])

    assert change.story.id == 7
    assert change.added[0].outcome is Outcome.JOINED
    assert "Вторая" in change.posts[0].html


def test_what_a_joining_article_adds_is_a_post_of_its_own() -> None:
    """A merge hides neither a topic nor a person: an edit rings no bell."""
    plain = telling(1, text=TEXT.replace("экстрадицию", "передачу"))
    (change,) = grouped([matched(2, "extradition", "knb", feed="Вторая")], [story(7, plain)])

    assert change.added[0].outcome is Outcome.POSTED
    assert "тема: Knb" in change.added[0].reason
    assert [(post.chat, post.part) for post in change.posts] == [("@channel", 2)]
    assert "Вторая" in change.posts[0].html
    assert "Ещё пишут" not in change.posts[0].html


def test_a_retelling_of_the_follow_up_joins_the_follow_up() -> None:
    released = TEXT.replace("одобрила экстрадицию", "сообщила, что отпустили").replace("требуют", "добились")
    recent = [story(7, telling(1), telling(2, title="Россиянина отпустили", text=released, part=2))]

    (change,) = grouped([matched(3, title="Россиянина отпустили из СИЗО", text=released, feed="Вторая")], recent)

    assert [post.part for post in change.posts] == [2]
    assert [one.outcome for one in change.added] == [Outcome.JOINED]


def test_a_doubtful_follow_up_is_reviewed_though_the_story_was_posted() -> None:
    (change,) = grouped([matched(2, "extradition", "knb", tier=Tier.REVIEW)], [story(7, telling(1))])

    assert [(post.chat, post.part) for post in change.posts] == [("-100", 2)]


def test_the_same_article_again_is_a_duplicate_and_keeps_no_telling() -> None:
    (change,) = grouped([matched(1)], [story(7, telling(1))])

    assert (change.added[0].outcome, change.added[0].telling) == (Outcome.DUPLICATE, None)
    assert len(change.story.tellings) == 1
    assert change.posts == (), "nothing is new, so nothing is rendered anew"


def test_a_changed_headline_is_shown_in_the_post() -> None:
    (change,) = grouped([matched(1, title="О россиянине: дополнено")], [story(7, telling(1))])

    (retitled,) = change.retitled
    assert (retitled.article.title, retitled.article.former_title) == ("О россиянине: дополнено", "Новость 1")
    assert change.added[0].outcome is Outcome.DUPLICATE
    assert "заголовок изменён" in change.added[0].reason
    assert "О россиянине: дополнено" in change.posts[0].html


@pytest.mark.parametrize(
    ("before", "now", "first_lines"),
    [
        (
            "Казахстан выдал пекаря России",
            "Суд отказался выдать пекаря России",
            ("Extradition: отказ в выдаче", "Новое: отказ в выдаче · Extradition"),
        ),
        (
            "Мажилис не поддержал поправку о пекарях",
            "Мажилис одобрил поправку о пекарях",
            ("Extradition", "Новое: заголовок изменён · Extradition"),
        ),
        ("Пекаря арестовали", "Пекарь пишет письма", ("Extradition", "Новое: заголовок изменён · Extradition")),
        (
            "Пекаря выдали России",
            "МВД опровергло, что пекаря выдали России",
            ("Extradition: опровергают", "Новое: опровергают · Extradition"),
        ),
    ],
)
def test_an_article_that_says_another_thing_now_is_posted_anew(
    before: str, now: str, first_lines: tuple[str, str]
) -> None:
    """An edit of a post rings no bell: whoever read the first claim would never learn of the second."""
    said = "Об этом сообщил адвокат пекаря."

    (change,) = grouped([matched(1, title=now, text=said)], [story(7, telling(1, title=before, text=said))])

    assert [post.html.partition("\n")[0] for post in change.posts] == list(first_lines)
    assert change.added[0].outcome is Outcome.POSTED
    assert said not in change.posts[0].html, "what the outlet says no more is not quoted under its new headline"
    assert f"Заголовок изменён, прежний: «{before}»" in change.posts[0].html


WAS = "Прокуратура сообщила, что россиянку с двумя детьми выдворят из Актау в понедельник. Её муж живёт в Тбилиси."


@pytest.mark.parametrize(
    ("title", "text", "outcome"),
    [
        (
            "Россиянке с двумя детьми разрешили жить в Актау",
            "Россиянке с двумя детьми заменили наказание штрафом. Её муж живёт в Тбилиси. Она была рада.",
            Outcome.POSTED,
        ),
        ("Россиянку выдворят из Актау: подробности", f"{WAS} У неё есть десять дней на жалобу.", Outcome.DUPLICATE),
        ("Россиянку с детьми выдворят из Актау", "Кратко о главном за день и погоде.", Outcome.DUPLICATE),
        ("Россиянку с подробностями выдворят", "Страница не прочитана.", Outcome.DUPLICATE),
    ],
)
def test_an_article_that_took_back_what_it_said_is_posted_anew(title: str, text: str, outcome: Outcome) -> None:
    """No step need be known in it; a page that was not to be had takes nothing back."""
    before = telling(1, title="Россиянку с двумя детьми выдворят из Актау", text=WAS)

    (change,) = grouped([matched(1, title=title, text=text)], [story(7, before)])

    assert change.added[0].outcome is outcome


def test_a_denial_joins_those_who_deny() -> None:
    text = "Пекаря передали России на посту в Актобе, сообщил его адвокат, который ждал там с утра."
    denied = telling(2, title="МВД опровергло выдачу пекаря", text=text, part=2, feed="Вторая")
    recent = [story(7, telling(1, title="Пекаря выдали России", text=text), denied)]

    (change,) = grouped([matched(3, title="Выдачу пекаря опровергли в МВД", text=text, feed="Третья")], recent)

    assert [(entry.outcome, entry.telling.part) for entry in change.added if entry.telling] == [(Outcome.JOINED, 2)]


def test_an_article_may_say_another_thing_more_than_once() -> None:
    turned = telling(1, title="Суд отказался выдать пекаря", part=2)
    recent = [story(7, telling(1, title="Суд отказался выдать пекаря", former_title="Пекаря выдали России"), turned)]

    (again,) = grouped([matched(1, title="Суд отказался выдать пекаря!")], recent)
    (once_more,) = grouped([matched(1, title="Пекаря выдали России после суда")], recent)

    assert [one.outcome for one in (*again.added, *once_more.added)] == [Outcome.DUPLICATE, Outcome.POSTED]


def test_what_the_channel_was_told_of_a_page_is_not_posted_anew() -> None:
    told = story(7, telling(1, title="Пекаря выдали России"))
    page = Version(title="Суд отказался выдать пекаря", text=TEXT)
    known = replace(told, announced=((told.lead.article.canonical_url, page),))

    (change,) = grouped([matched(1, title="Суд отказался выдать пекаря")], [known])
    (later,) = grouped([matched(1, title="Пекаря всё же выдали России")], [known])

    assert [one.outcome for one in (*change.added, *later.added)] == [Outcome.DUPLICATE, Outcome.POSTED]
    assert "Заголовок изменён, прежний: «Пекаря выдали России»" in change.posts[0].html


ARRESTED = (
    "Следственный суд Актобе отправил под экстрадиционный арест пекаря из Саратова. Его задержали на вокзале, когда "
    "он покупал билет до Ташкента. На родине пекаря обвиняют в невозвращении в часть после отпуска."
)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (f"Обновлено в 18:05. {ARRESTED}", Outcome.DUPLICATE),
        (f"{ARRESTED} Заседание шло полчаса.", Outcome.DUPLICATE),
        (f"{ARRESTED} Напомним, в 2023 году Актобе выдал двоих жителей Энгельса.", Outcome.DUPLICATE),
        (f"{ARRESTED} В суде Актобе на звонок «Полдня» не ответили.", Outcome.DUPLICATE),
        (f"{ARRESTED} Редакция «Полдня» направила запрос в Генпрокуратуру.", Outcome.DUPLICATE),
        (f"{ARRESTED} Его адвокат направил запрос в Генпрокуратуру Казахстана.", Outcome.POSTED),
        (f"{ARRESTED} Напомним, так же взяли его жену. Сегодня её выдали России.", Outcome.POSTED),
        (f"{ARRESTED} Позже его выдали России.", Outcome.POSTED),
        (f"{ARRESTED} Вместе с ним взяли Глеба Выдумкина.", Outcome.POSTED),
        (f"{ARRESTED} Задержаны ещё 14 человек.", Outcome.POSTED),
        (f"{ARRESTED} Адвоката к нему не пустили.", Outcome.POSTED),
    ],
)
def test_a_text_given_again_with_a_remark_is_silent_and_with_news_is_not(text: str, outcome: Outcome) -> None:
    """Outlets change the address with the headline."""
    recent = [story(7, telling(1, title="В Актобе арестовали пекаря", text=ARRESTED))]

    (change,) = grouped([matched(2, title="Пекаря в Актобе арестовали: подробности", text=text)], recent)

    assert change.added[0].outcome is outcome


@pytest.mark.parametrize("title", ["Пекаря из Саратова выдали России", "В Актобе проверили ещё одного пекаря"])
def test_over_the_same_text_a_headline_may_claim_another_thing(title: str) -> None:
    recent = [story(7, telling(1, title="В Актобе арестовали пекаря", text=ARRESTED))]

    (change,) = grouped([matched(2, title=title, text=ARRESTED)], recent)

    assert change.added[0].outcome is Outcome.POSTED


def test_another_outlets_headline_over_the_same_address_changes_nothing() -> None:
    (change,) = grouped([matched(1, title="Иначе", feed="Вторая")], [story(7, telling(1))])

    assert (change.retitled, change.posts) == ((), ())


def test_a_stronger_telling_lifts_a_story_out_of_review() -> None:
    doubtful = story(7, telling(1, tier=Tier.REVIEW))

    (change,) = grouped([matched(2, feed="Вторая")], [doubtful])

    assert change.added[0].outcome is Outcome.POSTED
    assert [post.chat for post in change.posts] == ["@channel"]
    assert change.story.lead.article.feed == "Вторая"


def test_stories_nobody_touched_do_not_change() -> None:
    changes = grouped([matched(2, text=OTHER, title="Вызов")], [story(7, telling(1))])

    assert [change.story.id for change in changes] == [None]


def test_a_part_is_the_story_without_its_other_posts() -> None:
    whole = story(7, telling(1), telling(2, part=2), telling(3))

    assert [one.article.url[-1] for one in part_of(whole, 1).tellings] == ["1", "3"]
    assert [one.article.url[-1] for one in part_of(whole, 2).tellings] == ["2"]
