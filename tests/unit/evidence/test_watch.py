from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.comparison import compare
from monitor.evidence.comparison import describe as told_difference
from monitor.evidence.look_times import GRACE, RETRIES, SCHEDULE
from monitor.evidence.watch import APART, MOST_TOLD, QUIET, Look, Observation, PageState, observe
from monitor.evidence.wording import wording_keys
from monitor.models.evidence import PageAnswer, Sight, Version
from tests.factories import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUOTED = "Суд в Актау отложил дело Мовлаева на 5 ноября."
FIRST = Version(title="Суд отложил дело", text=f"{QUOTED} Адвокат обжалует решение.")
OTHER = replace(FIRST, text=FIRST.text.replace("5 ноября", "6 декабря"))
THIRD = replace(FIRST, title="Суд закрыл дело")
SLIP = replace(FIRST, text=FIRST.text.replace("обжалует", "обжалоует"))
STILL: tuple[PageAnswer | Version, ...] = (PageAnswer.UNMODIFIED, FIRST)
KINDS = (PageAnswer.ABSENT, PageAnswer.NOTHING, PageAnswer.UNMODIFIED, FIRST, OTHER, THIRD, SLIP)


def look(at: datetime, found: PageAnswer | Version | None, *, site_answers: bool = True, **given: Any) -> Look:
    answer, version = (found, None) if isinstance(found, PageAnswer) else (PageAnswer.PAGE, found)
    return Look(at=at, answer=answer, version=version, site_answers=site_answers, **given)


def walked(found: Sequence[PageAnswer | Version], *, site_answers: bool = True) -> list[tuple[datetime, Observation]]:
    """Each finding at the time that the watch asked for; it ends where the watch ends."""
    walk: list[tuple[datetime, Observation]] = []
    state, at = PageState.new(NOW), NOW
    for one in found:
        observation = observe(state, look(at, one, site_answers=site_answers), quoted=[QUOTED])
        walk.append((at, observation))
        if observation.next_look_at is None:
            break
        state, at = observation.state, observation.next_look_at
    return walk


def sights(walk: Sequence[tuple[datetime, Observation]]) -> list[Sight]:
    return [observation.sight for _, observation in walk]


def told(walk: Sequence[tuple[datetime, Observation]]) -> list[Sight]:
    return [observation.sight for _, observation in walk if observation.tells]


def since_first(walk: Sequence[tuple[datetime, Observation]]) -> list[timedelta]:
    return [at - NOW for at, _ in walk]


def test_a_page_that_stays_is_looked_at_by_the_schedule_and_then_no_more() -> None:
    walk = walked([FIRST, *STILL * 10])

    assert since_first(walk) == [timedelta(0), *SCHEDULE]
    assert set(sights(walk)) == {Sight.UNCHANGED}
    assert [observation.keeps for _, observation in walk] == [True] + [False] * 6
    assert told(walk) == []


def test_a_change_that_matters_is_told_once_and_looked_at_again_in_an_hour() -> None:
    walk = walked([FIRST, FIRST, OTHER, OTHER, OTHER])

    assert since_first(walk) == [timedelta(0), HOUR, 6 * HOUR, 7 * HOUR, DAY]
    assert sights(walk) == [Sight.UNCHANGED, Sight.UNCHANGED, Sight.CHANGED, Sight.UNCHANGED, Sight.UNCHANGED]
    assert told(walk) == [Sight.CHANGED]
    assert walk[2][1].keeps
    assert walk[2][1].difference
    assert walk[2][1].difference.matters


def test_a_slip_is_seen_and_kept_and_told_nobody() -> None:
    walk = walked([FIRST, SLIP])

    assert sights(walk)[-1] is Sight.CHANGED
    assert walk[-1][1].keeps
    assert told(walk) == []


def test_an_absent_page_is_gone_at_the_second_look_an_hour_later() -> None:
    walk = walked([FIRST, PageAnswer.ABSENT, PageAnswer.ABSENT, PageAnswer.ABSENT])

    assert sights(walk) == [Sight.UNCHANGED, Sight.MISSING, Sight.GONE, Sight.GONE]
    assert walk[2][0] - walk[1][0] == 65 * MINUTE
    assert walk[2][1].state.gone_since == walk[1][0]
    assert [observation.keeps for _, observation in walk] == [True, True, True, False]
    assert [observation.tells for _, observation in walk] == [False, False, True, False]
    assert walk[3][0] - NOW == 6 * HOUR


def test_no_page_is_gone_while_the_site_does_not_answer() -> None:
    walk = walked([FIRST] + [PageAnswer.ABSENT] * 100, site_answers=False)
    pauses = [later - earlier for (earlier, _), (later, _) in pairwise(walk[1:])]

    assert set(sights(walk)[1:]) == {Sight.MISSING}
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (65 * MINUTE, DAY)
    assert walk[-1][1].next_look_at is None
    assert walk[-1][0] - NOW <= SCHEDULE[-1] + GRACE + 2 * DAY
    assert told(walk) == []


