"""Where two sequences of words differ: an alignment with bounded cost for any words. Pure.

Words that occur once on both sides are anchors (as in patience diff); only what is between two anchors is compared word
by word, and only if it is short.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

LONGEST = 3_000  # words on each side; the rest is one run
_LEAF = 4_096  # pairs of words that are compared one by one
_DEEPEST = 8
_BRIDGE = 2  # equal words between two runs that are joined

_Pair = tuple[int, int]


class Run(NamedTuple):
    """`before[b0:b1]` became `after[a0:a1]`; one of the two may be empty."""

    b0: int
    b1: int
    a0: int
    a1: int


def equal_pairs(before: Sequence[str], after: Sequence[str]) -> list[_Pair]:
    """Return the indices of equal words, increasing on both sides."""
    within = Run(0, min(len(before), LONGEST), 0, min(len(after), LONGEST))
    return list(_pairs(before, after, within, 0))


def runs(pairs: Sequence[_Pair], before: int, after: int) -> list[Run]:
    """Return the runs between the equal pairs of sequences of these lengths; those at most two words apart are
    joined.
    """
    changed_runs: list[Run] = []
    b0 = a0 = 0
    for b1, a1 in [*pairs, (before, after)]:
        if b1 > b0 or a1 > a0:
            near = bool(changed_runs) and b0 - changed_runs[-1].b1 <= _BRIDGE
            start = changed_runs.pop() if near else Run(b0, b0, a0, a0)
            changed_runs.append(Run(start.b0, b1, start.a0, a1))
        b0, a0 = b1 + 1, a1 + 1
    return changed_runs


def _pairs(before: Sequence[str], after: Sequence[str], within: Run, depth: int) -> Iterator[_Pair]:
    b0, b1, a0, a1 = within
    while b0 < b1 and a0 < a1 and before[b0] == after[a0]:
        yield b0, a0
        b0, a0 = b0 + 1, a0 + 1
    tail = 0
    while b0 < b1 - tail and a0 < a1 - tail and before[b1 - 1 - tail] == after[a1 - 1 - tail]:
        tail += 1
    yield from _between(before, after, Run(b0, b1 - tail, a0, a1 - tail), depth)
    yield from ((b1 - tail + step, a1 - tail + step) for step in range(tail))


def _between(before: Sequence[str], after: Sequence[str], within: Run, depth: int) -> Iterator[_Pair]:
    b0, b1, a0, a1 = within
    if (b1 - b0) * (a1 - a0) <= _LEAF:
        yield from _word_by_word(before, after, within)
        return
    anchors = _anchors(before, after, within) if depth < _DEEPEST else []
    for b_anchor, a_anchor in anchors:
        yield from _pairs(before, after, Run(b0, b_anchor, a0, a_anchor), depth + 1)
        yield b_anchor, a_anchor
        b0, a0 = b_anchor + 1, a_anchor + 1
    if anchors:
        yield from _pairs(before, after, Run(b0, b1, a0, a1), depth + 1)


def _word_by_word(before: Sequence[str], after: Sequence[str], within: Run) -> Iterator[_Pair]:
    b0, b1, a0, a1 = within
    if b0 == b1 or a0 == a1:
        return
    for b_start, a_start, length in SequenceMatcher(
        None, before[b0:b1], after[a0:a1], autojunk=False
    ).get_matching_blocks():
        yield from ((b0 + b_start + step, a0 + a_start + step) for step in range(length))


def _anchors(before: Sequence[str], after: Sequence[str], within: Run) -> list[_Pair]:
    """Return the longest series, increasing on both sides, of words that occur once on each."""
    b0, b1, a0, a1 = within
    once_before, once_after = Counter(before[b0:b1]), Counter(after[a0:a1])
    place_after = {after[place]: place for place in range(a0, a1) if once_after[after[place]] == 1}
    common = [
        (place, place_after[before[place]])
        for place in range(b0, b1)
        if once_before[before[place]] == 1 and before[place] in place_after
    ]
    return _growing(common)


def _growing(pairs: Sequence[_Pair]) -> list[_Pair]:
    """Return the longest subsequence in which the second index increases; the first already does."""
    ends: list[int] = []  # the smallest end of a series of each length
    last: list[int] = []  # its index in `pairs`
    previous: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [index]
        previous.append(last[length - 1] if length else -1)
    chosen = []
    index = last[-1] if last else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = previous[index]
    return chosen[::-1]
