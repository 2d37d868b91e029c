"""The product as its operator meets it: a process with an environment, a folder, signals and output."""

import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.app.config_files import read_rules
from monitor.app.rules.cache import NAME, RulesCache
from tests.factories.polling import RULES
from tests.harness.databases import sqlite_database
from tests.harness.forked_monitor import ForkedMonitor, Order, execute
from tests.servers.bot_api import CHANNEL, TOKEN, BotApi
from tests.servers.loopback import Hold
from tests.servers.web import WebServer

PATIENCE = 100.0  # seconds for what takes one or two on an idle machine
ROOT = Path(__file__).resolve().parents[2]
PROJECT_RULES = str(ROOT / "keywords.yaml")


def eventually(holds: Callable[[], object], *, timeout: float = PATIENCE, what: str = "it") -> None:
    """Wait until `holds()` is true; AssertionError after `timeout` seconds, which only end a test that hangs."""
    until = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < until, f"{what} did not happen within {timeout} s"
        time.sleep(0.05)


class Monitor:
    """One installation: a folder with its database, feeds.yaml and keywords.yaml, and the process that works on it.

    Its one rule finds whatever `tests.samples.news.relevant` makes, and is read in a moment: PROJECT_RULES take two
    seconds of CPU at each start. With `new_interpreter` each command is one, as an operator's is.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.new_interpreter = False
        self.database = folder / "data" / "monitor.db"
        self.feeds = folder / "feeds.yaml"
        self.keywords = folder / "keywords.yaml"
        self.keywords.write_text(RULES, encoding="utf-8")
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            "MONITOR_ALLOW_PRIVATE_ADDRESSES": "1",
            **settings,
        }
        self._process: ForkedMonitor | subprocess.Popen[bytes] | None = None
        self._starts = 0

    def write_feeds(self, **urls: str) -> None:
        """feeds.yaml with these feeds by name; asked every minute."""
        stanzas = [
            f"  - name: {name}\n    kind: rss\n    url: {url}\n    lang: ru\n    interval: 1m\n"
            for name, url in urls.items()
        ]
        self.feeds.write_text("feeds:\n" + "".join(stanzas), encoding="utf-8")

    def call(
        self, *arguments: str, stdin: str = "", timeout: float = PATIENCE, largest_file_kb: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; no file it writes may grow beyond `largest_file_kb`."""
        with TemporaryDirectory() as folder:
            files = {name: Path(folder) / name for name in ("stdin", "stdout", "stderr")}
            files["stdin"].write_text(stdin, encoding="utf-8")
            largest = None if largest_file_kb is None else largest_file_kb * 1024
            process = self._begun(*arguments, largest_file=largest, **files)
            try:
                code = process.wait(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                raise
            out, err = (files[name].read_text(encoding="utf-8") for name in ("stdout", "stderr"))
        return subprocess.CompletedProcess(arguments, code, out, err)

    def start(self, command: str = "run") -> None:
        """`monitor run`, or another command that lasts, in the background; its output goes to a file."""
        self._starts += 1
        self._output_file.write_text("", encoding="utf-8")
        self._process = self._begun(command, stdout=self._output_file, stderr=self._output_file)

    def start_and_wait(self) -> None:
        """`start`, up to the moment that everything stands and the daemon works."""
        self.start()
        eventually(lambda: "running" in self.output, what="the start")

    def start_and_ask(self, web: WebServer, path: str) -> Hold:
        """`start`, up to the moment that it asks for this path; the answer waits until the hold is released."""
        hold = web.hold(path)
        self.start()
        hold.wait_arrived()
        return hold

    def kill(self) -> None:
        """SIGKILL: no word of farewell."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self, *, within: float = PATIENCE) -> int:
        """SIGTERM; the exit code. TimeoutExpired if it is not gone in time."""
        assert self._process
        self._process.terminate()
        return self._process.wait(timeout=within)

    @property
    def running(self) -> bool:
        """Whether the background process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def command_line(self) -> list[str]:
        """Of the background process, as the system knows it."""
        assert self._process
        return Path(f"/proc/{self._process.pid}/cmdline").read_text(encoding="utf-8").split("\0")

    @property
    def output(self) -> str:
        """What the process started last has printed so far."""
        return self._output_file.read_text(encoding="utf-8")

    def everything_printed(self) -> str:
        """The output of every start."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("output-*.txt")))

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """One statement on the database file, committed; the rows it gives."""
        with closing(sqlite3.connect(self.database)) as database, database:
            return database.execute(statement).fetchall()

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Hold the write lock: whatever the process writes meanwhile waits in the middle of its work."""
        with closing(sqlite3.connect(self.database, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield
            database.execute("ROLLBACK")

    def delivery_states(self) -> Counter[str]:
        """How many deliveries are in each state."""
        return Counter(state for (state,) in self.sql("SELECT state FROM deliveries"))

    def make_all_due(self) -> None:
        """Every feed is polled at the next tick (call it only while the process is down)."""
        self.sql("UPDATE feeds SET next_poll_at = '2000-01-01 00:00:00.000000'")

    def open_chats(self) -> None:
        """End the pause after a refusal."""
        self.sql("UPDATE chats SET not_before_at = NULL")

    def age_doubts(self) -> None:
        """Make doubts old enough to be looked into and free the chats' pace (only while the process is down)."""
        self.open_chats()
        self.sql("DELETE FROM sends")
        self.sql("UPDATE deliveries SET doubted_at = '2000-01-01 00:00:00', look_at = NULL WHERE state = 'uncertain'")

    @property
    def _output_file(self) -> Path:
        return self.folder / f"output-{self._starts:03}.txt"

    def _begun(self, *arguments: str, **how: Any) -> "ForkedMonitor | subprocess.Popen[bytes]":
        order = Order(arguments=arguments, folder=self.folder, environment=self.environment, **how)
        return execute(order) if self.new_interpreter else ForkedMonitor(order)


def live_monitor(folder: Path, bot_api: BotApi) -> Monitor:
    """With a token and the stand-in's channel, as a start has left it: the database migrated, the rules compiled."""
    monitor = Monitor(
        folder,
        MONITOR_BOT_TOKEN=TOKEN,
        MONITOR_CHANNEL=f"@{CHANNEL.username}",
        MONITOR_BOT_API_URL=bot_api.url,
        MONITOR_TELEGRAM_PREVIEW_URL=bot_api.url,
    )
    sqlite_database(monitor.database)
    kept_rules = monitor.database.with_name(NAME)
    kept_rules.write_bytes(_kept_rules())
    kept_rules.chmod(0o600)
    return monitor


@cache
def _kept_rules() -> bytes:
    """What a start keeps of RULES."""
    with TemporaryDirectory() as folder:
        read_rules("keywords.yaml", RULES.encode(), cache=RulesCache(Path(folder)))
        return (Path(folder) / NAME).read_bytes()
