"""What building the public archive costs: `python benchmarks/site.py [STORIES]`, 10,000 when nothing is said.

Made stories of one to three tellings in a real SQLite file: the whole site, then one new story, then nothing new. Bars:
60 s for 10,000 stories, 1 s for a new one. By the clock, on one core; and what a build holds at most.
"""

import random
import resource
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, insert

from monitor.app.build_site import build_site
from monitor.config.settings import Settings
from monitor.models.articles import Match, Tier, TopicVerdict, Verdict
from monitor.storage.database import migrate, open_engine, write_transaction
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.site.published import PublishedStories
from monitor.storage.tables import articles, deliveries, entries, feeds, stories

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TOPICS = (("extradition", "Экстрадиция"), ("rvp", "Проверки РВП"), ("knb", "Вызовы в КНБ"))
TOWNS = ("Алматы", "Астане", "Уральске", "Костанае", "Актобе", "Павлодаре")
OUTLETS = ("Медиазона", "Азаттық", "Власть", "Orda", "Уральская неделя")
WORDS = tuple(
    "суд решение адвокат прокуратура россиянин активист журналист полиция задержали освободили жалоба заявил сообщил"  # noqa: SIM905 - read more easily so
    " город область дело статья запрос убежище комиссия отказ рассмотрел вынес оставил срок закон семья".split()
)
chance = random.Random(16)


def sentence(count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count)).capitalize() + "."


def add(engine: Engine, numbers: range) -> None:
    """Stories that the channel has shown, one an hour."""
    told: dict[str, list[dict[str, object]]] = {"stories": [], "entries": [], "articles": [], "deliveries": []}
    for number in numbers:
        at = NOW - timedelta(hours=20_000 - number)
        told["stories"].append({"id": number, "created_at": at, "updated_at": at})
        for part in range(1 + number % 3):
            add_telling(told, number, part, at)
        sent = {"story_id": number, "chat": "@channel", "state": "sent", "html": "<b>пост</b>", "wanted_revision": 1}
        told["deliveries"].append(
            sent | {"sent_revision": 1, "message_id": number, "created_at": at, "updated_at": at, "sent_at": at}
        )
    with write_transaction(engine) as db:
        for table in (stories, entries, articles, deliveries):
            db.execute(insert(table), told[table.name])


def add_telling(told: dict[str, list[dict[str, object]]], story: int, nth: int, at: datetime) -> None:
    number, outlet = story * 10 + nth, OUTLETS[(story + nth) % len(OUTLETS)]
    topic, title = TOPICS[story % len(TOPICS)]
    url = f"https://press.example/{number}"
    lead = f"Суд в {TOWNS[story % len(TOWNS)]} разрешил экстрадицию россиянина. "
    match = Match(
        term="экстрадиция", form="экстрадицию", where="text", start=lead.index("экстр"), end=lead.index(" росс")
    )
    verdict = Verdict(
        topics=(TopicVerdict(id=topic, title=title, hashtag=topic, rule="правило", tier=Tier.POST, matches=(match,)),)
    )
    of_entry = {"id": number, "feed": outlet, "url": url, "title": "", "seen_at": at, "outcome": "posted", "reason": ""}
    told["entries"].append(of_entry | {"story_id": story, "language": "ru"})
    article = {"entry_id": number, "story_id": story, "feed": outlet, "url": url, "canonical_url": url, "problem": ""}
    text = lead + " ".join(sentence(14) for _ in range(18))
    told["articles"].append(
        article
        | {"title": sentence(9), "text": text, "language": "ru", "published_at": at - timedelta(minutes=7)}
        | {"fingerprint": [], "verdict": asdict(verdict)}
    )


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/monitor.db"
        engine = open_engine(url)
        migrate(engine)
        with write_transaction(engine) as db:
            db.execute(
                insert(feeds), [{"name": one, "url": "", "active": True, "next_poll_at": NOW} for one in OUTLETS]
            )
        for start in range(1, count + 1, 1_000):
            add(engine, range(start, min(start + 1_000, count + 1)))
        site = Path(folder) / "site"
        builder = build_site(
            Settings(database_url=url, site_url="https://archive.example/"),
            published=PublishedStories(engine),
            cases=CaseStore(engine),
            takedowns=TakedownStore(engine),
        )
        for what, quick in (("whole", False), ("nothing new", False), ("one new story", True)):
            if what == "one new story":
                add(engine, range(count + 1, count + 2))
            began = time.perf_counter()
            built = builder.build(site, quick=quick)
            seconds = time.perf_counter() - began
            print(f"{what}: {seconds:.2f} s, stories {built.stories}, files written {built.written}", flush=True)
        files = [path for path in site.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 2**20
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{count} stories: {len(files)} files, {size:.0f} MB; at most {peak:.0f} MB of memory")


if __name__ == "__main__":
    main()
