"""Outside bytes read in a child: what it answers, what it does not survive, and that nothing of it stays."""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import Fetched
from monitor.sources.feeds import parse
from monitor.sources.pages import article
from monitor.sources.sandbox import CHILDREN, Sandbox, _loaded
from monitor.sources.sandbox import HEAVY as HEAVY_FROM
from tests.factories import NOW, feed
from tests.harness.monitor_process import eventually
from tests.servers.web import Item, page, rss

FEED = Fetched(
    url="https://news.example/rss",
    body=rss([Item(title=f"Новость {n}", link=f"https://news.example/{n}", guid=str(n)) for n in range(30)]),
    content_type="application/rss+xml",
)
PAGE = Fetched(
    url="https://news.example/a/1",
    body=page("Заголовок", ["Первый абзац новости, довольно длинный. " * 5] * 3).encode(),
    content_type="text/html; charset=utf-8",
)
HEAVY = Fetched(
    url="https://news.example/a/2", body=b"<html><body><!--" + b"x" * 1_100_000 + b"-->" + b"<ul><li>" * 6_000
)  # tenths of a second of work, and as large as is called heavy


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """One that reads everything in children."""
    async with Sandbox(small=0) as opened:
        yield opened


def pids(sandbox: Sandbox) -> list[int]:
    return [child.process.pid for child in sandbox._idle]


def oom_score(pid: int) -> int:
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text())


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


async def test_a_child_answers_as_the_parsers_do(sandbox: Sandbox) -> None:
    assert await sandbox.parse(feed(), FEED, now=NOW) == parse.parse(feed(), FEED, now=NOW)
    named = {"now": NOW, "tz": "Asia/Almaty"}
    direct = article.extract(PAGE.body, content_type=PAGE.content_type, url=PAGE.url, now=NOW, tz="Asia/Almaty")
    assert await sandbox.extract(PAGE, **named) == direct
    assert direct.text
    assert len(pids(sandbox)) == 1, "the child is kept warm"


