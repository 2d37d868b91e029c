"""Compare two judgements of the same articles: what an edit of the rules gains and loses.

Both sides are `Judge` functions, so recorded verdicts, the rules in force and an edited file compare alike.
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.matching.matcher import Matcher
from monitor.models.articles import Outcome, Tier, Verdict

Kind = Literal["gained", "lost", "moved"]
KEPT = 5_000  # changes kept with their articles: nobody reads more than that one by one
RuleKey = tuple[str, str]  # topic and rule


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptArticle:
    """A stored article with its recorded verdict; its title and text are kept, so it can be judged again.

    `verdict` is empty for an article that no rule matched.
    """

    entry_id: int
    feed: str
    url: str
    title: str
    text: str
    seen_at: datetime
    outcome: Outcome
    verdict: Verdict


Judge = Callable[[KeptArticle], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An article to which the two judgements give different tiers or topics."""

    article: KeptArticle
    before: Verdict
    after: Verdict

    @property
    def kind(self) -> Kind:
        """`gained`: only the second judgement gives a tier; `lost`: only the first; `moved`: both, but they differ."""
        if self.before.tier is Tier.NONE:
            return "gained"
        return "lost" if self.after.tier is Tier.NONE else "moved"


@dataclass(slots=True, kw_only=True)
class RuleTally:
    """How many articles a rule decided before and after; `gained` and `lost` count those decided on one side only."""

    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0


class Comparison:
    """Judge articles twice and count the differences; articles may be added in any order."""

    def __init__(self, before: Judge, after: Judge) -> None:
        self._before, self._after = before, after
        self.articles = 0
        self.before = 0  # articles with tier post or review
        self.after = 0
        self.oldest: datetime | None = None
        self.changes: list[Change] = []  # the first KEPT of them, with their texts
        self.counts: Counter[Kind] = Counter()  # of all changes
        self.rules: dict[RuleKey, RuleTally] = {}

    def add(self, article: KeptArticle) -> None:
        self.articles += 1
        self.oldest = article.seen_at if self.oldest is None else min(self.oldest, article.seen_at)
        before, after = self._before(article), self._after(article)
        if not before.topics and not after.topics:
            return
        self.before += bool(before.topics)
        self.after += bool(after.topics)
        self._tally(_fired(before), _fired(after))
        if before.tier is not after.tier or _topics(before) != _topics(after):
            change = Change(article=article, before=before, after=after)
            self.counts[change.kind] += 1
            if len(self.changes) < KEPT:
                self.changes.append(change)

    def _tally(self, before: Collection[RuleKey], after: Collection[RuleKey]) -> None:
        for key in {*before, *after}:
            tally = self.rules.setdefault(key, RuleTally())
            tally.before += key in before
            tally.after += key in after
            tally.gained += key not in before
            tally.lost += key not in after

    def list_changes(self, kind: Kind) -> list[Change]:
        """Return the kept changes of one kind, in the order they were added."""
        return [change for change in self.changes if change.kind == kind]


def recorded_verdict(article: KeptArticle) -> Verdict:
    """A `Judge` that returns the recorded verdict."""
    return article.verdict


def judge_by(matcher: Matcher) -> Judge:
    """Return a `Judge` that applies these rules exactly as a poll would."""
    return lambda article: matcher.judge(title=article.title, text=article.text)


def _fired(verdict: Verdict) -> frozenset[RuleKey]:
    return frozenset((topic.id, topic.rule) for topic in verdict.topics)


def _topics(verdict: Verdict) -> frozenset[str]:
    return frozenset(topic.id for topic in verdict.topics)
