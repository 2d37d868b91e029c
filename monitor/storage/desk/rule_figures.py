"""Figures of the rules by week: what each matches, alone and with others, and how maintainers decided.

Counted are articles that rules matched at the time, judged by the rules in force as `monitor rules` judges them
(matching/rule_scores.py). What a set of rules says about an article is cached, so that the next call costs a query.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, and_, or_, select

from monitor.matching.matcher import Matcher
from monitor.matching.rule_scores import Firing, RuleScore, RuleScores, firings
from monitor.models.stories import Decision
from monitor.storage.database import chunks, read_transaction
from monitor.storage.stories import MADE
from monitor.storage.tables import articles, entries, reviews

WEEKS = 8
MOST = 10_000  # articles, the newest
_WEEK = timedelta(weeks=1)
_AT_ONCE = 25  # texts read and judged between two checks of the time


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigure:
    """A rule's score over the articles of eight weeks and all decisions, and its firings by week, the oldest first."""

    score: RuleScore
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of every rule, those that cost more than they give first, then in the file's order. `found` counts
    the articles of these weeks that any rule matches, `left` those not judged yet, which the next call judges. `topics`
    are titles by id.
    """

    rules: tuple[RuleFigure, ...]
    topics: Mapping[str, str]
    found: int
    decisions: int
    left: int


class RuleFigures:
    """The figures of one database, for one set of rules after another. Raises DatabaseError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: tuple[Matcher | None, dict[int, tuple[Firing, ...]]] = (None, {})

    def figures(self, matcher: Matcher, *, now: datetime, is_over: Callable[[], bool]) -> Figures:
        """Return the figures for these rules; judging stops when `is_over` says that time is up."""
        rows = self._rows(now - WEEKS * _WEEK)
        of, known = self._known  # of other rules, and of articles that count no more, it is forgotten
        fired = {row.id: known[row.id] for row in rows if row.id in known} if of is matcher else {}
        self._known = matcher, fired
        self._judge(matcher, [row.id for row in rows if row.id not in fired], fired, is_over)
        return _figures(matcher, [row for row in rows if row.id in fired], fired, now=now, left=_left(rows, fired))

    def _rows(self, since: datetime) -> Sequence[Any]:
        """Return the articles that count, the newest first: when they were seen, and the decision."""
        same_part = and_(reviews.c.story_id == articles.c.story_id, reviews.c.part == articles.c.part)
        decided = and_(same_part, reviews.c.decision.in_(MADE))
        question = (reviews.c.decision, reviews.c.story_id, reviews.c.part)
        asked = (
            select(articles.c.id, entries.c.seen_at, *question)
            .join(entries, entries.c.id == articles.c.entry_id)
            .outerjoin(reviews, decided)
            .where(or_(entries.c.seen_at >= since, reviews.c.decision.isnot(None)))
        )
        with read_transaction(self._engine) as db:
            return db.execute(asked.order_by(articles.c.id.desc()).limit(MOST)).all()

    def _judge(
        self,
        matcher: Matcher,
        numbers: Sequence[int],
        fired: dict[int, tuple[Firing, ...]],
        is_over: Callable[[], bool],
    ) -> None:
        columns = select(articles.c.id, articles.c.title, articles.c.text)
        for chunk in chunks(numbers, _AT_ONCE):
            if is_over():
                return
            with read_transaction(self._engine) as db:
                texts = db.execute(columns.where(articles.c.id.in_(chunk))).all()
            fired.update({row.id: firings(matcher, title=row.title, text=row.text) for row in texts})


def _left(rows: Sequence[Any], fired: Mapping[int, object]) -> int:
    return sum(row.id not in fired for row in rows)


def _figures(
    matcher: Matcher, rows: Iterable[Any], fired: Mapping[int, tuple[Firing, ...]], *, now: datetime, left: int
) -> Figures:
    scores, weekly = RuleScores(matcher), Counter[tuple[str, str, int]]()
    article_count, decided = 0, set[tuple[int, int]]()
    for row in rows:
        said, ago = fired[row.id], (now - row.seen_at) // _WEEK
        if ago < WEEKS:
            scores.count_article(said)
            article_count += bool(said)
            weekly.update((one.topic, one.rule, max(ago, 0)) for one in said)
        if row.decision:
            decided.add((row.story_id, row.part))
        if row.decision in {Decision.PUBLISHED, Decision.REJECTED}:
            scores.count_decision(said, is_published=row.decision == Decision.PUBLISHED)
    rules = [
        RuleFigure(score=one, weeks=tuple(weekly[one.topic, one.rule, ago] for ago in reversed(range(WEEKS))))
        for one in scores.rows
    ]
    costly_first = sorted(rules, key=lambda rule: -rule.score.loss)
    titles = {topic.id: topic.title for topic in matcher.compiled.topics}
    return Figures(rules=tuple(costly_first), topics=titles, found=article_count, decisions=len(decided), left=left)
