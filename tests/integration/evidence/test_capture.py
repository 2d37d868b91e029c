"""A posted article's page is kept and watched: a poller, a site on loopback, a database of either kind."""

import gzip
import hashlib
import io
import json

import pytest
from warcio.archiveiterator import ArchiveIterator

from monitor.evidence import chain, warc
from monitor.models.evidence import Sight
from tests.harness.posted_page import BODY, LEAD, REFUSED, REVIEW, Room, posts
from tests.servers import faults


async def test_the_page_is_kept_as_soon_as_its_article_is_posted(room: Room) -> None:
    assert await room.look() == [Sight.UNCHANGED]

    (kept,) = room.history.captures(f"{room.web.url}/page/1")
    records = warc.read(room.folder, kept)
    assert hashlib.sha256(records).hexdigest() == kept.link.digest
    assert chain.list_breaks(list(room.history.chain("one"))) == ()
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


async def test_an_unchanged_page_is_looked_at_by_the_schedule_and_kept_once(room: Room) -> None:
    room.show(*BODY, etag='"1"')
    looks = [await room.look(**later) for later in ({}, {"minutes": 59}, {"minutes": 2}, {"hours": 6}, {"days": 1})]

    assert [len(seen) for seen in looks] == [1, 1, 2, 3, 4]
    assert set(looks[-1]) == {Sight.UNCHANGED}
    assert room.web.requests[-1].headers["if-none-match"] == '"1"'
    assert len(room.history.captures(f"{room.web.url}/page/1")) == 1
    assert room.told(REVIEW) == []


async def test_every_version_is_kept_also_one_that_comes_back(room: Room) -> None:
    await room.look()
    room.show("Суд в Алматы отказался экстрадировать россиянина Ивана Петрова в Россию", *BODY[1:])
    await room.look(hours=1)
    room.show(*BODY)
    await room.look(hours=2)

    kept = room.history.captures(f"{room.web.url}/page/1")
    assert [LEAD in one.version.text for one in kept if one.version] == [True, False, True]


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
