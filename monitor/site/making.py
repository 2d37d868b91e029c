"""Making the stories' own files: in one process, or in one per core when there are many stories.

For each story its pages, card and line of data are made and the files written; what must be remembered is returned.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from monitor.matching.matcher import Matcher
from monitor.models.site import SiteAbout, SiteCase, SiteStory, StoryBrief
from monitor.site.folder import SiteFolder, Unit, key_of
from monitor.site.manifest import Made, Manifest
from monitor.site.outputs import data
from monitor.site.outputs.search_index import record
from monitor.site.page import Page
from monitor.site.pages import Renderer
from monitor.site.pictures import cards
from monitor.site.stories import site_story
from monitor.storage.site.published import PublishedStories

_MANY = 400  # stories from which on starting further processes pays off
_PART = 50  # stories that a process is given at once


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeStory:
    """A story whose files are written: its brief for the lists, its line of data, and its record for the search."""

    brief: StoryBrief
    line: bytes
    record: bytes
    units: Mapping[str, Made]
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMaker:
    """Makes the files of stories.

    `keys` are the keys of the stories' units, `known` is the manifest of what is in the folder.
    """

    path: Path
    known: Manifest
    published: PublishedStories
    counters: Matcher | None
    renderer: Renderer
    about: SiteAbout
    cases: Mapping[int, SiteCase]
    keys: Mapping[int, str]

    def make(self, numbers: Sequence[int]) -> Iterator[MadeStory]:
        """Make these stories, leaving out those that are not public. Raises SiteError and DatabaseError."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        if len(numbers) < _MANY or cores == 1:
            yield from self.make_here(numbers)
            return
        parts = [numbers[start : start + _PART] for start in range(0, len(numbers), _PART)]
        # Forked, so that rules and templates are there already; each child opens its own database connections.
        with ProcessPoolExecutor(cores, mp_context=get_context("fork"), initializer=_take, initargs=(self,)) as pool:
            for made in pool.map(_made, parts):
                yield from made

    def make_here(self, numbers: Sequence[int]) -> Iterator[MadeStory]:
        """Make these stories in this process."""
        for published in self.published.read(numbers):
            yield self._made(site_story(published, self.counters))

    def _made(self, story: SiteStory) -> MadeStory:
        brief, folder = story.brief, SiteFolder(path=self.path, known=self.known)
        pages = partial(self.renderer.story, story, case=self.cases.get(brief.case or 0))
        folder.make(Unit(name=unit_names(brief.id)[0], key=self.keys[brief.id], pages=pages))
        folder.make(Unit(name=unit_names(brief.id)[1], key=_card_key(brief), pages=partial(_card, brief)))
        line, record = data.json_line(story, self.about), search_line(story)
        return MadeStory(brief=brief, line=line, record=record, units=folder.units, written=folder.written)


def search_line(story: SiteStory) -> bytes:
    """Return a story's search record as a line that LineSpool can read back."""
    return f'{{"id":{story.brief.id},"record":{json.dumps(record(story), ensure_ascii=False)}}}\n'.encode()


def unit_names(number: int) -> tuple[str, str]:
    """Return the names of a story's two units: its pages and its card."""
    return f"story/{number}", f"card/{number}"


def _card_key(brief: StoryBrief) -> str:
    return key_of(cards.EDITION, brief.title, brief.topics, brief.outlets[:1], brief.posted_at, brief.retracted is None)


def _card(brief: StoryBrief) -> Iterator[Page]:
    yield Page(f"og/{brief.id}.png", cards.preview(brief))


# ── in a further process ────────────────────────────────────────────────────────────────────────────────────────

_maker: list[StoryMaker] = []


def _take(maker: StoryMaker) -> None:
    maker.published.forget_connections()
    _maker[:] = [maker]


def _made(numbers: Sequence[int]) -> list[MadeStory]:
    (maker,) = _maker
    return list(maker.make_here(numbers))
