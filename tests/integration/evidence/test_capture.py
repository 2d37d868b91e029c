"""A posted article's page is kept, watched and told of: a poller, a site on loopback, a database of either kind."""

import gzip
import hashlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from warcio.archiveiterator import ArchiveIterator

from monitor.evidence import chain, warc
from monitor.evidence.capture import Capturer
from monitor.models.evidence import Sight
from monitor.models.feeds import Feed, FeedKind
from monitor.polling.poll import Poller
from monitor.sources.http.client import Fetcher
from monitor.sources.http.exchange import Limits
from monitor.sources.sandbox import Sandbox
from monitor.storage.evidence.history import EvidenceHistory
from monitor.storage.evidence.notices import Announcements, PageNotices
from monitor.storage.store import Store
from monitor.storage.tables import deliveries
from tests.factories import NOW
from tests.factories.channels import to_channel
from tests.factories.evidence import capturer_of
from tests.factories.polling import poller_of
from tests.harness.clock import Clock
from tests.servers import faults
from tests.servers.web import Item, WebServer, page, rss

CHANNEL, REVIEW = "@channel", "@review"
LEAD = "Суд в Алматы постановил экстрадировать россиянина Ивана Петрова в Россию 5 декабря"
BODY = [LEAD, "Адвокат намерен обжаловать это решение в областном суде", "Родственники просят огласки и помощи юристов"]
TITLE = "Решение об экстрадиции"
REFUSED = "Суд в Алматы отказался экстрадировать россиянина Ивана Петрова в Россию 5 декабря"
TURNED = "Суд отказался выдать россиянина"
FEED = Feed(name="Газета", kind=FeedKind.RSS, url="", lang="ru")


@dataclass
class Room:
    """A feed with one article that is posted, and what watches its page."""

    web: WebServer
    store: Store
    engine: Engine
    capturer: Capturer
    clock: Clock
    folder: Path
    poller: Poller
    is_brief: bool = False  # the feed gives only summaries, and pages are read
    is_short: bool = False  # the article is one sentence, on the page and in the feed
    document: bytes = b""  # of the feed

    @property
    def history(self) -> EvidenceHistory:
        return EvidenceHistory(self.engine)

    def show(self, *sentences: str, title: str = TITLE, etag: str | None = None) -> str:
        html = page(title, list(sentences[:1]) if self.is_short else list(sentences) * 3)
        return self.web.serve("/page/1", html, content_type="text/html; charset=utf-8", etag=etag)

    async def poll(self, *sentences: str, title: str = TITLE, **later: float) -> None:
        """The feed shows the article so."""
        self.clock.forward(**later)
        link, published = f"{self.web.url}/page/1", NOW - timedelta(hours=1)
        text = f"{sentences[0]}. Подробности на сайте." if self.is_brief else ". ".join(sentences * 6)
        text = f"{sentences[0]}." if self.is_short else text
        given = {"description" if self.is_brief or self.is_short else "content": text}
        self.document = rss([Item(title=title, link=link, guid=link, published=published, **given)])
        feed = replace(FEED, url=self.web.serve("/rss", self.document))
        self.store.feeds.sync([feed], self.clock())
        (state,) = self.store.feeds.claim(self.clock(), limit=1, lease=timedelta(minutes=5))
        await self.poller.poll(feed, state)

    async def turns(self, **later: float) -> None:
        """The outlet says another thing in the same article, and the feed shows it."""
        self.show(REFUSED, *BODY[1:], title=TURNED)
        await self.poll(REFUSED, *BODY[1:], title=TURNED, **later)

    async def look(self, **later: float) -> list[Sight]:
        self.clock.forward(**later)
        await self.capturer.round()
        return [one.sight for one in self.history.observations(f"{self.web.url}/page/1")]

    def told(self, chat: str) -> list[str]:
        mine = select(deliveries.c.html).where(deliveries.c.chat == chat, deliveries.c.kind == "notice")
        with self.engine.connect() as db:
            return list(db.scalars(mine.order_by(deliveries.c.id)))


def posts(room: Room) -> list[str]:
    with room.engine.connect() as db:
        return list(db.scalars(select(deliveries.c.html).where(deliveries.c.kind == "story").order_by(deliveries.c.id)))


