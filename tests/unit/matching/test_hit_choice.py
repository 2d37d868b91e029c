from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.matching.hit_choice import choices, first_choice
from monitor.matching.term_index import Hit

spans = st.tuples(st.integers(0, 12), st.integers(1, 4))
hit_lines = st.lists(st.lists(spans, max_size=4), min_size=1, max_size=4).map(
    lambda lines: [sorted({Hit(start, start + length, 0) for start, length in line}) for line in lines]
)


def apart(hits: tuple[Hit, ...]) -> bool:
    return all(one.end <= other.start for one, other in pairwise(sorted(hits)))


def width(hits: tuple[Hit, ...]) -> tuple[int, int]:
    return min(hit.start for hit in hits), max(hit.end for hit in hits)


@given(lines=hit_lines)
@settings(max_examples=300, deadline=None)
def test_within_every_choice_lies_one_that_the_sweep_finds(lines: list[list[Hit]]) -> None:
    every = [choice for choice in product(*lines) if apart(choice)]
    closed = list(choices(lines))

    assert set(closed) <= set(every)
    for choice in every:
        start, end = width(choice)
        assert any(start <= width(tight)[0] and width(tight)[1] <= end for tight in closed)


@given(lines=hit_lines)
@settings(max_examples=300, deadline=None)
def test_there_is_a_first_choice_whenever_there_is_any(lines: list[list[Hit]]) -> None:
    first = first_choice(lines)

    assert bool(first) == any(apart(choice) for choice in product(*lines))
    assert all(hit in line for hit, line in zip(first, lines, strict=False))
    assert apart(first)


def test_the_first_hits_are_taken_when_they_are_apart() -> None:
    lines = [[Hit(5, 7, 1), Hit(9, 10, 1)], [Hit(0, 2, 2), Hit(3, 4, 2)]]

    assert first_choice(lines) == (Hit(5, 7, 1), Hit(0, 2, 2))


def test_many_lines_that_want_the_same_few_places_are_no_riddle() -> None:
    """Trying one choice after another would take 8! · 1,000 steps and more."""
    scarce = [Hit(10 * place, 10 * place + 5, 1) for place in range(7)]
    plenty = [Hit(10 * place, 10 * place + 5, 2) for place in range(2_000)]

    assert first_choice([scarce] * 8) == ()
    assert list(choices([scarce] * 8)) == []
    assert first_choice([scarce] * 7 + [plenty]) != ()
