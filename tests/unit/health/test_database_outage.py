"""What the operator hears when the database takes nothing: not of a blip, once of a trouble, once of its end."""

from datetime import timedelta

import pytest

from monitor.errors import DatabaseError
from monitor.health.database_outage import AGAIN, GIVEN_UP, HOLD, DatabaseOutage
from tests.harness.clock import Clock

FULL = DatabaseError("database or disk is full: <hush>")
SECOND = timedelta(seconds=1)


class Room:
    """A blackout with an operator: `shouted` came past the outbox, `told` through it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.shouted: list[str] = []
        self.told: dict[str, str] = {}
        self.telegram_answers = self.database_answers = True
        self.blackout = DatabaseOutage(
            worker="here",
            clock=self.clock,
            shout=self.shout,
            tell=self.tell,
            redact=lambda text: text.replace("hush", "…"),
        )

    async def shout(self, html: str) -> bool:
        self.shouted.append(html)
        return self.telegram_answers

    def tell(self, key: str, html: str) -> None:
        if not self.database_answers:
            raise FULL
        self.told[key] = html

    async def fail(self, lasting: timedelta, work: str = "poll") -> None:
        """A try a second."""
        for _ in range(int(lasting / SECOND)):
            began = self.clock()
            self.clock.forward(seconds=1)
            self.blackout.lost(work, FULL, began)
            await self.blackout.round()

    async def succeed(self, lasting: timedelta = HOLD + SECOND, work: str = "poll") -> None:
        """The same, well."""
        for _ in range(int(lasting / SECOND)):
            self.clock.forward(seconds=1)
            self.blackout.found(work)
            await self.blackout.round()


@pytest.fixture
def room() -> Room:
    return Room()


async def test_a_blip_is_not_worth_a_word(room: Room) -> None:
    await room.fail(HOLD - SECOND)
    await room.succeed()

    assert (room.shouted, room.told) == ([], {})


async def test_trouble_is_told_once_and_its_end_once(room: Room) -> None:
    await room.fail(10 * AGAIN)
    (shouted,) = room.shouted
    assert shouted.startswith("⚠️ <b>База данных не принимает записей</b>\n• here: database or disk is full: &lt;…&gt;")
    assert room.told == {}
    await room.succeed()
    await room.succeed()

    (told,) = room.told.values()
    assert told == "✅ Прошло: <b>База данных не принимает записей</b>\n• here: 10 мин"


async def test_one_try_that_waited_long_is_enough(room: Room) -> None:
    room.clock.forward(seconds=30)
    room.blackout.lost("poll", FULL, room.clock() - timedelta(seconds=30))

    await room.blackout.round()

    assert len(room.shouted) == 1


async def test_a_moment_of_grace_is_no_end(room: Room) -> None:
    await room.fail(AGAIN)
    await room.succeed(HOLD - SECOND)
    await room.fail(AGAIN)
    await room.succeed()

    assert (len(room.shouted), len(room.told)) == (1, 1)


async def test_only_the_same_work_shows_that_it_is_over(room: Room) -> None:
    """A full disk takes what needs no new room."""
    await room.fail(AGAIN, work="Лента")
    await room.succeed(AGAIN, work="poll")
    assert (len(room.shouted), room.told) == (1, {})

    await room.succeed(work="Лента")

    assert len(room.told) == 1


async def test_work_that_is_tried_no_more_is_forgotten(room: Room) -> None:
    await room.fail(AGAIN, work="лента, которой больше нет")

    await room.succeed(GIVEN_UP + HOLD)

    assert len(room.told) == 1


async def test_a_telegram_that_refuses_is_asked_again_once_a_minute(room: Room) -> None:
    room.telegram_answers = False
    await room.fail(3 * AGAIN)
    assert 2 <= len(room.shouted) <= 3
    room.telegram_answers = True
    await room.fail(5 * AGAIN)
    asked = len(room.shouted)
    await room.succeed()

    assert asked <= 4
    assert len(room.told) == 1


async def test_the_end_is_told_when_the_database_takes_it(room: Room) -> None:
    await room.fail(AGAIN)
    room.database_answers = False
    with pytest.raises(DatabaseError):
        await room.succeed()
    room.database_answers = True

    await room.succeed(SECOND)

    assert len(room.told) == 1


async def test_without_an_operator_it_stands_in_the_log(room: Room) -> None:
    blackout = DatabaseOutage(worker="here", clock=room.clock)
    blackout.lost("poll", FULL, room.clock() - AGAIN)
    await blackout.round()
    blackout.found("poll")
    for _ in range(2):
        await blackout.round()
        room.clock.forward(seconds=60)