def test_a_gone_page_cannot_be_seen_while_the_site_does_not_answer() -> None:
    gone = walked([FIRST, PageAnswer.ABSENT, PageAnswer.ABSENT])[-1][1].state
    outage = observe(gone, look(NOW + SCHEDULE[-1], PageAnswer.ABSENT, site_answers=False), quoted=[])

    assert outage.sight is Sight.UNSEEN
    assert outage.state.gone_since
    assert outage.next_look_at == NOW + SCHEDULE[-1] + 6 * HOUR


def test_what_cannot_be_seen_between_two_absences_neither_counts_nor_resets() -> None:
    walk = walked([FIRST, PageAnswer.ABSENT, PageAnswer.NOTHING, PageAnswer.ABSENT])

    assert sights(walk) == [Sight.UNCHANGED, Sight.MISSING, Sight.UNSEEN, Sight.GONE]
    assert sights(walked([FIRST, PageAnswer.NOTHING, PageAnswer.NOTHING, PageAnswer.ABSENT]))[-1] is Sight.MISSING


def test_a_page_seen_between_two_absences_begins_anew() -> None:
    assert sights(walked([FIRST, PageAnswer.ABSENT, FIRST, PageAnswer.ABSENT]))[1:] == [
        Sight.MISSING,
        Sight.UNCHANGED,
        Sight.MISSING,
    ]


def test_a_page_that_comes_back_is_told_after_the_day_of_the_other_notice() -> None:
    walk = walked([FIRST, PageAnswer.ABSENT, PageAnswer.ABSENT, OTHER, *[OTHER] * 20])

    assert sights(walk)[3] is Sight.BACK
    assert told(walk) == [Sight.GONE, Sight.BACK]
    gone, back = (at for at, observation in walk if observation.tells)
    assert back - gone == QUIET
    assert next(one for _, one in walk if one.tells and one.sight is Sight.BACK).difference  # it says so as well


def test_a_page_that_is_gone_again_is_told_again_after_the_day() -> None:
    walk = walked([FIRST, PageAnswer.ABSENT, PageAnswer.ABSENT, FIRST, *[PageAnswer.ABSENT] * 20])
    assert told(walk) == [Sight.GONE, Sight.GONE]


def test_a_change_is_undone_when_the_text_before_it_is_back() -> None:
    walk = walked([FIRST, OTHER, SLIP, OTHER, THIRD, FIRST, FIRST])
    assert [one.undone for _, one in walk] == [False, False, False, False, False, True, False]


def test_gone_does_not_wait_for_the_day_of_a_change() -> None:
    walk = walked([FIRST, OTHER, PageAnswer.ABSENT, PageAnswer.ABSENT])

    assert told(walk) == [Sight.CHANGED, Sight.GONE]
    assert walk[-1][0] - walk[1][0] < QUIET


def test_a_second_change_is_told_when_the_day_is_over_though_nothing_changes_then() -> None:
    walk = walked([FIRST, OTHER, THIRD, *[PageAnswer.UNMODIFIED] * 20])
    first, second = ((at, one) for at, one in walk if one.tells)

    assert second[0] - first[0] == QUIET
    assert second[1].sight is Sight.CHANGED
    assert second[1].difference
    assert second[1].difference.headline


def test_a_second_change_taken_back_within_the_day_is_not_told() -> None:
    assert told(walked([FIRST, OTHER, THIRD, OTHER, *[OTHER] * 20])) == [Sight.CHANGED]


def test_first_captures_are_tried_again_and_then_given_up() -> None:
    walk = walked([PageAnswer.NOTHING] * 20)
    pauses = [later - earlier for (earlier, _), (later, _) in pairwise(walk)]

    assert tuple(pauses) == RETRIES
    assert walk[-1][1].next_look_at is None
    assert not any(observation.keeps for _, observation in walk)


def test_the_schedule_counts_from_the_first_capture() -> None:
    walk = walked([PageAnswer.NOTHING, PageAnswer.NOTHING, FIRST, FIRST, FIRST])

    assert [at - walk[2][0] for at, _ in walk[3:]] == [HOUR, 6 * HOUR]


def test_a_page_absent_from_the_first_look_on_is_gone_too() -> None:
    walk = walked([PageAnswer.ABSENT, PageAnswer.ABSENT, FIRST])

    assert sights(walk) == [Sight.MISSING, Sight.GONE, Sight.BACK]
    assert [observation.keeps for _, observation in walk] == [True, True, True]


