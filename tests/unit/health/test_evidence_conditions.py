"""When the operator hears of the copies of pages, and when that it is over."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.health.alarms import follow
from monitor.health.conditions import Condition, Facts, conditions, may_be_over
from monitor.health.liveness import POLL, START, beat_name
from monitor.models.health import Alarm, ConditionKind, StampVitals
from tests.factories import HOUR, NOW
from tests.factories.health import evidence_vitals, facts, vitals

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TSA = "https://tsa.example/tsr"


def look(**given: Any) -> Facts:
    """What worker `one` sees; it began four hours ago."""
    beats = {beat_name(START, "one"): NOW - 4 * HOUR, beat_name(POLL, "one"): NOW, **given.pop("beats", {})}
    return facts(worker="one", vitals=vitals(beats=beats), **given)


def lines(given: Facts) -> list[str]:
    return [f"{one.key} {one.text}".strip() for one in conditions(given)]


def test_all_is_well() -> None:
    kept = StampVitals(authority=TSA, waiting_since=None, given_at=NOW - 9 * DAY, problem="")

    assert lines(look(evidence=evidence_vitals(due_since=NOW - HOUR, stamps=(kept,)))) == []
    assert lines(look()) == []


def test_copies_that_cannot_be_kept_are_a_workers_trouble() -> None:
    assert lines(look(copy_trouble="нет места", evidence=evidence_vitals())) == ["copies:one нет места"]


def test_a_page_that_waits_for_over_an_hour_is_everybodys() -> None:
    late = evidence_vitals(due_since=NOW - 2 * HOUR)

    assert lines(look(evidence=late)) == ["copies: страницы ждут взгляда, дольше всех 2 ч"]
    (down,) = lines(look(evidence=late, is_down=True))
    assert down.startswith("outage:")


def test_what_fell_due_while_nobody_worked_is_late_from_the_last_start_on() -> None:
    late = evidence_vitals(due_since=NOW - 9 * DAY)

    assert lines(look(evidence=late, beats={beat_name(START, "two"): NOW - 59 * MINUTE})) == []
    assert len(lines(look(evidence=late, beats={beat_name(START, "two"): NOW - 61 * MINUTE}))) == 1


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        ({"waiting_since": NOW - 25 * HOUR, "problem": "служба отвечает 503"}, "ещё ни одной: служба отвечает 503"),
        ({"waiting_since": NOW - 23 * HOUR, "problem": "служба отвечает 503"}, ""),
        ({"waiting_since": NOW - 9 * DAY, "given_at": NOW - 3 * DAY}, "последняя 3 дн. назад"),
        ({"waiting_since": NOW - 9 * DAY, "given_at": NOW - HOUR}, ""),
        ({"waiting_since": NOW - HOUR, "given_at": NOW - 9 * DAY}, ""),
        ({"waiting_since": None, "given_at": NOW - 9 * DAY}, ""),
    ],
    ids=["never", "not a day", "days ago", "the others' turn", "nothing to stamp for long", "nothing waits"],
)
def test_an_authority_that_gives_no_stamp_for_a_day(stamp: dict[str, Any], said: str) -> None:
    seen = look(evidence=evidence_vitals(stamps=(StampVitals(authority=TSA, **stamp),)))

    assert lines(seen) == ([f"stamps:{TSA} {said}"] if said else [])


def test_a_broken_chain_is_told_by_its_first_break() -> None:
    assert lines(look(chain_breaks=("звено 5: не сходится", "звено 9"))) == ["chain:one звено 5: не сходится"]
    assert lines(look(chain_breaks=None)) == []


def told(kind: ConditionKind, subject: str) -> Alarm:
    return Alarm(key=f"{kind}:{subject}", text="", since=NOW - HOUR, told_at=NOW - HOUR)


def test_what_another_worker_finds_only_it_can_call_over_while_it_lives() -> None:
    alarm = told(ConditionKind.COPIES, "two")

    assert not may_be_over(alarm, look(beats={beat_name(POLL, "two"): NOW - 4 * MINUTE}))
    assert may_be_over(alarm, look(beats={beat_name(POLL, "two"): NOW - 6 * MINUTE}))
    assert may_be_over(alarm, look())


def test_after_a_start_nothing_is_over_before_it_was_tried() -> None:
    copies, chain = told(ConditionKind.COPIES, "one"), told(ConditionKind.CHAIN, "one")

    assert not may_be_over(copies, look(evidence=evidence_vitals(kept_at=NOW - 5 * HOUR)))
    assert not may_be_over(copies, look(evidence=evidence_vitals()))
    assert may_be_over(copies, look(evidence=evidence_vitals(kept_at=NOW - 3 * HOUR)))
    assert not may_be_over(chain, look(chain_breaks=None))
    assert may_be_over(chain, look(chain_breaks=()))


def test_what_all_see_anybody_calls_over() -> None:
    assert may_be_over(told(ConditionKind.COPIES, ""), look())
    assert may_be_over(told(ConditionKind.STAMPS, TSA), look())


def test_an_alarm_that_cannot_be_over_stays_told_or_not() -> None:
    untold = Alarm(key="copies:two", text="нет места", since=NOW - 30 * timedelta(seconds=1))
    known = (told(ConditionKind.CHAIN, "two"), untold)

    frozen = follow(known, [], NOW, may_be_over=lambda _alarm: False)
    assert (frozen.alarms, frozen.began, frozen.ended) == (known, (), ())

    seen = Condition(kind=ConditionKind.COPIES, subject="two", text="нет места")
    (began,) = follow(frozen.alarms, [seen], NOW + MINUTE, may_be_over=lambda _alarm: True).began
    assert began.since == untold.since


def test_a_site_that_is_not_fresh_is_told() -> None:
    assert lines(look(site_trouble="сайт: нет места")) == ["site: сайт: нет места"]
