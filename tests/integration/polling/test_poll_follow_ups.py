"""What no rule knows, but goes on with a story in the channel: asked about, and the post mended."""

from dataclasses import replace
from datetime import timedelta

from monitor.storage.tables import deliveries, entries
from tests.harness.poll_room import ABOUT, LONG, Room
from tests.servers import faults


async def test_a_post_whose_article_says_something_else_now_is_mended_and_asked_about(room: Room) -> None:
    """No rule knows the new words, and the old claim would stand for ever."""
    item = room.item("Казахстан экстрадирует россиянина")
    other = room.item("О погоде", LONG)
    room.serve(item, other)
    await room.poll()
    said = "Редакция ошиблась: пекаря отпустили домой, он в Актобе. " + LONG
    room.serve(replace(item, title="Поправка: пекарь дома", content=said), replace(other, title="О погоде и тумане"))

    await room.poll()

    assert set(room.outcomes().items()) == {
        ("Казахстан экстрадирует россиянина", "posted"),
        ("Поправка: пекарь дома", "review"),
        ("О погоде", "unmatched"),
        ("О погоде и тумане", "unmatched"),
    }
    assert "Заголовок изменён, прежний: «Казахстан экстрадирует россиянина»" in str(room.column(deliveries.c.html)[0])


async def test_who_has_news_in_the_channel_is_asked_about_whatever_words_are_used(room: Room) -> None:
    """Later steps often have none of the words that rules know, and nobody would learn of them."""
    room.serve(room.item("Казахстан экстрадирует россиянина Пробникова", "Максима Пробникова выдают. " + ABOUT))
    await room.poll()
    room.now += timedelta(minutes=2)
    room.serve(
        room.item("Пробников написал письмо", "Максим Пробников благодарит тех, кто ему пишет. " + LONG),
        room.item("Пробников открыл школу", "Аркадий Пробников учит пекарей в Астане. " + LONG),
    )

    await room.poll()

    reasons = dict(zip(room.column(entries.c.title), room.column(entries.c.reason), strict=True))
    assert room.outcomes() == {
        "Казахстан экстрадирует россиянина Пробникова": "posted",
        "Пробников написал письмо": "review",
        "Пробников открыл школу": "unmatched",
    }
    assert str(reasons["Пробников написал письмо"]).startswith("extradition: о том же человеке; ")
    assert reasons["Пробников открыл школу"] == "ни одно правило не сработало"


async def test_an_event_of_the_last_days_is_asked_about_whatever_words_are_used(room: Room) -> None:
    """It may name nobody, or only now who was nameless: «Стали известны имена двоих переданных»."""
    told = "На посту «Бугристое» пекарей из Златоуста вывели в наручниках, видел водитель автобуса. "
    again = (
        "Пекари из Златоуста, которых вывели в наручниках на посту «Бугристое», — братья, сказал водитель автобуса. "
    )
    room.serve(room.item("Казахстан экстрадирует россиянина", told + ABOUT))
    await room.poll()
    room.now += timedelta(minutes=2)
    room.serve(room.item("Стали известны имена", again + LONG), room.item("О погоде", LONG))
    await room.poll()

    reasons = dict(zip(room.column(entries.c.title), room.column(entries.c.reason), strict=True))
    assert room.outcomes() == {
        "Казахстан экстрадирует россиянина": "posted",
        "Стали известны имена": "review",
        "О погоде": "unmatched",
    }
    assert str(reasons["Стали известны имена"]).startswith("extradition: похоже на ту же новость; ")


async def test_who_denies_what_was_told_of_somebody_is_posted_under_the_claim(room: Room) -> None:
    """A claim would stand for as long as an editor sleeps. Only the first who denies it rings."""
    room.serve(room.item("Казахстан экстрадирует россиянина Пробникова", "Максима Пробникова выдают. " + ABOUT))
    await room.poll()
    room.now += timedelta(minutes=2)
    room.serve(room.item("Пробников на связи", "Максим Пробников ответил на звонок: он дома, в Актобе. " + LONG))
    await room.poll()
    room.now += timedelta(minutes=2)
    room.serve(room.item("Что с Пробниковым", "Максим Пробников жив и здоров, он у себя дома. " + LONG))

    await room.poll()

    assert room.outcomes() == {
        "Казахстан экстрадирует россиянина Пробникова": "posted",
        "Пробников на связи": "posted",
        "Что с Пробниковым": "review",
    }
    denial = str(room.column(deliveries.c.html)[1])
    assert "Новое: опровергают" in denial
    assert "он дома, в Актобе" in denial


async def test_a_short_surname_in_another_case_is_looked_for_at_once(room: Room) -> None:
    """«Рыкова» and «Рыков» have no six letters in common, by which likeness knows words."""
    room.serve(room.item("Казахстан экстрадирует россиянина Антона Рыкова", ABOUT))
    await room.poll()
    room.now += timedelta(seconds=5)
    text = "Антон Рыков перестал принимать пищу, рассказал нам вчера вечером по телефону его младший брат Лев."
    room.serve(room.item("Антон Рыков написал письмо", f"{text} {LONG}"), room.item("Антон Рыков голодает", text))

    await room.poll()

    assert room.outcomes()["Антон Рыков написал письмо"] == "review"
    assert room.outcomes()["Антон Рыков голодает"] == "review"


CLAIM, DENIAL = "Казахстан экстрадировал россиянина", "Казахстан отказался экстрадировать россиянина"


async def test_a_claim_that_an_outlet_comes_back_to_is_posted_anew(room: Room) -> None:
    """An etag says that nothing changed: the copy of the feed that is left for later must come again."""
    item = room.item(CLAIM, f"{CLAIM}, сообщил его адвокат. {LONG}")
    denied = replace(item, title=DENIAL, content=f"{DENIAL}, сообщил его адвокат. {LONG}")
    posts = []
    for shown, etag, minutes in ((item, "1", 0), (denied, "2", 10), (item, "3", 10), (item, "3", 10), (item, "3", 20)):
        room.now += timedelta(minutes=minutes)
        room.serve(shown, etag=f'"{etag}"')
        await room.poll()
        posts.append(len(room.column(deliveries.c.id)))

    assert posts == [1, 2, 2, 2, 3]
    first, second, third = map(str, room.column(deliveries.c.html))
    assert "Заголовок изменён" not in first
    assert f"Заголовок изменён, прежний: «{DENIAL}»" in second
    assert third.startswith("● Новое: выдача или высылка, заголовок изменён")
    assert (await room.poll()).validators.etag == '"3"'


async def test_whose_page_was_not_to_be_had_is_read_again_before_a_name_decides(room: Room) -> None:
    """A question about a mere retelling would settle what the page tells by the rules' words."""
    room.serve(room.item("Казахстан экстрадирует россиянина Пробникова", "Максима Пробникова выдают. " + ABOUT))
    await room.poll()
    room.now += timedelta(minutes=2)
    room.serve(room.brief("Максим Пробников молчит", "Подробности."))
    room.web.fail("/page/Максим Пробников молчит", faults.status(503))

    await room.poll()

    assert "Максим Пробников молчит" not in room.outcomes()
    room.web.mend("/page/Максим Пробников молчит")
    await room.poll()
    assert room.outcomes()["Максим Пробников молчит"] == "review"
