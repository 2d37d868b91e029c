"""`make demo`: an invented press on this machine, polled by the real monitor, posted to a stand-in for Telegram.

No network, no token. What the newsroom says is worth a post is compared with what the channel shows at the end;
the exit code is 1 when they differ.
"""

import asyncio
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from demo.newsroom import Newsroom
from monitor.preview import Terminal
from tests.servers.bot_api import CHANNEL, TOKEN, BotApi, PostedMessage

ROOT = Path(__file__).resolve().parents[1]
CHAT = f"@{CHANNEL.username}"
NOT_POSTED = {
    "unmatched": "не подошло ни одно правило",
    "vetoed": "правило подошло, но его строка none была против",
    "baseline": "стояло в ленте раньше, чем её увидели",
}

Posts = Mapping[int, PostedMessage]


def main() -> int:
    """Tell the demo from beginning to end; 0 when everything came out as promised."""
    began = time.monotonic()
    console = Console(highlight=False)
    with TemporaryDirectory() as folder, Newsroom() as newsroom, BotApi() as telegram:
        environment = _environment(Path(folder), newsroom, telegram)

        newsroom.publish(_now(), later=False)
        console.print(
            f"\nВыдуманная пресса на этой машине: {newsroom.outlets} изданий на русском и казахском, {newsroom.articles} новостей.\n"
            "Настоящий monitor прочтёт её по HTTP и отправит нужное в канал. Ни сети, ни токена не нужно.\n"
        )
        _poll(folder, environment)
        first = _posts(telegram)
        console.rule("Канал после первого опроса", align="left")
        asyncio.run(_show_changes(console, {}, first))
        broken = [*_differences(first.values(), newsroom.stories.values())]

        newsroom.publish(_now(), later=True)
        console.rule("Прошло время: вышли ещё две новости", align="left")
        _poll(folder, environment)
        second = _posts(telegram)
        console.rule("Что изменилось в канале", align="left")
        asyncio.run(_show_changes(console, first, second))
        broken += [*_differences(second.values(), newsroom.stories.values()), *_repeated(telegram, first, second)]

        _show_not_posted(console, Path(folder) / "monitor.db")
        for promise in broken:
            console.print(f"Обещано, но не вышло: {promise}", style="bold red")
        console.print(
            f"Прочитано новостей: {newsroom.articles} · постов: {len(second)} · дополнено на месте: "
            f"{sum(post.edits for post in second.values())} · повторов нет · {time.monotonic() - began:.0f} с"
            if not broken
            else "Демонстрация не удалась."
        )
    return 1 if broken else 0


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the newsroom is an outside world and has a clock of its own


def _environment(folder: Path, newsroom: Newsroom, telegram: BotApi) -> dict[str, str]:
    """The settings of a live monitor, and nothing of the operator's own."""
    feeds = folder / "feeds.yaml"
    feeds.write_text(newsroom.feeds_file, encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    return inherited | {
        "MONITOR_FEEDS": str(feeds),
        "MONITOR_KEYWORDS": str(ROOT / "keywords.yaml"),
        "MONITOR_DATABASE_URL": f"sqlite:///{folder / 'monitor.db'}",
        "MONITOR_BOT_TOKEN": TOKEN,
        "MONITOR_CHANNEL": CHAT,
        "MONITOR_BOT_API_URL": telegram.url,
        "MONITOR_ALLOW_PRIVATE_ADDRESSES": "1",
        "PYTHONPATH": str(ROOT),
    }


def _poll(folder: str, environment: Mapping[str, str]) -> None:
    # Not in the project's folder: an operator's .env there must not reach the demo.
    subprocess.run([sys.executable, "-m", "monitor", "poll"], cwd=folder, env=environment, check=True)


def _posts(telegram: BotApi) -> Posts:
    return {post.message_id: post for post in telegram.posted(CHAT)}


async def _show_changes(console: Console, before: Posts, after: Posts) -> None:
    """New posts, and those that were edited, as a subscriber reads them."""
    terminal = Terminal(console)
    for number, post in after.items():
        if number not in before:
            await terminal.post(CHAT, post.html)
        elif post.edits != before[number].edits:
            await terminal.edit(CHAT, number, post.html)


# ── what was promised ───────────────────────────────────────────────────────────────────────────────────────────


def _differences(posts: Collection[PostedMessage], stories: Collection[frozenset[str]]) -> Iterator[str]:
    """One post for each story, linking every telling of it, and nothing else."""
    shown = Counter(frozenset(re.findall(r'href="([^"]+)"', post.html)) for post in posts)
    promised = Counter(stories)
    yield from (f"пост со ссылками {' '.join(sorted(links))}" for links in promised - shown)
    yield from (f"не показывать пост со ссылками {' '.join(sorted(links))}" for links in shown - promised)


def _repeated(telegram: BotApi, first: Posts, second: Posts) -> Iterator[str]:
    """Old posts stay, edited only where a telling joined; nothing was sent again."""
    if telegram.count("sendMessage") != len(second):
        yield f"отправлять каждый пост один раз (отправок {telegram.count('sendMessage')}, постов {len(second)})"
    edited = [number for number, post in second.items() if post.edits]
    grown = [number for number, post in first.items() if second[number].html != post.html]
    if edited != grown or len(edited) != 1:
        yield f"дополнить на месте один пост (правлены: {edited}, изменились: {grown})"


def _show_not_posted(console: Console, database: Path) -> None:
    """Every entry has an outcome and a reason in the database; here are those that were not posted."""
    with closing(sqlite3.connect(database)) as db:
        rows: Sequence[tuple[str, str, str]] = db.execute(
            "SELECT outcome, title, reason FROM entries WHERE outcome NOT IN ('posted', 'joined') ORDER BY id"
        ).fetchall()
    console.rule("Что в канал не попало", align="left")
    for outcome, number in Counter(outcome for outcome, _, _ in rows).most_common():
        console.print(f"{number:3}  {NOT_POSTED.get(outcome, outcome)}")
        for _, title, reason in (row for row in rows if row[0] == outcome and outcome != "unmatched"):
            console.print(f"     · {title} — {reason.partition(';')[0]}", style="dim", markup=False)
    console.print()


if __name__ == "__main__":
    sys.exit(main())
