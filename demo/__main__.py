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
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from demo.newsroom import Newsroom
from demo.post_picture import drawn
from monitor.bot.terminal import Terminal
from monitor.text.telegram_html import first_line
from tests.servers.bot_api import CHANNEL, TOKEN, BotApi, Chat, PostedMessage

ROOT = Path(__file__).resolve().parents[1]
CHAT = f"@{CHANNEL.username}"
KAZAKH = Chat(id=-1001234567891, type="channel", title="Қазақ тілінде", username="test_kazakh")
CHANNELS = f"channels:\n  - {{name: Новости на казахском, chat: '@{KAZAKH.username}', news: [kk]}}\n"
SITE = ROOT / "build" / "demo-site"  # stays, to be looked at, as the next
PICTURES = ROOT / "build" / "demo-posts"
NOT_POSTED = {
    "unmatched": "не подошло ни одно правило",
    "vetoed": "правило подошло, но его строка none была против",
    "baseline": "стояло в ленте раньше, чем её увидели",
}

FACTS = re.compile(r"^(?:Что|О чём): .+", re.MULTILINE)
Posts = Mapping[int, PostedMessage]


def main() -> int:
    """Tell the demo from beginning to end; 0 when everything came out as promised."""
    began = time.monotonic()
    with TemporaryDirectory() as folder, Newsroom() as newsroom, BotApi(chats=(CHANNEL, KAZAKH)) as telegram:
        demo = Demo(Path(folder), newsroom, telegram)
        demo.say("Выдуманная пресса на двух языках, на этой машине: ни сети, ни токена не нужно.")
        demo.say("Настоящий monitor прочтёт её по HTTP и отправит нужное в канал.")
        first = demo.sweep({}, later=False)
        demo.say("Выходят ещё две новости: одна новая и один пересказ.")
        second = demo.sweep(first, later=True)
        demo.show_further()
        demo.draw_posts()
        demo.show_not_posted()
        demo.build_site(posts=len(second))
        broken = [*demo.broken, *repeated(telegram, first, second)]
        for promise in broken:
            demo.say(f"Обещано, но не вышло: {promise}")
        demo.say(_result(newsroom, second, time.monotonic() - began) if not broken else "Демонстрация не удалась.")
    return 1 if broken else 0


def _result(newsroom: Newsroom, posts: Posts, seconds: float) -> str:
    edits = sum(post.edits for post in posts.values())
    return (
        f"Изданий: {newsroom.outlets} · новостей: {newsroom.articles} · постов: {len(posts)} · "
        f"дополнено на месте: {edits} · повторов: 0 · секунд: {seconds:.0f}"
    )


