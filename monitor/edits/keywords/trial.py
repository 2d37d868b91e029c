"""A trial of edited rules: articles that the edit can affect are judged again, the newest first.

Both the rules in force and the edited ones judge, with the code of a poll; nothing is written. A look stops when its
time is up, and the next one continues there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.config.keyword_rules import Keywords
from monitor.matching.backtest import Change, Comparison, judge_by
from monitor.matching.matcher import Matcher
from monitor.matching.search.edit_reach import reach
from monitor.storage.archive import Archive
from monitor.storage.search.reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRules:
    """The content of a keywords.yaml, ready to judge articles."""

    keywords: Keywords
    matcher: Matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a look found.

    Of `articles` kept since `since`, the edit can change `candidates`; `looked` of them have been judged so far, the
    newest first. `changes` are those of this look. `rest` continues it: the number of the first entry not judged yet,
    or None when all are. `by_words` means that only articles with the words of the edit are candidates; otherwise any
    is.
    """

    since: datetime
    articles: int
    candidates: int
    looked: int
    changes: tuple[Change, ...]
    rest: int | None
    by_words: bool


class Trials:
    """Tries edits on the kept articles of one database. `steady` is a monotonic clock in seconds."""

    def __init__(self, archive: Archive, search: Reach, *, steady: Callable[[], float]) -> None:
        self._archive, self._search, self._steady = archive, search, steady

    def look(
        self,
        before: ReadyRules,
        after: ReadyRules,
        *,
        since: datetime,
        seconds: float,
        begin: int | None = None,
    ) -> Trial:
        """Judge for so many seconds, from the entry `begin` or from the newest. Raises DatabaseError."""
        compiled = before.matcher.compiled, after.matcher.compiled
        phrases = reach(before.keywords, after.keywords, compiled=compiled)
        candidates = self._search.candidates(phrases, since=since)
        numbers = candidates if begin is None else tuple(number for number in candidates if number <= begin)
        earlier = len(candidates) - len(numbers)
        compared = Comparison(judge_by(before.matcher), judge_by(after.matcher))
        done = self._judge(numbers, compared, since, seconds)
        return Trial(
            since=since,
            articles=self._archive.count(since),
            candidates=len(candidates),
            looked=earlier + done,
            changes=tuple(compared.changes),
            rest=numbers[done] if done < len(numbers) else None,
            by_words=phrases is not None,
        )

    def _judge(self, numbers: Sequence[int], compared: Comparison, since: datetime, seconds: float) -> int:
        """Judge articles until time is up; return how many of the numbers are done, including those no longer kept."""
        until = self._steady() + seconds
        for article in self._archive.read(numbers, since=since):
            compared.add(article)
            if self._steady() >= until:
                return numbers.index(article.entry_id) + 1
        return len(numbers)