def test_a_page_without_an_article_is_kept_once_and_says_nothing() -> None:
    first = observe(PageState.new(NOW), look(NOW, None), quoted=[])
    second = observe(first.state, look(NOW + HOUR, None), quoted=[])
    third = observe(second.state, look(NOW + 6 * HOUR, FIRST), quoted=[])

    assert [one.sight for one in (first, second, third)] == [Sight.UNSEEN, Sight.UNSEEN, Sight.UNCHANGED]
    assert [one.keeps for one in (first, second, third)] == [True, False, True]
    assert first.next_look_at == NOW + HOUR


def test_a_wall_at_the_last_look_is_waited_for() -> None:
    walk = walked([*[FIRST] * 6, *[PageAnswer.NOTHING] * 3, PageAnswer.ABSENT, PageAnswer.ABSENT])

    assert told(walk) == [Sight.GONE]
    assert walk[-1][1].next_look_at is None


def test_a_move_is_said_once() -> None:
    first = observe(PageState.new(NOW), look(NOW, FIRST), quoted=[])
    moved = observe(first.state, look(NOW + HOUR, FIRST, moved_to="https://news.example/new"), quoted=[])
    still = observe(moved.state, look(NOW + 6 * HOUR, FIRST, moved_to="https://news.example/new"), quoted=[])

    assert [one.moved for one in (first, moved, still)] == [False, True, False]
    assert [one.keeps for one in (first, moved, still)] == [True, True, False]
    assert still.state.moved_to == "https://news.example/new"


def test_a_flicker_tells_each_version_once() -> None:
    walk = walked([FIRST, OTHER] * 60)

    assert told(walk) == [Sight.CHANGED, Sight.CHANGED]


def test_a_clock_set_back_delays_by_no_more_than_what_was_meant() -> None:
    before = observe(PageState.new(NOW), look(NOW, FIRST), quoted=[])
    told_then = observe(before.state, look(NOW + HOUR, OTHER), quoted=[])
    back = NOW - 400 * DAY
    again = observe(told_then.state, look(back, THIRD), quoted=[])
    after = observe(again.state, look(back + QUIET, THIRD), quoted=[])

    assert not again.tells
    assert again.next_look_at
    assert back < again.next_look_at <= back + QUIET
    assert after.tells


# ── whatever comes ──────────────────────────────────────────────────────────────────────────────────────────────

steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.booleans(),  # whether the site answers
        st.sampled_from((None, None, None, MINUTE, HOUR, 26 * HOUR, -2 * DAY)),  # None: when the watch asks for it
    ),
    max_size=40,
)
Steps = list[tuple[PageAnswer | Version, bool, timedelta | None]]


def observed(steps: Steps) -> Iterator[tuple[PageState, Look, Observation, timedelta]]:
    """The state before each look, the look, what it means, and the time that has passed, wherever the clock was set."""
    state, at, passed = PageState.new(NOW), NOW, timedelta(0)
    due: datetime | None = NOW
    for found, site_answers, moved_by in steps:
        before, at = at, at + moved_by if moved_by is not None else max(due or at, at)
        passed += max(at - before, timedelta(0))
        one = look(at, found, site_answers=site_answers)
        observation = observe(state, one, quoted=[QUOTED])
        yield state, one, observation, passed
        state, due = observation.state, observation.next_look_at


@given(steps=steps)
def test_gone_follows_two_absences_an_hour_apart_with_no_page_between(steps: Steps) -> None:
    absences: list[timedelta] = []
    for before, one, observation, passed in observed(steps):
        if one.answer is PageAnswer.ABSENT:
            absences.append(passed)
        elif one.answer is PageAnswer.PAGE or (one.answer is PageAnswer.UNMODIFIED and before.version):
            absences = []
        if observation.sight is Sight.GONE and before.gone_since is None:
            assert one.site_answers
            assert passed - absences[0] >= APART
            assert len(absences) >= 2


@given(steps=steps)
def test_what_cannot_be_seen_changes_no_claim(steps: Steps) -> None:
    for before, one, observation, _ in observed(steps):
        if one.answer is PageAnswer.NOTHING:
            after = observation.state
            assert (observation.sight, observation.tells, observation.keeps) == (Sight.UNSEEN, False, False)
            absent_since, told_at = (value and min(value, one.at) for value in (before.absent_since, before.told_at))
            claims = replace(before, absent_since=absent_since, told_at=told_at)  # no later than the clock set back
            assert replace(after, looks=0, due_at=None) == replace(claims, looks=0, due_at=None)


