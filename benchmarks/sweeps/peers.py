"""The peers: lemon24/reader, the plain loop everybody writes first (httpx, feedparser, an ORM), and the floor beneath
all of them (pycurl, lxml, sqlite3: no retries, no limits, no judging).

Run by another interpreter (`polling.py --peers`), in which only they are installed. A peer begins with an empty
database for each `anew FOLDER` on its standard input, sweeps once for each `sweep`, and answers with a line of JSON.
"""

import asyncio
import hashlib
import io
import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

CONCURRENT = 20

Peer = tuple[Callable[[], object], Callable[[], int]]
"""How it sweeps once, and how many entries it has stored."""


def answer_sweeps(opened: Callable[[Path, list[str]], Peer], urls: list[str]) -> None:
    """The conversation with the parent: a line in, a line of JSON out."""
    for line in sys.stdin:
        command, _, folder = line.strip().partition(" ")
        if command == "anew":
            sweep, stored = opened(Path(folder), urls)
            print(json.dumps({"ready": True}), flush=True)
            continue
        before, began = spent(), time.perf_counter()
        sweep()
        told = {"cpu": spent() - before, "wall": time.perf_counter() - began, "stored": stored()}
        told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(told), flush=True)


def spent() -> float:
    """CPU seconds of this process and of its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def reader(folder: Path, urls: list[str]) -> Peer:
    """lemon24/reader as its documentation shows it, with workers."""
    from reader import make_reader  # type: ignore[import-not-found]  # noqa: PLC0415 - a peer is installed or not

    store = make_reader(str(folder / "reader.sqlite"))
    for url in urls:
        store.add_feed(url)
    return (
        lambda: store.update_feeds(workers=CONCURRENT, scheduled=False),
        lambda: store.get_entry_counts().total or 0,
    )


def plain(folder: Path, urls: list[str]) -> Peer:
    """One loop: conditional GET, feedparser, select each entry and add it when it is not there."""
    import feedparser  # noqa: PLC0415 - each peer is installed or not
    import httpx  # noqa: PLC0415 - the same
    from sqlalchemy import create_engine, func, select  # noqa: PLC0415 - the same
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column  # noqa: PLC0415 - the same

    class Base(DeclarativeBase):
        pass

    class Row(Base):
        __tablename__ = "entries"
        id: Mapped[int] = mapped_column(primary_key=True)
        feed: Mapped[str] = mapped_column(index=True)
        guid: Mapped[str] = mapped_column(index=True)
        link: Mapped[str]
        title: Mapped[str]
        summary: Mapped[str]

    engine = create_engine(f"sqlite:///{folder / 'plain.sqlite'}")
    Base.metadata.create_all(engine)
    etags: dict[str, str] = {}

    async def poll(client: Any, slots: asyncio.Semaphore, url: str) -> None:
        async with slots:
            answer = await client.get(url, headers={"if-none-match": etags[url]} if url in etags else {})
        if answer.status_code == 304:
            return
        parsed = feedparser.parse(answer.content)
        with Session(engine) as session:
            for entry in parsed.entries:
                if session.scalars(select(Row).where(Row.feed == url, Row.guid == entry.id)).first() is None:
                    session.add(Row(feed=url, guid=entry.id, link=entry.link, title=entry.title, summary=entry.summary))
            session.commit()
        if "etag" in answer.headers:
            etags[url] = answer.headers["etag"]

    async def sweep() -> None:
        slots = asyncio.Semaphore(CONCURRENT)
        async with httpx.AsyncClient(timeout=30) as client:
            await asyncio.gather(*(poll(client, slots, url) for url in urls))

    def stored() -> int:
        with Session(engine) as session:
            return session.scalar(select(func.count()).select_from(Row)) or 0

    return lambda: asyncio.run(sweep()), stored


def floor(folder: Path, urls: list[str]) -> Peer:
    """Conditional GETs by libcurl, the hash of the body, lxml, one statement and one commit a feed."""
    import pycurl  # type: ignore[import-untyped,import-not-found,unused-ignore]  # noqa: PLC0415 - each peer is installed or not
    from lxml import etree  # noqa: PLC0415 - the same

    db = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE entries (feed, guid, link, title, summary, PRIMARY KEY (feed, guid)) WITHOUT ROWID")
    etags: dict[str, str] = {}
    hashes: dict[str, str] = {}

    def take(url: str, status: int, body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()
        if status != 200 or hashes.get(url) == digest:
            return
        hashes[url] = digest
        rows = [
            (url, *(item.findtext(name) for name in ("guid", "link", "title", "description")))
            for item in etree.fromstring(body).iter("item")
        ]
        db.execute("BEGIN")
        db.executemany("INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?)", rows)
        db.execute("COMMIT")

    def started(url: str) -> Any:
        def header(line: bytes) -> None:
            if line[:5].lower() == b"etag:":
                etags[url] = line[5:].strip().decode()

        handle = pycurl.Curl()
        handle.url, handle.body = url, io.BytesIO()
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.WRITEDATA, handle.body)
        handle.setopt(pycurl.HEADERFUNCTION, header)
        handle.setopt(pycurl.HTTPHEADER, [f"if-none-match: {etags[url]}"] if url in etags else [])
        return handle

    def sweep() -> None:
        _all_of(pycurl, map(started, urls), take)

    return sweep, lambda: int(db.execute("SELECT count(*) FROM entries").fetchone()[0])


def _all_of(pycurl: Any, handles: Iterator[Any], take: Callable[[str, int, bytes], None]) -> None:
    """Let them run, so many at once, and take what each brings."""
    many, running = pycurl.CurlMulti(), 0
    while True:
        for handle in islice(handles, CONCURRENT - running):
            many.add_handle(handle)
            running += 1
        if not running:
            return
        many.perform()
        _, done, failed = many.info_read()
        assert not failed
        for handle in done:
            take(handle.url, handle.getinfo(pycurl.RESPONSE_CODE), handle.body.getvalue())
            many.remove_handle(handle)
            running -= 1
        many.select(1.0)


if __name__ == "__main__":
    peer = {"reader": reader, "plain": plain, "floor": floor}[sys.argv[1]]
    answer_sweeps(peer, Path(sys.argv[2]).read_text().split())
