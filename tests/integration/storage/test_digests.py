"""Floods and days become digests, on a SQLite file and on PostgreSQL alike."""

from datetime import date, timedelta
from html import escape

import pytest
from sqlalchemy import Engine, select, update

from monitor.config.hours import Day
from monitor.models.channels import Destination
from monitor.models.outbox import (
    ChatIdentity,
    Delivery,
    DeliveryKind,
    DeliveryState,
    DigestItem,
    Pace,
    Settlement,
    Wait,
)
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.database import read_transaction, write_transaction
from monitor.storage.outbox.deliveries import Outbox, tell
from monitor.storage.outbox.digests import FLOOD, DigestStore
from monitor.storage.stats import Stats
from monitor.storage.store import Store
from monitor.storage.tables import articles, deliveries
from monitor.text.telegram_html import visible_text
from tests.factories import NOW
from tests.harness.seeded_outbox import CHAT, SeededOutbox

LEASE = timedelta(minutes=3)
FREE = Pace(per_minute=1000, spacing=timedelta(0))
HOUR = timedelta(hours=1)
TODAY = Day(date=date(2026, 11, 22), since=NOW - 24 * HOUR, until=NOW + HOUR)


@pytest.fixture
def seeded(engine: Engine) -> SeededOutbox:
    return SeededOutbox(engine)


def take(outbox: Outbox, chat: str = CHAT) -> Delivery:
    taken = outbox.claim(chat, NOW, lease=LEASE, pace=FREE)
    assert isinstance(taken, Delivery)
    return taken


def send(outbox: Outbox, message_id: int = 7, chat: str = CHAT) -> Delivery:
    taken = take(outbox, chat)
    outbox.settle(taken, Settlement(state=DeliveryState.SENT, message_id=message_id), NOW)
    return taken


def test_twenty_posts_are_posts(outbox: Outbox, seeded: SeededOutbox) -> None:
    seeded.add_stories(range(1, FLOOD + 1))

    assert send(outbox).kind is DeliveryKind.STORY
    assert set(seeded.states().values()) == {"sent", "pending"}


def test_one_more_and_all_are_one_digest_in_the_order_of_publication(outbox: Outbox, seeded: SeededOutbox) -> None:
    seeded.add_stories(reversed(range(2, FLOOD + 2)))
    seeded.add_story(1, "Медуза", "Лада", topic="knb", published=NOW)

    digest = send(outbox)

    lines = visible_text(digest.html).splitlines()
    assert digest.kind is DeliveryKind.DIGEST
    assert digest.story_id is None
    assert lines[:4] == [f"Накопилось новостей: {FLOOD + 1}", "", "Knb · 1", "• Новость 1 — Медуза, Лада"]
    assert lines[5] == f"Extradition · {FLOOD}"
    assert lines[6:] == [f"• Новость {number} — Лента" for number in range(2, FLOOD + 2)]
    assert list(seeded.states().values()) == ["digested"] * (FLOOD + 1) + ["sent"]
    assert {seeded.row(number)["digest_id"] for number in range(1, FLOOD + 2)} == {digest.id}
    assert outbox.claim(CHAT, NOW, lease=LEASE, pace=FREE) is None


def test_a_digest_speaks_the_language_of_its_chat(seeded: SeededOutbox, engine: Engine) -> None:
    kazakh = Outbox(engine, destinations=[Destination(chat=CHAT, tongue="kk")])
    seeded.add_stories(range(1, FLOOD + 2))
    seeded.add_story(50, topic="own")
    with write_transaction(engine) as db:
        verdict = db.execute(select(articles.c.verdict).where(articles.c.story_id == 50)).scalar_one()
        verdict["topics"][0]["title_kk"] = "Тінтулер"
        db.execute(update(articles).where(articles.c.story_id == 50).values(verdict=verdict))

    piled_up = visible_text(send(kazakh).html)
    assert DigestStore(engine).put_day(CHAT, TODAY, NOW, tongue="kk")
    of_day = visible_text(send(kazakh, 8).html)

    assert piled_up.startswith(f"Жиналған жаңалықтар: {FLOOD + 2}")
    for digest in (piled_up, of_day):
        assert f"Экстрадиция · {FLOOD + 1}" in digest
        assert "Тінтулер · 1" in digest


