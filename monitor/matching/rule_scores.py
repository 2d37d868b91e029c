"""How each rule fares: on stored articles, and in what editors decided about the articles it brought them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from monitor.matching.evaluation import UNSCORED
from monitor.matching.matched_article import MatchedArticle
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier, TopicVerdict

FEWEST_DECISIONS = 5  # fewer decisions say nothing about a rule

_Key = tuple[str, str]  # topic and rule


@dataclass(slots=True, kw_only=True)
class RuleScore:
    """Counts for one rule, when it decided its topic.

    `fired` counts stored articles, `alone` those that nobody would have seen without it. `published` and `rejected`
    count editors' decisions, `published_alone` and `rejected_alone` those on articles that no other rule would have
    brought.
    """

    topic: str
    rule: str
    tier: Tier
    fired: int = 0
    alone: int = 0
    published: int = 0
    rejected: int = 0
    published_alone: int = 0
    rejected_alone: int = 0

    @property
    def share(self) -> float | None:
        """Share of decided articles that were published; None for fewer than FEWEST_DECISIONS decisions."""
        decided = self.published + self.rejected
        return self.published / decided if decided >= FEWEST_DECISIONS else None

    @property
    def loss(self) -> int:
        """How many more articles were rejected than published; 0 if not more, or while too few were decided."""
        return 0 if self.share is None else max(self.rejected - self.published, 0)

    def proposal(self, least: float) -> str:
        """Propose in Russian what to do with a rule whose share is below `least`; "" for nothing.

        A rule that posts should ask first. A rule that asks should be removed, unless published stories would be lost
        without it.
        """
        if self.share is None or self.share >= least:
            return ""
        if self.tier is Tier.POST:
            return f"сначала редактору (tier: review): отклонено {self.rejected} из {self.published + self.rejected}"
        if self.published_alone:
            return (
                f"сузить: без него пропало бы опубликованных {self.published_alone}, отклонённых {self.rejected_alone}"
            )
        return f"убрать: вопросов меньше на {self.rejected_alone}, опубликованное не пропадёт"


class Firing(NamedTuple):
    """A rule that decided a topic of an article; `is_alone`: without it nobody would have seen the article."""

    topic: str
    rule: str
    is_alone: bool


def firings(matcher: Matcher, *, title: str, text: str) -> tuple[Firing, ...]:
    """Return the rules that decide an article, one a topic."""
    article = matcher.read(title=title, text=text)
    verdict = matcher.verdict(article)
    others = {topic.id for topic in (*verdict.topics, *verdict.hinted)}
    return tuple(
        Firing(topic.id, topic.rule, len(others) == 1 and _is_silent(matcher, article, topic))
        for topic in verdict.topics
    )


class RuleScores:
    """Counts for each rule as articles and decisions are added, each judged by the rules in force."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.articles = self.decisions = 0
        self._scores: dict[_Key, RuleScore] = {}
        for rule in matcher.compiled.rules:
            topic = matcher.compiled.topics[rule.topic].id
            self._scores[topic, rule.name] = RuleScore(topic=topic, rule=rule.name, tier=rule.tier)

    @property
    def rows(self) -> tuple[RuleScore, ...]:
        """Every rule, in the file's order."""
        return tuple(self._scores.values())

    def add_article(self, *, title: str, text: str) -> None:
        """Judge and count a stored article."""
        self.count_article(firings(self._matcher, title=title, text=text))

    def count_article(self, fired: Iterable[Firing]) -> None:
        """Count an article that these rules decide."""
        self.articles += 1
        for one in fired:
            score = self._scores[one.topic, one.rule]
            score.fired += 1
            score.alone += one.is_alone

    def add_decision(self, record: Mapping[str, object]) -> None:
        """Count a record of `Reviews.decisions`; one of topic `maybe` says nothing about the rules and is skipped."""
        if record["topics"] != [UNSCORED]:
            fired = firings(self._matcher, title=str(record["title"]), text=str(record["text"]))
            self.count_decision(fired, is_published=bool(record["topics"]))

    def count_decision(self, fired: Iterable[Firing], *, is_published: bool) -> None:
        """Count an editor's decision on an article that these rules decide."""
        self.decisions += 1
        for one in fired:
            score = self._scores[one.topic, one.rule]
            if is_published:
                score.published += 1
                score.published_alone += one.is_alone
            else:
                score.rejected += 1
                score.rejected_alone += one.is_alone


def _is_silent(matcher: Matcher, article: MatchedArticle, but_for: TopicVerdict) -> bool:
    return matcher.muting([(but_for.id, but_for.rule)]).verdict(article).tier is Tier.NONE
