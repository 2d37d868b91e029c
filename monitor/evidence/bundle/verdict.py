"""What is said of a bundle: a line in Russian for each thing looked at, which holds or is broken there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_MOST_BREAKS = 50  # of one kind; who has seen so many needs no more
_LONGEST = 300  # characters of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """One thing looked at: whether it holds, and the sentence in Russian, which begins with the file."""

    ok: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleVerdict:
    """What was looked at in a bundle, in order; `missing` are the copies that it says it is without."""

    lines: tuple[VerdictLine, ...]
    missing: tuple[int, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all of it does."""
        return all(line.ok for line in self.lines)


def without(missing: Sequence[int]) -> str:
    """Which copies a bundle has not, in Russian."""
    if len(missing) == 1:
        return f"нет копии {missing[0]}: её файл удалён или испорчен"
    return f"нет копий {', '.join(map(str, missing))}: их файлы удалены или испорчены"


def holds(where: str, what: str) -> VerdictLine:
    """The line of what is as it should be."""
    return _line(where, f"держится: {what}", ok=True)


def broken(where: str, what: object) -> VerdictLine:
    """The line of what is not; `what` says in Russian how."""
    return _line(where, f"нарушено здесь: {what}", ok=False)


def bounded(lines: Iterable[VerdictLine]) -> Iterator[VerdictLine]:
    """The lines up to the last break that is told: a bundle made to be slow ends there."""
    room = _MOST_BREAKS
    for line in lines:
        yield line
        room -= not line.ok
        if not room:
            yield broken("выгрузка", "нарушений так много, что остальное не проверено")
            return


def _line(where: str, what: str, *, ok: bool) -> VerdictLine:
    """Names come from outside: no controls, no ends of lines, no halves of characters."""
    text = f"{where}: {what}"[: _LONGEST + 1]
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return VerdictLine(ok=ok, text=plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…")
