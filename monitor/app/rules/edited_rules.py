"""An edit of keywords.yaml that the monitor takes up: compiled and tried on the kept news in a child.

Beside the rules in force that takes 80 MB, of which the monitor would not get the half back (docs/decisions/0038).
"""

from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog

from monitor.app.config_diff import trial
from monitor.app.environment import as_text
from monitor.app.rules.cache import Compiled
from monitor.config.yaml_reader import raise_first
from monitor.edits.checking import check_rules
from monitor.edits.child_process import ChildProcess
from monitor.errors import EditUnanswered
from monitor.matching.backtest import Comparison, judge_by
from monitor.matching.compiled_rules import CompiledRules
from monitor.matching.compiler import with_russian
from monitor.matching.matcher import Matcher
from monitor.storage.archive import Archive
from monitor.storage.database import open_usable

PATIENCE = 20.0  # seconds for a trial; the newest news come first

log = structlog.get_logger()


class EditedRules:
    """One edit, until it is closed. `database_url` is where the news are kept."""

    def __init__(self, database_url: str) -> None:
        self._child = ChildProcess(partial(str, database_url))

    def compile(self, content: bytes, file: str) -> Compiled:
        """The rules of this content of a file, of which all that `monitor check` asks holds. Raises ConfigError."""
        try:
            return self._child.ask(_compiled, content, file)
        except EditUnanswered as error:
            log.warning("rules are compiled here, as the child ended", action="reload", error=repr(error.__cause__))
            return _compiled("", content, file)

    def try_edit(self, before: CompiledRules, after: CompiledRules, *, now: datetime, days: int) -> tuple[str, ...]:
        """What it changes for the news of the last days, as far as there is time, for a message.

        Raises DatabaseError.
        """
        try:
            return self._child.ask(_tried, before, after, now=now, days=days)
        except EditUnanswered:
            return ("К прочитанным новостям не примерено: не хватило времени или памяти.",)

    def stop(self) -> None:
        """Wait for nothing any more: a trial under way is given up."""
        self._child.kill()

    def close(self) -> None:
        """It is taken up, or refused."""
        self._child.close()


def _compiled(_database_url: str, content: bytes, file: str) -> Compiled:
    checked = check_rules(as_text(content, file), file=file)
    raise_first(checked.errors)
    assert checked.keywords is not None  # without an error there are rules
    assert checked.matcher is not None  # the same
    return Compiled(checked.keywords, with_russian(checked.matcher.compiled))


def _tried(
    database_url: str, before: CompiledRules, after: CompiledRules, *, now: datetime, days: int
) -> tuple[str, ...]:
    compared = Comparison(judge_by(Matcher(before)), judge_by(Matcher(after)))
    until = monotonic() + PATIENCE
    for article in Archive(open_usable(database_url)).iter_articles(now - timedelta(days=days)):
        if monotonic() > until:
            return trial(compared, days=days, everything=False)
        compared.add(article)
    return trial(compared, days=days, everything=True)
