"""The pages of the archive in three languages: values in, bytes out.

Outside text reaches a page only through `monitor/site/fragments.py` and the templates' own escaping.
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

LATEST: Final = 40  # stories, each with a sentence: less than 60 kB with the styles
NEWEST: Final = 200  # stories on a topic's page

_ASSETS: Final = {
    "assets/style.css": "style.css",
    "assets/search.js": "search.js",
    "assets/query.js": "query.js",
    "favicon.svg": "favicon.svg",
}
_POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"
_SEARCH_POLICY: Final = f"{_POLICY}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'"


class Renderer:
    """Renders every kind of page; each call yields one page per language. `zone` is the zone of the times shown.

    `version` changes whenever pages of the same stories could come out differently.
    """

    def __init__(self, about: SiteAbout, *, zone: str) -> None:
        self.version = version(about, zone)
        self._about = about
        self.zone = ZoneInfo(zone)
        self._languages = tuple(Texts(language, zone=zone) for language in INTERFACES)
        self._templates = templates()
        topics = {topic.id for topic in about.topics}  # topics that have a page
        self._templates.globals |= {
            "about": about,
            "topics_here": topics,
            "policy": _POLICY,
            "search_policy": _SEARCH_POLICY,
        }

    # ── stories ────────────────────────────────────────────────────────────────────────────────

    def story(self, story: SiteStory, *, case: SiteCase | None) -> Iterator[Page]:
        """Yield a story's own page; `case` is the case it belongs to."""
        return self._pages("story.html", addresses.story_path(story.brief.id), story=story, case=case)

    def tombstone(self, takedown: Takedown) -> Iterator[Page]:
        """Yield the page that replaces a story that was taken down: it says when, and nothing else."""
        return self._pages("tombstone.html", addresses.story_path(takedown.story), at=takedown.at)

    # ── lists ──────────────────────────────────────────────────────────────────────────────────

    def latest(self, briefs: Sequence[StoryBrief]) -> Iterator[Page]:
        """Yield the front page: the newest stories by day. `briefs` begins with the newest."""
        return self._days("latest.html", addresses.LATEST, briefs[:LATEST], more=len(briefs) > LATEST)

    def topic(self, topic: TopicRules, briefs: Sequence[StoryBrief]) -> Iterator[Page]:
        """Yield the newest stories of a topic. `briefs` are all its stories, the newest first."""
        name = addresses.topic_path(topic.id)
        return self._days("topic.html", name, briefs[:NEWEST], topic=topic, count=len(briefs))

    def month(self, month: str, briefs: Sequence[StoryBrief]) -> Iterator[Page]:
        """Yield all stories of a month such as "2026-11". `briefs` are all its stories, the newest first."""
        return self._days("month.html", addresses.month_path(month), briefs, month=month, count=len(briefs))

    def months(self, stories: Mapping[str, int]) -> Iterator[Page]:
        """Yield the index of the months that have stories, the latest year first."""
        months = sorted((month for month in stories if stories[month]), reverse=True)
        years = [(year, sorted(of_year)) for year, of_year in groupby(months, key=lambda month: month[:4])]
        return self._pages("months.html", addresses.MONTHS, years=years, stories=stories)

    # ── cases ──────────────────────────────────────────────────────────────────────────────────

    def case(self, case: SiteCase, briefs: Iterable[StoryBrief]) -> Iterator[Page]:
        """Yield a case as a timeline, its oldest story first; `briefs` are its stories that are shown."""
        timeline = sorted(briefs, key=lambda brief: (brief.posted_at, brief.id))
        return self._pages("case.html", addresses.case_path(case.id), case=case, briefs=timeline)

    def cases(self, cases: Iterable[SiteCase], briefs: Mapping[int, StoryBrief]) -> Iterator[Page]:
        """Yield the index of the cases, the one with the latest story first; `briefs` are the stories shown."""
        rows = [(case, [briefs[number] for number in case.stories if number in briefs]) for case in cases]
        last = {case: max((brief.posted_at for brief in of_case), default=None) for case, of_case in rows}
        rows.sort(key=lambda row: (last[row[0]] or row[0].opened_at, row[0].id), reverse=True)
        return self._pages("cases.html", addresses.CASES, rows=rows, last=last)

    # ── the archive about itself ──────────────────────────────────────────────────────────────

    def charts(self, briefs: Collection[StoryBrief]) -> Iterator[Page]:
        """Yield the charts, with the numbers behind each drawing."""
        counted = counts.count(briefs, self._about, self.zone)
        for say in self._languages:
            yield self._page("charts.html", addresses.CHARTS, say, charts=counts.make_charts(counted, self._about, say))

    def about_page(self, briefs: Iterable[StoryBrief]) -> Iterator[Page]:
        """Yield «Как это работает»: sources, rules in words, measured precision and delay."""
        delays = counts.delays(briefs)
        return self._pages("about.html", addresses.ABOUT, delays=delays)

    def search(self, briefs: Iterable[StoryBrief]) -> Iterator[Page]:
        """Yield the search page, the only one with a script: it reads Pagefind's index; `briefs` give its filters."""
        outlets, years = set[str](), set[int]()
        for brief in briefs:
            outlets.update(brief.outlets)
            years.add(brief.posted_at.astimezone(self.zone).year)
        narrowed = {"outlets": sorted(outlets, key=str.casefold), "years": sorted(years, reverse=True)}
        return self._pages("search.html", addresses.SEARCH, **narrowed)

    def static(self) -> Iterator[Page]:
        """Yield styles, scripts, icon, robots.txt and the page for missing addresses."""
        for path, name in _ASSETS.items():
            yield Page(path, static_file(name))
        yield Page("robots.txt", self._robots().encode())
        yield self._absent()

    def _absent(self) -> Page:
        """Return the page for missing addresses. With the archive's address known, its links begin at the root."""
        address = Address(INTERFACES[0], addresses.ABSENT, served_at=urlsplit(self._about.address).path)
        return self._made("404.html", address, self._languages[0], languages=self._languages)

    def _robots(self) -> str:
        address = self._about.address
        return "User-agent: *\nAllow: /\n" + (f"Sitemap: {address}sitemap.xml\n" if address else "")

    # ── making ─────────────────────────────────────────────────────────────────────────────────

    def _days(self, template: str, name: str, briefs: Sequence[StoryBrief], **values: object) -> Iterator[Page]:
        """Yield the pages of a template with `briefs` grouped by day, in the order given."""
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
