"""The differences between two contents of a file, line by line with some context."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_AROUND = 2  # lines of context before and after a change
MOST = 400  # lines of a comparison: nobody reads more


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedLine:
    """One line of a comparison; `before` and `after` are its line numbers.

    `sign` is «+», «−», " " for an unchanged line, or "…" for a gap.
    """

    sign: str
    text: str
    before: int = 0
    after: int = 0


def changed_lines(before: str, after: str) -> tuple[ChangedLine, ...]:
    """Return the lines that differ with context; () if none does. At most `MOST` lines and a gap."""
    shown = tuple(line for _, line in zip(range(MOST + 1), _lines(before.split("\n"), after.split("\n")), strict=False))
    return shown if len(shown) <= MOST else (*shown[:MOST], ChangedLine(sign="…", text=""))


def _lines(old: list[str], new: list[str]) -> Iterator[ChangedLine]:
    for number, group in enumerate(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND)):
        if number:
            yield ChangedLine(sign="…", text="")
        for kind, start, end, begin, stop in group:
            if kind == "equal":
                numbered = zip(range(start, end), range(begin, stop), strict=True)
                yield from (
                    ChangedLine(sign=" ", text=old[one], before=one + 1, after=two + 1) for one, two in numbered
                )
            else:
                yield from (ChangedLine(sign="−", text=old[at], before=at + 1) for at in range(start, end))
                yield from (ChangedLine(sign="+", text=new[at], after=at + 1) for at in range(begin, stop))
