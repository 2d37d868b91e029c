"""How each rule fares: with the articles kept, and with what editors decided about those it brought them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from monitor.matching.evaluation import UNSCORED
from monitor.matching.matched_article import MatchedArticle
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier, TopicVerdict

FEWEST_DECISIONS = 5  # fewer say nothing of a rule

_Key = tuple[str, str]  # topic and rule


@dataclass(slots=True, kw_only=True)
class RuleScore:
    """Counts of one rule, as the rule of its topic that decided.

    `fired` of the articles kept, `alone` those that would go unseen without it; `published` and `rejected` by editors,
    `published_alone` and `rejected_alone` those that no other rule would have brought them.
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
        """Published of all that was decided; None while too little was."""
        decided = self.published + self.rejected
        return self.published / decided if decided >= FEWEST_DECISIONS else None

    @property
    def loss(self) -> int:
        """How many more questions came to nothing than were published; 0 for a rule that gives more than it costs, and
        while too little was decided.
        """
        return 0 if self.share is None else max(self.rejected - self.published, 0)

    def proposal(self, least: float) -> str:
        """What to do with a rule whose share of published is below `least`, in Russian; "" for nothing.

        A rule that posts is to ask first. One that asks is to go, unless published stories would go with it unseen.
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
    """The rules that decide an article, one a topic."""
    article = matcher.read(title=title, text=text)
    verdict = matcher.verdict(article)
    others = {topic.id for topic in (*verdict.topics, *verdict.hinted)}
    return tuple(
        Firing(topic.id, topic.rule, len(others) == 1 and _is_silent(matcher, article, topic))
        for topic in verdict.topics
    )


class RuleScores:
    """Counts as articles and decisions are added, each judged by the rules in force."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.articles = self.decisions = 0
        self._scores: dict[_Key, RuleScore] = {}
        for rule in matcher.compiled.rules:
            topic = matcher.compiled.topics[rule.topic].id
            self._scores[topic, rule.name] = RuleScore(topic=topic, rule=rule.name, tier=rule.tier)

    @property
    def rows(self) -> tuple[RuleScore, ...]:
        """Every rule, in the order of the file."""
        return tuple(self._scores.values())

    def add_article(self, *, title: str, text: str) -> None:
        """Count an article that was read."""
        self.count_article(firings(self._matcher, title=title, text=text))

    def count_article(self, fired: Iterable[Firing]) -> None:
        """Count an article that these rules decide."""
        self.articles += 1
        for one in fired:
            score = self._scores[one.topic, one.rule]
            score.fired += 1
            score.alone += one.is_alone

    def add_decision(self, record: Mapping[str, object]) -> None:
        """Count a decision as `Reviews.decisions` gives it; one of topic `maybe` says nothing of the rules."""
        if record["topics"] != [UNSCORED]:
            fired = firings(self._matcher, title=str(record["title"]), text=str(record["text"]))
            self.count_decision(fired, is_published=bool(record["topics"]))

    def count_decision(self, fired: Iterable[Firing], *, is_published: bool) -> None:
        """Count what maintainers decided about an article that these rules decide."""
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
