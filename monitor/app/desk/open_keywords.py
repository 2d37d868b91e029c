"""The keywords.yaml that is edited, opened: in the process that child_process.py starts, where no page is known."""

from functools import partial
from time import monotonic

from monitor.app.config_files import channel_problems
from monitor.app.environment import clock
from monitor.app.logs import configure
from monitor.config.settings import Settings
from monitor.edits.keywords.keywords_file import KeywordsFile
from monitor.edits.keywords.trial import Trials
from monitor.edits.saving import Saving
from monitor.storage.database import open_usable
from monitor.storage.store import Store


def open_keywords(settings: Settings) -> KeywordsFile:
    """The file that the settings name. Raises DatabaseError, SchemaError."""
    configure(form=settings.log_format, secrets=settings.secrets)
    store = Store(open_usable(settings.database_url))
    return KeywordsFile(
        settings.keywords,
        saving=Saving(store.versions, clock=clock),
        trials=Trials(store.archive, store.reach, steady=monotonic),
        clock=clock,
        needs=partial(channel_problems, settings),
    )
