"""What a kept look at a page costs beyond getting and reading it: `python benchmarks/evidence.py`.

Invented pages of usual lengths (90 kB of markup around 3 kB of text), a real database file and WARC file. CPU of this
process; the bars are 2 ms and 30 kB a page. Beside it, in the same run, what reading the page costs.
"""

import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path

from monitor.evidence import chain
from monitor.evidence.capture import entry_record
from monitor.evidence.warc import WarcStore
from monitor.evidence.watch import Look, PageState, observe
from monitor.models.articles import Article, Match, Outcome, Tier, TopicVerdict, Verdict
from monitor.models.evidence import DuePage, Exchange, Finding, PageAnswer, Version
from monitor.models.feeds import Entry, Feed, FeedKind
from monitor.models.stories import EntryOutcome, PollOutcome, Telling
from monitor.sources.pages.article import extract
from monitor.storage.database import migrate, open_engine
from monitor.storage.evidence.looks import EvidenceStore
from monitor.storage.evidence.notices import NOBODY
from monitor.storage.feeds import FeedStore
from monitor.storage.polls import PollStore
from monitor.stories.grouping import group
from monitor.stories.placement import SAME_CASE
from monitor.stories.similarity import fingerprint
from tests.factories.channels import to_channel

PAGES = 200
NOW = datetime(2026, 11, 1, tzinfo=UTC)
chance = random.Random(17)
LETTERS = "абвгдежзиклмнопрстуфхц"
VOCABULARY = ["".join(chance.choices(LETTERS, k=chance.randint(3, 11))) for _ in range(20_000)]
OFTEN = list(accumulate(1 / (rank + 1) for rank in range(len(VOCABULARY))))  # as often as words of a language (Zipf)


def words(count: int) -> str:
    return " ".join(chance.choices(VOCABULARY, cum_weights=OFTEN, k=count))


def html(title: str, paragraphs: list[str]) -> bytes:
    """A page as sites make them: styles, scripts, menus, lists of other news."""
    styles = "".join(f".{chance.choice(VOCABULARY)}-{n}{{margin:{n}px;color:#{n:06x}}}" for n in range(600))
    links = "".join(f'<li class="card card--{n}"><a href="/news/{n}">{words(8)}</a></li>' for n in range(250))
    text = "".join(f"<p>{paragraph}.</p>" for paragraph in paragraphs)
    head = f"<!doctype html><html><head><title>{title}</title><style>{styles}</style></head>"
    return f"{head}<body><nav><ul>{links}</ul></nav><article><h1>{title}</h1>{text}</article></body></html>".encode()


def post(engine_url: str) -> tuple[EvidenceStore, dict[str, bytes]]:
    """A database in which PAGES articles are posted, and their pages."""
    engine = open_engine(engine_url)
    migrate(engine)
    FeedStore(engine).sync([Feed(name="Лента", kind=FeedKind.RSS, url="https://press.example/rss", lang="ru")], NOW)
    (state,) = FeedStore(engine).claim(NOW, limit=1, lease=timedelta(minutes=5))
    pages, matched = {}, []
    for number in range(PAGES):
        title, paragraphs = words(9), [words(30) for _ in range(12)]
        url, text = f"https://press.example/{number}", ". ".join(paragraphs)
        pages[url] = html(title, paragraphs)
        match = Match(term="слово", form="слова", where="text", start=0, end=5)
        topic = TopicVerdict(id="t", title="Тема", hashtag="тема", rule="правило", tier=Tier.POST, matches=(match,))
        article = Article(
            feed="Лента", url=url, canonical_url=url, title=title, text=text, fingerprint=fingerprint(title, text)
        )
        entry = Entry(keys=(f"u:{url}",), url=url, title=title, published_at=NOW)
        telling = Telling(article=article, verdict=Verdict(topics=(topic,)))
        matched.append(EntryOutcome(entry=entry, outcome=Outcome.POSTED, reason="", telling=telling))
    outcome = PollOutcome(
        feed="Лента", lease_no=state.lease_no, polled_at=NOW, next_poll_at=NOW, matched=tuple(matched)
    )
    placed = partial(group, chats=to_channel("@channel", review=""))
    PollStore(engine).record_all([outcome], placed, window=SAME_CASE)
    return EvidenceStore(engine, NOBODY), pages


def keep(store: EvidenceStore, warc: WarcStore, page: DuePage, body: bytes, version: Version) -> None:
    """What Capturer.look does once the page is read."""
    look = Look(at=NOW, answer=PageAnswer.PAGE, version=version, site_answers=False)
    observation = observe(PageState.new(NOW), look, quoted=page.quoted)
    headers = ((b"content-type", b"text/html; charset=utf-8"), (b"server", b"nginx"), (b"content-encoding", b"gzip"))
    asked = Exchange(
        url=page.url, asked_at=NOW, request=((b"host", b"press.example"),), status=200, headers=headers, body=body
    )
    kept = warc.append([asked], entry=entry_record(page.entry), taken_at=NOW)
    finding = Finding(
        at=NOW, sight=observation.sight, said="", state=b"", next_look_at=None, kept=kept, status=200, version=version
    )
    store.record(page, finding, lambda last: chain.link(last, chain="w", digest=kept.digest, taken_at=NOW), chain="w")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        store, pages = post(f"sqlite:///{folder}/monitor.db")
        warc = WarcStore(Path(folder) / "evidence", "w")
        due = store.claim(NOW, limit=PAGES, lease=timedelta(minutes=5))
        reading = keeping = 0.0
        for page in due:
            began = time.process_time()
            read = extract(pages[page.url], content_type="text/html; charset=utf-8", url=page.url, now=NOW)
            read_at = time.process_time()
            keep(store, warc, page, pages[page.url], Version(title=read.title, text=read.text))
            reading += read_at - began
            keeping += time.process_time() - read_at
        size = sum(path.stat().st_size for path in (Path(folder) / "evidence").iterdir())
    mean = sum(map(len, pages.values())) / PAGES / 1000
    print(f"{PAGES} pages of {mean:.0f} kB: reading {reading / PAGES * 1000:.2f} ms, ", end="")
    print(f"keeping {keeping / PAGES * 1000:.2f} ms (bar 2), on disk {size / PAGES / 1000:.1f} kB (bar 30)")


if __name__ == "__main__":
    main()
