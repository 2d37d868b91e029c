"""A press of hundreds of pages over 30 virtual days, and what is done to them: edits, deletions, walls, outages."""

import random  # noqa: TID251 - the press is made up; the seed makes it the same every time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from monitor.evidence.watch import PageState
from monitor.models.evidence import PageAnswer, Sight, Version
from tests.factories import NOW
from tests.samples.pages.stories import Around, story

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGES, MATTERING, SLIGHT, DELETIONS, WALLS, RETURNS, OUTAGES = 100, 20, 30, 10, 10, 5, 10  # a hundred
TEASING = 10  # pages with a teaser of something else between their paragraphs, another one at each look
QUOTED = {
    "ru": "Суд в Актау продлил на два месяца арест россиянина Айдара Мовлаева, которого требует выдать Москва.",
    "kk": "Ақтау соты Мәскеу сұратқан Ресей азаматы Айдар Мовлаевтың қамауын екі айға ұзартты.",
}
FACTS = {
    "ru": "Адвокат Руслан Сейтов говорит, что его подзащитному 34 года и вину он не признаёт, пишет «Вечерний Актау».",
    "kk": "Адвокат Руслан Сейтов оның 34 жаста екенін және кінәсін мойындамайтынын айтты, деп жазды газет.",
}
ADDED = {
    "ru": "Позже защита сообщила, что новое заседание пройдёт без прессы и без самого обвиняемого.",
    "kk": "Кейін қорғаушы тарап келесі отырыс журналистерсіз және айыпталушының өзінсіз өтетінін хабарлады.",
}
Change = Callable[[Version, str], Version]


def swapped(ru: tuple[str, str], kk: tuple[str, str]) -> Change:
    def change(version: Version, lang: str) -> Version:
        old, new = kk if lang == "kk" else ru
        assert old in version.text
        return replace(version, text=version.text.replace(old, new, 1))

    return change


def added(ru: str, kk: str) -> Change:
    return lambda version, lang: replace(version, text=f"{version.text}\n\n{kk if lang == 'kk' else ru}")


def retitled(ru: str, kk: str) -> Change:
    return lambda version, lang: replace(version, title=version.title + (kk if lang == "kk" else ru))


MATTER: tuple[Change, ...] = (
    retitled(", а защита обжалует", ", қорғаушылар келіспейді"),
    swapped(("продлил", "отменил"), ("ұзартты", "жойды")),
    swapped(("34 года", "36 лет"), ("34 жаста", "36 жаста")),
    swapped(("Руслан Сейтов", "Руслан Саитов"), ("Руслан Сейтов", "Руслан Саитов")),
    swapped(("не признаёт", "признаёт"), ("мойындамайтынын", "мойындайтынын")),
    swapped((QUOTED["ru"], ""), (QUOTED["kk"], "")),
    swapped((FACTS["ru"], ""), (FACTS["kk"], "")),
    added(ADDED["ru"], ADDED["kk"]),
)
SLIP: tuple[Change, ...] = (
    swapped(("подзащитному", "подзащтному"), ("екенін", "екнін")),
    swapped(("россиянина", "росиянина"), ("азаматы", "азматы")),
    swapped(("говорит, что", "говорит что"), ("екенін және", "екенін, және")),
    swapped(("говорит", "сказал"), ("айтты", "айтқан")),
    swapped(("«Вечерний Актау»", '"Вечерний Актау"'), ("айтты, деп", "айтты – деп")),
    swapped(("признаёт", "признает"), ("жазды газет", "жазды  газет")),
    swapped(("\n\n", "\n"), ("\n\n", " ")),
    retitled(" (обновлено)", "."),
    added("Новость дополняется.", "Жаңалық толықтырылуда."),
    added("Фото: пресс-служба суда", "Фото: сот баспасөз қызметі"),
    added("Что известно о суде в Актау", "Ақтау соты туралы не белгілі"),
    lambda version, _: replace(version, text="\n\n".join(reversed(version.text.split("\n\n")))),
)