async def test_a_child_that_nobody_needs_ends(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    await sandbox.parse(feed(), FEED, now=NOW)
    monkeypatch.setattr("monitor.sources.sandbox.IDLE", 0.01)
    await sandbox.parse(feed(), FEED, now=NOW)
    (pid,) = pids(sandbox)

    await asyncio.to_thread(eventually, lambda: not is_alive(pid), what="its end")

    assert pids(sandbox) == []
    assert (await sandbox.parse(feed(), FEED, now=NOW)).entries, "a new one is started"


async def test_a_child_in_use_is_left_alone(sandbox: Sandbox) -> None:
    await sandbox.parse(feed(), FEED, now=NOW)
    (child,) = sandbox._idle
    await sandbox.parse(feed(), FEED, now=NOW)

    sandbox._end_if_idle(child, jobs=1)

    assert sandbox._idle == [child]


async def test_a_container_short_of_memory_loses_a_child_first(sandbox: Sandbox) -> None:
    await sandbox.parse(feed(), FEED, now=NOW)
    (pid,) = pids(sandbox)
    assert oom_score(pid) == 1000


async def test_one_heavy_document_is_read_at_a_time_and_others_beside_it(sandbox: Sandbox) -> None:
    assert len(HEAVY.body) > HEAVY_FROM
    heavy = [asyncio.create_task(sandbox.extract(HEAVY, now=NOW)) for _ in range(CHILDREN + 1)]
    while not all(task.done() for task in heavy):
        await sandbox.extract(PAGE, now=NOW)
        assert sandbox._slots._value >= 1, "its own is free again, and the heavy ones take no more than one"


async def test_small_documents_need_no_child() -> None:
    async with Sandbox() as sandbox:
        assert len((await sandbox.parse(feed(), FEED, now=NOW)).entries) == 30
        assert (await sandbox.extract(PAGE, now=NOW)).text
        assert pids(sandbox) == []


async def test_what_is_no_feed_is_named_as_ever(sandbox: Sandbox) -> None:
    with pytest.raises(ParseError, match="Лента: вместо ленты пришла веб-страница") as caught:
        await sandbox.parse(feed(), PAGE, now=NOW)

    assert caught.value.kind is ParseFailure.HTML


async def test_a_document_too_heavy_is_a_named_failure_and_the_next_is_read() -> None:
    async with Sandbox(small=0) as sandbox:
        await sandbox.extract(PAGE, now=NOW)  # the child stands: what follows is the time of the document alone
        sandbox._seconds = 0.02
        extracted = await sandbox.extract(HEAVY, now=NOW)
        sandbox._seconds = 20.0
        assert extracted.text == ""
        assert "слишком тяжёлый документ" in extracted.problem
        assert pids(sandbox) == []

        assert (await sandbox.extract(PAGE, now=NOW)).text


async def test_a_feed_too_heavy_is_a_named_failure() -> None:
    async with Sandbox(small=0, seconds=0.001) as sandbox:
        with pytest.raises(ParseError) as caught:
            await sandbox.parse(feed(), FEED, now=NOW)

    assert caught.value.kind is ParseFailure.TOO_HEAVY


@pytest.mark.parametrize("small", [0, 1_000_000])
async def test_a_mistake_of_ours_is_named_so_and_costs_one_page(small: int) -> None:
    async with Sandbox(small=small) as sandbox:
        extracted = await sandbox.extract(PAGE, now=NOW, no_such_option=1)

        assert "внутренняя ошибка" in extracted.problem
        assert len(pids(sandbox)) == (small == 0), "the child reads on"


async def test_a_mistake_of_ours_in_a_child_comes_over_with_its_place(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError, match=r"sandbox_child\.py[^$]*no_such_option"):
        await sandbox._ask("parse", no_such_option=1, size=1)


@pytest.mark.parametrize("is_noticed", [True, False])
async def test_a_child_that_dies_is_replaced(sandbox: Sandbox, is_noticed: bool) -> None:
    await sandbox.parse(feed(), FEED, now=NOW)
    (pid,) = pids(sandbox)
    os.kill(pid, signal.SIGKILL)
    if is_noticed:
        await sandbox._idle[0].process.wait()  # its pipes are closed by then

    with pytest.raises(ParseError, match="слишком тяжёлый документ"):
        await sandbox.parse(feed(), FEED, now=NOW)

    assert len((await sandbox.parse(feed(), FEED, now=NOW)).entries) == 30
    assert pids(sandbox) != [pid]


async def test_the_event_loop_never_waits_for_a_hostile_document(sandbox: Sandbox) -> None:
    """It goes round all the time, and its thread spends little of what the document costs beside its rounds."""
    began = time.thread_time()
    article.extract(HEAVY.body, content_type=HEAVY.content_type, url=HEAVY.url, now=NOW)
    alone = time.thread_time() - began

    began, rounds = time.thread_time(), 0
    work = asyncio.gather(*(sandbox.extract(HEAVY, now=NOW) for _ in range(CHILDREN)))
    while not work.done():
        await asyncio.sleep(0.005)
        rounds += 1
    await work
    beside_work = time.thread_time() - began

    began = time.thread_time()
    for _ in range(rounds):
        await asyncio.sleep(0.005)
    idle = time.thread_time() - began
    assert rounds > 20, "some hundred on an idle machine"
    assert beside_work - idle < alone / 4


async def test_a_cancelled_job_leaves_no_child_at_work(sandbox: Sandbox) -> None:
    await sandbox.parse(feed(), FEED, now=NOW)
    (pid,) = pids(sandbox)
    job = asyncio.create_task(sandbox.extract(HEAVY, now=NOW))
    await asyncio.sleep(0.05)

    job.cancel()
    await asyncio.gather(job, return_exceptions=True)

    assert not is_alive(pid)


async def test_no_more_children_than_allowed(sandbox: Sandbox) -> None:
    await asyncio.gather(*(sandbox.parse(feed(), FEED, now=NOW) for _ in range(8)))

    assert 1 <= len(pids(sandbox)) <= CHILDREN


async def test_short_jobs_share_a_child(sandbox: Sandbox) -> None:
    await asyncio.gather(*(sandbox.parse(feed(), FEED, now=NOW) for _ in range(10)))
    assert len(pids(sandbox)) == 1


async def test_a_job_that_waited_goes_on_waiting_when_another_took_the_child(sandbox: Sandbox) -> None:
    first, third = asyncio.Event(), asyncio.Event()

    async def two_jobs() -> None:
        for done in (first, third):  # the second begins before anybody who waits is told
            async with sandbox._child():
                await done.wait()

    async def one_job() -> None:
        async with sandbox._child():
            pass

    busy = asyncio.create_task(two_jobs())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(one_job())
    await asyncio.sleep(0)
    first.set()
    await asyncio.sleep(0.05)
    third.set()
    await asyncio.gather(busy, waiting)

    assert len(pids(sandbox)) == 1


async def test_children_end_with_the_sandbox() -> None:
    async with Sandbox(small=0) as sandbox:
        await sandbox.parse(feed(), FEED, now=NOW)
        (pid,) = pids(sandbox)

    assert not is_alive(pid)


PARENT = """
import asyncio, sys
from monitor.models.feeds import Fetched
from monitor.sources.sandbox import Sandbox
from tests.factories import NOW

async def main():
    sandbox = Sandbox(small=0)
    await sandbox.extract(Fetched(url="http://a/", body=b"<p>x"), now=NOW)
    print(sandbox._idle[0].process.pid, flush=True)
    if sys.argv[1] == "busy":
        asyncio.create_task(sandbox.extract(Fetched(url="http://a/", body=b"<ul><li>" * 300_000), now=NOW))
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["idle", "busy"])
def test_children_die_with_a_killed_parent(how: str) -> None:
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(PARENT), how], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_alive(child)

    parent.kill()
    parent.communicate()

    eventually(lambda: not is_alive(child), what="the end of the child")


def confined(work: str, *, seconds: int = 1) -> subprocess.CompletedProcess[str]:
    child = "from monitor.sources import sandbox_child"
    program = f"{child}\nsandbox_child._confine()\nsandbox_child._grant({seconds})\n{work}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_a_child_has_so_much_memory_and_no_more() -> None:
    assert "MemoryError" in confined("bytearray(600 * 1024 * 1024)").stderr
    assert confined("bytearray(200 * 1024 * 1024)").returncode == 0


def test_a_child_has_so_much_cpu_and_no_more() -> None:
    assert confined("while True: pass", seconds=0).returncode == -signal.SIGXCPU


def test_a_child_writes_no_files(tmp_path: Path) -> None:
    ended = confined(f"import pathlib; pathlib.Path({str(tmp_path / 'file')!r}).write_text('x')")

    assert "File too large" in ended.stderr


async def test_a_child_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_BOT_TOKEN", "hush")

    async with Sandbox(small=0) as sandbox:
        await sandbox.parse(feed(), FEED, now=NOW)
        (pid,) = pids(sandbox)
        environment = await asyncio.to_thread(Path(f"/proc/{pid}/environ").read_bytes)

    assert b"PYTHONPATH" in environment
    assert b"hush" not in environment


def test_an_answer_is_a_value_of_ours_or_nothing() -> None:
    with pytest.raises(pickle.UnpicklingError, match=r"posix\.system is no answer"):
        _loaded(b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.")
