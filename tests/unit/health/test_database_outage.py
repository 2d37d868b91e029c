"""What the operator hears when the database takes nothing: not of a blip, once of a trouble, once of its end."""

from datetime import timedelta

import pytest

from monitor.errors import DatabaseError, DatabaseLost
from monitor.health.database_outage import AGAIN, GIVEN_UP, HOLD, DatabaseOutage
from tests.harness.clock import Clock

FULL = DatabaseError("database or disk is full: <hush>")
SECOND = timedelta(seconds=1)


class Scene:
    """A worker with an operator: `direct` are the messages past the outbox, `queued` those through it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.direct: list[str] = []
        self.queued: dict[str, str] = {}
        self.telegram_answers = self.database_answers = True
        self.outage = DatabaseOutage(
            worker="here",
            clock=self.clock,
            send_directly=self.send_directly,
            notify=self.notify,
            redact=lambda text: text.replace("hush", "…"),
        )

    async def send_directly(self, html: str) -> bool:
        self.direct.append(html)
        return self.telegram_answers

    def notify(self, key: str, html: str) -> None:
        if not self.database_answers:
            raise FULL
        self.queued[key] = html

    async def fail(self, lasting: timedelta, work: str = "poll") -> None:
        """A try a second."""
        for _ in range(int(lasting / SECOND)):
            began = self.clock()
            self.clock.forward(seconds=1)
            self.outage.failed(work, FULL, began)
            await self.outage.round()

    async def succeed(self, lasting: timedelta = HOLD + SECOND, work: str = "poll") -> None:
        """The same, well."""
        for _ in range(int(lasting / SECOND)):
            self.clock.forward(seconds=1)
            self.outage.succeeded(work)
            await self.outage.round()


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_a_blip_is_not_worth_a_word(scene: Scene) -> None:
    await scene.fail(HOLD - SECOND)
    await scene.succeed()

    assert (scene.direct, scene.queued) == ([], {})


async def test_trouble_is_told_once_and_its_end_once(scene: Scene) -> None:
    await scene.fail(10 * AGAIN)
    (message,) = scene.direct
    assert message.startswith("⚠️ <b>База данных не принимает записей</b>\n• here: database or disk is full: &lt;…&gt;")
    assert scene.queued == {}
    await scene.succeed()
    await scene.succeed()

    (message,) = scene.queued.values()
    assert message == "✅ Прошло: <b>База данных не принимает записей</b>\n• here: 10 мин"


@pytest.mark.parametrize(("error", "goes_on"), [(FULL, True), (DatabaseLost("monitor.db"), False)])
async def test_only_what_passes_is_said_to_pass(scene: Scene, error: DatabaseError, *, goes_on: bool) -> None:
    began = scene.clock()
    scene.clock.forward(seconds=30)
    scene.outage.failed("poll", error, began)

    await scene.outage.round()

    (message,) = scene.direct
    assert message.endswith("Опросы и отправка стоят; ничего не теряется, работа пойдёт сама.") == goes_on
    assert message.endswith("Опросы и отправка стоят.") != goes_on


async def test_one_try_that_waited_long_is_enough(scene: Scene) -> None:
    scene.clock.forward(seconds=30)
    scene.outage.failed("poll", FULL, scene.clock() - timedelta(seconds=30))

    await scene.outage.round()

    assert len(scene.direct) == 1


async def test_a_moment_of_grace_is_no_end(scene: Scene) -> None:
    await scene.fail(AGAIN)
    await scene.succeed(HOLD - SECOND)
    await scene.fail(AGAIN)
    await scene.succeed()

    assert (len(scene.direct), len(scene.queued)) == (1, 1)


async def test_only_the_same_work_shows_that_it_is_over(scene: Scene) -> None:
    """A full disk takes what needs no new scene."""
    await scene.fail(AGAIN, work="Лента")
    await scene.succeed(AGAIN, work="poll")
    assert (len(scene.direct), scene.queued) == (1, {})

    await scene.succeed(work="Лента")

    assert len(scene.queued) == 1


async def test_work_that_is_tried_no_more_is_forgotten(scene: Scene) -> None:
    await scene.fail(AGAIN, work="лента, которой больше нет")

    await scene.succeed(GIVEN_UP + HOLD)

    assert len(scene.queued) == 1


async def test_a_telegram_that_refuses_is_asked_again_once_a_minute(scene: Scene) -> None:
    scene.telegram_answers = False
    await scene.fail(3 * AGAIN)
    assert 2 <= len(scene.direct) <= 3
    scene.telegram_answers = True
    await scene.fail(5 * AGAIN)
    asked = len(scene.direct)
    await scene.succeed()

    assert asked <= 4
    assert len(scene.queued) == 1


async def test_the_end_is_told_when_the_database_takes_it(scene: Scene) -> None:
    await scene.fail(AGAIN)
    scene.database_answers = False
    with pytest.raises(DatabaseError):
        await scene.succeed()
    scene.database_answers = True

    await scene.succeed(SECOND)

    assert len(scene.queued) == 1


async def test_without_an_operator_it_stands_in_the_log(scene: Scene) -> None:
    outage = DatabaseOutage(worker="here", clock=scene.clock)
    outage.failed("poll", FULL, scene.clock() - AGAIN)
    await outage.round()
    outage.succeeded("poll")
    for _ in range(2):
        await outage.round()
        scene.clock.forward(seconds=60)
