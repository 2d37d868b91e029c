"""When something is wrong enough to be said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.errors import FetchFailure, ParseFailure
from monitor.health.conditions import BROKEN_AFTER, TITLES, Condition, Facts, conditions
from monitor.health.rule_rates import RuleRate
from monitor.models.feeds import FeedHealth, Habit
from monitor.models.health import ChatVitals, ConditionKind, Disk
from monitor.models.outbox import DeliveryState
from tests.factories import HOUR, NOW
from tests.factories.health import chat_vitals, facts, feed_health, vitals

GIB = 2**30
MINUTE = timedelta(minutes=1)


def kinds(given: Facts) -> list[ConditionKind]:
    return [condition.kind for condition in conditions(given)]


def broken(name: str = "Лента", kind: str = FetchFailure.NOT_FOUND, failures: int = BROKEN_AFTER) -> FeedHealth:
    return feed_health(name, failure="404", failure_kind=kind, failures=failures, succeeded_at=NOW - 2 * HOUR)


def test_all_is_well() -> None:
    assert conditions(facts(feeds=(feed_health(),), disk=Disk(free=50 * GIB, total=100 * GIB))) == ()


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        (broken(), [ConditionKind.BROKEN]),
        (broken(failures=BROKEN_AFTER - 1), []),
        (feed_health(failures=9, succeeded_at=NOW - 59 * MINUTE), []),
        (feed_health(failures=5, succeeded_at=None), [ConditionKind.BROKEN]),
        (broken(kind=FetchFailure.CHALLENGE, failures=3), [ConditionKind.BLOCKED]),
        (broken(kind=FetchFailure.FORBIDDEN, failures=2), []),
        (broken(kind=ParseFailure.MOJIBAKE, failures=2), [ConditionKind.UNREADABLE]),
        (
            feed_health(habit=Habit(news_at=NOW - 144 * HOUR, pages=20, bare=1.0, gap_at=NOW)),
            [ConditionKind.SILENT, ConditionKind.BARE, ConditionKind.GAP],
        ),
    ],
    ids=["broken", "four failures", "within the hour", "never worked", "wall", "twice", "letters", "noticed"],
)
def test_a_feed(feed: FeedHealth, expected: list[ConditionKind]) -> None:
    assert kinds(facts(feeds=(feed,))) == expected


def test_a_feed_that_fails_is_not_silent_too() -> None:
    failing = feed_health(failures=5, succeeded_at=None, habit=Habit(news_at=NOW - 144 * HOUR))

    assert kinds(facts(feeds=(failing,))) == [ConditionKind.BROKEN]


def test_the_words_tell_what_an_operator_asks_first() -> None:
    silent = feed_health("Вести", habit=Habit(news_at=NOW - 30 * HOUR, news_gap=timedelta(minutes=90)))

    (first, second) = conditions(facts(feeds=(broken("Газета"), silent)))

    assert first.text == "404 (последний успех 2 ч назад, неудач: 5)"
    assert second.text == "нового нет 30 ч, обычно раз в 90 мин"


def lost(count: int, *, of: int) -> tuple[FeedHealth, ...]:
    return tuple(
        broken(f"Лента {number}", FetchFailure.TIMEOUT) if number < count else feed_health(f"Лента {number}")
        for number in range(of)
    )


def test_an_outage_of_our_own_is_one_condition_and_charged_to_no_feed() -> None:
    (down,) = conditions(facts(feeds=lost(8, of=10)))

    assert down.kind is ConditionKind.OUTAGE
    assert "не отвечают 8 из 10" in down.text


def test_polling_may_know_of_the_outage_first() -> None:
    assert kinds(facts(feeds=(broken(),), is_down=True)) == [ConditionKind.OUTAGE]


def test_four_lost_feeds_or_the_lesser_half_are_the_feeds_own_trouble() -> None:
    assert kinds(facts(feeds=lost(4, of=4))) == [ConditionKind.BROKEN] * 4
    assert kinds(facts(feeds=lost(5, of=10))) == [ConditionKind.BROKEN] * 5


def test_feeds_that_answer_with_an_error_do_not_make_an_outage() -> None:
    assert kinds(facts(feeds=tuple(broken(f"{number}") for number in range(6)))) == [ConditionKind.BROKEN] * 6


@pytest.mark.parametrize(
    ("chat", "expected"),
    [
        (chat_vitals(closed="бот удалён из канала", waiting_since=NOW - HOUR), [ConditionKind.CLOSED]),
        (chat_vitals(waiting_since=NOW - 11 * MINUTE), [ConditionKind.LATE]),
        (chat_vitals(waiting_since=NOW - 9 * MINUTE), []),
        (chat_vitals(chat="@former", waiting_since=NOW - HOUR), []),
    ],
    ids=["closed", "late", "in time", "not served"],
)
def test_a_chat(chat: ChatVitals, expected: list[ConditionKind]) -> None:
    assert kinds(facts(vitals=vitals(chats=(chat,)))) == expected


def test_the_operator_is_not_told_late_that_he_is_told_late() -> None:
    late = vitals(chats=(chat_vitals(waiting_since=NOW - HOUR),))

    assert kinds(facts(vitals=late, operator=late.chats[0].chat)) == []


def test_every_undecided_delivery_is_a_condition_of_its_own() -> None:
    waiting = ((7, DeliveryState.UNCERTAIN), (9, DeliveryState.REJECTED))

    assert [condition.key for condition in conditions(facts(vitals=vitals(undecided=waiting)))] == [
        "uncertain:№ 7",
        "rejected:№ 9",
    ]


@pytest.mark.parametrize(
    ("free", "total", "full"),
    [(199 * 2**20, GIB, True), (GIB, 100 * GIB, True), (6 * GIB, 100 * GIB, False), (11 * GIB, 4000 * GIB, False)],
    ids=["small disk", "2 %", "6 %", "0.3 % of a large one"],
)
def test_the_disk(free: int, total: int, *, full: bool) -> None:
    assert kinds(facts(disk=Disk(free=free, total=total))) == [ConditionKind.DISK] * full


def test_rules_and_a_standstill_are_told() -> None:
    loud = RuleRate(rule="knb/вызов", last_day=60, usual=2.0, quiet_for=HOUR, missed=0.0, learnt_for=timedelta(days=20))
    quiet = RuleRate(
        rule="rvp/снятие",
        last_day=0,
        usual=3.0,
        quiet_for=timedelta(days=4),
        missed=12.0,
        learnt_for=timedelta(days=20),
    )

    seen = conditions(facts(rules=(loud, quiet), standstill=("опросы стоят: последний час назад",)))

    assert seen == (
        Condition(kind=ConditionKind.STANDSTILL, subject="опросы стоят", text="последний час назад"),
        Condition(kind=ConditionKind.LOUD, subject="knb/вызов", text="60 раз за сутки, обычно 2.0"),
        Condition(kind=ConditionKind.QUIET, subject="rvp/снятие", text="ни разу за 4 дн., по привычке было бы 12"),
    )


def test_every_kind_has_a_title() -> None:
    assert set(TITLES) == set(ConditionKind)


def test_a_bot_that_does_not_hear_is_told_with_the_way_out() -> None:
    (condition,) = conditions(facts(vitals=vitals(deaf="включён webhook: выключите")))

    assert (condition.kind, condition.text) == (ConditionKind.DEAF, "включён webhook: выключите")


def test_nothing_is_expected_of_a_paused_feed() -> None:
    silent = feed_health(failures=9, failure_kind="connection", habit=Habit(news_at=NOW - 900 * HOUR))
    paused = replace(silent, paused_until=NOW + HOUR, paused_because="сайт взломан")

    assert conditions(facts(feeds=(silent,)))
    assert conditions(facts(feeds=(paused,) * 9)) == ()
