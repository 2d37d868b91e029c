"""Every repository of one database, for wiring; code that needs one repository is given only that one."""

from pathlib import Path

from sqlalchemy import Engine

from monitor.storage.archive import Archive
from monitor.storage.chats import ChatStore, UpdateCursor
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.desk.feed_activity import FeedFigures
from monitor.storage.desk.keys import DeskKeys
from monitor.storage.desk.questions import Questions
from monitor.storage.desk.rule_figures import RuleFigures
from monitor.storage.edits.versions import FileVersions
from monitor.storage.entries import EntryStore
from monitor.storage.evidence.history import EvidenceHistory
from monitor.storage.evidence.looks import EvidenceStore
from monitor.storage.evidence.notices import NOBODY, Announcements, PageNotices
from monitor.storage.evidence.stamps import StampStore
from monitor.storage.feeds import FeedStore
from monitor.storage.history import History
from monitor.storage.maintenance import AlarmStore, HeartbeatStore, Housekeeping
from monitor.storage.mutes import MuteStore
from monitor.storage.outbox.deleted import ShownPostStore
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.outbox.destinations import DestinationStore
from monitor.storage.outbox.digests import DigestStore
from monitor.storage.outbox.uncertain import UncertainPosts
from monitor.storage.polls import PollStore
from monitor.storage.reviews import NOWHERE, Reviews
from monitor.storage.search.finder import Finder
from monitor.storage.search.index import SearchIndex, forget
from monitor.storage.search.reach import Reach
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.site.pinned_index import PinnedIndexStore
from monitor.storage.site.published import PublishedStories
from monitor.storage.stats import Stats
from monitor.storage.stories import FollowedPeople
from monitor.stories.grouping import Chats


class Store:
    """The repositories, each under the name of what it keeps.

    `chats` get what reviewers publish, `zone` is the maintainers' time zone, `folder` is where the database file is
    (None: elsewhere), `to` is told about pages that changed or disappeared.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        chats: Chats = NOWHERE,
        zone: str = "UTC",
        folder: Path | None = None,
        to: Announcements = NOBODY,
    ) -> None:
        self.feeds, self.entries, self.polls = FeedStore(engine), EntryStore(engine), PollStore(engine)
        self.archive, self.history = Archive(engine, forget), History(engine)
        self.search, self.finder = SearchIndex(engine), Finder(engine, zone=zone)
        self.outbox = Outbox(engine, destinations=chats.destinations)
        self.digests, self.uncertain = DigestStore(engine), UncertainPosts(engine)
        self.shown_posts = ShownPostStore(engine)
        self.followed = FollowedPeople(engine)
        self.chats, self.updates = ChatStore(engine), UpdateCursor(engine)
        self.destinations = DestinationStore(engine)
        self.reviews, self.mutes = Reviews(engine, chats=chats, zone=zone), MuteStore(engine, zone=zone)
        self.questions, self.rule_figures = Questions(engine), RuleFigures(engine)
        self.retractions = Retractions(engine, destinations=chats.destinations)
        self.evidence, self.stamps = EvidenceStore(engine, to), StampStore(engine)
        self.page_notices, self.kept = PageNotices(engine, to), EvidenceHistory(engine)
        self.cases, self.takedowns, self.published = CaseStore(engine), TakedownStore(engine), PublishedStories(engine)
        self.pinned_index, self.desk_keys = PinnedIndexStore(engine), DeskKeys(engine)
        self.versions, self.reach = FileVersions(engine), Reach(engine)
        self.feed_figures = FeedFigures(engine)
        self.stats, self.alarms = Stats(engine, folder=folder), AlarmStore(engine)
        self.heartbeats, self.housekeeping = HeartbeatStore(engine), Housekeeping(engine)
