"""How the database grows: `python benchmarks/growth.py`. 100 feeds, 30 new entries a feed and day, 1 in 100 matched.

Invented entries of usual lengths; the size of the SQLite file a day, its write-ahead log folded in.
"""

import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.models.articles import Article, Match, Outcome, Tier, TopicVerdict, Verdict
from monitor.models.feeds import Entry, Feed, FeedKind
from monitor.models.stories import EntryOutcome, PollOutcome, Telling
from monitor.storage.database import migrate, open_engine
from monitor.storage.feeds import FeedStore
from monitor.storage.polls import PollStore
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from monitor.stories.similarity import fingerprint
from tests.factories.channels import to_channel

FEEDS, A_DAY, DAYS, ONE_MATCHES_IN = 100, 30, 10, 100
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
PLACE = partial(group, chats=to_channel("@channel", review=""))
chance = random.Random(17)
letters = "абвгдежзиклмнопрстуфхц"
VOCABULARY = ["".join(chance.choices(letters, k=chance.randint(3, 11))) for _ in range(20_000)]


def words(count: int) -> str:
    return " ".join(chance.choices(VOCABULARY, k=count))


def told(feed: str, number: int, at: datetime) -> EntryOutcome:
    """An entry with a title of 80 letters and an address of 90; one of a hundred with its text of 3 kB."""
    url = f"https://{feed}.example/news/{at:%Y/%m/%d}/{number}-{'-'.join(['slovo'] * 8)}/"
    entry = Entry(keys=(f"u:{url}", f"g:{url}?p={number}"), url=url, title=words(9), published_at=at)
    if chance.randrange(ONE_MATCHES_IN):
        return EntryOutcome(entry=entry, outcome=Outcome.UNMATCHED, reason="ни одно правило не сработало")
    text = words(230)
    match = Match(term="слово", form="слова", where="text", start=0, end=5)
    topic = TopicVerdict(id="t", title="Тема", hashtag="тема", rule="правило", tier=Tier.POST, matches=(match, match))
    article = Article(
        feed=feed, url=url, canonical_url=url, title=entry.title, text=text, language="ru", published_at=at,
        fingerprint=fingerprint(entry.title, text),
    )  # fmt: skip
    telling = Telling(article=article, verdict=Verdict(topics=(topic,)))
    return EntryOutcome(entry=entry, outcome=Outcome.POSTED, reason="", telling=telling)


def poll(feeds: FeedStore, polls: PollStore, feed: str, at: datetime, first: int) -> None:
    (state,) = feeds.claim(at, limit=1, lease=timedelta(minutes=5), names=[feed])
    found = [told(feed, first + number, at) for number in range(3)]
    outcome = PollOutcome(
        feed=feed, lease_no=state.lease_no, polled_at=at, next_poll_at=at,
        settled=tuple(one for one in found if not one.telling), matched=tuple(one for one in found if one.telling),
    )  # fmt: skip
    polls.record_all([outcome], PLACE, window=SAME_CASE)


def main() -> None:
    names = [f"feed{number}" for number in range(FEEDS)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "monitor.db"
        engine = open_engine(f"sqlite:///{file}")
        migrate(engine)
        feeds, polls = FeedStore(engine), PollStore(engine)
        feeds.sync([Feed(name=name, kind=FeedKind.RSS, url="https://x.example", lang="ru") for name in names], BEGAN)
        before = 0
        print(f"{'day':>4} {'MB':>7} {'growth, MB':>11} {'kB an entry':>12}")
        for day in range(DAYS):
            for tenth in range(A_DAY // 3):
                for name in names:
                    poll(feeds, polls, name, BEGAN + timedelta(days=day, hours=2 * tenth), (day * 10 + tenth) * 3)
            with engine.connect() as db:
                db.exec_driver_sql("ROLLBACK")
                db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            size = file.stat().st_size
            grown = size - before
            print(f"{day + 1:>4} {size / 1e6:>7.1f} {grown / 1e6:>11.2f} {grown / 1e3 / FEEDS / A_DAY:>12.2f}")
            sys.stdout.flush()
            before = size


if __name__ == "__main__":
    main()
