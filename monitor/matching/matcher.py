"""An article → what the rules say of it. How a rule holds in an article stands in matched_article.py."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import replace

from monitor.matching.compiler import CompiledRule, CompiledRules, collector_paused
from monitor.matching.facts.saying import DEEDS, facts
from monitor.matching.matched_article import MatchedArticle, RuleResult
from monitor.matching.reading import Reading
from monitor.matching.term_index import Hit, TermIndex
from monitor.models.articles import Fact, Tier, TopicVerdict, Verdict, Veto

_NOTHING = Verdict()


class Matcher:
    """Compiled rules, ready to judge any number of articles."""

    @collector_paused()
    def __init__(self, compiled: CompiledRules) -> None:
        self.compiled = compiled
        self._index = TermIndex(compiled)
        self._muted: frozenset[tuple[str, str]] = frozenset()

    def muting(self, rules: Collection[tuple[str, str]]) -> "Matcher":
        """The same rules, of which these (topic's id, name) are muted: what they say stands in `Verdict.muted`."""
        quieter = copy(self)
        quieter._muted = frozenset(rules)  # noqa: SLF001 - one of us
        return quieter

    def judge(self, *, title: str, text: str) -> Verdict:
        """What the rules say of an article. Never raises, whatever the strings are.

        A topic is reported by its strongest rule that fired (`post` before `review`, then the file's order); vetoes
        are those of the rules that would have come before it. A muted rule gives no topic: others may.
        """
        reading = Reading(self._index, title, text)
        if not reading.rules:  # as of most articles
            return _NOTHING
        return self.verdict(MatchedArticle(self.compiled, title, text, reading))

    def verdict(self, article: MatchedArticle) -> Verdict:
        """The same of an article that is read already: it may be asked for under other mutes, too."""
        topics: dict[int, TopicVerdict] = {}
        hits: dict[int, tuple[Hit, ...]] = {}
        vetoes: list[Veto] = []
        muted: list[TopicVerdict] = []
        for rule in self._candidates(article):
            is_muted, known = self._is_muted(rule), topics.get(rule.topic)
            is_needed = is_muted or known is None or (known.tier, rule.tier) == (Tier.REVIEW, Tier.POST)
            result = article.result(rule) if is_needed else RuleResult()
            if result.veto and known is None:
                vetoes.append(article.veto(rule, result.veto))
            elif result.hits and is_muted:
                muted.append(article.topic_verdict(rule, result))
            elif result.hits and (known is None or not result.is_aside):
                topics[rule.topic], hits[rule.topic] = article.topic_verdict(rule, result), result.hits
        verdict = _verdict([topics[number] for number in sorted(topics)], vetoes, muted)
        shown = {number: hits[number] for number, topic in topics.items() if topic in verdict.topics}
        return replace(verdict, facts=self._facts(article, shown)) if shown else verdict

    def _facts(self, article: MatchedArticle, shown: Mapping[int, tuple[Hit, ...]]) -> tuple[Fact, ...]:
        """What the rules that decided say; with no deed in it, what the next rule of their topics says that has one."""
        said = facts(self.compiled, article, shown.values())
        if any(fact.kind in DEEDS for fact in said):
            return said
        others = (rule for rule in self._candidates(article) if rule.topic in shown and not self._is_muted(rule))
        results = (article.result(rule) for rule in others)
        further = (facts(self.compiled, article, [one.hits]) for one in results if one.hits and not one.veto)
        return next((more for more in further if any(fact.kind in DEEDS for fact in more)), said)

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


def _verdict(topics: Sequence[TopicVerdict], vetoes: Sequence[Veto], muted: Sequence[TopicVerdict]) -> Verdict:
    """Whether it is ours the strongest rule says; which topics it belongs to, only rules as strong as that."""
    tier = Tier.POST if any(topic.tier is Tier.POST for topic in topics) else Tier.REVIEW
    shown = tuple(topic for topic in topics if topic.tier is tier)
    hinted = tuple(topic for topic in topics if topic.tier is not tier)
    return Verdict(topics=shown, vetoes=tuple(vetoes), muted=tuple(muted), hinted=hinted)
