"""What people are told of a posted article's page, and what is not asked any more."""

from functools import partial

import pytest

from monitor.models.evidence import Sight
from monitor.storage.evidence.history import PageRecord
from monitor.storage.evidence.notices import Announcements, PageNotices
from tests.harness.posted_page import BODY, CHANNEL, LEAD, REFUSED, REVIEW, TITLE, TURNED, Room, posts


@pytest.mark.parametrize("room", ["announces"], indirect=True)
async def test_the_channel_hears_of_a_page_that_is_gone_where_that_is_wished(room: Room) -> None:
    await room.look()
    room.web.remove("/page/1")
    await room.look(hours=1)
    await room.look(hours=2)

    assert room.told(REVIEW) == []
    (reply,) = room.told(CHANNEL)
    assert "Страница исчезла с адреса (проверено дважды: 10:00, 12:00). Копия у нас есть." in reply


async def test_a_page_that_is_gone_is_asked_about_once_after_two_looks(room: Room) -> None:
    await room.look()
    room.web.remove("/page/1")

    assert (await room.look(hours=1))[-1] is Sight.MISSING
    assert room.told(REVIEW) == []
    assert (await room.look(hours=2))[-1] is Sight.GONE
    await room.look(days=2)

    (question,) = room.told(REVIEW)
    assert "Страница исчезла с адреса (проверено дважды: 10:00, 12:00)" in question
    assert "сервер отвечает 404" in question
    assert room.told(CHANNEL) == []


@pytest.mark.parametrize("announced", [True, False])
async def test_of_a_page_that_is_back_no_absence_is_announced_any_more(room: Room, *, announced: bool) -> None:
    await room.look()
    room.web.remove("/page/1")
    await room.look(hours=1)
    await room.look(hours=2)
    gone = room.history.observations(f"{room.web.url}/page/1")[-1]
    notices = PageNotices(room.engine, Announcements(review=REVIEW, channel=CHANNEL))
    press = partial(notices.decide, gone.id, announce=True, initial="А", now=room.clock())
    if announced:
        assert press() == "Сообщено в канале"
    room.show(*BODY)

    assert (await room.look(days=1))[-1] is Sight.BACK
    await room.look(days=2)

    question, *_ = room.told(REVIEW)
    assert question.count("Страница снова на месте с 23.11 12:00") == 1
    assert press() == "Уже решено. Страница снова на месте с 23.11 12:00"
    if announced:
        (reply,) = room.told(CHANNEL)
        assert "Страница исчезла с адреса" in reply
        assert reply.count("Страница снова на месте с 23.11 12:00") == 1
    else:
        assert room.told(CHANNEL) == []


@pytest.mark.parametrize("room", ["brief", ""], indirect=True)
async def test_what_changed_before_a_late_first_copy_is_asked_about(room: Room) -> None:
    room.folder.write_text("a file where the folder should be")
    assert await room.look() == []
    room.folder.unlink()
    room.show(REFUSED, *BODY[1:])

    assert await room.look(minutes=6) == [Sight.CHANGED]
    (seen,) = room.history.observations(f"{room.web.url}/page/1")
    assert PageRecord.label(seen) == "изменилась до первой копии"
    (question,) = room.told(REVIEW)
    assert "На странице изменилось важное до первой копии" in question
    assert "было «Суд в Алматы постановил экстрадировать" in question
    notices = PageNotices(room.engine, Announcements(review=REVIEW, channel=CHANNEL))
    notices.decide(seen.id, announce=True, initial="А", now=room.clock())
    (reply,) = room.told(CHANNEL)
    assert "важное до первой копии. Копия того, что на ней теперь, у нас есть." in reply
    assert await room.look(hours=1) == [Sight.CHANGED, Sight.UNCHANGED]


@pytest.mark.parametrize(("days", "since"), [(0, "22.11 11:00"), (2, "24.11 11:00")])
async def test_a_change_that_is_undone_is_announced_no_more(room: Room, *, days: int, since: str) -> None:
    await room.look()
    room.show(REFUSED, *BODY[1:], title=TURNED)
    await room.look(hours=1)
    seen = room.history.observations(f"{room.web.url}/page/1")[-1]
    room.show(*BODY)
    await room.look(days=days, hours=1)
    await room.look(hours=2)

    question, *later = room.told(REVIEW)
    assert question.count(f"На странице снова прежний текст с {since}") == 1
    assert "прежний текст" not in "".join(later)
    notices = PageNotices(room.engine, Announcements(review=REVIEW, channel=CHANNEL))
    answer = notices.decide(seen.id, announce=True, initial="А", now=room.clock())
    assert answer == f"Уже решено. На странице снова прежний текст с {since}"
    assert room.told(CHANNEL) == []