def test_the_posts_of_one_article_are_one_line(outbox: Outbox, seeded: SeededOutbox, engine: Engine) -> None:
    seeded.add_story(1)
    seeded.add_story(1, part=2)
    seeded.add_story(2)
    for _ in range(3):
        send(outbox)

    assert DigestStore(engine).put_day(CHAT, TODAY, NOW + HOUR)

    digest = send(outbox)
    assert visible_text(digest.html).startswith("За сутки: 2")
    assert digest.silent


def test_a_digest_waits_as_long_as_what_it_tells(outbox: Outbox, seeded: SeededOutbox, engine: Engine) -> None:
    """Else an outage of Telegram would seem over as soon as twenty-one stories wait."""
    for number in range(1, FLOOD + 2):
        seeded.add_story(number, at=NOW - 3 * HOUR + number * timedelta(minutes=1))

    digest = take(outbox)
    outbox.settle(digest, Settlement(state=DeliveryState.PENDING, error="нет связи"), NOW)

    assert digest.kind is DeliveryKind.DIGEST
    (chat,) = Stats(engine).vitals(NOW).chats
    assert chat.waiting_since == NOW - 3 * HOUR + timedelta(minutes=1)


def test_a_digest_that_waits_is_made_anew_without_what_is_retracted(
    outbox: Outbox, seeded: SeededOutbox, engine: Engine
) -> None:
    seeded.add_stories(range(1, FLOOD + 3))
    outbox.settle(take(outbox), Settlement(state=DeliveryState.PENDING, error="нет связи"), NOW)

    corrected = Retractions(engine).retract(1, "суд ещё не состоялся", now=NOW)

    assert corrected
    assert (corrected.in_digests, corrected.unsent) == (0, 1)
    lines = visible_text(take(outbox).html).splitlines()
    assert lines[0] == f"Накопилось новостей: {FLOOD + 1}"
    assert "• Новость 1 — Лента" not in lines
    assert list(seeded.states().values()) == ["cancelled"] + ["digested"] * (FLOOD + 1) + ["sending"]


def test_a_day_names_a_retracted_story_once_by_its_first_post(
    outbox: Outbox, seeded: SeededOutbox, engine: Engine
) -> None:
    for part in (1, 2):
        seeded.add_story(5, part=part)
        send(outbox, message_id=part)
    Retractions(engine).retract(5, "суд ещё не состоялся", now=NOW)

    assert DigestStore(engine).put_day(CHAT, TODAY, NOW)

    with read_transaction(engine) as db:
        (html,) = db.scalars(select(deliveries.c.html).where(deliveries.c.kind == DeliveryKind.DIGEST))
    assert visible_text(html).endswith("Опровергнуто · 1\n• Новость 5 — суд ещё не состоялся")
    assert 'href="https://t.me/test_channel/1"' in html


@pytest.mark.parametrize("is_sent", [True, False])
def test_one_that_is_on_its_way_or_was_sent_stays(
    outbox: Outbox, seeded: SeededOutbox, engine: Engine, *, is_sent: bool
) -> None:
    seeded.add_stories(range(1, FLOOD + 3))
    digest = send(outbox) if is_sent else take(outbox)

    corrected = Retractions(engine).retract(1, "суд ещё не состоялся", now=NOW)

    assert corrected
    assert (corrected.in_digests, corrected.unsent) == (1, 0)
    assert seeded.row(1)["digest_id"] == digest.id


def test_a_great_flood_is_several_digests_and_nothing_is_dropped(outbox: Outbox, seeded: SeededOutbox) -> None:
    seeded.add_stories(range(1, 151))

    told: list[str] = []
    while isinstance(claimed := outbox.claim(CHAT, NOW, lease=LEASE, pace=FREE), Delivery):
        outbox.settle(claimed, Settlement(state=DeliveryState.SENT, message_id=len(told) + 1), NOW)
        told.append(visible_text(claimed.html))

    assert 1 < len(told) < 6
    assert [sum(f"Новость {number} —" in digest for digest in told) for number in range(1, 151)] == [1] * 150


