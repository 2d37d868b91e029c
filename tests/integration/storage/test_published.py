"""What of the database is public, on a SQLite file and on PostgreSQL alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, update

from monitor.models.outbox import Delivery, DeliveryKind, DeliveryState, Pace, Settlement
from monitor.models.site import OpenedCase, Precision, Takedown
from monitor.models.stories import Decision
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.database import read_transaction, write_transaction
from monitor.storage.evidence.schema import captures, observations, pages
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.outbox.destinations import DestinationStore
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.site.published import PublishedStories, PublishedStory
from monitor.storage.stories import read_stories
from monitor.storage.tables import articles, chats, deliveries, reviews, stories
from tests.factories import NOW
from tests.harness.seeded_outbox import CHAT, SeededOutbox

HOUR = timedelta(hours=1)
FREE = Pace(per_minute=1000, spacing=timedelta(0))
MAINTAINERS = "@maintainers"


@pytest.fixture
def seeded(engine: Engine) -> SeededOutbox:
    return SeededOutbox(engine)


@pytest.fixture
def published(engine: Engine) -> PublishedStories:
    return PublishedStories(engine)


@pytest.fixture
def send_all(outbox: Outbox) -> Callable[..., None]:
    """Have Telegram accept everything that waits for a chat; messages are numbered from 100 on."""

    def send(chat: str = CHAT) -> None:
        while isinstance(taken := outbox.claim(chat, NOW, lease=HOUR, pace=FREE), Delivery):
            outbox.settle(taken, Settlement(state=DeliveryState.SENT, message_id=100 + taken.id), NOW)

    return send


def one(published: PublishedStories, number: int) -> PublishedStory:
    (story,) = published.read([number])
    return story


def test_a_story_is_public_once_the_channel_shows_it(
    published: PublishedStories, seeded: SeededOutbox, send_all: Callable[..., None]
) -> None:
    seeded.add_story(7, "Газета", "Лада")
    assert dict(published.marks()) == {}

    send_all()
    assert list(published.marks()) == [7]
    story = one(published, 7)
    assert [telling.article.feed for telling in story.story.tellings] == ["Газета", "Лада"]
    assert story.seen_at == (NOW, NOW)
    assert story.posted_at == NOW
    assert story.post_url == "https://t.me/test_channel/101"


def test_a_post_is_linked_by_the_public_name_of_its_channel(
    engine: Engine, published: PublishedStories, seeded: SeededOutbox, send_all: Callable[..., None]
) -> None:
    seeded.add_story(7, chat="-1001234567890")
    send_all("-1001234567890")
    assert not one(published, 7).post_url, "an address that only members can open"
    before = published.pulse()

    with write_transaction(engine) as db:
        db.execute(update(chats).values(name="@public"))

    assert one(published, 7).post_url == "https://t.me/public/101"
    assert published.pulse() != before


def test_questions_and_parts_nobody_posted_are_not(
    published: PublishedStories, seeded: SeededOutbox, send_all: Callable[..., None]
) -> None:
    seeded.add_story(1, chat=MAINTAINERS, kind=DeliveryKind.REVIEW)
    send_all(MAINTAINERS)
    seeded.add_story(2, "Газета")
    send_all()
    seeded.add_story(2, "Лада", part=2, chat=MAINTAINERS, kind=DeliveryKind.REVIEW)
    send_all(MAINTAINERS)

    assert list(published.marks()) == [2]
    assert [telling.article.feed for telling in one(published, 2).story.tellings] == ["Газета"]
    assert list(published.read([1])) == []


def test_a_post_that_was_taken_back_takes_its_story_off(
    engine: Engine, published: PublishedStories, seeded: SeededOutbox, send_all: Callable[..., None]
) -> None:
    seeded.add_story(1)
    send_all()
    with write_transaction(engine) as db:
        db.execute(update(deliveries).values(html=""))

    assert dict(published.marks()) == {}


def test_the_archive_goes_by_the_main_channel(
    engine: Engine, published: PublishedStories, seeded: SeededOutbox, send_all: Callable[..., None]
) -> None:
    DestinationStore(engine).settle([CHAT, "-1001/7"], NOW)
    seeded.add_story(7, chat="-1001/7")
    send_all("-1001/7")
    assert dict(published.marks()) == {}
    DestinationStore(engine).settle([CHAT], NOW)
    assert dict(published.marks()) == {}, "nor what a place told that is no longer served"


def test_what_a_digest_tells_is_public(outbox: Outbox, published: PublishedStories, seeded: SeededOutbox) -> None:
    seeded.add_stories(range(1, 40))
    taken = outbox.claim(CHAT, NOW, lease=HOUR, pace=FREE)
    assert isinstance(taken, Delivery)
    assert taken.kind is DeliveryKind.DIGEST
    assert dict(published.marks()) == {}

    outbox.settle(taken, Settlement(state=DeliveryState.SENT, message_id=5), NOW + HOUR)
    assert list(published.marks()) == list(range(1, 40))
    assert one(published, 3).post_url == "https://t.me/test_channel/5"
    assert one(published, 3).posted_at == NOW + HOUR


def test_a_mark_changes_with_everything_that_a_page_shows(
    engine: Engine, published: PublishedStories, seeded: SeededOutbox, send_all: Callable[..., None]
) -> None:
    seeded.add_stories([1, 2])
    send_all()
    marks, pulses = [dict(published.marks())], [published.pulse()]

    def changed(number: int = 1) -> None:
        now, pulse = dict(published.marks()), published.pulse()
        assert [one for one in now if now[one] != marks[-1].get(one)] == [number]
        assert pulse not in pulses
        marks.append(now)
        pulses.append(pulse)

    seeded.add_story(1, "Лада", part=2)
    send_all()
    changed()
    with write_transaction(engine) as db:
        retitled = {"title": "Новая шапка", "former_title": "Новость 1"}
        db.execute(update(articles).where(articles.c.story_id == 1).values(**retitled))
        db.execute(update(stories).where(stories.c.id == 1).values(updated_at=NOW + HOUR))
    changed()
    _observe(engine, "https://news.example/1", "было «один», стало «два»")
    changed()
    assert CaseStore(engine).open(1, "Дело", NOW)
    changed()
    assert CaseStore(engine).rename(1, "Дело Иванова")
    changed()
    assert CaseStore(engine).close(1, NOW)
    changed()
    for why in ("ошибка", "суда не было"):
        assert Retractions(engine).retract(1, why, now=NOW)
        send_all()
        changed()
    assert Retractions(engine).restore(1, now=NOW)
    send_all()
    changed()


def _observe(engine: Engine, url: str, said: str) -> None:
    with write_transaction(engine) as db:
        page = {"canonical_url": url, "url": url, "feed": "Лента", "begun_at": NOW}
        number = db.scalar(insert(pages).values(page).returning(pages.c.id))
        kept = {"page_id": number, "chain": "w", "number": 1, "taken_at": NOW, "digest": "a" * 64, "previous": "0" * 64}
        place = {"hash": "b" * 64, "file": "f", "offset": 0, "length": 1, "status": 200}
        copy = db.scalar(insert(captures).values(kept | place).returning(captures.c.id))
        look = {"page_id": number, "at": NOW, "sight": "changed", "said": said, "capture_id": copy}
        db.execute(insert(observations).values(look))
        db.execute(insert(observations).values(look | {"sight": "unchanged", "said": "", "capture_id": None}))


def test_looks_that_found_something_are_told_with_the_copys_hash(
    engine: Engine, published: PublishedStories, seeded: SeededOutbox, send_all: Callable[..., None]
) -> None:
    seeded.add_story(1, "Газета", "Лада")
    send_all()
    _observe(engine, "https://news.example/1", "было «один», стало «два»")

    (look,) = one(published, 1).looks
    assert (look.said, look.digest, look.is_first) == ("было «один», стало «два»", "a" * 64, True)


def test_threads_lead_to_public_stories_only(
    engine: Engine, published: PublishedStories, seeded: SeededOutbox, send_all: Callable[..., None]
) -> None:
    seeded.add_stories([1, 2])
    send_all()
    seeded.add_story(3)
    with write_transaction(engine) as db:
        db.execute(update(stories).where(stories.c.id.in_([2, 3])).values(follows=1))
    assert one(published, 1).followed_by == (2,)
    assert one(published, 2).follows == 1

    TakedownStore(engine).hide(1, "просьба семьи", NOW)
    assert one(published, 2).follows is None
    assert list(published.marks()) == [2]


def test_precision_counts_decisions_by_topic_and_part(
    engine: Engine, published: PublishedStories, seeded: SeededOutbox
) -> None:
    for number, decision in enumerate((Decision.PUBLISHED, Decision.REJECTED, Decision.OFF_TOPIC, None), start=1):
        seeded.add_story(number, "Газета", "Лада", topic="rvp" if number == 1 else "knb")
        with write_transaction(engine) as db:
            asked = {"story_id": number, "part": 1, "html": "", "asked_at": NOW, "decision": decision}
            db.execute(insert(reviews).values(asked))

    assert published.precision() == {"rvp": Precision(published=1), "knb": Precision(rejected=2)}
    assert Precision(published=3, rejected=1).share == 0.75
    assert Precision().share is None


def test_a_case_is_a_thread_under_one_title(engine: Engine, seeded: SeededOutbox) -> None:
    cases = CaseStore(engine)
    seeded.add_stories([1, 2, 3, 4])
    with write_transaction(engine) as db:
        db.execute(update(stories).where(stories.c.id.in_([2, 3])).values(follows=1))

    opened = cases.open(2, "Дело", NOW)
    assert isinstance(opened, OpenedCase)
    assert (opened.case.stories, opened.left) == ((1, 2, 3), ())
    again = cases.open(4, "Дело", NOW + HOUR)
    assert isinstance(again, OpenedCase)
    assert again.case == replace(opened.case, stories=(1, 2, 3, 4))
    assert cases.open(99, "Дело", NOW) is None

    other = cases.open(4, "Другое", NOW)
    assert [(one.title, one.stories) for one in cases.open_cases()] == [("Другое", (4,)), ("Дело", (1, 2, 3))]
    assert isinstance(other, OpenedCase)
    assert other.left == (opened.case,)
    assert cases.remove(4)
    assert not cases.remove(4)
    assert cases.close(other.case.id, NOW)
    assert not cases.close(other.case.id, NOW)
    assert not cases.rename(other.case.id, "Третье")
    assert [one.title for one in cases.open_cases()] == ["Дело"]


def test_two_open_cases_have_two_titles(engine: Engine, seeded: SeededOutbox) -> None:
    """Whatever the letters' case and the blanks are."""
    cases = CaseStore(engine)
    seeded.add_stories([1, 2, 3])
    for story, title in ((1, "Дело Иванова"), (2, "дело  ИВАНОВА"), (3, "Дело Петрова")):
        assert cases.open(story, title, NOW)
    assert [(one.id, one.title, one.stories) for one in cases.open_cases()] == [
        (2, "Дело Петрова", (3,)),
        (1, "Дело Иванова", (1, 2)),
    ]

    bearer = cases.rename(2, "ДЕЛО Иванова")
    assert bearer is not None
    assert (bearer.id, bearer.title) == (1, "Дело Иванова")
    assert cases.rename(1, "дело Иванова")
    assert [one.title for one in cases.open_cases()] == ["Дело Петрова", "дело Иванова"]
    assert cases.close(1, NOW)
    renamed = cases.rename(2, "Дело Иванова")
    assert renamed is not None
    assert renamed.id == 2, "a closed case holds no title"


