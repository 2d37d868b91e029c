"""An article → what the rules say about it. How a rule holds in an article is decided in matched_article.py."""

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
# The classifier is asked only if the lead has so many words of rules: all our articles have four, half of the press
# does not. A file needs one for each thousand of its terms, four at most.
_FEWEST, _TERMS_EACH = 4, 1_000


class _Decision(NamedTuple):
    """The rule that decides a topic, the hits of its lines, and its verdict."""

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
        """Return a Matcher in which these rules (topic's id, name) are muted: their verdicts go to `Verdict.muted`."""
        quieter = copy(self)
        quieter._muted = frozenset(rules)  # noqa: SLF001 - one of us
        return quieter

    def without_classifier(self) -> "Matcher":
        """Return a Matcher without the classifier: what the words of the file say by themselves."""
        plainer = copy(self)
        plainer._classifying = {}  # noqa: SLF001 - one of us
        return plainer

    def without_facts(self) -> "Matcher":
        """Return a Matcher without facts, for callers that only ask which rules hold: facts take a third of the
        time.
        """
        quicker = copy(self)
        quicker._tells_facts = False  # noqa: SLF001 - one of us
        return quicker

    def judge(self, *, title: str, text: str) -> Verdict:
        """Judge an article. Never raises, whatever the strings are.

        A topic is decided by its strongest rule that fired (`post` before `review`, then the file's order); vetoes are
        those of rules that would have come before it. A muted rule gives no topic, but other rules may. The classifier
        is asked when no rule gives a topic, and before a rule posts.
        """
        reading = Reading(self._index, title, text)
        if not reading.rules and self._likeness(reading) is None:  # as for most articles
            return _NOTHING
        return self.verdict(MatchedArticle(self.compiled, title, text, reading))

    def verdict(self, article: MatchedArticle) -> Verdict:
        """Judge an article that is read already, as `judge` does; it may be judged again under other mutes."""
        ruled = self._ruled(article)
        if not self._classifying:
            return ruled
        if ruled.topics and all(self.is_doubted(article, topic) for topic in ruled.topics):
            asked = tuple(replace(topic, tier=Tier.REVIEW) for topic in ruled.topics)
            return replace(ruled, topics=asked, is_unlikely=ruled.tier is Tier.REVIEW)
        return ruled if ruled.topics or ruled.muted else self._likely(article, ruled.vetoes)

    def is_doubted(self, article: MatchedArticle, topic: TopicVerdict) -> bool:
        """Whether a topic's post becomes a question, and its question is asked silently: the rule's words are in
        several sentences of an article that the classifier calls unlike. So were 95 % of wrong posts and 40 % of right
        ones.
        """
        return (
            topic.id in self._classifying
            and article.is_scattered(topic.matches)
            and trained().is_unlike(article.reading.lead)
        )

    def _likeness(self, reading: Reading) -> Likeness | None:
        """Return the classifier's topic for an article, or None when it is not asked or not sure enough."""
        if not self._classifying or reading.met < self._fewest:
            return None
        return trained().likeness(reading.lead, among=self._classifying)

    def _likely(self, article: MatchedArticle, vetoes: tuple[Veto, ...]) -> Verdict:
        """Return the classifier's verdict on an article that no rule matched: a question or nothing.

        Doubts are a rule silenced by `vetoes`, our country not named, or a likeness that is not sure. With one doubt it
        asks silently (`is_unlikely`), with two not at all.
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
        """Keep the topics whose rules are as strong as the strongest one, without those that yield to another kept
        topic or rule. Of two that yield to each other the later one stays.
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
        """Find another rule of a yielding topic that is as strong and yields to none of `names`."""
        for rule in self._candidates(article):
            is_other = rule.topic == yielding.rule.topic and rule.yields_to.isdisjoint(names)
            result = article.result(rule) if is_other and not self._is_muted(rule) else RuleResult()
            verdict = article.topic_verdict(rule, result)
            if result.hits and not result.veto and verdict.tier is yielding.verdict.tier:
                return _Decision(rule, result.hits, verdict)
        return None

    def _facts(self, article: MatchedArticle, shown: Mapping[int, tuple[Hit, ...]]) -> tuple[Fact, ...]:
        """Return the facts of the deciding rules. A rule with role `куда` that holds for the same act may add its
        destination. If the facts have no act, those of the next rule of the same topics that has one are returned
        instead.
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
        """Return every rule that holds, the strongest first, including those that `judge` skips for a stronger one."""
        article = self.read(title=title, text=text)
        results = ((rule, article.result(rule)) for rule in self._candidates(article))
        return tuple(rule for rule, result in results if result.hits and not result.veto)

    def read(self, *, title: str, text: str) -> MatchedArticle:
        """Find every term in an article."""
        return MatchedArticle(self.compiled, title, text, Reading(self._index, title, text))

    def _candidates(self, article: MatchedArticle) -> list[CompiledRule]:
        """The rules that may hold, the strongest first."""
        return sorted(article.candidates, key=lambda rule: rule.tier is not Tier.POST)