@given(steps=steps)
def test_notices_keep_their_distance_and_the_next_look_is_ahead(steps: Steps) -> None:
    told: list[tuple[timedelta, Sight]] = []
    for before, one, observation, passed in observed(steps):
        assert observation.next_look_at is None or observation.next_look_at >= one.at + 5 * MINUTE
        assert len(observation.state.told) <= MOST_TOLD
        if (version := observation.state.version) and not observation.keeps:
            assert before.version
            assert wording_keys(version) == wording_keys(before.version)  # what is kept already
        if observation.tells:
            assert observation.sight in {Sight.CHANGED, Sight.GONE, Sight.BACK}
            if told and passed - told[-1][0] < QUIET:
                assert (told[-1][1], observation.sight) == (Sight.CHANGED, Sight.GONE)
            told.append((passed, observation.sight))


@given(found=st.lists(st.sampled_from(KINDS), min_size=300, max_size=300), site_answers=st.booleans())
def test_every_watch_ends(found: list[PageAnswer | Version], site_answers: bool) -> None:
    walk = walked(found, site_answers=site_answers)

    assert walk[-1][1].next_look_at is None
    assert walk[-1][0] <= NOW + sum(RETRIES, timedelta(0)) + SCHEDULE[-1] + GRACE + 3 * DAY


@given(found=st.lists(st.sampled_from(KINDS), max_size=60), last=st.sampled_from((FIRST, OTHER, THIRD)))
def test_people_end_up_knowing_what_is_there(found: list[PageAnswer | Version], last: Version) -> None:
    """A page that rests two days: what was told last is so, or is a version that was told before."""
    state, at = PageState.new(NOW), NOW
    for one in [FIRST, *found[:20], last, last, last]:
        observation = observe(state, look(at, one), quoted=[QUOTED])
        state, at = observation.state, at + 25 * HOUR

    assert state.told_sight is not Sight.GONE
    assert state.shown
    unsaid = compare(state.shown, last, quoted=[QUOTED])
    assert unsaid is None or not unsaid.matters or wording_keys(last).whole in state.told


@pytest.mark.parametrize("pause", [MINUTE, HOUR, 5 * HOUR, 30 * HOUR])
def test_a_flicker_at_any_pace_tells_at_most_once_a_day_and_twice_in_all(pause: timedelta) -> None:
    state, told_at = PageState.new(NOW), []
    for number in range(200):
        observation = observe(state, look(NOW + number * pause, (FIRST, OTHER)[number % 2]), quoted=[QUOTED])
        state = observation.state
        if observation.tells:
            told_at.append(NOW + number * pause)

    assert len(told_at) <= 2
    assert all(later - earlier >= QUIET for earlier, later in pairwise(told_at))


def posted_walk(*found: tuple[Version, Version]) -> list[Observation]:
    """Looks of one day: what the page says, and what was posted of it last."""
    state, walk = PageState.new(NOW), []
    for number, (version, posted) in enumerate(found):
        walk.append(observe(state, look(NOW + number * HOUR, version, posted=posted), quoted=[QUOTED]))
        state = walk[-1].state
    return walk


def test_what_was_posted_since_is_known_once_the_page_shows_it() -> None:
    late, back = posted_walk((FIRST, FIRST), (FIRST, OTHER), (OTHER, OTHER), (FIRST, OTHER))[-2:]

    assert not late.tells
    assert back.tells, "the page says again what people know to be outdated"


def test_a_late_first_look_is_compared_with_what_was_posted() -> None:
    late, still, undone = posted_walk((OTHER, FIRST), (OTHER, FIRST), (FIRST, FIRST))
    assert [late.tells, still.tells, undone.tells] == [True, False, False]
    assert [late.undone, still.undone, undone.undone] == [False, False, True]
    assert late.difference
    assert "6 декабря" in told_difference(late.difference)


def test_a_question_is_withdrawn_when_just_that_was_posted() -> None:
    asked, posted, still = posted_walk((FIRST, FIRST), (OTHER, FIRST), (OTHER, OTHER), (OTHER, OTHER))[1:]
    assert [asked.tells, posted.tells, still.tells] == [True, False, False]
    assert [asked.withdraws, posted.withdraws, still.withdraws] == [False, True, False]


def test_a_question_about_something_else_stays() -> None:
    asked, waits, posted = posted_walk((FIRST, FIRST), (OTHER, FIRST), (THIRD, FIRST), (THIRD, THIRD))[1:]
    assert [asked.tells, waits.tells, posted.tells] == [True, False, False]
    assert not posted.withdraws


def test_a_state_that_knows_of_no_post_takes_the_first_it_hears_of() -> None:
    """States of the version before."""
    before = observe(PageState.new(NOW), look(NOW, FIRST), quoted=[]).state
    after = observe(before, look(NOW + DAY, OTHER, posted=OTHER), quoted=[QUOTED])
    assert (after.tells, after.state.posted) == (True, wording_keys(OTHER).whole)
