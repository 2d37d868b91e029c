"""What the rules did with real news: those that never fired, fired at nearly anything, or came second every time. Pure.

`doubts` finds what the file alone shows; here the archive is the witness. Nothing is an error, `check` warns of it.
"""

from collections import Counter
from collections.abc import Iterator

from monitor.config.keyword_rules import Keywords, Rule, Topic
from monitor.errors import ConfigError
from monitor.matching.backtest import KeptArticle
from monitor.matching.matcher import Matcher

FEWEST = 500  # articles; fewer say nothing of a rule
BROAD = 0.05  # of all the news: a rule that fires so often chooses nothing
_SECOND = 5  # times a rule must have come second before it is called covered


class Usage:
    """Counts as articles are added; knows the rules of one file."""

    def __init__(self, keywords: Keywords, matcher: Matcher) -> None:
        self._keywords, self._matcher = keywords, matcher
        self.articles = 0
        self._fired: Counter[tuple[str, str]] = Counter()
        self._behind: dict[tuple[str, str], set[str]] = {}  # rules that were stronger every time, of the same topic

    def add(self, article: KeptArticle) -> None:
        """See which rules hold for an article, whether or not they decide it."""
        self.articles += 1
        stronger: dict[int, list[str]] = {}
        for rule in self._matcher.holding(title=article.title, text=article.text):
            key = (self._matcher.compiled.topics[rule.topic].id, rule.name)
            before = stronger.setdefault(rule.topic, [])
            self._behind[key] = self._behind.get(key, set(before)) & set(before)
            self._fired[key] += 1
            before.append(rule.name)

    def doubts(self, *, days: int) -> tuple[ConfigError, ...]:
        """What these articles say against the rules; () when there were fewer than FEWEST. `days` they span."""
        if self.articles < FEWEST:
            return ()
        return tuple(doubt for topic in self._keywords.topics for doubt in self._of_topic(topic, days))

    def _of_topic(self, topic: Topic, days: int) -> Iterator[ConfigError]:
        """Rules that never fired are named together: a rare word may well wait for months."""
        news = f"{self.articles} новостей за {days} дн."
        told = [(rule.line, self._told(topic, rule, news)) for rule in topic.rules]
        if idle := [f"«{rule.name}»" for rule in topic.rules if not self._fired[topic.id, rule.name]]:
            told.append(
                (topic.line, f"ни разу не сработали ({news}): {', '.join(idle)} — верны ли слова: monitor forms")
            )
        for line, message in told:
            if message:
                yield ConfigError(message, file=self._keywords.file, line=line, key=topic.id)

    def _told(self, topic: Topic, rule: Rule, news: str) -> str:
        fired = self._fired[topic.id, rule.name]
        if fired >= BROAD * self.articles:
            share = round(100 * fired / self.articles)
            return f"правило «{rule.name}» сработало на {share}% прочитанного ({news}) — добавьте строку или слова"
        behind = self._behind.get((topic.id, rule.name))
        if fired >= _SECOND and behind:
            told = f"правило «{rule.name}» ничего не добавило: каждый раз ({fired}) раньше срабатывало «{min(behind)}»"
            return f"{told} ({news})"
        return ""
