"""An article → what the rules say of it. How a rule holds in an article stands in matched_article.py."""

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from monitor.matching.classifier.classifier import Likeness, trained
from monitor.matching.compiled_rules import CompiledRule, CompiledRules
from monitor.matching.compiler import collector_paused
from monitor.matching.facts.saying import DEEDS, facts
from monitor.matching.matched_article import MatchedArticle, RuleResult
from monitor.matching.reading import Reading
from monitor.matching.term_index import Hit, TermIndex
from monitor.models.articles import Fact, FactKind, Tier, TopicVerdict, Verdict, Veto

_NOTHING = Verdict()
# Words of rules without which the classifier is not asked: all of ours have four, half of the press has not; of a file
# of few words nothing of the kind is known.
_FEWEST, _TERMS_EACH = 4, 1_000


class _Decision(NamedTuple):
    """The rule that decides a topic, what met its lines, and the same as a value."""

    rule: CompiledRule
    hits: tuple[Hit, ...]
    verdict: TopicVerdict


class Matcher:
    """Compiled rules, ready to judge any number of articles."""

    @collector_paused()
    def __init__(self, compiled: CompiledRules) -> None:
        self.compiled = compiled
        self._index = TermIndex(compiled)
        self._muted: frozenset[tuple[str, str]] = frozenset()
        self._fewest = min(_FEWEST, len(compiled.terms) // _TERMS_EACH)
        self._tells_facts = True
        self._classifying = {compiled.topics[rule.topic].id: rule for rule in compiled.rules if not rule.lines}

    def muting(self, rules: Collection[tuple[str, str]]) -> "Matcher":
        """The same rules, of which these (topic's id, name) are muted: what they say stands in `Verdict.muted`."""
        quieter = copy(self)
        quieter._muted = frozenset(rules)  # noqa: SLF001 - one of us
        return quieter

    def without_classifier(self) -> "Matcher":
        """The same rules but for those of the classifier: what the words of the file say by themselves."""
        plainer = copy(self)
        plainer._classifying = {}  # noqa: SLF001 - one of us
        return plainer

    def without_facts(self) -> "Matcher":
        """The same rules, for who only asks which of them hold: what an article says by them takes a third of it."""
        quicker = copy(self)
        quicker._tells_facts = False  # noqa: SLF001 - one of us
        return quicker

    def judge(self, *, title: str, text: str) -> Verdict:
        """What the rules say of an article. Never raises, whatever the strings are.

        A topic is reported by its strongest rule that fired (`post` before `review`, then the file's order); vetoes
        are those of the rules that would have come before it. A muted rule gives no topic: others may. Where no rule
        gives a topic, and before one publishes, the classifier is asked.
        """
        reading = Reading(self._index, title, text)
        if not reading.rules and self._likeness(reading) is None:  # as of most articles
            return _NOTHING
        return self.verdict(MatchedArticle(self.compiled, title, text, reading))

    def verdict(self, article: MatchedArticle) -> Verdict:
        """The same of an article that is read already: it may be asked for under other mutes, too."""
        ruled = self._ruled(article)
        if not self._classifying:
            return ruled
        if ruled.topics and all(self.is_doubted(article, topic) for topic in ruled.topics):
            asked = tuple(replace(topic, tier=Tier.REVIEW) for topic in ruled.topics)
            return replace(ruled, topics=asked, is_unlikely=ruled.tier is Tier.REVIEW)
        return ruled if ruled.topics or ruled.muted else self._likely(article, ruled.vetoes)

    def is_doubted(self, article: MatchedArticle, topic: TopicVerdict) -> bool:
        """Whether a rule that would publish asks, and one that asks does so without a bell: its words stand in several
        sentences of an article that reads like none of ours. Of the posts that were none, 95 in 100 were such, of those
        that were, 40.
        """
        return (
            topic.id in self._classifying
            and article.is_scattered(topic.matches)
            and trained().is_unlike(article.reading.lead)
        )

    def _likeness(self, reading: Reading) -> Likeness | None:
        """Which topic the classifier thinks of."""
        if not self._classifying or reading.met < self._fewest:
            return None
        return trained().likeness(reading.lead, among=self._classifying)

    def _likely(self, article: MatchedArticle, vetoes: tuple[Veto, ...]) -> Verdict:
        """What the classifier says of an article of which the rules say nothing, or no more than `vetoes`: it asks, if
        anything. Without a bell where there is one doubt: a rule was silenced, our country is not named, or it is not
        sure; and not at all where there are two.
        """
        likeness = self._likeness(article.reading)
        if likeness is None or article.silences_questions or article.is_of_elsewhere:
            return Verdict(vetoes=vetoes)
        doubts = bool(vetoes) + (not article.is_of_here) + (not likeness.is_sure)
        if doubts > 1:
            return Verdict(vetoes=vetoes)
        rule = self._classifying[likeness.topic]
        verdicts = (article.likeness(rule, trained().telling(article.reading.lead)),)
        if self._is_muted(rule):
            return Verdict(muted=verdicts, vetoes=vetoes)
        return Verdict(topics=verdicts, vetoes=vetoes, is_unlikely=bool(doubts), is_likeness=True)

    def _ruled(self, article: MatchedArticle) -> Verdict:
        decided: dict[int, _Decision] = {}
        vetoes: list[Veto] = []
        muted: list[TopicVerdict] = []
        for rule in self._candidates(article):
            is_muted, known = self._is_muted(rule), decided.get(rule.topic)
            is_needed = is_muted or known is None or (known.verdict.tier, rule.tier) == (Tier.REVIEW, Tier.POST)
            result = article.result(rule) if is_needed else RuleResult()
            if result.veto:
                vetoes += [article.veto(rule, result.veto)] if known is None else []
            elif result.hits and is_muted:
                muted.append(article.topic_verdict(rule, result))
            elif result.hits and (known is None or not result.asks_at_most):
                decided[rule.topic] = _Decision(rule, result.hits, article.topic_verdict(rule, result))
        shown = self._shown(article, decided)
        return Verdict(
            topics=tuple(shown[number].verdict for number in sorted(shown)),
            vetoes=tuple(vetoes),
            muted=tuple(muted),
            hinted=tuple(decided[number].verdict for number in sorted(decided.keys() - shown.keys())),
            facts=self._facts(article, {number: one.hits for number, one in shown.items()})
            if shown and self._tells_facts
            else (),
        )

    def _shown(self, article: MatchedArticle, decided: Mapping[int, _Decision]) -> dict[int, _Decision]:
        """Whether it is ours the strongest rule says; which topics it belongs to, only rules as strong as that, without
        those that yield to others of them. Of two that yield to each other the later one stays.
        """
        tier = Tier.POST if any(one.verdict.tier is Tier.POST for one in decided.values()) else Tier.REVIEW
        shown = {number: decided[number] for number in sorted(decided) if decided[number].verdict.tier is tier}
        for number, one in tuple(shown.items()):
            del shown[number]
            names = {name for other in shown.values() for name in (other.verdict.id, other.rule.name)}
            if names.isdisjoint(one.rule.yields_to):
                shown[number] = one
            elif instead := self._instead(article, one, names):
                shown[number] = instead
        return shown

    def _instead(self, article: MatchedArticle, yielding: _Decision, names: Collection[str]) -> _Decision | None:
        """What another rule of the topic says, as strong as the one that yields to `names`, and yielding to none."""
        for rule in self._candidates(article):
            is_other = rule.topic == yielding.rule.topic and rule.yields_to.isdisjoint(names)
            result = article.result(rule) if is_other and not self._is_muted(rule) else RuleResult()
            verdict = article.topic_verdict(rule, result)
            if result.hits and not result.veto and verdict.tier is yielding.verdict.tier:
                return _Decision(rule, result.hits, verdict)
        return None

    def _facts(self, article: MatchedArticle, shown: Mapping[int, tuple[Hit, ...]]) -> tuple[Fact, ...]:
        """What the rules that decided say, and, of the same deed, one that asks whither it leads; with no deed in it,
        what the next rule of their topics says that has one.
        """
        said = facts(self.compiled, article, shown.values())
        rules = (rule for rule in self._candidates(article) if rule.topic in shown and not self._is_muted(rule))
        results = ((rule, article.result(rule)) for rule in rules)
        others = ((rule, result.hits) for rule, result in results if result.hits and not result.veto)
        if not any(fact.kind in DEEDS for fact in said):
            further = (facts(self.compiled, article, [hits]) for _, hits in others)
            return next((more for more in further if any(fact.kind in DEEDS for fact in more)), said)
        if any(fact.kind is FactKind.TO for fact in said):
            return said
        acts = {hits[0][:2] for hits in shown.values()}
        leading = (hits for rule, hits in others if rule.leads and hits[0][:2] in acts)
        facts_with_leading = facts(self.compiled, article, [*shown.values(), *islice(leading, 1)])
        return tuple(fact for fact in facts_with_leading if fact in said or fact.kind is FactKind.TO)

    def _is_muted(self, rule: CompiledRule) -> bool:
        return bool(self._muted) and (self.compiled.topics[rule.topic].id, rule.name) in self._muted

    def holding(self, *, title: str, text: str) -> tuple[CompiledRule, ...]:
        """Every rule that fires, the strongest first, also where `judge` is content with a stronger one."""
        article = self.read(title=title, text=text)
        results = ((rule, article.result(rule)) for rule in self._candidates(article))
        return tuple(rule for rule, result in results if result.hits and not result.veto)

    def read(self, *, title: str, text: str) -> MatchedArticle:
        """The article with every term that stands in it."""
        return MatchedArticle(self.compiled, title, text, Reading(self._index, title, text))

    def _candidates(self, article: MatchedArticle) -> list[CompiledRule]:
        """The strongest first."""
        return sorted(article.candidates, key=lambda rule: rule.tier is not Tier.POST)
