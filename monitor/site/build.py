"""Building the site: the stories that changed, then the lists, feeds and data that tell of them, then what is gone.

Pages that lists link to are written before the lists, and removed after them: who reads in the middle of a build meets
no dead link. A build that is cut off goes on where it was.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.matching.matcher import Matcher
from monitor.models.site import Precision, SiteAbout, SiteStory, StoryBrief
from monitor.site import files, manifest
from monitor.site.environment import version
from monitor.site.folder import File, SiteFolder, Unit
from monitor.site.making import StoryMaker, key_of, search_line, unit_names
from monitor.site.outputs import data, feeds, search_index, sitemap
from monitor.site.outputs.line_spool import LineSpool
from monitor.site.page import SITE_NAME, Page, story_path
from monitor.site.pages import Renderer
from monitor.site.pictures import cards
from monitor.site.stories import site_story
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.site.published import PublishedStories

LATEST = 100  # stories on the first page
_RECORDS = ".monitor-site.search.jsonl"  # what the search index was made from


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did: stories made anew, files written and removed."""

    stories: int
    written: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteBuilder:
    """Builds folders from one database. `about` is asked at each build; `zone` is where days begin and end."""

    published: PublishedStories
    cases: CaseStore
    takedowns: TakedownStore
    about: Callable[[], SiteAbout]
    counters: Matcher | None
    zone: str

    def build(self, path: Path, *, quick: bool = False) -> Built:
        """Bring a folder up to date. Raises SiteError, DatabaseError: what stands there then is whole, if not all new.

        `quick` leaves the search index, the data and the sitemap, which are made whole each time, as they are.
        """
        with files.held(path):
            known = manifest.read(path)
            manifest.claim(path)  # a first build that is cut off must know the folder again
            return _Build(builder=self, folder=SiteFolder(path=path, known=known), about=self.about()).run(quick=quick)