def test_a_hidden_story_opens_no_case(engine: Engine, seeded: SeededOutbox) -> None:
    cases = CaseStore(engine)
    seeded.add_story(1)
    TakedownStore(engine).hide(1, "просьба семьи", NOW)

    assert cases.open(1, "Дело Иванова", NOW) == Takedown(story=1, at=NOW, why="просьба семьи")
    assert cases.open_cases() == ()


def test_a_story_knows_its_case_while_it_is_open(engine: Engine, seeded: SeededOutbox) -> None:
    seeded.add_story(1, "Газета", "Лада")
    seeded.add_story(2, "Газета")
    cases = CaseStore(engine)

    def known() -> list[int | None]:
        with read_transaction(engine) as db:
            return [story.case for story in read_stories(db, [1, 2])]

    assert known() == [None, None]
    opened = cases.open(1, "Дело", NOW)
    assert isinstance(opened, OpenedCase)
    assert known() == [opened.case.id, None]
    cases.close(opened.case.id, NOW)
    assert known() == [None, None]


def test_a_takedown_can_be_taken_back(engine: Engine, seeded: SeededOutbox) -> None:
    takedowns = TakedownStore(engine)
    seeded.add_stories([1])

    assert not takedowns.hide(9, "нет такой", NOW)
    assert takedowns.hide(1, "просьба", NOW)
    first = Takedown(story=1, at=NOW, why="просьба")
    assert takedowns.hide(1, "ошибка", NOW + HOUR) == first, "a second reason does not wipe out the first"
    assert takedowns.hidden() == (first,)
    assert takedowns.hide(1, "просьба семьи", NOW + HOUR, replace=True) == replace(first, why="просьба семьи")
    assert takedowns.show(1)
    assert not takedowns.show(1)
    assert takedowns.hidden() == ()
