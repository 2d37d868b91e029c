"""Lines of data of many stories, kept on the disk until they are written in another order than they were made in."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

_BEFORE_ID = len(b'{"id":')


class LineSpool:
    """One line a story, by its number; the last one given counts."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed by close
        self._places: dict[int, tuple[int, int]] = {}

    def close(self) -> None:
        """Its file goes."""
        self._file.close()

    def add(self, number: int, line: bytes) -> None:
        """Keep a story's line."""
        start = self._file.seek(0, 2)
        self._file.write(line)
        self._places[number] = start, len(line)

    def add_from(self, path: Path, wanted: Callable[[int], bool]) -> None:
        """Keep the lines of a file of data that are wanted; none where it is not there, or not ours."""
        with suppress(OSError, ValueError), path.open("rb") as file:
            for line in file:
                number = int(line[_BEFORE_ID : line.index(b",")])
                if number not in self._places and wanted(number):
                    self.add(number, line)

    def lacks(self, numbers: Iterable[int]) -> set[int]:
        """Those that no line was given for."""
        return set(numbers) - self._places.keys()

    def lines(self, numbers: Iterable[int]) -> Iterator[bytes]:
        """The lines of these stories, in this order."""
        for number in numbers:
            start, length = self._places[number]
            self._file.seek(start)
            yield self._file.read(length)