def test_a_closed_chat_gets_one_digest_when_it_opens_not_one_every_twenty(outbox: Outbox, seeded: SeededOutbox) -> None:
    seeded.add_story(1)
    hour_later = Settlement(state=DeliveryState.PENDING, chat_closed="нет прав", chat_not_before_at=NOW + HOUR)
    outbox.settle(take(outbox), hour_later, NOW)
    seeded.add_stories(range(2, 41))
    assert isinstance(outbox.claim(CHAT, NOW, lease=LEASE, pace=FREE), Wait)
    seeded.add_stories(range(41, 61))

    digest = outbox.claim(CHAT, NOW + HOUR, lease=LEASE, pace=FREE)

    assert isinstance(digest, Delivery)
    assert "Накопилось новостей: 60" in digest.html


def test_reviews_notices_edits_and_other_chats_are_not_folded(outbox: Outbox, seeded: SeededOutbox) -> None:
    seeded.add_story(100)
    send(outbox)
    seeded.add_story(100, html="правка")
    for number in range(1, FLOOD + 1):
        seeded.add_story(number)
        seeded.add_story(200 + number, kind=DeliveryKind.REVIEW)
        seeded.add_story(300 + number, chat="@other")
    outbox.tell(CHAT, "notice", "внимание", now=NOW)

    assert take(outbox).kind is DeliveryKind.STORY
    assert "digested" not in seeded.states().values()


def test_what_joins_a_digested_story_changes_nothing_and_news_answer_the_digest(
    outbox: Outbox, seeded: SeededOutbox
) -> None:
    seeded.add_stories(range(1, FLOOD + 2))
    send(outbox, message_id=50)

    seeded.add_story(3, "Вторая", html="с вторым изданием")
    assert outbox.claim(CHAT, NOW, lease=LEASE, pace=FREE) is None
    seeded.add_story(3, part=2)

    follow_up = take(outbox)
    assert (follow_up.story_id, follow_up.reply_to) == (3, 50)


# -- the day --------------------------------------------------------------------------------------------


def test_a_day_links_to_the_posts_of_a_public_channel(store: Store, outbox: Outbox, seeded: SeededOutbox) -> None:
    seeded.add_story(1, "Медуза", topic="knb")
    send(outbox, message_id=41)
    seeded.add_story(2)
    send(outbox, message_id=42)

    assert store.digests.put_day(CHAT, TODAY, NOW + HOUR)

    told = take(outbox)
    assert told.kind is DeliveryKind.DIGEST
    assert told.html == (
        "<b>За сутки: 2</b> · 22.11.2026\n\n"
        '<b>Knb · 1</b>\n• <a href="https://t.me/test_channel/41">Новость 1</a>\n\n'
        '<b>Extradition · 1</b>\n• <a href="https://t.me/test_channel/42">Новость 2</a>'
    )


def test_a_line_is_of_the_telling_that_the_post_of_that_chat_shows(
    store: Store, outbox: Outbox, seeded: SeededOutbox, engine: Engine
) -> None:
    url = "https://news.example/kk?a=1&b=2"
    seeded.add_story(1, "Лента", "Азаттық", html=f'<b><a href="{escape(url)}">Жаңалық</a></b>', chat="-100123")
    with engine.begin() as db:
        db.execute(update(articles).where(articles.c.feed == "Азаттық").values(url=url, title="Жаңалық"))
    send(outbox, chat="-100123")

    store.digests.put_day("-100123", TODAY, NOW + HOUR)

    assert visible_text(take(outbox, "-100123").html).endswith("• Жаңалық — Азаттық, Лента")


def test_a_day_links_to_the_articles_when_the_channel_is_private(
    store: Store, outbox: Outbox, seeded: SeededOutbox
) -> None:
    seeded.add_story(1, "Медуза", chat="-100123")
    send(outbox, chat="-100123")

    store.digests.put_day("-100123", TODAY, NOW + HOUR)

    assert '<a href="https://news.example/1">Новость 1</a> — Медуза' in take(outbox, "-100123").html


