"""Building the site: first the changed stories, then the lists, feeds and data that mention them, then removals.

Pages that lists link to are written before the lists and removed after them, so a reader in the middle of a build meets
no dead link. A build that was interrupted is continued by the next one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.matching.compiler import collector_paused
from monitor.matching.matcher import Matcher
from monitor.models.site import Precision, SiteAbout, SiteStory, StoryBrief
from monitor.site import files, manifest
from monitor.site.environment import version
from monitor.site.folder import SiteFolder, Unit, key_of
from monitor.site.lists import Lists
from monitor.site.making import StoryMaker, unit_names
from monitor.site.pages import Renderer
from monitor.site.records import Records
from monitor.site.stories import site_story
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.site.published import PublishedStories


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The counts of one build: stories made anew, files written and removed."""

    stories: int
    written: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteBuilder:
    """Builds site folders from one database.

    `about` is called at each build; `zone` is the time zone whose days the pages use.
    """

    published: PublishedStories
    cases: CaseStore
    takedowns: TakedownStore
    about: Callable[[], SiteAbout]
    counters: Matcher | None
    zone: str

    def build(self, path: Path, *, quick: bool = False) -> Built:
        """Bring a folder up to date. Raises SiteError and DatabaseError; the files there are then whole, if not all
        new.

        A file that is missing, or whose size differs from what was written, is written again. `quick` does not check
        files, and leaves as they are the units made of all stories at once (search, data, charts, sitemap), unless a
        story in them is no longer public, or has been retracted or is no longer retracted.
        """
        with files.lock_folder(path), collector_paused():
            known = manifest.read(path) if quick else manifest.as_found(path, manifest.read(path))
            manifest.claim(path)  # so that a first build that is cut off still recognises the folder as ours
            return _Build(builder=self, folder=SiteFolder(path=path, known=known), about=self.about()).run(quick=quick)


class _Build:
    """One build, step by step."""

    def __init__(self, *, builder: SiteBuilder, folder: SiteFolder, about: SiteAbout) -> None:
        self._builder, self._folder, self._about = builder, folder, about
        self._renderer = Renderer(about, zone=builder.zone)
        self._version = version(_without_figures(about), builder.zone)
        self._marks = builder.published.marks()
        self._keys = {number: key_of(self._version, mark) for number, mark in self._marks.items()}
        self._cases = builder.cases.open_cases()
        self._briefs: dict[int, StoryBrief] = {}
        standing = folder.known.lines
        self._records = Records(folder.path, about, keys=self._keys, standing=standing, read=self._stories)

    def run(self, *, quick: bool) -> Built:
        """Run all steps. The manifest is saved even when a step fails."""
        with self._records:
            try:
                made = self._make_stories()
                is_whole = not quick or self._misleads()
                lists = self._lists()
                for unit in lists.units():
                    self._folder.make(unit)
                for unit in self._of_all(lists):
                    if is_whole:
                        self._folder.make(unit)
                    else:
                        self._folder.keep(unit.name)
                self._folder.sweep()
            finally:
                self._save()
        return Built(stories=made, written=self._folder.written, removed=self._folder.removed)

    def _misleads(self) -> bool:
        """Whether a story in the search and data files was taken down since, or had its retraction changed."""
        known = self._folder.known.briefs
        return any(
            number not in self._briefs or self._briefs[number].retracted != brief.retracted
            for number, brief in known.items()
        )

    def _make_stories(self) -> int:
        """Make the stories that changed and return how many there were."""
        changed = [number for number in self._marks if not self._stands(number)]
        for number in self._marks.keys() - set(changed):
            self._briefs[number] = self._folder.known.briefs[number]
            for name in unit_names(number):
                self._folder.keep(name)
        for made in self._maker().make(changed):
            self._briefs[made.brief.id] = made.brief
            self._folder.units.update(made.units)
            self._folder.written += made.written
            self._records.add(made)
        return len(changed)

    def _stands(self, number: int) -> bool:
        names, known = unit_names(number), self._folder.known
        is_made = self._folder.is_made(names[0], self._keys[number]) and names[1] in known.units
        return is_made and number in known.briefs and bool(known.units[names[1]].key)

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

    def _lists(self) -> Lists:
        return Lists(
            about=self._about,
            renderer=self._renderer,
            version=self._version,
            cases=[case for case in self._cases if not self._briefs.keys().isdisjoint(case.stories)],
            hidden=self._builder.takedowns.hidden(),
            briefs=self._briefs,
            keys=self._keys,
            read=self._stories,
        )

    def _of_all(self, lists: Lists) -> Iterator[Unit]:
        newest = sorted(self._briefs, reverse=True)
        yield from self._records.units(key_of(self._version, [self._keys[number] for number in newest]), newest)
        yield from lists.overview_units()

    def _stories(self, numbers: Iterable[int]) -> Iterator[SiteStory]:
        for published in self._builder.published.read(numbers):
            yield site_story(published, None, brief=self._briefs.get(published.story.id or 0))

    def _save(self) -> None:
        """Save the manifest. Briefs of stories without pages are dropped, because the folder is public."""
        briefs = {**self._folder.known.briefs, **self._briefs}
        standing = {number: brief for number, brief in briefs.items() if self._folder.stands(unit_names(number)[0])}
        self._folder.save(standing, self._records.standing)


def _without_figures(about: SiteAbout) -> SiteAbout:
    """Return `about` without the figures that maintainers' decisions change every day: only one page shows them."""
    return replace(about, topics=tuple(replace(topic, precision=Precision()) for topic in about.topics), since=None)
