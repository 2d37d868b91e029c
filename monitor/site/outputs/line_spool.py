"""Lines of data of many stories, kept on disk so that they can be written in another order than they were made in."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

_BEFORE_ID = len(b'{"id":')


class LineSpool:
    """One line per story number; the last line added counts."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed by close
        self._places: dict[int, tuple[int, int]] = {}

    def close(self) -> None:
        """Close and delete the temporary file."""
        self._file.close()

    def add(self, number: int, line: bytes) -> None:
        """Keep a story's line."""
        start = self._file.seek(0, 2)
        self._file.write(line)
        self._places[number] = start, len(line)

    def add_from(self, path: Path, wanted: Callable[[int], bool]) -> None:
        """Keep the wanted lines of a data file. A missing file and malformed lines end the reading silently."""
        with suppress(OSError, ValueError), path.open("rb") as file:
            for line in file:
                number = int(line[_BEFORE_ID : line.index(b",")])
                if number not in self._places and wanted(number):
                    self.add(number, line)

    def lacks(self, numbers: Iterable[int]) -> set[int]:
        """Return the numbers without a line."""
        return set(numbers) - self._places.keys()

    def lines(self, numbers: Iterable[int]) -> Iterator[bytes]:
        """Yield the lines of these stories, in this order."""
        for number in numbers:
            start, length = self._places[number]
            self._file.seek(start)
            yield self._file.read(length)