def test_a_channel_configured_by_number_is_linked_by_its_name(
    store: Store, outbox: Outbox, seeded: SeededOutbox
) -> None:
    identity = ChatIdentity(number="-100123", name="@test_channel")
    store.chats.meet("-100123", identity, served=["-100123"], now=NOW)
    seeded.add_story(1, chat="-100123")
    send(outbox, chat="-100123")

    store.digests.put_day("-100123", TODAY, NOW + HOUR)

    assert "https://t.me/test_channel/7" in take(outbox, "-100123").html


def test_a_day_is_told_once_and_only_when_there_is_something_to_tell(
    store: Store, outbox: Outbox, seeded: SeededOutbox
) -> None:
    assert not store.digests.put_day(CHAT, TODAY, NOW)
    seeded.add_story(1)
    assert not store.digests.put_day(CHAT, TODAY, NOW), "nothing of it is posted yet"
    send(outbox)

    assert store.digests.put_day(CHAT, TODAY, NOW)
    assert not store.digests.put_day(CHAT, TODAY, NOW)
    tomorrow = Day(date=date(2026, 11, 23), since=TODAY.until, until=TODAY.until + 24 * HOUR)
    assert not store.digests.put_day(CHAT, tomorrow, NOW), "the story was told yesterday"


def test_a_digested_story_is_linked_to_its_digest(store: Store, outbox: Outbox, seeded: SeededOutbox) -> None:
    seeded.add_stories(range(1, FLOOD + 2))
    send(outbox, message_id=50)

    store.digests.put_day(CHAT, TODAY, NOW + HOUR)

    assert take(outbox).html.count('href="https://t.me/test_channel/50"') == FLOOD + 1


def test_stories_that_nobody_reviewed_stand_in_the_day(store: Store, outbox: Outbox, seeded: SeededOutbox) -> None:
    late = DigestItem(topic="Не рассмотрены редакцией", title="Спорная", url="https://news.example/9")

    store.digests.put_day(CHAT, TODAY, NOW, undecided=[late])

    assert "<b>Не рассмотрены редакцией · 1</b>" in take(outbox).html


# -- notices and buttons --------------------------------------------------------------------------------


def test_a_notice_told_again_is_the_same_notice(outbox: Outbox, engine: Engine) -> None:
    outbox.tell("@operator", "closed", "закрыт", now=NOW, silent=True, buttons=((("Понятно", "ok:1"),),))
    first = send(outbox, chat="@operator")
    assert (first.kind, first.silent, first.buttons) == (DeliveryKind.NOTICE, True, ((("Понятно", "ok:1"),),))
    with write_transaction(engine) as db:
        tell(db, "@operator", "closed", "закрыт", now=NOW, buttons=((("Понятно", "ok:1"),),))
    assert outbox.claim("@operator", NOW, lease=LEASE, pace=FREE) is None

    outbox.tell("@operator", "closed", "снова открыт", now=NOW)

    edit = take(outbox, "@operator")
    assert (edit.id, edit.message_id, edit.html, edit.buttons) == (first.id, 7, "снова открыт", ())


def test_other_buttons_alone_are_reason_for_an_edit(outbox: Outbox, seeded: SeededOutbox) -> None:
    seeded.add_story(1, kind=DeliveryKind.REVIEW, buttons=((("Да", "y:1"), ("Нет", "n:1")),))
    assert send(outbox).buttons == ((("Да", "y:1"), ("Нет", "n:1")),)

    seeded.add_story(1, kind=DeliveryKind.REVIEW)

    assert (take(outbox).message_id, seeded.states()) == (7, {1: "sending"})


def test_rows_without_a_story_have_a_name_in_the_list(outbox: Outbox, seeded: SeededOutbox) -> None:
    seeded.add_story(1, "Медуза", "Лада")
    outbox.tell(CHAT, "notice", "<b>Группа</b> переехала\nподробности", now=NOW)

    listed = outbox.rows([DeliveryState.PENDING])

    assert [(row.kind, row.title) for row in listed] == [
        (DeliveryKind.STORY, "Новость 1"),
        (DeliveryKind.NOTICE, "Группа переехала"),
    ]
