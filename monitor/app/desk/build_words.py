"""The part of the desk where keywords.yaml is edited, wired."""

from collections.abc import Callable
from functools import partial

from monitor.app.config_files import RulesEdition
from monitor.app.desk.open_keywords import open_keywords
from monitor.app.environment import clock
from monitor.config.settings import Settings
from monitor.desk.words import Words
from monitor.edits.child_process import ChildProcess
from monitor.edits.file_history import FileHistory
from monitor.edits.files import FileTrouble, read_file, trouble_of
from monitor.edits.keywords.keywords_file import KeywordsFile
from monitor.edits.saving import Saving
from monitor.errors import ConfigError, EditUnanswered
from monitor.storage.store import Store


def keywords_process(settings: Settings) -> ChildProcess[KeywordsFile]:
    """Where edits of keywords.yaml are tried."""
    return ChildProcess(partial(open_keywords, settings))


def build_words(settings: Settings, store: Store, keywords: ChildProcess[KeywordsFile]) -> Words:
    """What maintainers do with keywords.yaml."""
    history = FileHistory(
        settings.keywords,
        saving=Saving(store.versions, clock=clock),
        versions=store.versions,
        check=lambda _, content: keywords.ask(KeywordsFile.problems_of, content),
        zone=settings.timezone,
    )
    return Words(ask=keywords.ask, history=history, zone=settings.timezone)


def keywords_trouble(
    settings: Settings, keywords: ChildProcess[KeywordsFile], rules: Callable[[], RulesEdition]
) -> FileTrouble | None:
    """Why the monitor does not take up what lies there, and works by what it had before; None: it does."""

    def problems() -> tuple[ConfigError, ...]:
        if read_file(settings.keywords).digest == rules().digest.hex():
            return ()
        try:
            return keywords.ask(KeywordsFile.problems)
        except EditUnanswered:
            return (ConfigError("проверить его не вышло: не хватило времени или памяти", file=settings.keywords),)

    return trouble_of(settings.keywords, problems)