class Demo:
    """The monitor between an invented press and a stand-in channel, swept on demand and shown in the terminal."""

    def __init__(self, folder: Path, newsroom: Newsroom, telegram: BotApi) -> None:
        self._folder, self._newsroom, self._telegram = folder, newsroom, telegram
        self._environment = _environment(folder, newsroom, telegram)
        self._console = Console(highlight=False)
        self._terminal = Terminal()
        self.broken: list[str] = []

    def say(self, text: str) -> None:
        """One line to the one who watches."""
        self._console.print(text, markup=False)

    def sweep(self, before: Posts, *, later: bool) -> Posts:
        """Publish, poll, show what changed in the channel; returns what it shows now."""
        self._newsroom.publish(_now(), later=later)
        # Not in the project's folder: an operator's .env there must not reach the demo.
        command = [sys.executable, "-m", "monitor", "poll"]
        done = subprocess.run(command, cwd=self._folder, env=self._environment, check=False)
        if done.returncode:
            self.broken.append(f"monitor poll заканчивается кодом 0, а не {done.returncode}")
        after = {post.message_id: post for post in self._telegram.posted(CHAT)}
        self._console.rule("Канал" if not before else "Что изменилось в канале", align="left")
        asyncio.run(self._show_changes(before, after))
        self.broken += differences(after.values(), self._newsroom.stories.values())
        self.broken += misquoted(after.values(), self._newsroom.text)
        return after

    async def _show_changes(self, before: Posts, after: Posts, *, chat: str = CHAT) -> None:
        """New posts, and those that were edited, as a subscriber reads them."""
        for number, post in after.items():
            if number not in before:
                await self._terminal.post(chat, post.html)
            elif post.edits != before[number].edits:
                await self._terminal.edit(chat, number, post.html)

    def show_further(self) -> None:
        """The other channel wants news in Kazakh only; each has a line in Russian of what its words mean."""
        self._console.rule("Второй канал: только новости на казахском", align="left")
        posts = self._telegram.posted(KAZAKH.id)
        asyncio.run(self._show_changes({}, {post.message_id: post for post in posts}, chat=f"@{KAZAKH.username}"))
        wanted = {post.text for post in self._telegram.posted(CHAT) if "қаз." in post.text}
        if {post.text for post in posts} != wanted or not wanted:
            self.broken.append("показать во втором канале новости на казахском, и только их")
        self.broken += [f"строка фактов у «{first_line(post.html)}»" for post in posts if not FACTS.search(post.text)]

    def draw_posts(self) -> None:
        """A picture of each post as Telegram shows it, of both channels."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        for chat in (CHANNEL, KAZAKH):
            for post in self._telegram.posted(chat.id):
                (PICTURES / f"{chat.username}-{post.message_id}.svg").write_text(drawn(post.html), encoding="utf-8")
        self.say(f"Как посты выглядят в Telegram: {PICTURES}")
        self.say("")

    def show_not_posted(self) -> None:
        """Every entry has an outcome and a reason in the database; here are those that were not posted."""
        self._console.rule("Что в канал не попало и почему", align="left")
        entries = _not_posted(self._folder / "monitor.db")
        for outcome, number in Counter(outcome for outcome, _, _ in entries).most_common():
            self.say(f"{number:3}  {NOT_POSTED.get(outcome, outcome)}")
            for _, title, reason in (entry for entry in entries if entry[0] == outcome != "unmatched"):
                self.say(f"     · {title} — {reason.partition(';')[0]}")
        self.say("")

    def build_site(self, *, posts: int) -> None:
        """The archive of this newsroom, left to be looked at."""
        self._console.rule("Открытый архив", align="left")
        command = [sys.executable, "-m", "monitor", "site", "build", str(SITE)]
        done = subprocess.run(command, cwd=self._folder, env=self._environment, check=False, stdout=subprocess.DEVNULL)
        pages = len(list((SITE / "story").glob("*.html")))
        if done.returncode or pages != posts:
            self.broken.append(f"собрать сайт из {posts} новостей (код {done.returncode}, страниц {pages})")
        self.say(f"Новостей на сайте: {pages}. Откройте в браузере: {SITE / 'index.html'}")
        self.say("")


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the newsroom is an outside world and has a clock of its own


def _environment(folder: Path, newsroom: Newsroom, telegram: BotApi) -> dict[str, str]:
    """The settings of a live monitor, and nothing of the operator's own."""
    feeds = folder / "feeds.yaml"
    feeds.write_text(newsroom.feeds_file, encoding="utf-8")
    channels = folder / "channels.yaml"
    channels.write_text(CHANNELS, encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    return inherited | {
        "MONITOR_FEEDS": str(feeds),
        "MONITOR_CHANNELS": str(channels),
        "MONITOR_KEYWORDS": str(ROOT / "keywords.yaml"),
        "MONITOR_DATABASE_URL": f"sqlite:///{folder / 'monitor.db'}",
        "MONITOR_BOT_TOKEN": TOKEN,
        "MONITOR_CHANNEL": CHAT,
        "MONITOR_BOT_API_URL": telegram.url,
        "MONITOR_ALLOW_PRIVATE_ADDRESSES": "1",
        "PYTHONPATH": str(ROOT),
    }


# ── what was promised ───────────────────────────────────────────────────────────────────────────────────────────


def differences(posts: Collection[PostedMessage], stories: Collection[frozenset[str]]) -> Iterator[str]:
    """One post for each story, linking every telling of it, and nothing else."""
    shown = Counter(frozenset(re.findall(r'href="([^"]+)"', post.html)) for post in posts)
    promised = Counter(stories)
    yield from (f"пост со ссылками {' '.join(sorted(links))}" for links in promised - shown)
    yield from (f"не показывать пост со ссылками {' '.join(sorted(links))}" for links in shown - promised)


def misquoted(posts: Collection[PostedMessage], told: str) -> Iterator[str]:
    """Every post quotes whole sentences of what was told."""
    for post in posts:
        quotes = re.findall(r"<blockquote[^>]*>(.+)</blockquote>", post.html)
        sentences = [sentence for quote in quotes for sentence in unescape(quote).split(" … ")] or [""]
        if not all(sentence.strip() and sentence in told for sentence in sentences):
            yield f"цитата из новости в посте {post.message_id}"


def repeated(telegram: BotApi, first: Posts, second: Posts) -> Iterator[str]:
    """Old posts stay, edited only where a telling joined; nothing was sent again."""
    sent, posts = telegram.count("sendMessage"), len(second) + len(telegram.posted(KAZAKH.id))
    if sent != posts:
        yield f"отправлять каждый пост один раз (отправок {sent}, постов {posts})"
    edited = [number for number, post in second.items() if post.edits]
    grown = [number for number, post in first.items() if second[number].html != post.html]
    if edited != grown or len(edited) != 1:
        yield f"дополнить на месте один пост (правлены: {edited}, изменились: {grown})"


def _not_posted(database: Path) -> Sequence[tuple[str, str, str]]:
    """Outcome, title and reason."""
    with closing(sqlite3.connect(database)) as db:
        return db.execute(
            "SELECT outcome, title, reason FROM entries WHERE outcome NOT IN ('posted', 'joined') ORDER BY id"
        ).fetchall()


if __name__ == "__main__":
    sys.exit(main())
