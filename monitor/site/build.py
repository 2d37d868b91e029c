"""Building the site: the stories that changed, then the lists, feeds and data that tell of them, then what is gone.

Pages that lists link to are written before the lists, and removed after them: who reads in the middle of a build meets
no dead link. A build that is cut off goes on where it was.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.matching.matcher import Matcher
from monitor.models.site import Precision, SiteAbout, SiteStory, StoryBrief
from monitor.site import data, feeds, files, manifest, pictures, sitemap
from monitor.site.folder import File, SiteFolder, Unit
from monitor.site.page import Page, story_path
from monitor.site.pages import Renderer
from monitor.site.stories import site_story
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.site.published import PublishedStories

LATEST = 100  # stories on the first page


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
            return _Build(builder=self, folder=SiteFolder(path=path, known=known), about=self.about()).run(quick=quick)


class _Build:
    """One build, step after step."""

    def __init__(self, *, builder: SiteBuilder, folder: SiteFolder, about: SiteAbout) -> None:
        self._builder, self._folder, self._about = builder, folder, about
        self._renderer = Renderer(about, zone=builder.zone)
        self._version = Renderer(_without_figures(about), zone=builder.zone).version
        self._zone = ZoneInfo(builder.zone)
        self._marks = builder.published.marks()
        self._cases = builder.cases.opened()
        self._briefs: dict[int, StoryBrief] = {}
        self._read: dict[int, SiteStory] = {}
        self._is_over = False

    def run(self, *, quick: bool) -> Built:
        """All of it; what was made is remembered whatever comes between."""
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
            self._folder.save(self._briefs if self._is_over else {**self._folder.known.briefs, **self._briefs})
        return Built(stories=made, written=self._folder.written, removed=self._folder.removed)

    # ── the stories ─────────────────────────────────────────────────────────────────────────────────────────

    def _make_stories(self) -> int:
        """Make those that changed; returns how many."""
        changed = {number for number in self._marks if not self._stands(number)}
        for number in self._marks.keys() - changed:
            self._keep(number)
        for story in self._stories(changed):
            self._make(story)
        return len(changed)

    def _stands(self, number: int) -> bool:
        return number in self._folder.known.briefs and self._folder.is_made(f"story/{number}", self._story_key(number))

    def _story_key(self, number: int) -> str:
        return _key(self._version, self._marks[number])

    def _keep(self, number: int) -> None:
        if brief := self._folder.known.briefs.get(number):
            self._briefs[number] = brief
            for name in (f"story/{number}", f"og/{number}"):
                self._folder.keep(name)

    def _make(self, story: SiteStory) -> None:
        brief = story.brief
        case = next((case for case in self._cases if case.id == brief.case), None)
        pages = partial(self._renderer.story, story, case=case)
        self._folder.make(Unit(name=f"story/{brief.id}", key=self._story_key(brief.id), pages=pages))
        self._folder.make(
            Unit(name=f"og/{brief.id}", key=pictures.preview_key(brief), pages=partial(_preview, brief, self._zone))
        )
        self._briefs[brief.id] = brief

    def _stories(self, numbers: Iterable[int]) -> Iterator[SiteStory]:
        for published in self._builder.published.read(numbers):
            yield site_story(published, self._builder.counters)

    # ── the lists ───────────────────────────────────────────────────────────────────────────────────────────

    def _lists(self) -> Iterator[Unit]:
        """What tells of many stories; a list is made from the marks of its stories."""
        render, newest = self._renderer, sorted(self._briefs.values(), key=_newness, reverse=True)
        yield Unit(name="static", key=self._version, pages=render.static)
        yield self._list("latest", newest[:LATEST], render.latest)
        for topic in self._about.topics:
            mine = [brief for brief in newest if any(one.id == topic.id for one in brief.topics)]
            yield self._list(f"topic/{topic.id}", mine, partial(render.topic, topic))
        months: defaultdict[str, list[StoryBrief]] = defaultdict(list)
        for brief in newest:
            months[f"{brief.posted_at.astimezone(self._zone):%Y-%m}"].append(brief)
        for month, of_month in months.items():
            yield self._list(f"month/{month}", of_month, partial(render.month, month))
        counts = {month: len(of_month) for month, of_month in months.items()}
        yield Unit(name="months", key=_key(self._version, counts), pages=partial(render.months, counts))
        yield self._list("charts", newest, render.charts)
        figures = _key(self._version, self._about, [self._marks[brief.id] for brief in newest])
        yield Unit(name="about", key=figures, pages=partial(render.about_page, newest))
        yield self._list("search-page", newest, render.search)
        yield from self._case_pages()
        yield from self._tombstones()
        yield from self._feeds(newest)

    def _list(
        self, name: str, briefs: Sequence[StoryBrief], pages: Callable[[Sequence[StoryBrief]], Iterable[Page]]
    ) -> Unit:
        key = _key(self._version, [(brief.id, self._marks[brief.id]) for brief in briefs])
        return Unit(name=name, key=key, pages=partial(pages, briefs))

    def _case_pages(self) -> Iterator[Unit]:
        for case in self._cases:
            mine = [self._briefs[number] for number in case.stories if number in self._briefs]
            key = _key(self._version, case, [self._marks[brief.id] for brief in mine])
            yield Unit(name=f"case/{case.id}", key=key, pages=partial(self._renderer.case, case, mine))
        key = _key(self._version, self._cases, [self._marks.get(one) for case in self._cases for one in case.stories])
        yield Unit(name="cases", key=key, pages=partial(self._renderer.cases, self._cases, self._briefs))

    def _tombstones(self) -> Iterator[Unit]:
        for takedown in self._builder.takedowns.hidden():
            key = _key(self._version, takedown.at)
            pages = partial(self._renderer.tombstone, takedown)
            yield Unit(name=f"tombstone/{takedown.story}", key=key, pages=pages)

    def _feeds(self, newest: Sequence[StoryBrief]) -> Iterator[Unit]:
        for plan in feeds.plans(newest, self._cases, self._about):
            key = _key(self._version, plan, [self._marks[number] for number in plan.stories])
            yield Unit(name=plan.path, key=key, pages=partial(self._feed, plan))

    def _feed(self, plan: feeds.FeedPlan) -> Iterable[Page]:
        for story in self._stories(set(plan.stories) - self._read.keys()):
            self._read[story.brief.id] = story
        return feeds.pages(plan, self._read, self._about)

    # ── what is made whole ──────────────────────────────────────────────────────────────────────────────────

    def _wholes(self) -> Iterator[Unit]:
        """Of all stories at once: data, the sitemap, the search index."""
        numbers = sorted(self._briefs, reverse=True)
        key = _key(self._version, [(number, self._marks[number]) for number in numbers])
        yield Unit(name="data", key=key, pages=partial(self._data, numbers))
        yield Unit(name="sitemap", key=key, pages=self._sitemap)

    def _data(self, numbers: Sequence[int]) -> Iterator[Page | File]:
        yield data.sheet(self._about)
        yield File(data.JSON_LINES, data.json_lines(self._stories(numbers), self._about))
        yield File(data.TABLE, data.table(self._stories(numbers), self._about))

    def _sitemap(self) -> Iterator[Page]:
        listed = [sitemap.SitePage(story_path(brief.id), brief.updated_at) for brief in self._briefs.values()]
        return sitemap.sitemap(listed, self._about)


def _newness(brief: StoryBrief) -> tuple[datetime, int]:
    return brief.posted_at, brief.id


def _key(*said: object) -> str:
    return blake2b(repr(said).encode("utf-8", "replace"), digest_size=12).hexdigest()


def _without_figures(about: SiteAbout) -> SiteAbout:
    """What decisions of maintainers change every day stands on one page only."""
    return replace(about, topics=tuple(replace(topic, precision=Precision()) for topic in about.topics), since=None)


def _preview(brief: StoryBrief, zone: ZoneInfo) -> Iterator[Page]:
    yield Page(f"og/{brief.id}.png", pictures.preview(brief, zone))
