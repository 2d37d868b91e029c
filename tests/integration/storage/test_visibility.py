"""No article that a rule matched is placed where no reader can see it, whatever the press writes."""

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select, update

from monitor.models.articles import Outcome, Tier
from monitor.models.outbox import DeliveryState
from monitor.models.stories import EntryOutcome
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.store import Store
from monitor.storage.tables import articles, deliveries, entries
from monitor.stories.grouping import group
from tests.factories import NOW, feed, matched, poll_outcome
from tests.factories.channels import to_channel
from tests.harness.databases import open_test_engine, sqlite_database
from tests.harness.visibility import hidden

OUTLETS = ("Лента", "Вестник", "Азаттық")
CITIES = ("Алматы", "Костанае", "Павлодаре", "Уральске", "Сарканде", "Макинске")
COUNTS = ("", "сорок", "12", "двух", "115")
NOTES = (
    "В {city} полиция проверяет {count} россиян с разрешением на временное проживание",
    "Миграционная служба в {city} аннулировала РВП, его лишились {count} россиян",
    "Суд в {city} разрешил экстрадицию, выдать просят {count} россиян",
    "В {city} отпустили {count} россиян, задержанных по запросу Москвы",
)
TEXT = "Об этом сообщает ведомство. Решение можно обжаловать в течение месяца. Адвокаты готовят жалобу."
GROUP = partial(group, chats=to_channel("@channel", review="-100"))


@dataclass(frozen=True)
class Note:
    """A short note; `same_address`: of one headline and outlet, under one address."""

    outlet: str
    words: str
    city: str
    count: str
    tier: Tier
    topic: str
    same_address: bool

    @property
    def title(self) -> str:
        return self.words.format(city=self.city, count=self.count).replace("  ", " ")


notes = st.builds(
    Note,
    outlet=st.sampled_from(OUTLETS),
    words=st.sampled_from(NOTES),
    city=st.sampled_from(CITIES),
    count=st.sampled_from(COUNTS),
    tier=st.sampled_from((Tier.POST, Tier.POST, Tier.REVIEW)),
    topic=st.sampled_from(("extradition", "rvp")),
    same_address=st.booleans(),
)


def poll(engine: Engine, entry: EntryOutcome, number: int) -> None:
    """Record a poll of the entry's feed that brought it."""
    assert entry.telling
    store, at = Store(engine), NOW + timedelta(minutes=number)
    name = entry.telling.article.feed
    (state,) = (one for one in store.feeds.claim(at, limit=9, lease=timedelta(minutes=1)) if one.name == name)
    brought = poll_outcome(feed=name, lease_no=state.lease_no, polled_at=at, next_poll_at=at, matched=(entry,))
    assert store.polls.record_all([brought], GROUP, window=timedelta(days=60))


def polled(engine: Engine, *brought: EntryOutcome) -> None:
    """Poll all feeds as often as there are entries, each poll with the next one."""
    Store(engine).feeds.sync([feed(name=name, url=f"https://{name}.example/") for name in OUTLETS], NOW)
    for number, entry in enumerate(brought):
        poll(engine, entry, 2 * number)


def note(number: int, title: str, *topics: str, outlet: str = "Лента", **given: Any) -> EntryOutcome:
    made = matched(number, *(topics or ("rvp",)), title=title, feed=outlet, **({"text": TEXT} | given))
    return replace(made, entry=replace(made.entry, title=title))


def headlines_by_part(db: Connection) -> list[set[str]]:
    parts: dict[tuple[int, int], set[str]] = {}
    for row in db.execute(select(articles.c.story_id, articles.c.part, articles.c.title)):
        parts.setdefault((row.story_id, row.part), set()).add(row.title)
    return list(parts.values())