@pytest.fixture
async def room(web: WebServer, engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    wish = getattr(request, "param", "")  # "announces", "brief", "short": what of the usual is otherwise
    clock, to = Clock(), Announcements(review=REVIEW, channel=CHANNEL, announces=wish == "announces")
    store = Store(engine, chats=to_channel(CHANNEL), to=to)
    limits = Limits(host_gap=0)
    async with (
        Fetcher(user_agent="test", clock=clock, allow_private=True, limits=limits) as fetcher,
        Sandbox() as reader,
    ):
        folder = tmp_path / "evidence"
        capturer = capturer_of(store, fetcher, reader, clock, folder=folder, feed=FEED)
        poller = poller_of(store, fetcher, reader, clock, chat=CHANNEL, recent=capturer.recent)
        room = Room(
            web, store, engine, capturer, clock, folder, poller, is_brief=wish == "brief", is_short=wish == "short"
        )
        web.serve("/", page("Главная", ["Новости дня"] * 40), content_type="text/html; charset=utf-8")
        room.show(*BODY)
        await room.poll(*BODY)
        yield room


async def test_the_page_is_kept_as_soon_as_its_article_is_posted(room: Room) -> None:
    assert await room.look() == [Sight.UNCHANGED]

    (kept,) = room.history.captures(f"{room.web.url}/page/1")
    records = warc.read(room.folder, kept)
    assert hashlib.sha256(records).hexdigest() == kept.link.digest
    assert chain.broken(list(room.history.chain("one"))) == ()
    assert kept.version is not None
    assert LEAD in kept.version.text
    assert kept.status == 200
    found = [(record.rec_type, record.content_stream().read()) for record in ArchiveIterator(io.BytesIO(records))]
    assert [kind for kind, _ in found] == ["response", "request", "resource", "resource"]
    assert json.loads(found[2][1])["url"] == f"{room.web.url}/page/1"
    start, end = room.document.index(b"<item>"), room.document.index(b"</item>") + len("</item>")
    assert found[3][1] == room.document[start:end]


@pytest.mark.parametrize("room", ["brief"], indirect=True)
async def test_a_page_that_a_poll_has_just_read_is_not_asked_for_again(room: Room) -> None:
    assert await room.look() == [Sight.UNCHANGED]
    assert room.web.count("/page/1") == 1
    (kept,) = room.history.captures(f"{room.web.url}/page/1")
    assert LEAD.encode() in gzip.decompress(warc.read(room.folder, kept))

    assert await room.look(hours=1) == [Sight.UNCHANGED, Sight.UNCHANGED]
    assert room.web.count("/page/1") == 2


@pytest.mark.parametrize("room", ["announces"], indirect=True)
async def test_the_channel_hears_of_a_page_that_is_gone_where_that_is_wished(room: Room) -> None:
    await room.look()
    room.web.remove("/page/1")
    await room.look(hours=1)
    await room.look(hours=2)

    assert room.told(REVIEW) == []
    (reply,) = room.told(CHANNEL)
    assert "Страница исчезла с адреса (проверено дважды: 10:00, 12:00). Копия у нас есть." in reply


async def test_an_unchanged_page_is_looked_at_by_the_schedule_and_kept_once(room: Room) -> None:
    room.show(*BODY, etag='"1"')
    looks = [await room.look(**later) for later in ({}, {"minutes": 59}, {"minutes": 2}, {"hours": 6}, {"days": 1})]

    assert [len(seen) for seen in looks] == [1, 1, 2, 3, 4]
    assert set(looks[-1]) == {Sight.UNCHANGED}
    assert room.web.requests[-1].headers["if-none-match"] == '"1"'
    assert len(room.history.captures(f"{room.web.url}/page/1")) == 1
    assert room.told(REVIEW) == []


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
    assert press() == "Уже решено."
    if announced:
        (reply,) = room.told(CHANNEL)
        assert "Страница исчезла с адреса" in reply
        assert reply.count("Страница снова на месте с 23.11 12:00") == 1
    else:
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
    assert press() == "Уже решено."

    (reply,) = room.told(CHANNEL)
    assert "На странице изменилось важное" in reply
    assert "отказался" in reply
    assert room.told(REVIEW)[0].endswith("Сообщено в канале (А.)")


async def test_every_version_is_kept_also_one_that_comes_back(room: Room) -> None:
    await room.look()
    room.show("Суд в Алматы отказался экстрадировать россиянина Ивана Петрова в Россию", *BODY[1:])
    await room.look(hours=1)
    room.show(*BODY)
    await room.look(hours=2)

    kept = room.history.captures(f"{room.web.url}/page/1")
    assert [LEAD in one.version.text for one in kept if one.version] == [True, False, True]


async def test_an_edit_that_changes_nothing_tells_nobody(room: Room) -> None:
    await room.look()
    room.show(LEAD + " —", *BODY[1:], title="Решение об экстрадиции.")
    await room.look(hours=1)
    assert room.told(REVIEW) == []


async def test_a_wall_says_nothing_about_the_page(room: Room) -> None:
    await room.look()
    room.web.fail("/page/1", faults.status(403))
    for _ in range(4):
        seen = await room.look(days=1)
    assert set(seen[1:]) == {Sight.UNSEEN}
    assert room.told(REVIEW) == []


async def test_a_page_that_never_could_be_seen_has_its_entry_kept(room: Room) -> None:
    room.web.fail("/page/1", faults.status(403))
    assert await room.look() == [Sight.UNSEEN]
    (kept,) = room.history.captures(f"{room.web.url}/page/1")
    assert kept.version is None
    assert LEAD.encode() in b"".join(
        record.content_stream().read() for record in ArchiveIterator(io.BytesIO(warc.read(room.folder, kept)))
    )


async def test_a_full_disk_puts_the_look_off(room: Room) -> None:
    room.folder.write_text("a file where the folder should be")
    assert await room.look() == []
    assert room.capturer.trouble
    room.folder.unlink()
    assert await room.look(minutes=6) == [Sight.UNCHANGED]
    assert not room.capturer.trouble


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
    assert notices.decide(seen.id, announce=True, initial="А", now=room.clock()) == "Уже решено."


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


@pytest.mark.parametrize("room", ["brief", ""], indirect=True)
async def test_a_page_whose_entry_says_another_thing_is_looked_at_at_once(room: Room) -> None:
    """Its headline stays, and nothing is judged again."""
    await room.look()
    await room.look(hours=7)
    room.show(REFUSED, *BODY[1:])
    assert len(await room.look(hours=2)) == 2, "none is due by the schedule"
    await room.poll(REFUSED, *BODY[1:])
    assert (await room.look())[-1] is Sight.CHANGED

    (question,) = room.told(REVIEW)
    assert "отказался" in question
    assert len(posts(room)) == 1


async def test_a_feed_that_edits_its_entries_all_the_time_has_a_page_looked_at_once_an_hour(room: Room) -> None:
    await room.look(minutes=1)
    for minute in range(12):
        await room.poll(f"{BODY[0]}, сообщили в {minute} минут", minutes=15)
        looks = await room.look()

    assert len(looks) == 4  # the first, and three in three hours
