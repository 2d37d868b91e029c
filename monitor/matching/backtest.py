"""Two judgements of the same articles compared: what an edit of the rules gains and loses.

The rules come in as `Judge`, so that the recorded decisions, the rules in force and an edited file compare alike.
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.matching.matcher import Matcher
from monitor.models.articles import Outcome, Tier, Verdict

Kind = Literal["gained", "lost", "moved"]
KEPT = 5_000  # changes: an edit that changes more is not read one by one
RuleKey = tuple[str, str]  # topic and rule


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptArticle:
    """An article as it was judged once: with the same title and text it can be judged again.

    `verdict` is the recorded one; an article that no rule matched has an empty one.
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
    """An article that the two judgements give another tier or other topics."""

    article: KeptArticle
    before: Verdict
    after: Verdict

    @property
    def kind(self) -> Kind:
        """`gained`: only now something is to be done with it; `lost`: no longer; `moved`: something else."""
        if self.before.tier is Tier.NONE:
            return "gained"
        return "lost" if self.after.tier is Tier.NONE else "moved"


@dataclass(slots=True, kw_only=True)
class RuleTally:
    """How many articles a rule decided, before and after; `gained` and `lost` are those of only one side."""

    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0


class Comparison:
    """Counts as articles are added, in any order."""

    def __init__(self, before: Judge, after: Judge) -> None:
        self._before, self._after = before, after
        self.articles = 0
        self.before = 0  # articles of either tier
        self.after = 0
        self.oldest: datetime | None = None
        self.changes: list[Change] = []  # the first KEPT of them, with their texts
        self.counts: Counter[Kind] = Counter()  # of all
        self.rules: dict[RuleKey, RuleTally] = {}

    def add(self, article: KeptArticle) -> None:
        """Judge an article twice and count it."""
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

    def of(self, kind: Kind) -> list[Change]:
        """The changes of one kind that were kept, in the order they came."""
        return [change for change in self.changes if change.kind == kind]


def recorded(article: KeptArticle) -> Verdict:
    """A `Judge` that repeats the recorded verdict."""
    return article.verdict


def by(matcher: Matcher) -> Judge:
    """A `Judge` that asks these rules, exactly as a poll would."""
    return lambda article: matcher.judge(title=article.title, text=article.text)


def _fired(verdict: Verdict) -> frozenset[RuleKey]:
    return frozenset((topic.id, topic.rule) for topic in verdict.topics)


def _topics(verdict: Verdict) -> frozenset[str]:
    return frozenset(topic.id for topic in verdict.topics)
