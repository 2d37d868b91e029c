"""Choose one hit for each line of a rule, no two overlapping. Works on positions only, not on rules or text.

A line may have thousands of hits and eight lines may want the same words, so that trying all choices could take for
ever. One sweep from left to right keeps, for every set of lines, the chain of hits that begins latest; it takes time
linear in the hits (with at most 2⁸ sets of lines).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from monitor.matching.term_index import Hit


class _Chain(NamedTuple):
    """Hits one after another, the last one first; `start` is where the first of them begins."""

    start: int
    line: int
    hit: Hit
    before: "_Chain | None"


def first_choice(lines: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """Return one hit a line, in the lines' order: the first hits if they do not overlap, else the choice that ends
    earliest.

    Return () when there is no choice. Every line must be sorted by position.
    """
    if not all(lines):
        return ()
    firsts = tuple(line[0] for line in lines)
    ordered = sorted(firsts)
    if all(one.end <= other.start for one, other in pairwise(ordered)):
        return firsts
    return next(choices(lines), ())


def choices(lines: Sequence[Sequence[Hit]]) -> Iterator[tuple[Hit, ...]]:
    """For each hit that can be the last of a choice, in order, yield the choice that ends with it and begins latest.

    Any other choice of these lines contains one of these.
    """
    # The last line first: if one word may end a choice as a hit of two lines, the later line gets it.
    hits = [(hit, line) for line in reversed(range(len(lines))) for hit in lines[line]]
    begins = ((hit.start, 1, number) for number, (hit, _) in enumerate(hits))
    ends = ((hit.end, 0, number) for number, (hit, _) in enumerate(hits))
    whole = (1 << len(lines)) - 1
    latest: dict[int, _Chain] = {}  # by the set of lines
    growing: dict[int, list[tuple[int, _Chain]]] = {}
    for _, is_begin, number in sorted((*begins, *ends)):
        if is_begin:
            growing[number] = _grown(latest, *hits[number])
            continue
        for chosen, chain in growing.pop(number):
            if chosen == whole:
                yield _in_lines_order(chain, len(lines))
            elif chosen not in latest or latest[chosen].start < chain.start:
                latest[chosen] = chain


def _grown(latest: dict[int, _Chain], hit: Hit, line: int) -> list[tuple[int, _Chain]]:
    """Return every chain that ended before `hit` and lacks its line, extended by `hit`; and `hit` alone."""
    bit = 1 << line
    longer = [
        (chosen | bit, _Chain(chain.start, line, hit, chain)) for chosen, chain in latest.items() if not chosen & bit
    ]
    return [(bit, _Chain(hit.start, line, hit, None)), *longer]


def _in_lines_order(chain: _Chain | None, count: int) -> tuple[Hit, ...]:
    by_line: dict[int, Hit] = {}
    while chain:
        by_line[chain.line] = chain.hit
        chain = chain.before
    return tuple(by_line[line] for line in range(count))
