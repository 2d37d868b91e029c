"""New entries of a feed → what becomes of each: too old, unmatched, vetoed, matched. Gets pages where that is needed.

It orchestrates: the rules decide (matching/), and age_limit.py says how old is too old. Nothing is recorded here.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.errors import FetchError, FetchFailure
from monitor.matching import explanation
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import Mute, reason
from monitor.models.articles import Article, Extracted, Outcome, Tier, Verdict
from monitor.models.feeds import Entry, Feed, FeedKind, Fetched
from monitor.models.stories import EntryOutcome, PollOutcome, Telling
from monitor.polling.age_limit import AgeLimit
from monitor.sources.http.client import Fetcher
from monitor.sources.pages.article import is_full
from monitor.sources.recent_pages import ReadPage, RecentPages
from monitor.sources.sandbox import Sandbox
from monitor.stories.grouping import unmatched_reason
from monitor.stories.people.followed import NOBODY, Followed
from monitor.stories.similarity import fingerprint
from monitor.text.languages.detection import detect
from monitor.text.urls import canonical

PUT_OFF = timedelta(hours=2)  # for how long after publication a page that cannot be had is tried again
_FOR_THE_MOMENT = frozenset(
    {FetchFailure.TIMEOUT, FetchFailure.CONNECTION, FetchFailure.SERVER, FetchFailure.THROTTLED, FetchFailure.EMPTY}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """The new entries of a poll before any page is read."""

    decided: tuple[EntryOutcome, ...]  # too old, or judged by what the feed gives in full
    urgent: tuple[Entry, ...]  # title and summary already match: their pages are read first
    waiting: tuple[Entry, ...]  # the others whose page must be read, the oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEntries:
    """What became of entries whose pages were to be read."""

    decided: tuple[EntryOutcome, ...] = ()
    bare: int = 0  # pages of the decided that gave no text
    unread: int = 0  # no time was left for them
    put_off: int = 0  # their pages may be had at the next poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Everything needed to judge an entry. `mutes` are in force; reasons name times by the clock of `zone`."""

    fetcher: Fetcher
    reader: Sandbox
    matcher: Matcher
    mutes: tuple[Mute, ...] = ()
    zone: str = "UTC"
    followed: Followed = NOBODY  # what goes on with them, or had another headline, is placed without a rule
    recent: RecentPages | None = None  # who looks at a matched article's page next need not ask for it

    def muting(self, mutes: tuple[Mute, ...]) -> "Judge":
        """The same judge with these rules muted."""
        if not mutes:
            return self
        return replace(self, matcher=self.matcher.muting([mute.name.key for mute in mutes]), mutes=mutes)

    def triage(self, feed: Feed, entries: Sequence[Entry], limit: AgeLimit, now: datetime) -> Triage:
        """Judge what needs no page; of the rest, find what matches already. Takes CPU: call it in a thread."""
        decided: list[EntryOutcome] = []
        urgent: list[Entry] = []
        waiting: list[Entry] = []
        for entry in sorted(entries, key=lambda entry: entry.published_at or now):
            if stale := limit.stale_outcome(entry):
                decided.append(stale)
            elif not _needs_page(feed, entry):
                decided.append(self._judged(feed, entry, _feed_text(entry)))
            else:
                (urgent if self._matches(entry) else waiting).append(entry)
        return Triage(decided=tuple(decided), urgent=tuple(urgent), waiting=tuple(waiting))

    async def read(
        self, feed: Feed, entries: Sequence[Entry], limit: AgeLimit, now: datetime, *, deadline: float
    ) -> JudgedEntries:
        """Judge entries with their pages, in this order, until the loop's clock says `deadline` (one at least)."""
        decided: list[EntryOutcome] = []
        bare = put_off = 0
        for number, entry in enumerate(entries):
            if number and asyncio.get_running_loop().time() > deadline:
                break
            page, failure, read = await self._page(feed, entry, now)
            outcome = await asyncio.to_thread(self._judged_with_page, feed, entry, page, limit)
            if self.recent and read and outcome.outcome is Outcome.POSTED:
                self.recent.put(entry.url, read)
            if _says_nothing(outcome) and failure in _FOR_THE_MOMENT and _is_new(entry, now):
                put_off += 1
                continue
            bare += not page.text
            decided.append(outcome)
        unread = len(entries) - len(decided) - put_off
        return JudgedEntries(decided=tuple(decided), bare=bare, unread=unread, put_off=put_off)

    def _judged_with_page(self, feed: Feed, entry: Entry, page: Extracted, limit: AgeLimit) -> EntryOutcome:
        dated = replace(entry, title=entry.title or page.title, published_at=entry.published_at or page.published_at)
        return limit.stale_outcome(dated) or self._judged(
            feed, dated, _joined(_feed_text(entry), page.text), page.problem
        )

    def _judged(self, feed: Feed, entry: Entry, text: str, problem: str = "") -> EntryOutcome:
        verdict = self.matcher.judge(title=entry.title, text=text)
        article = _article(feed, entry, text, problem)
        is_silent = verdict.tier is Tier.NONE and not verdict.vetoes and not verdict.muted
        if is_silent and (entry.is_retitled or self.followed.is_told_of(entry.title, text)):
            marked = replace(article, fingerprint=fingerprint(entry.title, text))
            named = Telling(article=marked, verdict=verdict)
            return EntryOutcome(entry=entry, outcome=Outcome.POSTED, reason="", telling=named)
        if is_silent:
            why = unmatched_reason(article)
            return EntryOutcome(entry=entry, outcome=Outcome.UNMATCHED, reason=why, article=article)
        reasoned = explanation.add_reasons(self.matcher, verdict, title=entry.title, text=text)
        marked = replace(article, fingerprint=fingerprint(entry.title, text))
        telling = Telling(article=marked, verdict=reasoned)
        if verdict.tier is not Tier.NONE:
            return EntryOutcome(entry=entry, outcome=Outcome.POSTED, reason="", telling=telling)
        if verdict.is_held:
            why = reason([(topic.id, topic.rule) for topic in verdict.muted], self.mutes, zone=self.zone)
            return EntryOutcome(entry=entry, outcome=Outcome.REVIEW, reason=why, telling=telling)
        return EntryOutcome(entry=entry, outcome=Outcome.VETOED, reason=_vetoes(verdict), telling=telling)

    def _matches(self, entry: Entry) -> bool:
        return self.matcher.judge(title=entry.title, text=_feed_text(entry)).tier is not Tier.NONE

    async def _page(
        self, feed: Feed, entry: Entry, now: datetime
    ) -> tuple[Extracted, FetchFailure | None, ReadPage | None]:
        async with self.fetcher.visit(entry.url, feed=feed) as visit:
            answer = visit.answer
            if isinstance(answer, FetchError):
                why = answer.message.partition(": ")[0]  # what follows is advice for who writes down a feed
                return Extracted(text="", problem=f"страница не прочитана: {why}"), answer.kind, None
            assert isinstance(answer, Fetched)  # no validators were sent
            page = await self.reader.extract(answer, now=now, tz=feed.tz, selector=feed.article)
        return page, None, ReadPage(fetched=answer, exchanges=visit.exchanges, article=page)