@settings(max_examples=25)  # each takes 50 ms; every run has others
@given(st.lists(notes, min_size=2, max_size=10))
def test_nothing_that_matched_is_hidden(stream: list[Note]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_test_engine(sqlite_database(Path(folder) / "store.db"))
        polled(engine, *(brought(number, one) for number, one in enumerate(stream)))
        with engine.connect() as db:
            assert hidden(db) == []
            for headlines in headlines_by_part(db):
                assert len({tuple(city for city in CITIES if city in title) for title in headlines}) == 1
        engine.dispose()


def brought(number: int, one: Note) -> EntryOutcome:
    own = {"canonical_url": f"https://{one.outlet}.example/{one.title}"} if one.same_address else {}
    return note(number, one.title, one.topic, outlet=one.outlet, tier=one.tier, **own)


def test_the_same_outlets_next_event_is_a_post_of_its_own(engine: Engine) -> None:
    polled(
        engine,
        note(1, "В Алматы проверяют россиян с РВП", text=f"Полиция обходит адреса. {TEXT}"),
        note(2, "В Костанае аннулировали РВП сорока россиянам", text=f"Полиция обходит адреса. {TEXT}"),
    )

    with engine.connect() as db:
        first, second = db.execute(select(deliveries.c.story_id, deliveries.c.html).order_by(deliveries.c.id)).all()
    assert first.story_id != second.story_id
    assert "Костанае" in second.html


def test_ten_notes_about_ten_cities_are_ten_posts(engine: Engine) -> None:
    cities = ("Алматы", "Астане", "Шымкенте", "Актобе", "Караганде", "Таразе", "Павлодаре", "Семее", "Костанае", "Урае")

    polled(engine, *(note(n, f"В {city} полиция проверила россиян с РВП") for n, city in enumerate(cities)))

    with engine.connect() as db:
        assert len(set(db.scalars(select(deliveries.c.story_id)))) == len(cities)


def test_another_outlets_copy_is_listed_and_the_same_outlets_other_article_is_a_reply(engine: Engine) -> None:
    title = "В Алматы полиция проверила россиян с РВП"
    more = TEXT.replace("Адвокаты готовят жалобу.", "Проверки идут вторую неделю.")

    polled(engine, note(1, title), note(2, title, outlet="Вестник"), note(3, f"{title} снова", text=more))

    with engine.connect() as db:
        columns = (deliveries.c.story_id, deliveries.c.part, deliveries.c.html)
        posts = db.execute(select(*columns).order_by(deliveries.c.part)).all()
        outcomes = db.scalars(select(entries.c.outcome).order_by(entries.c.id)).all()
    assert [(post.story_id, post.part) for post in posts] == [(1, 1), (1, 2)]
    assert "Вестник" in posts[0].html
    assert outcomes == [Outcome.POSTED, Outcome.JOINED, Outcome.POSTED]


BARE = "Казахстан: вопрос об экстрадиции Алимова"
SAME_MOMENT, LATER = NOW + timedelta(seconds=2), NOW + timedelta(hours=3)


def bare(number: int, title: str = BARE, *, at: datetime | None = NOW, outlet: str = "Лента") -> EntryOutcome:
    """A headline whose page gave no text."""
    return note(number, title, "extradition", outlet=outlet, text="", published_at=at)


@pytest.mark.parametrize(
    ("second", "outcome", "posts"),
    [
        (bare(2, at=SAME_MOMENT), Outcome.DUPLICATE, 1),
        (bare(2, f"⚡️ {BARE}!", at=SAME_MOMENT), Outcome.DUPLICATE, 1),
        (bare(2, at=LATER), Outcome.POSTED, 2),
        (bare(2, at=None), Outcome.POSTED, 2),
        (bare(2, at=LATER, outlet="Вестник"), Outcome.JOINED, 1),
    ],
    ids=["another address", "other signs", "hours later", "who knows when", "another outlet"],
)
def test_a_bare_headline_come_again(engine: Engine, second: EntryOutcome, outcome: Outcome, posts: int) -> None:
    """Silent only where nothing but the address is new; a doubt is a reply, another outlet is named in the post."""
    polled(engine, bare(1), second)

    with engine.connect() as db:
        shown = db.execute(select(deliveries.c.story_id, deliveries.c.html)).all()
        assert db.scalars(select(entries.c.outcome).order_by(entries.c.id)).all() == [Outcome.POSTED, outcome]
    assert [row.story_id for row in shown] == [1] * posts
    assert outcome is not Outcome.JOINED or "Вестник" in shown[0].html


def test_one_word_for_two_events_of_a_day_is_a_reply_and_of_two_days_a_story(engine: Engine) -> None:
    word = "Экстрадиция"
    moments = (NOW, NOW + timedelta(minutes=1), NOW + timedelta(days=2))

    polled(engine, *(bare(number, word, at=at) for number, at in enumerate(moments)))

    with engine.connect() as db:
        posts = db.execute(select(deliveries.c.story_id, deliveries.c.part).order_by(deliveries.c.id)).all()
    assert [tuple(post) for post in posts] == [(1, 1), (1, 2), (2, 1)]


def test_bare_headlines_that_stand_side_by_side_are_all_shown(engine: Engine) -> None:
    """A page whose every headline is the name of its rubric, read at once."""
    store = Store(engine)
    store.feeds.sync([feed()], NOW)
    (state,) = store.feeds.claim(NOW, limit=1, lease=timedelta(minutes=1))
    brought = poll_outcome(lease_no=state.lease_no, matched=tuple(bare(number) for number in range(5)))

    assert store.polls.record_all([brought], GROUP, window=timedelta(days=60))

    with engine.connect() as db:
        assert len(db.execute(select(deliveries)).all()) == 5


def test_the_outbox_calls_a_reply_by_its_own_headline(engine: Engine) -> None:
    title = "В Алматы полиция проверила россиян с РВП"

    polled(engine, note(1, title), note(2, f"{title} снова"))

    rows = Outbox(engine).rows([DeliveryState.PENDING])
    assert [row.title for row in rows] == [title, f"{title} снова"]


def test_a_story_without_a_post_is_found_hidden(engine: Engine) -> None:
    """The check itself: it sees what it is there to see."""
    polled(engine, note(1, "В Алматы полиция проверила россиян с РВП"))

    with engine.begin() as db:
        db.execute(update(deliveries).values(html="другое"))
        assert len(hidden(db)) == 1
