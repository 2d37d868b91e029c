"""How each rule fares: with the articles kept, and with what editors decided about those it brought them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.matching.evaluation import UNSCORED
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier, Verdict

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
        self.articles += 1
        for score, is_alone in self._fired(title, text):
            score.fired += 1
            score.alone += is_alone

    def add_decision(self, record: Mapping[str, object]) -> None:
        """Count a decision as `Reviews.decisions` gives it; one of topic `maybe` says nothing of the rules."""
        if record["topics"] == [UNSCORED]:
            return
        self.decisions += 1
        for score, is_alone in self._fired(str(record["title"]), str(record["text"])):
            if record["topics"]:
                score.published += 1
                score.published_alone += is_alone
            else:
                score.rejected += 1
                score.rejected_alone += is_alone

    def _fired(self, title: str, text: str) -> Iterator[tuple[RuleScore, bool]]:
        for topic in self._matcher.judge(title=title, text=text).topics:
            key = (topic.id, topic.rule)
            yield self._scores[key], _is_silent(self._matcher.muting([key]).judge(title=title, text=text))


def _is_silent(verdict: Verdict) -> bool:
    return verdict.tier is Tier.NONE