class _Build:
    """One build, step after step."""

    def __init__(self, *, builder: SiteBuilder, folder: SiteFolder, about: SiteAbout) -> None:
        self._builder, self._folder, self._about = builder, folder, about
        self._renderer = Renderer(about, zone=builder.zone)
        self._version = version(_without_figures(about), builder.zone)
        self._zone = ZoneInfo(builder.zone)
        self._marks = builder.published.marks()
        self._keys = {number: key_of(self._version, mark) for number, mark in self._marks.items()}
        self._cases = builder.cases.opened()
        self._briefs: dict[int, StoryBrief] = {}
        self._spool, self._records, self._lines = LineSpool(), LineSpool(), dict(folder.known.lines)
        self._read: dict[int, SiteStory] = {}
        self._is_over = False

    def run(self, *, quick: bool) -> Built:
        """All of it; what was made is remembered whatever comes between."""
        with self._spool, self._records:
            try:
                made = self._make_stories()
                for unit in self._lists():
                    self._folder.make(unit)
                for unit in self._wholes():
                    if quick:
                        self._folder.keep(unit.name)
                    else:
                        self._folder.make(unit)
                self._folder.sweep()
                self._is_over = True
            finally:
                known = {} if self._is_over else self._folder.known.briefs
                self._folder.save({**known, **self._briefs}, self._lines)
        return Built(stories=made, written=self._folder.written, removed=self._folder.removed)

    # ── the stories ─────────────────────────────────────────────────────────────────────────────────────────

    def _make_stories(self) -> int:
        """Make those that changed; returns how many."""
        changed = [number for number in self._marks if not self._stands(number)]
        for number in self._marks.keys() - set(changed):
            self._briefs[number] = self._folder.known.briefs[number]
            for name in unit_names(number):
                self._folder.keep(name)
        for made in self._maker().make(changed):
            self._briefs[made.brief.id] = made.brief
            self._folder.units.update(made.units)
            self._folder.written += made.written
            self._spool.add(made.brief.id, made.line)
            self._records.add(made.brief.id, made.record)
        return len(changed)

    def _stands(self, number: int) -> bool:
        names, known = unit_names(number), self._folder.known
        is_made = self._folder.is_made(names[0], self._keys[number]) and names[1] in known.units
        return is_made and number in known.briefs

    def _maker(self) -> StoryMaker:
        return StoryMaker(
            path=self._folder.path,
            known=self._folder.known,
            published=self._builder.published,
            counters=self._builder.counters,
            renderer=self._renderer,
            about=self._about,
            cases={case.id: case for case in self._cases},
            keys=self._keys,
        )

    def _stories(self, numbers: Iterable[int]) -> Iterator[SiteStory]:
        for published in self._builder.published.read(numbers):
            yield site_story(published, None, brief=self._briefs.get(published.story.id or 0))

    # ── the lists ───────────────────────────────────────────────────────────────────────────────────────────

    def _lists(self) -> Iterator[Unit]:
        """What tells of many stories; a list is made from the marks of its stories."""
        render, newest = self._renderer, sorted(self._briefs.values(), key=_newness, reverse=True)
        yield Unit(name="static", key=self._version, pages=render.static)
        yield Unit(name="card", key=key_of(cards.EDITION, SITE_NAME), pages=_site_card)
        yield self._list("latest", newest[:LATEST], render.latest)
        for topic in self._about.topics:
            mine = [brief for brief in newest if any(one.id == topic.id for one in brief.topics)]
            yield self._list(f"topic/{topic.id}", mine, partial(render.topic, topic))
        yield from self._months(newest)
        yield self._list("charts", newest, render.charts)
        yield self._list("about", newest, render.about_page, self._about)
        yield self._list("search", newest, render.search)
        yield from self._case_pages()
        for takedown in self._builder.takedowns.hidden():
            key = key_of(self._version, takedown.at)
            yield Unit(name=f"takedown/{takedown.story}", key=key, pages=partial(render.tombstone, takedown))
        yield from self._feeds(newest)

    def _list(
        self,
        name: str,
        briefs: Sequence[StoryBrief],
        pages: Callable[[Sequence[StoryBrief]], Iterable[Page]],
        *more: object,
    ) -> Unit:
        key = key_of(self._version, [self._keys[brief.id] for brief in briefs], more)
        return Unit(name=name, key=key, pages=partial(pages, briefs))

    def _months(self, newest: Iterable[StoryBrief]) -> Iterator[Unit]:
        months: defaultdict[str, list[StoryBrief]] = defaultdict(list)
        for brief in newest:
            months[f"{brief.posted_at.astimezone(self._zone):%Y-%m}"].append(brief)
        for month, of_month in months.items():
            yield self._list(f"month/{month}", of_month, partial(self._renderer.month, month))
        counts = {month: len(of_month) for month, of_month in months.items()}
        yield Unit(name="months", key=key_of(self._version, counts), pages=partial(self._renderer.months, counts))

    def _case_pages(self) -> Iterator[Unit]:
        for case in self._cases:
            mine = [self._briefs[number] for number in case.stories if number in self._briefs]
            yield self._list(f"case/{case.id}", mine, partial(self._renderer.case, case), case)
        told = [self._briefs[number] for case in self._cases for number in case.stories if number in self._briefs]
        shown = {brief.id: brief for brief in told}
        yield self._list("cases", told, lambda _: self._renderer.cases(self._cases, shown), self._cases)

    def _feeds(self, newest: Sequence[StoryBrief]) -> Iterator[Unit]:
        for plan in feeds.plans(newest, self._cases, self._about):
            key = key_of(self._version, plan, [self._keys[number] for number in plan.stories])
            yield Unit(name=plan.path, key=key, pages=partial(self._feed, plan))

    def _feed(self, plan: feeds.FeedPlan) -> Iterable[Page]:
        for story in self._stories(set(plan.stories) - self._read.keys()):
            self._read[story.brief.id] = story
        return feeds.pages(plan, self._read, self._about)

    # ── what is made whole ──────────────────────────────────────────────────────────────────────────────────

    def _wholes(self) -> Iterator[Unit]:
        """Of all stories at once: data, the sitemap, the search index."""
        newest = sorted(self._briefs, reverse=True)
        key = key_of(self._version, [self._keys[number] for number in newest])
        yield Unit(name="data", key=key, pages=partial(self._data, newest))
        yield Unit(name="search-index", key=key, pages=partial(self._search, newest))
        yield Unit(name="sitemap", key=key, pages=self._sitemap)

    def _fill_spools(self, numbers: Sequence[int]) -> None:
        """Lines of stories that did not change are taken from the last whole build's."""
        stand = {number for number in numbers if self._lines.get(number) == self._keys[number]}
        self._spool.add_from(self._folder.path / data.JSON_LINES, stand.__contains__)
        self._records.add_from(self._folder.path / _RECORDS, stand.__contains__)
        for story in self._stories(self._spool.lacks(numbers) | self._records.lacks(numbers)):
            self._spool.add(story.brief.id, data.json_line(story, self._about))
            self._records.add(story.brief.id, search_line(story))

    def _data(self, numbers: Sequence[int]) -> Iterator[Page | File]:
        self._fill_spools(numbers)
        yield data.sheet(self._about)
        yield File(data.JSON_LINES, self._spool.lines(numbers))
        yield File(data.CSV, data.table(self._spool.lines(numbers)))
        yield File(_RECORDS, self._records.lines(numbers))
        self._lines = {number: self._keys[number] for number in numbers}

    def _search(self, numbers: Sequence[int]) -> Iterator[Page]:
        """Pagefind writes its folder itself, whole."""
        self._fill_spools(numbers)
        records = (json.loads(line)["record"] for line in self._records.lines(numbers))
        search_index.write_index(records, self._folder.path / "pagefind")
        return iter(())

    def _sitemap(self) -> Iterator[Page]:
        listed = [sitemap.SitePage(story_path(brief.id), brief.updated_at) for brief in self._briefs.values()]
        return sitemap.sitemap(listed, self._about)


def _site_card() -> Iterator[Page]:
    yield Page("og/site.png", cards.card("", SITE_NAME, ""))


def _newness(brief: StoryBrief) -> tuple[datetime, int]:
    return brief.posted_at, brief.id


def _without_figures(about: SiteAbout) -> SiteAbout:
    """What decisions of maintainers change every day stands on one page only."""
    return replace(about, topics=tuple(replace(topic, precision=Precision()) for topic in about.topics), since=None)
