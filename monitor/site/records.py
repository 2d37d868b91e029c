"""Files made from one line of every story: the data and the search index."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Self

from monitor.models.site import SiteAbout, SiteStory
from monitor.site.folder import File, Unit
from monitor.site.making import MadeStory, search_line
from monitor.site.outputs import data, search_index
from monitor.site.outputs.line_spool import LineSpool
from monitor.site.page import Page

_SEARCH_ENTRY = "pagefind/pagefind-entry.json"
_SEARCH_LINES = ".monitor-site.search.jsonl"  # the records that the search index was made from


class Records:
    """The lines of one build, as a context manager: its temporary files are removed at the end.

    `standing` maps story numbers to the keys that the lines in the folder were made with, before and after the build.
    """

    def __init__(
        self,
        path: Path,
        about: SiteAbout,
        *,
        keys: Mapping[int, str],
        standing: Mapping[int, str],
        read: Callable[[Iterable[int]], Iterator[SiteStory]],
    ) -> None:
        self._path, self._about, self._keys, self._read = path, about, keys, read
        self._data, self._search = LineSpool(), LineSpool()
        self.standing = standing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._data.close()
        self._search.close()

    def add(self, made: MadeStory) -> None:
        """Take the lines of a story that was made in this build."""
        self._data.add(made.brief.id, made.line)
        self._search.add(made.brief.id, made.record)

    def units(self, key: str, numbers: Sequence[int]) -> Iterator[Unit]:
        """Yield the data and the search index of these stories, in this order; `key` identifies all of them."""
        yield Unit(name="data", key=key, pages=partial(self._data_files, numbers))
        yield Unit(name="search-index", key=key, pages=partial(self._search_index, numbers))

    def _fill(self, numbers: Sequence[int]) -> None:
        """Take the lines of unchanged stories from the last build's files, and make those that are missing."""
        if not self._search.lacks(numbers):
            return
        stand = {number for number in numbers if self.standing.get(number) == self._keys[number]}
        self._data.add_from(self._path / data.JSON_LINES, stand.__contains__)
        self._search.add_from(self._path / _SEARCH_LINES, stand.__contains__)
        for story in self._read(self._data.lacks(numbers) | self._search.lacks(numbers)):
            self._data.add(story.brief.id, data.json_line(story, self._about))
            self._search.add(story.brief.id, search_line(story))

    def _data_files(self, numbers: Sequence[int]) -> Iterator[Page | File]:
        self._fill(numbers)
        yield data.sheet(self._about)
        yield File(data.JSON_LINES, self._data.lines(numbers))
        yield File(data.CSV, data.table(self._data.lines(numbers)))
        yield File(_SEARCH_LINES, self._search.lines(numbers))
        self.standing = {number: self._keys[number] for number in numbers}

    def _search_index(self, numbers: Sequence[int]) -> Iterator[Page]:
        """Replace Pagefind's folder as a whole. One of its files is recorded, so that its loss is noticed."""
        self._fill(numbers)
        records = (json.loads(line)["record"] for line in self._search.lines(numbers))
        search_index.write_index(records, self._path / "pagefind")
        yield Page(_SEARCH_ENTRY, (self._path / _SEARCH_ENTRY).read_bytes())
