"""Pages about many stories: lists, cases, tombstones and feeds. One is remade when one of its stories changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from monitor.models.site import SiteAbout, SiteCase, SiteStory, StoryBrief, Takedown
from monitor.site import page
from monitor.site.folder import Unit, key_of
from monitor.site.outputs import feeds
from monitor.site.outputs.sitemap import SitePage, sitemap
from monitor.site.page import SITE_NAME, Page
from monitor.site.pages import LATEST, Renderer
from monitor.site.pictures import cards


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The units of pages about many stories.

    `keys` are those of the stories' own units; `read` reads stories for the feeds, which quote more than a brief has.
    """

    about: SiteAbout
    renderer: Renderer
    version: str
    cases: Sequence[SiteCase]
    hidden: Sequence[Takedown]
    briefs: Mapping[int, StoryBrief]
    keys: Mapping[int, str]
    read: Callable[[Iterable[int]], Iterator[SiteStory]]
    _stories: dict[int, SiteStory] = field(default_factory=dict)

    def units(self) -> Iterator[Unit]:
        """Yield the lists and feeds, in the order in which they may be made."""
        render, newest = self.renderer, sorted(self.briefs.values(), key=_newness, reverse=True)
        yield Unit(name="static", key=self.version, pages=render.static)
        yield Unit(name="card", key=key_of(cards.EDITION, SITE_NAME), pages=_site_card)
        yield self._list("latest", newest[: LATEST + 1], render.latest)  # one more shows that there are further stories
        for topic in self.about.topics:
            mine = [brief for brief in newest if any(one.id == topic.id for one in brief.topics)]
            yield self._list(f"topic/{topic.id}", mine, partial(render.topic, topic))
        yield from self._months(newest)
        yield from self._cases()
        for takedown in self.hidden:
            key = key_of(self.version, takedown.at)
            yield Unit(name=f"takedown/{takedown.story}", key=key, pages=partial(render.tombstone, takedown))
        yield from self._feeds(newest)

    def addresses(self) -> Iterator[SitePage]:
        """Yield every page except tombstones."""
        names = [page.LATEST, page.MONTHS, page.CASES, page.CHARTS, page.SEARCH, page.ABOUT]
        names += [page.topic_path(topic.id) for topic in self.about.topics]
        names += [page.month_path(month) for month in sorted(self._by_month(self.briefs.values()))]
        names += [page.case_path(case.id) for case in self.cases]
        yield from map(SitePage, names)
        for number in sorted(self.briefs):
            yield SitePage(page.story_path(number), self.briefs[number].updated_at)

    def overview_units(self) -> Iterator[Unit]:
        """Yield the units that count or name all stories."""
        briefs, render = tuple(self.briefs.values()), self.renderer
        yield self._list("charts", briefs, render.charts)
        yield self._list("about", briefs, render.about_page, self.about)
        yield self._list("search", briefs, render.search)
        yield self._list("sitemap", briefs, lambda _: sitemap(self.addresses(), self.about), self.cases)

    def _list(
        self,
        name: str,
        briefs: Sequence[StoryBrief],
        pages: Callable[[Sequence[StoryBrief]], Iterable[Page]],
        *more: object,
    ) -> Unit:
        key = key_of(self.version, [self.keys[brief.id] for brief in briefs], more)
        return Unit(name=name, key=key, pages=partial(pages, briefs))

    def _months(self, newest: Iterable[StoryBrief]) -> Iterator[Unit]:
        months = self._by_month(newest)
        for month, of_month in months.items():
            yield self._list(f"month/{month}", of_month, partial(self.renderer.month, month))
        counts = {month: len(of_month) for month, of_month in months.items()}
        yield Unit(name="months", key=key_of(self.version, counts), pages=partial(self.renderer.months, counts))

    def _by_month(self, briefs: Iterable[StoryBrief]) -> Mapping[str, Sequence[StoryBrief]]:
        """Group the briefs by month ("2026-11", of the zone), in the order given."""
        months: defaultdict[str, list[StoryBrief]] = defaultdict(list)
        for brief in briefs:
            months[f"{brief.posted_at.astimezone(self.renderer.zone):%Y-%m}"].append(brief)
        return months

    def _cases(self) -> Iterator[Unit]:
        for case in self.cases:
            mine = [self.briefs[number] for number in case.stories if number in self.briefs]
            yield self._list(f"case/{case.id}", mine, partial(self.renderer.case, case), case)
        briefs = [self.briefs[number] for case in self.cases for number in case.stories if number in self.briefs]
        shown = {brief.id: brief for brief in briefs}
        yield self._list("cases", briefs, lambda _: self.renderer.cases(self.cases, shown), self.cases)

    def _feeds(self, newest: Sequence[StoryBrief]) -> Iterator[Unit]:
        for plan in feeds.plans(newest, self.cases, self.about):
            key = key_of(self.version, plan, [self.keys[number] for number in plan.stories])
            yield Unit(name=plan.path, key=key, pages=partial(self._feed, plan))

    def _feed(self, plan: feeds.FeedPlan) -> Iterable[Page]:
        for story in self.read(set(plan.stories) - self._stories.keys()):
            self._stories[story.brief.id] = story  # most stories are in several feeds
        return feeds.pages(plan, self._stories, self.about)


def _site_card() -> Iterator[Page]:
    yield Page("og/site.png", cards.card("", SITE_NAME, ""))


def _newness(brief: StoryBrief) -> tuple[datetime, int]:
    return brief.posted_at, brief.id
