"""The part of the desk where keywords.yaml is edited, wired."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from time import monotonic

from monitor.app.config_files import channels_content
from monitor.app.environment import as_text, clock
from monitor.config import channels
from monitor.config.settings import Settings
from monitor.desk.words import Words
from monitor.edits.keywords_file import KeywordsFile
from monitor.edits.saving import Saving
from monitor.edits.trial import Trials
from monitor.errors import ConfigError
from monitor.matching.matcher import Matcher
from monitor.storage.store import Store


def build_words(settings: Settings, store: Store, matcher: Callable[[], Matcher]) -> Words:
    """What maintainers do with keywords.yaml."""
    keywords = KeywordsFile(
        settings.keywords,
        saving=Saving(store.versions, clock=clock),
        versions=store.versions,
        trials=Trials(store.archive, store.reach, steady=monotonic),
        in_force=matcher,
        clock=clock,
        needs=partial(_unmet_channels, settings),
    )
    return Words(keywords=keywords, zone=settings.timezone)


def _unmet_channels(settings: Settings, topics: Collection[str]) -> Sequence[ConfigError]:
    """What channels.yaml asks for that rules with these topics have not."""
    content = channels_content(settings)
    if content is None:
        return ()
    text = as_text(content, settings.channels)
    return channels.problems(text, file=settings.channels, settings=settings, topics=topics)