@dataclass(kw_only=True)
class Page:
    number: int
    lang: str
    version: Version
    others: Around
    changes: list[tuple[datetime, Change]] = field(default_factory=list)
    absent: tuple[datetime, datetime] | None = None
    walled: tuple[datetime, datetime] | None = None
    state: PageState = field(default_factory=lambda: PageState.new(NOW))
    told: list[Sight] = field(default_factory=list)

    def seen(self, at: datetime, looks: int) -> Version:
        version = self.version
        for since, change in self.changes:
            version = change(version, self.lang) if since <= at else version
        return replace(version, text="\n\n".join(self._with_noise(version.text, at, looks)))

    def _with_noise(self, text: str, at: datetime, looks: int) -> Iterator[str]:
        """As pages are: something else about them at every look."""
        first, *rest = text.split("\n\n")
        yield f"Обновлено {at:%H:%M}"
        yield first
        if self.number < TEASING:
            yield self.others.headline()
        yield from rest
        yield f"Просмотров: {looks * 17}"
        yield "Читайте также" if self.lang == "ru" else "Оқи отырыңыз"
        yield from self.others.many(3)


def is_within(at: datetime, span: tuple[datetime, datetime] | None) -> bool:
    return span is not None and span[0] <= at < span[1]


class Press:
    """Its pages and their fates; ten times for hours the whole site answers 404."""

    def __init__(self, seed: int, *, hundreds: int = 1) -> None:
        self._chance, self._hundreds = random.Random(seed), hundreds
        self.pages = [self._page(number) for number in range(PAGES * hundreds)]
        fated = iter(self._chance.sample(self.pages, (MATTERING + SLIGHT + DELETIONS) * hundreds))
        counts = (MATTERING, SLIGHT, DELETIONS)
        self.edited, self.slipped, self.deleted = (list(islice(fated, count * hundreds)) for count in counts)
        for fates, changes in ((self.edited, MATTER), (self.slipped, SLIP)):
            for number, page in enumerate(fates):
                page.changes.append((self._moment(0.1, 29), changes[number % len(changes)]))
        for number, page in enumerate(self.deleted):
            returns = (
                number < RETURNS * hundreds
            )  # what goes and returns between two looks nobody sees: gone for a week
            gone_at = self._moment(0.1, 6 if returns else 29)
            page.absent = (gone_at, gone_at + self._chance.uniform(8, 12) * DAY if returns else NOW + 99 * DAY)
        for page in self._chance.sample(self.pages, WALLS * hundreds):
            page.walled = self._hours(self._moment(0, 30.2))
        self.outages = [self._hours(self._moment(0, 30.2)) for _ in range(OUTAGES)]

    def _page(self, number: int) -> Page:
        lang = "kk" if number % 4 == 0 else "ru"
        made = story(lang, number)
        paragraphs = [
            made.lead,
            QUOTED[lang],
            made.subheads[0],
            *made.paragraphs[:3],
            FACTS[lang],
            *made.paragraphs[3:],
        ]
        version = Version(title=f"{made.title} — {number}", text="\n\n".join(paragraphs))
        return Page(number=number, lang=lang, version=version, others=Around(lang, number))

    def _moment(self, first: float, last: float) -> datetime:
        return NOW + self._chance.uniform(first, last) * DAY

    def _hours(self, since: datetime) -> tuple[datetime, datetime]:
        return since, since + self._chance.uniform(1, 20) * HOUR

    def is_out(self, at: datetime) -> bool:
        """Whether the whole site answers 404."""
        return any(is_within(at, span) for span in self.outages)

    def answer(self, page: Page, at: datetime) -> PageAnswer:
        """What comes when a page is asked for."""
        if is_within(at, page.walled):
            return PageAnswer.NOTHING
        return PageAnswer.ABSENT if self.is_out(at) or is_within(at, page.absent) else PageAnswer.PAGE

    def told_right(self) -> None:
        """Assert that people were told of what was done, once, and of nothing else (but once a hundred at most)."""
        mattering, deleted, back = (count * self._hundreds for count in (MATTERING, DELETIONS, RETURNS))
        returned, gone = self.deleted[:back], self.deleted[back:]
        quiet = [page for page in self.pages if page not in self.edited and page not in self.deleted]
        assert Counter(tuple(page.told) for page in self.edited) == {(Sight.CHANGED,): mattering}
        assert Counter(tuple(page.told) for page in gone) == {(Sight.GONE,): deleted - back}
        assert Counter(tuple(page.told) for page in returned) == {(Sight.GONE, Sight.BACK): back}
        assert sum(len(page.told) for page in quiet) <= self._hundreds
        assert not any(Sight.GONE in page.told for page in quiet)
