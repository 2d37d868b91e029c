"""What was read of somebody before the channel wrote of him: posted, asked about, or left, as if it came now."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from monitor.app.build_polling import placing_anew
from monitor.config.keywords import load_keywords
from monitor.errors import DatabaseError
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.polling.look_back import BACK, MOST, ROUNDS, UNDER_WAY, LookBack, naming
from monitor.storage.polls import READ_BEFORE
from monitor.storage.store import Store
from monitor.storage.tables import archive, articles, deliveries, entries, reviews
from monitor.stories.people.followed import NOBODY
from tests.factories.channels import to_channel
from tests.factories.polling import RULES
from tests.harness.poll_room import ABOUT, LONG, Room
from tests.servers.web import Item

CLAIM, DENIAL, LETTER = "Казахстан экстрадирует россиянина Пробникова", "Пробников на связи", "Пробников написал письмо"
SAFE = "Максим Пробников ответил на звонок: он дома, в Актобе. " + LONG
WROTE = "Максим Пробников благодарит тех, кто ему пишет. " + LONG
MINUTE = timedelta(minutes=1)

Minute = Callable[..., Awaitable[None]]


def looking_back(store: Store) -> LookBack:
    """As a daemon with this store does."""
    place = placing_anew(store.polls, to_channel("@channel", review="-100"))
    return LookBack(followed=store.followed, naming=partial(naming, store.archive), place=place)


@pytest.fixture
async def minute(room: Room) -> Minute:
    """A minute goes by: these are read, and who is followed now is looked back for."""
    look_back = looking_back(room.store)
    await look_back.round(room.now)

    async def passes(*items: Item) -> None:
        room.now += MINUTE
        if items:
            room.serve(*items)
            await room.poll()
        await look_back.round(room.now)

    return passes


def claim(room: Room) -> Item:
    return room.item(CLAIM, "Максима Пробникова выдают. " + ABOUT, age=timedelta(0))


def everything(room: Room) -> list[list[object]]:
    columns = (entries.c.reason, articles.c.entry_id, deliveries.c.html, reviews.c.html, archive.c.body)
    return [room.column(column) for column in columns]


async def test_a_denial_read_before_its_claim_is_posted_under_it(room: Room, minute: Minute) -> None:
    await minute(room.item(DENIAL, SAFE))
    assert room.outcomes() == {DENIAL: "unmatched"}

    await minute(claim(room))

    assert room.outcomes() == {DENIAL: "posted", CLAIM: "posted"}
    denial = str(room.column(deliveries.c.html)[1])
    assert denial.startswith("Новое: опровергают")
    assert "он дома, в Актобе" in denial
    assert "Лента · 13:00" in denial, "when it was published, and not now"


async def test_earlier_news_of_him_is_asked_about_and_a_namesake_is_left(room: Room, minute: Minute) -> None:
    school = "Пробников открыл школу"
    await minute(room.item(LETTER, WROTE), room.item(school, "Аркадий Пробников учит пекарей в Астане. " + LONG))

    await minute(claim(room))

    assert room.outcomes() == {LETTER: "review", school: "unmatched", CLAIM: "posted"}
    (known,) = room.store.history.list_entries(f"{room.web.url}/page/{LETTER}")
    assert known.reason.startswith("extradition: о том же человеке; ")
    assert known.reason.endswith(READ_BEFORE)
    assert known.evidence.endswith(READ_BEFORE)
    assert room.store.reviews.waiting().count == 1


async def test_what_is_older_than_two_days_is_left(room: Room, minute: Minute) -> None:
    await minute(room.item("Погода", LONG))  # what the feed shows later is no first sight
    young = room.item("Пробников пишет", WROTE, age=BACK - 5 * MINUTE)
    await minute(young, room.item("Старое", WROTE, age=BACK - MINUTE))
    await minute(claim(room))

    assert room.outcomes() == {
        "Погода": "unmatched",
        "Пробников пишет": "review",
        "Старое": "unmatched",
        CLAIM: "posted",
    }


async def test_a_claim_that_is_only_asked_about_brings_nothing_back(room: Room, minute: Minute) -> None:
    asking = RULES.replace("name: выдача", "tier: review\n        name: выдача")
    judge = replace(room.poller.judge, matcher=Matcher(compile_rules(load_keywords(asking, file="keywords.yaml"))))
    room.poller = replace(room.poller, judge=judge)
    await minute(room.item(DENIAL, SAFE))

    await minute(claim(room))

    assert room.outcomes() == {DENIAL: "unmatched", CLAIM: "review"}


async def test_nothing_is_done_twice(room: Room, minute: Minute) -> None:
    another = looking_back(Store(room.engine))
    await another.round(room.now)
    await minute(room.item(DENIAL, SAFE), room.item(LETTER, WROTE))
    await minute(claim(room))
    done = everything(room)

    await another.round(room.now)
    await minute()
    begun_anew = looking_back(Store(room.engine))
    await begun_anew.round(room.now)
    await begun_anew.round(room.now + MINUTE)

    assert everything(room) == done


async def test_an_article_that_its_outlet_has_rewritten_is_not_taken_back(room: Room, minute: Minute) -> None:
    """What it said first would be told under the post as another claim of the same article, or as its headline."""
    first = room.item(DENIAL, SAFE)
    await minute(first)
    await minute(replace(first, title=CLAIM, content="Максима Пробникова выдают. " + ABOUT))

    await minute()

    assert room.outcomes() == {DENIAL: "unmatched", CLAIM: "posted"}
    assert len(room.column(deliveries.c.id)) == 1


async def test_the_newest_are_placed_and_only_where_somebody_new_is_followed(room: Room) -> None:
    asked: list[Sequence[int]] = []

    def place(numbers: Sequence[int], *, since: datetime, now: datetime) -> int:
        asked.append(numbers)
        assert since == now - BACK
        if len(asked) == 1:
            raise DatabaseError("её нет")
        return 0

    look_back = LookBack(followed=room.store.followed, naming=partial(naming, room.store.archive), place=place)
    await look_back.round(room.now)
    room.serve(*(room.item(f"Письмо {number}", WROTE) for number in range(MOST + 2)))
    await room.poll()
    room.now += 2 * UNDER_WAY
    room.serve(claim(room))
    await room.poll()

    with pytest.raises(DatabaseError):
        await look_back.round(room.now)
    for _ in range(ROUNDS):
        await look_back.round(room.now)

    newest = tuple(range(MOST + 2, 2, -1))
    assert asked == [newest, newest], "what failed is done again, and then no more"


async def test_what_a_poll_under_way_read_without_knowing_him_is_placed_too(room: Room, minute: Minute) -> None:
    await minute(claim(room))
    room.poller = replace(room.poller, followed=lambda _now: NOBODY)  # it began before the claim came
    await minute(room.item(DENIAL, SAFE))

    assert room.outcomes() == {DENIAL: "posted", CLAIM: "posted"}
