"""The parts of the desk that show news, wired: search, decisions, near misses, the rules in figures."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import timedelta

from monitor.app import memory
from monitor.config.settings import Settings
from monitor.desk.app import Part
from monitor.desk.decisions import Decisions
from monitor.desk.news import News
from monitor.desk.rules import Rules
from monitor.health.rule_rates import WINDOW, RuleRate, RuleRates
from monitor.matching.explanation import NearArticles, TopicReport, explain, nearest_misses, nearly_found
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import names_of
from monitor.matching.rule_lines import NearMiss
from monitor.matching.search.query import Query
from monitor.models.articles import Outcome
from monitor.models.clock import Clock
from monitor.models.search import SearchResult
from monitor.storage.desk.rule_figures import Figures
from monitor.storage.store import Store
from monitor.stories.grouping import Chats

NEARLY_LATELY = timedelta(days=7)  # how far back news are looked through that rules nearly found
NEARLY_FOUND = (Outcome.UNMATCHED, Outcome.REVIEW)
MOST_NEAR = 60  # news that rules are near to, before those that everyday words brought there are left out
NEAR_SECONDS = 0.4  # of judging, before a page is shown


def build_news(settings: Settings, store: Store, matcher: Callable[[], Matcher], clock: Clock) -> Sequence[Part]:
    """News, questions to the maintainers, the rules in figures. `matcher` are the rules in force."""
    asked = _RulesInForce(store=store, matcher=matcher, clock=clock)
    shown = News(
        search=_Search(store),
        ask=asked.ask,
        near=asked.find_near,
        history=store.history,
        questions=store.questions,
        evidence=store.kept,
        is_public=lambda story: store.retractions.story_of(story) is not None,
        topics=lambda: {topic.id: topic.title for topic in matcher().compiled.topics},
        chats=lambda: _called(store.reviews.chats),
        zone=settings.timezone,
        clock=clock,
    )
    decided = Decisions(
        questions=store.questions,
        reviews=store.reviews,
        retractions=store.retractions,
        review_chat=store.reviews.chats.review,
        zone=settings.timezone,
        clock=clock,
    )
    return shown, decided, Rules(figures=asked.figures, rates=asked.rates)


def _called(chats: Chats) -> Mapping[str, str]:
    """What maintainers call their chats; a public channel without a name of ours goes by its own."""
    named = {to.chat: to.name or ("" if to.chat.startswith("@") else "канал") for to in chats.destinations}
    return named | {chats.review: "чат редакторов"}


class _Search:
    """The search, which leaves nothing in memory."""

    def __init__(self, store: Store) -> None:
        self._finder = store.finder

    def __call__(self, query: Query, *, limit: int, before: int | None) -> SearchResult:
        with memory.dictionary_for_now() if query.phrases else nullcontext():
            return self._finder.answer(query, limit=limit, before=before)


@dataclass(frozen=True, slots=True, kw_only=True)
class _RulesInForce:
    """What the rules of now say of what was read; where somebody asks why, those on a pause are silent."""

    store: Store
    matcher: Callable[[], Matcher]
    clock: Clock

    @memory.dictionary_for_now()
    def ask(self, *, title: str, text: str) -> tuple[tuple[TopicReport, ...], tuple[NearMiss, ...]]:
        """By topic, and which rules lacked one line."""
        rules = self._audible()
        return explain(rules, title=title, text=text), nearest_misses(rules, title=title, text=text)

    @memory.dictionary_for_now()
    def find_near(self, before: int | None) -> NearArticles:
        """The newest news that rules nearly found, of entries before that number."""
        since, is_over = self.clock() - NEARLY_LATELY, self._is_over(NEAR_SECONDS)
        with closing(self.store.archive.iter_articles(since, before=before, outcomes=NEARLY_FOUND)) as kept:
            return nearly_found(kept, self._audible(), most=MOST_NEAR, is_over=is_over)

    @memory.dictionary_for_now()
    def figures(self, seconds: float) -> Figures:
        """The figures, as far as they are counted by then."""
        return self.store.rule_figures.figures(self.matcher(), now=self.clock(), is_over=self._is_over(seconds))

    def rates(self) -> tuple[RuleRate, ...]:
        """How often the rules fire, as the alarms count it."""
        now, counted = self.clock(), RuleRates()
        for _, seen_at, rules in self.store.stats.list_fired(after=0, since=now - WINDOW):
            counted.add(rules, seen_at)
        return counted.rates(frozenset(name.path for name in names_of(self.matcher().compiled)), now)

    def _audible(self) -> Matcher:
        return self.matcher().muting([mute.name.key for mute in self.store.mutes.active(self.clock())])

    def _is_over(self, seconds: float) -> Callable[[], bool]:
        until = self.clock.steady() + timedelta(seconds=seconds)
        return lambda: self.clock.steady() >= until
