"""The index pinned in a chat: the open cases, and the stories of the last seven days. Pure.

**Открытые дела**
• The case's title, linked to its page · 4 · последняя новость 29.11.2026

**За последние семь дней**
29.11 The headline, linked to its post
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from monitor.models.channels import Tongue
from monitor.stories.post_texts import TEXTS, PostTexts
from monitor.text.telegram_html import Html, fitting, join, line, link, tag, text

WEEK: Final = timedelta(days=7)
_CASE_UNITS, _HEADLINE_UNITS = 120, 160
_MOST_CASES: Final = 20
_MOST_ROWS: Final = 95  # each row has one link, and Telegram takes a hundred entities in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedCase:
    """An open case in the index: `url` is its page, "" for none; `last_at` when its last story came."""

    title: str
    url: str
    stories: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedStory:
    """A story in the index: `url` is its post, else the article."""

    title: str
    url: str
    posted_at: datetime


def index_post(
    cases: Sequence[IndexedCase], stories: Sequence[IndexedStory], *, zone: str, tongue: Tongue = "ru"
) -> Html:
    """Return the index as one message that fits Telegram's limits.

    Cases and stories are shown in the order given; what does not fit is counted. Days are those of the time zone
    `zone`.
    """
    say = TEXTS[tongue]
    of_cases = [_case(case, zone, say) for case in cases[:_MOST_CASES]]
    of_stories = [_story(story, zone, say) for story in stories[: _MOST_ROWS - len(of_cases)]]
    first = len(of_cases)
    return fitting(
        [*of_cases, *of_stories],
        lambda rows: join("\n\n", _sections(rows[:first], rows[first:], len(cases), len(stories), say)),
    )


def _sections(
    cases: Sequence[Html], stories: Sequence[Html], every_case: int, every_story: int, say: PostTexts
) -> Iterator[Html]:
    if every_case:
        yield _section(say.cases, cases, every_case, say)
    none = [] if every_story else [text(say.no_news)]
    yield _section(say.week, [*stories, *none], every_story, say)


def _section(title: str, rows: Iterable[Html], count: int, say: PostTexts) -> Html:
    shown = list(rows)
    more = [text(say.more.format(count - len(shown)))] if count > len(shown) else []
    return join("\n", (tag("b", text(title)), *shown, *more))


def _case(case: IndexedCase, zone: str, say: PostTexts) -> Html:
    last = f" · {case.stories} · {say.last} {case.last_at.astimezone(ZoneInfo(zone)):%d.%m.%Y}"
    return join("", (text("• "), link(line(case.title, _CASE_UNITS) or say.untitled, case.url), text(last)))


def _story(story: IndexedStory, zone: str, say: PostTexts) -> Html:
    day = text(f"{story.posted_at.astimezone(ZoneInfo(zone)):%d.%m} ")
    return join("", (day, link(line(story.title, _HEADLINE_UNITS) or say.untitled, story.url)))