def split(decided: Iterable[EntryOutcome]) -> tuple[tuple[EntryOutcome, ...], tuple[EntryOutcome, ...]]:
    """The settled ones, and those still to be placed into stories."""
    outcomes = tuple(map(_brief, decided))
    matched = tuple(one for one in outcomes if one.outcome is Outcome.POSTED)
    return tuple(one for one in outcomes if one.outcome is not Outcome.POSTED), matched


def count_new(outcome: PollOutcome) -> tuple[int, int]:
    """How many entries of a poll were new, and how many of them matched."""
    new = (*outcome.urgent, *outcome.settled, *outcome.matched)
    return len(new), sum(bool(one.telling and one.telling.verdict.topics) for one in new)


def _brief(decided: EntryOutcome) -> EntryOutcome:
    """Without the text that nobody needs any more: hundreds of polls may wait to be recorded."""
    entry = decided.entry
    return replace(decided, entry=replace(entry, summary="", content="")) if entry.summary or entry.content else decided


def _says_nothing(outcome: EntryOutcome) -> bool:
    """Whether no rule knows it: its page may say more than a name."""
    is_named_only = outcome.outcome is Outcome.POSTED and bool(outcome.telling and not outcome.telling.verdict.topics)
    return outcome.outcome is Outcome.UNMATCHED or is_named_only


def _is_new(entry: Entry, now: datetime) -> bool:
    return entry.published_at is not None and now - entry.published_at < PUT_OFF


def _needs_page(feed: Feed, entry: Entry) -> bool:
    return feed.kind is not FeedKind.TELEGRAM and bool(entry.url) and not is_full(_feed_text(entry))


def _feed_text(entry: Entry) -> str:
    return entry.content or entry.summary


def _article(feed: Feed, entry: Entry, text: str, problem: str) -> Article:
    return Article(
        feed=feed.name,
        url=entry.url,
        canonical_url=canonical(entry.url) or f"{feed.name}:{entry.keys[0]}",
        title=entry.title,
        text=text,
        language=detect(f"{entry.title}\n{text}", feed.lang),
        published_at=entry.published_at,
        problem=problem,
    )


def _vetoes(verdict: Verdict) -> str:
    return "; ".join(f"{veto.topic}/{veto.rule}: «{veto.form}»" for veto in verdict.vetoes)


def _joined(summary: str, page: str) -> str:
    """The page's text, with the feed's summary before it when the page does not contain it."""
    if len(page) <= len(summary):
        return summary
    return page if summary[:60] in page else f"{summary}\n{page}"
