"""The peers: lemon24/reader, and the plain loop everybody writes first (httpx, feedparser, an ORM).

Run by another interpreter (`polling/poll.py --peers`), in which only they are installed. A peer sweeps once for each
line on its standard input and answers with its CPU seconds, wall seconds, and what it stores.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CONCURRENT = 20


def answer_sweeps(sweep: Callable[[], object], stored: Callable[[], int]) -> None:
    """The conversation with the parent: a line in, a line of JSON out."""
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        before, began = spent(), time.perf_counter()
        sweep()
        told = {"cpu": spent() - before, "wall": time.perf_counter() - began, "stored": stored()}
        told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(told), flush=True)


def spent() -> float:
    """CPU seconds of this process and of its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def reader(folder: Path, urls: list[str]) -> None:
    """lemon24/reader as its documentation shows it, with workers."""
    from reader import make_reader  # type: ignore[import-not-found]  # noqa: PLC0415 - a peer is installed or not

    store = make_reader(str(folder / "reader.sqlite"))
    for url in urls:
        store.add_feed(url)
    answer_sweeps(
        lambda: store.update_feeds(workers=CONCURRENT, scheduled=False),
        lambda: store.get_entry_counts().total or 0,
    )


def plain(folder: Path, urls: list[str]) -> None:
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

    answer_sweeps(lambda: asyncio.run(sweep()), stored)


if __name__ == "__main__":
    {"reader": reader, "plain": plain}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]).read_text().split())
