"""The pages of the archive in three languages: values in, bytes out.

What comes from outside reaches a page only through `monitor/site/fragments.py` and the templates' own escaping.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.models.site import SiteAbout, SiteCase, SiteStory, StoryBrief, Takedown, TopicRules
from monitor.site import page as addresses
from monitor.site.charts import counts
from monitor.site.environment import static_file, templates, version
from monitor.site.page import Address, Page
from monitor.site.texts import INTERFACES, Texts

LATEST: Final = 40  # stories, each with a sentence: with styles below 60 kB
NEWEST: Final = 200  # stories of a topic

_ASSETS: Final = {
    "assets/style.css": "style.css",
    "assets/search.js": "search.js",
    "assets/query.js": "query.js",
    "favicon.svg": "favicon.svg",
}
_POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"
_SEARCH_POLICY: Final = f"{_POLICY}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'"


class Renderer:
    """Makes every kind of page, one of each language at a call. `zone`: of the times and days that they show.

    `version` is another one whenever pages of the same stories could come out otherwise.
    """

    def __init__(self, about: SiteAbout, *, zone: str) -> None:
        self.version = version(about, zone)
        self._about = about
        self.zone = ZoneInfo(zone)
        self._languages = tuple(Texts(language, zone=zone) for language in INTERFACES)
        self._templates = templates()
        topics = {topic.id for topic in about.topics}  # those that have a page
        self._templates.globals |= {
            "about": about,
            "topics_here": topics,
            "policy": _POLICY,
            "search_policy": _SEARCH_POLICY,
        }

    # ── stories ────────────────────────────────────────────────────────────────────────────────

    def story(self, story: SiteStory, *, case: SiteCase | None) -> Iterator[Page]:
        """A story's own page; `case` is the one that it belongs to."""
        return self._pages("story.html", addresses.story_path(story.brief.id), story=story, case=case)

    def tombstone(self, takedown: Takedown) -> Iterator[Page]:
        """What stands where a story stood that was taken off: when, and nothing else."""
        return self._pages("tombstone.html", addresses.story_path(takedown.story), at=takedown.at)

    # ── lists ──────────────────────────────────────────────────────────────────────────────────

    def latest(self, briefs: Sequence[StoryBrief]) -> Iterator[Page]:
        """The first page: the newest stories by day. `briefs` begins with the newest."""
        return self._days("latest.html", addresses.LATEST, briefs[:LATEST], more=len(briefs) > LATEST)

    def topic(self, topic: TopicRules, briefs: Sequence[StoryBrief]) -> Iterator[Page]:
        """The newest stories of a topic. `briefs` are all of it, the newest first."""
        name = addresses.topic_path(topic.id)
        return self._days("topic.html", name, briefs[:NEWEST], topic=topic, count=len(briefs))

    def month(self, month: str, briefs: Sequence[StoryBrief]) -> Iterator[Page]:
        """All stories of a month such as "2026-11". `briefs` are all of it, the newest first."""
        return self._days("month.html", addresses.month_path(month), briefs, month=month, count=len(briefs))

    def months(self, stories: Mapping[str, int]) -> Iterator[Page]:
        """The index of the months that have stories, the latest year first."""
        months = sorted((month for month in stories if stories[month]), reverse=True)
        years = [(year, sorted(of_year)) for year, of_year in groupby(months, key=lambda month: month[:4])]
        return self._pages("months.html", addresses.MONTHS, years=years, stories=stories)

    # ── cases ──────────────────────────────────────────────────────────────────────────────────

    def case(self, case: SiteCase, briefs: Iterable[StoryBrief]) -> Iterator[Page]:
        """A case as a timeline, its oldest story first; `briefs` are its stories that are shown."""
        timeline = sorted(briefs, key=lambda brief: (brief.posted_at, brief.id))
        return self._pages("case.html", addresses.case_path(case.id), case=case, briefs=timeline)

    def cases(self, cases: Iterable[SiteCase], briefs: Mapping[int, StoryBrief]) -> Iterator[Page]:
        """The index of the cases, the one with the latest story first; `briefs` are the stories that are shown."""
        rows = [(case, [briefs[number] for number in case.stories if number in briefs]) for case in cases]
        last = {case: max((brief.posted_at for brief in of_case), default=None) for case, of_case in rows}
        rows.sort(key=lambda row: (last[row[0]] or row[0].opened_at, row[0].id), reverse=True)
        return self._pages("cases.html", addresses.CASES, rows=rows, last=last)

    # ── what the archive tells of itself ───────────────────────────────────────────────────────

    def charts(self, briefs: Collection[StoryBrief]) -> Iterator[Page]:
        """What can be counted, drawn, with the numbers behind each drawing."""
        counted = counts.count(briefs, self._about, self.zone)
        for say in self._languages:
            yield self._page("charts.html", addresses.CHARTS, say, charts=counts.told(counted, self._about, say))

    def about_page(self, briefs: Iterable[StoryBrief]) -> Iterator[Page]:
        """«Как это работает»: sources, rules in words, measured precision and delay."""
        delays = counts.delays(briefs)
        return self._pages("about.html", addresses.ABOUT, delays=delays)

    def search(self, briefs: Iterable[StoryBrief]) -> Iterator[Page]:
        """The one page with a script, which asks Pagefind's index in pagefind/; narrowed to what `briefs` have."""
        outlets, years = set[str](), set[int]()
        for brief in briefs:
            outlets.update(brief.outlets)
            years.add(brief.posted_at.astimezone(self.zone).year)
        narrowed = {"outlets": sorted(outlets, key=str.casefold), "years": sorted(years, reverse=True)}
        return self._pages("search.html", addresses.SEARCH, **narrowed)

    def static(self) -> Iterator[Page]:
        """Styles, script, icon, robots.txt, and the page for what is not there."""
        for path, name in _ASSETS.items():
            yield Page(path, static_file(name))
        yield Page("robots.txt", self._robots().encode())
        yield self._absent()

    def _absent(self) -> Page:
        """The server shows it wherever a page is missed: with an address known, its links begin at the root."""
        address = Address(INTERFACES[0], addresses.ABSENT, served_at=urlsplit(self._about.address).path)
        return self._made("404.html", address, self._languages[0], languages=self._languages)

    def _robots(self) -> str:
        address = self._about.address
        return "User-agent: *\nAllow: /\n" + (f"Sitemap: {address}sitemap.xml\n" if address else "")

    # ── making ─────────────────────────────────────────────────────────────────────────────────

    def _days(self, template: str, name: str, briefs: Sequence[StoryBrief], **values: object) -> Iterator[Page]:
        """`briefs` by their days, as they come."""
        days = groupby(briefs, key=lambda brief: brief.posted_at.astimezone(self.zone).date())
        return self._pages(template, name, days=[(day, list(of_day)) for day, of_day in days], **values)

    def _pages(self, template: str, name: str, **values: object) -> Iterator[Page]:
        for say in self._languages:
            yield self._page(template, name, say, **values)

    def _page(self, template: str, name: str, say: Texts, **values: object) -> Page:
        return self._made(template, Address(say.language, name), say, **values)

    def _made(self, template: str, address: Address, say: Texts, **values: object) -> Page:
        html = self._templates.get_template(template).render(page=address, say=say, **values)
        return Page(address.path, html.encode())
