"""The verdict on a bundle: a line in Russian for each thing checked, which holds or is broken."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_MOST_BREAKS = 50  # breaks of one kind that are reported
_LONGEST = 300  # characters of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """One thing checked: whether it holds, and a sentence in Russian that begins with the file."""

    ok: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleVerdict:
    """All lines in order; `missing` are the copies that the bundle says it lacks."""

    lines: tuple[VerdictLine, ...]
    missing: tuple[int, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all lines hold."""
        return all(line.ok for line in self.lines)


def missing_message(missing: Sequence[int]) -> str:
    """Say in Russian which copies a bundle lacks."""
    if len(missing) == 1:
        return f"нет копии {missing[0]}: её файл удалён или испорчен"
    return f"нет копий {', '.join(map(str, missing))}: их файлы удалены или испорчены"


def holding_line(where: str, what: str) -> VerdictLine:
    """Make the line of something that holds."""
    return _line(where, f"держится: {what}", ok=True)


def broken_line(where: str, what: object) -> VerdictLine:
    """Make the line of something that is broken; `what` says in Russian how."""
    return _line(where, f"нарушено здесь: {what}", ok=False)


def bounded(lines: Iterable[VerdictLine]) -> Iterator[VerdictLine]:
    """Yield lines up to a limit of breaks, so that a bundle made to be slow cannot go on."""
    room = _MOST_BREAKS
    for line in lines:
        yield line
        room -= not line.ok
        if not room:
            yield broken_line("выгрузка", "нарушений так много, что остальное не проверено")
            return


def _line(where: str, what: str, *, ok: bool) -> VerdictLine:
    """Make a line without control characters, line ends and lone surrogates, as names come from outside."""
    text = f"{where}: {what}"[: _LONGEST + 1]
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return VerdictLine(ok=ok, text=plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…")