async def test_maintainers_let_the_channel_know(room: Room) -> None:
    await room.look()
    room.show("Суд в Алматы отказался экстрадировать россиянина Ивана Петрова в Россию", *BODY[1:])
    assert (await room.look(hours=1))[-1] is Sight.CHANGED
    seen = room.history.observations(f"{room.web.url}/page/1")[-1]
    assert "отказался" in seen.said

    notices = PageNotices(room.engine, Announcements(review=REVIEW, channel=CHANNEL))
    press = partial(notices.decide, seen.id, announce=True, initial="А", now=room.clock())
    assert press() == "Сообщено в канале"
    assert press() == "Уже решено. Сообщено в канале (А.)"

    (reply,) = room.told(CHANNEL)
    assert "На странице изменилось важное" in reply
    assert "отказался" in reply
    assert room.told(REVIEW)[0].endswith("Сообщено в канале (А.)")


async def test_an_edit_that_changes_nothing_tells_nobody(room: Room) -> None:
    await room.look()
    room.show(LEAD + " —", *BODY[1:], title="Решение об экстрадиции.")
    await room.look(hours=1)
    assert room.told(REVIEW) == []


@pytest.mark.parametrize("room", ["brief", "short", ""], indirect=True)
@pytest.mark.parametrize("looks", [True, False])
async def test_what_was_posted_anew_is_not_asked_about(room: Room, *, looks: bool) -> None:
    await room.look()
    await room.turns(minutes=30)
    if looks:
        assert len(await room.look()) == 2, "a copy is made of what was posted"
    await room.look(hours=1)
    await room.look(days=2)

    _, anew = posts(room)
    assert "отказался" in anew
    assert room.told(REVIEW) == []


async def test_what_the_page_says_beyond_the_post_is_asked_about(room: Room) -> None:
    await room.look()
    await room.turns(minutes=30)
    await room.look()
    room.show(REFUSED, "Его отпустили под домашний арест до пятого января.", *BODY[1:], title=TURNED)
    await room.look(hours=1)

    (question,) = room.told(REVIEW)
    assert "домашний арест" in question
    assert "отказался" not in question.partition("<blockquote>")[2]


async def test_what_the_feed_shows_after_the_question_is_asked_no_more(room: Room) -> None:
    await room.look()
    room.show(REFUSED, *BODY[1:], title=TURNED)
    await room.look(hours=1)
    (question,) = room.told(REVIEW)
    await room.turns(minutes=5)
    await room.look()

    assert room.told(REVIEW) == [f"{question}\n\nЛента показала то же самое: об этом уже есть пост или вопрос"]
    seen = room.history.observations(f"{room.web.url}/page/1")[1]
    notices = PageNotices(room.engine, Announcements(review=REVIEW, channel=CHANNEL))
    answer = notices.decide(seen.id, announce=True, initial="А", now=room.clock())
    assert answer == "Уже решено. Лента показала то же самое: об этом уже есть пост или вопрос"


async def test_what_the_channel_was_told_of_the_page_is_not_posted_anew(room: Room) -> None:
    await room.look()
    room.show(REFUSED, *BODY[1:], title=TURNED)
    await room.look(hours=1)
    seen = room.history.observations(f"{room.web.url}/page/1")[1]
    notices = PageNotices(room.engine, Announcements(review=REVIEW, channel=CHANNEL))
    notices.decide(seen.id, announce=True, initial="А", now=room.clock())
    await room.turns(minutes=5)
    await room.look(days=2)

    (post,) = posts(room)
    assert f"Заголовок изменён, прежний: «{TITLE}»" in post
    assert len(room.told(CHANNEL)) == 1
    assert len(room.told(REVIEW)) == 1


async def test_what_a_veto_kept_from_the_channel_is_asked_about(room: Room) -> None:
    await room.look()
    room.show(REFUSED, *BODY[1:], title=TURNED)
    await room.poll(f"{REFUSED}, а не в Испанию", *BODY[1:], title=TURNED, minutes=30)
    assert len(posts(room)) == 1
    await room.look(hours=1)
    (question,) = room.told(REVIEW)
    assert "отказался" in question


async def test_an_older_copy_of_the_page_is_not_taken_for_what_was_posted(room: Room) -> None:
    await room.look()
    await room.poll(REFUSED, *BODY[1:], title=TURNED, minutes=30)
    await room.look()
    room.show(REFUSED, *BODY[1:], title=TURNED)
    await room.look(hours=1)
    room.show(*BODY)
    await room.look(days=1)

    (question,) = room.told(REVIEW)
    assert "отказался" in question.partition("стало")[0]


async def test_what_was_posted_of_a_page_that_turned_back_is_not_asked_about(room: Room) -> None:
    await room.look()
    await room.turns(minutes=30)
    await room.look()
    room.show(*BODY)
    await room.poll(*BODY, hours=1)
    await room.look()
    await room.look(days=2)

    assert len(posts(room)) == 3
    assert room.told(REVIEW) == []
