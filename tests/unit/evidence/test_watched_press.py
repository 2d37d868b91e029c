"""A press of a hundred pages over 30 virtual days: what is told of it, against what was done to it."""

from heapq import heapify, heappop, heappush

import pytest

from monitor.evidence.watch import Look, observe
from monitor.models.evidence import PageAnswer
from tests.factories import NOW
from tests.samples.press import PAGES, QUOTED, Press


def watched(press: Press) -> int:
    """Watch the press until every watch has ended; how many looks that took."""
    looks = 0
    due = [(NOW, page.number) for page in press.pages]
    heapify(due)
    while due:
        at, number = heappop(due)
        page = press.pages[number]
        looks += 1
        answer, site_answers = press.answer(page, at), not press.is_out(at)
        version = page.seen(at, looks) if answer is PageAnswer.PAGE else None
        look = Look(at=at, answer=answer, version=version, site_answers=site_answers)
        seen = observe(page.state, look, quoted=[QUOTED[page.lang]])
        page.state = seen.state
        if seen.tells:
            page.told.append(seen.sight)
        if seen.next_look_at:
            heappush(due, (seen.next_look_at, number))
    return looks


@pytest.mark.parametrize("seed", range(3))
def test_a_month_of_a_press_is_told_as_it_was(seed: int) -> None:
    press = Press(seed)
    looks = watched(press)

    press.told_right()
    assert looks <= PAGES * 15
