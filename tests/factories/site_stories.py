"""Stories of a made-up archive, each value plausible and every field to be said otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251 - of a seed
from typing import Any
from zlib import crc32

from monitor.models.articles import Language
from monitor.models.site import (
    Outlet,
    Precision,
    Quote,
    SiteAbout,
    SiteCase,
    SiteStory,
    SiteTelling,
    SiteTopic,
    StoryBrief,
    TopicRules,
)

EXTRADITION = SiteTopic(id="extradition", title="Экстрадиция и выдача", hashtag="экстрадиция")
KNB = SiteTopic(id="knb", title="Допросы в КНБ", hashtag="КНБ")
FIRST = datetime(2026, 11, 22, 9, 5, 7, 123456, tzinfo=UTC)
ADDRESS = "https://archive.example/"


def about_of(address: str = ADDRESS, **changes: Any) -> SiteAbout:
    """What stands behind the archive: two topics, one outlet."""
    topics = (
        TopicRules(id="extradition", title=EXTRADITION.title, hashtag="экстрадиция", rules=("в Россию",),
                   precision=Precision(published=90, rejected=10)),
        TopicRules(id="knb", title=KNB.title, hashtag="КНБ", rules=("допрос",), precision=Precision()),
    )  # fmt: skip
    outlets = (Outlet(name="Медиазона", url="https://zona.example/rss", language="ru"),)
    made = SiteAbout(outlets=outlets, topics=topics, address=address, since=FIRST, channel="https://t.me/test_channel")
    return replace(made, **changes)


def telling_of(title: str, *quotes: str, outlet: str = "Медиазона", **changes: Any) -> SiteTelling:
    """One outlet's telling; of a quote the first word is marked."""
    made = SiteTelling(
        outlet=outlet,
        url=f"https://zona.example/{crc32(f'{title} {outlet}'.encode('utf-8', 'replace'))}",
        headline=Quote(text=title),
        quotes=tuple(Quote(text=quote, marks=((0, len(quote.split()[0])),)) for quote in quotes),
        language="ru",
        published_at=FIRST - timedelta(minutes=12),
        seen_at=FIRST - timedelta(minutes=2),
    )
    return replace(made, **changes)


def story_of(
    number: int,
    title: str = "Казахстан выдал России ещё одного россиянина",
    *quotes: str,
    language: Language = "ru",
    topics: Sequence[SiteTopic] = (EXTRADITION,),
    tellings: Sequence[SiteTelling] = (),
    **changes: Any,
) -> SiteStory:
    """A story, an hour after the one with the number before it; `changes` are of its brief."""
    told = tuple(tellings) or (telling_of(title, *quotes, language=language),)
    posted_at = FIRST + timedelta(hours=number)
    brief = StoryBrief(
        id=number,
        posted_at=posted_at,
        updated_at=posted_at + timedelta(minutes=3),
        title=title,
        outlets=tuple(dict.fromkeys(telling.outlet for telling in told)),
        languages=(language,),
        topics=tuple(topics),
        places=("Алматы",),
        counts=("extradited",),
        delay=125.4,
        first_quote=quotes[0] if quotes else "",
    )
    return SiteStory(brief=replace(brief, **changes), tellings=told)


def case_of(number: int, *stories: int, title: str = "Дело Иванова") -> SiteCase:
    """A case with these stories."""
    return SiteCase(id=number, title=title, opened_at=FIRST, stories=stories)


def many_stories(count: int, *, seed: int = 1) -> Iterator[SiteStory]:
    """So many stories of some hundred words each, one after another."""
    chance = Random(seed)
    words = [f"{head}{tail}" for head in ("экстра", "допро", "задерж", "құқық", "тұрғы") for tail in range(200)]
    for number in range(1, count + 1):
        quotes = [" ".join(chance.choices(words, k=20)) for _ in range(3)]
        yield story_of(number, " ".join(chance.choices(words, k=9)), *quotes)
