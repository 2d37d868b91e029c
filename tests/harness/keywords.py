"""keywords.yaml opened as the desk edits it."""

from monitor.edits.keywords.keywords_file import KeywordsFile
from monitor.edits.keywords.trial import Trials
from monitor.edits.saving import Saving
from monitor.storage.store import Store
from tests.harness.clock import Clock


def open_keywords(store: Store, file: str) -> KeywordsFile:
    """The file at a path, at the tests' hour; its news and versions are in `store`. A trial has time for all."""
    trials = Trials(store.archive, store.reach, steady=lambda: 0.0)
    return KeywordsFile(file, saving=Saving(store.versions, clock=Clock()), trials=trials, clock=Clock())
