"""The built image, run as an operator should run it. Not collected by itself: `.ci/container.sh` builds the image and
runs this file by name, with MONITOR_IMAGE (the image) and DOCKER (the client) in the environment.

The news site and Telegram stand on this machine's loopback; the container shares it.
"""

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.web import Item, WebServer, page, rss

IMAGE = os.environ["MONITOR_IMAGE"]
DOCKER = os.environ.get("DOCKER", "docker")
CHANNEL = "@test_channel"
LARGEST = 300 * 10**6
SHIPPED = {
    "LICENSE",
    "README.md",
    "alembic",
    "feeds.yaml",
    "keywords.yaml",
    "monitor",
    "pyproject.toml",
    "requirements.lock",
}
HARDENED = (
    "--read-only",
    "--tmpfs=/tmp:size=16m",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--network=host",
    "--pids-limit=64",
    "--memory=256m",
)
FIRST_VERSION = "0001"
SQLITE = "import sqlite3; d = sqlite3.connect('/data/monitor.db', timeout=20)"
IMPATIENT = ("--health-interval=2s", "--health-timeout=10s", "--health-start-period=60s")

STORIES = (
    ("Астана выдала Москве россиянина, уехавшего от мобилизации", "Казахстан экстрадировал в Россию уроженца Омска."),
    (
        "Суд в Алматы одобрил экстрадицию в Россию журналистки",
        "Прокуратура Казахстана сообщила о решении по запросу РФ.",
    ),
)


def docker(*arguments: str, status: int = 0) -> str:
    """What the client prints; the test fails unless it ends with `status`."""
    done = subprocess.run([DOCKER, *arguments], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == status, f"docker {arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


class Container:
    """One container of the image."""

    def __init__(self, *options: str) -> None:
        self.id = docker("run", "--detach", *HARDENED, *IMPATIENT, *options, IMAGE).strip()
        self._starts = 1

    @property
    def state(self) -> Any:
        return json.loads(docker("inspect", "--format={{json .State}}", self.id))

    @property
    def log(self) -> str:
        return docker("logs", self.id)

    def wait_healthy(self) -> None:
        """Until the process of the last start works; the beats of the one before it look healthy a little longer."""
        wait_for(lambda: len(re.findall(r"running .*action=run", self.log)) == self._starts, lambda: self.log)
        self.wait_status("healthy")

    def wait_status(self, status: str) -> None:
        wait_for(lambda: self.state["Health"]["Status"] == status, lambda: self.log)

    def start_again(self) -> None:
        """Start what has ended; returns when it works."""
        docker("start", self.id)
        self._starts += 1
        self.wait_healthy()

    def stop(self) -> int:
        """SIGTERM; the exit code, 137 if it had to be killed after the 10 seconds that Docker grants."""
        docker("stop", "--time=10", self.id)
        return int(self.state["ExitCode"])


def wait_for(reached: Callable[[], bool], log: Callable[[], str]) -> None:
    """Fail with the log when `reached` is not true within two minutes."""
    deadline = time.monotonic() + 120
    while not reached():
        assert time.monotonic() < deadline, log()
        time.sleep(0.2)


class Surroundings:
    """A site with one feed, a Telegram, a volume, and the options that lead a container to them."""

    def __init__(self, site: WebServer, api: BotApi, folder: Path) -> None:
        self.site, self.api, self._folder = site, api, folder
        self._items: list[Item] = []
        self.volume = f"monitor-{os.getpid()}-{folder.name}"

    @property
    def options(self) -> tuple[str, ...]:
        """Of `docker run`, for the image or a command beside it."""
        environment = {
            "MONITOR_BOT_TOKEN": TOKEN,
            "MONITOR_CHANNEL": CHANNEL,
            "MONITOR_BOT_API_URL": self.api.url,
            "MONITOR_ALLOW_PRIVATE_ADDRESSES": "1",
            "MONITOR_FEEDS": "/lists/feeds.yaml",
        }
        lists = self._folder / "lists"
        lists.mkdir(exist_ok=True)
        lists.chmod(0o755)  # its reader is the user of the image
        feed = f"{{name: Вести, kind: rss, url: {self.site.url}/rss, lang: ru, interval: 1m}}"
        (lists / "feeds.yaml").write_text(f"feeds:\n  - {feed}\n")
        mounts = (f"--volume={self.volume}:/data", f"--volume={lists}:/lists:ro")
        return (*mounts, *(f"--env={name}={value}" for name, value in environment.items()))

    def publish(self, title: str, text: str) -> None:
        """A new story at the top of the feed."""
        now, path = datetime.now(UTC), f"/story-{len(self._items)}"  # noqa: TID251 - the container lives by the real clock
        link = self.site.serve(path, page(title, [text] * 3, now), content_type="text/html; charset=utf-8")
        self._items.insert(0, Item(title=title, link=link, description=text, published=now))
        self.site.serve("/rss", rss(self._items), etag="auto")

    @property
    def headlines(self) -> list[str]:
        return [message.text.split("\n")[1] for message in self.api.posted(CHANNEL)]

    def wait_posted(self, count: int, container: Container) -> None:
        wait_for(lambda: len(self.api.posted(CHANNEL)) >= count, lambda: container.log)


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[Surroundings]:
    with WebServer() as site, BotApi() as api:
        yield Surroundings(site, api, tmp_path)


@pytest.fixture
def container(surroundings: Surroundings) -> Iterator[Container]:
    """Healthy, with the first story posted."""
    surroundings.publish(*STORIES[0])
    running = Container(*surroundings.options)
    try:
        running.wait_healthy()
        surroundings.wait_posted(1, running)
        yield running
    finally:
        docker("rm", "--force", running.id)
        docker("volume", "rm", surroundings.volume)


def test_the_image_is_small_and_asks_for_no_root() -> None:
    image = json.loads(docker("image", "inspect", IMAGE))[0]
    assert image["Size"] <= LARGEST
    assert image["Config"]["User"] == "10001:10001"
    assert list(image["Config"]["Volumes"]) == ["/data"]
    shipped = docker("run", "--rm", *HARDENED, "--entrypoint=ls", IMAGE, "-A", "/app").split()
    assert set(shipped) == SHIPPED


def test_check_finds_the_shipped_files_in_order() -> None:
    assert "Оба файла в порядке" in docker("run", "--rm", *HARDENED, IMAGE, "check")


def test_the_archive_is_built_beside_the_work(container: Container) -> None:
    assert "Историй собрано: 1" in docker("exec", container.id, "monitor", "site", "build", "/data/site")
    assert "pagefind" in docker("exec", container.id, "ls", "/data/site")


def test_a_story_is_posted_once_and_sigterm_ends_with_0(surroundings: Surroundings, container: Container) -> None:
    assert container.stop() == 0, container.log
    assert len(surroundings.headlines) == 1
    assert TOKEN.partition(":")[2] not in container.log


def test_a_kill_loses_and_repeats_nothing(surroundings: Surroundings, container: Container) -> None:
    docker("kill", "--signal=KILL", container.id)
    surroundings.publish(*STORIES[1])
    sweep = docker("run", "--rm", *HARDENED, *surroundings.options, IMAGE, "poll")  # the feed is not due yet: sweep it
    assert len(surroundings.headlines) == 2, sweep
    container.start_again()
    assert len(surroundings.headlines) == len(set(surroundings.headlines)) == 2
    assert container.stop() == 0


def test_a_second_monitor_on_the_same_data_is_refused(surroundings: Surroundings, container: Container) -> None:
    assert "другой процесс" in docker("run", "--rm", *HARDENED, *surroundings.options, IMAGE, "run", status=5)


def test_a_folder_of_root_is_named_with_what_to_do(tmp_path: Path) -> None:
    mount = f"--volume={tmp_path}:/data"
    tmp_path.chmod(0o755)
    assert "chown -R 10001 /data" in docker("run", "--rm", *HARDENED, mount, IMAGE, status=4).replace("\n", " ")


def test_its_pages_say_how_it_does(surroundings: Surroundings) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    surroundings.publish(*STORIES[0])
    running = Container(*surroundings.options, f"--env=MONITOR_HTTP_PORT={port}")
    try:
        running.wait_healthy()
        surroundings.wait_posted(1, running)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", verify=False) as pages:
            assert pages.get("/health").json() == {"status": "ok", "problems": []}
            metrics = pages.get("/metrics").text
        assert 'monitor_deliveries{state="sent"} 1.0' in metrics
        assert "process_resident_memory_bytes" in metrics
    finally:
        docker("rm", "--force", running.id)
        docker("volume", "rm", surroundings.volume)


def test_a_suspended_process_is_unhealthy(container: Container) -> None:
    aged = "UPDATE heartbeats SET at = '2000-01-01 00:00:00.000000'"
    docker("kill", "--signal=STOP", container.id)
    docker("exec", container.id, "python", "-c", f"{SQLITE}; d.execute({aged!r}); d.commit()")

    container.wait_status("unhealthy")

    docker("kill", "--signal=CONT", container.id)
    container.wait_healthy()


def test_an_upgrade_keeps_the_old_file_and_posts_nothing_twice(surroundings: Surroundings) -> None:
    """The data of the first version under this image."""
    options = surroundings.options
    docker("run", "--rm", *HARDENED, *options, "--entrypoint=alembic", IMAGE, "upgrade", FIRST_VERSION)
    surroundings.publish(*STORIES[0])
    running = Container(*options)
    try:
        running.wait_healthy()
        surroundings.wait_posted(1, running)
        kept = docker("exec", running.id, "ls", "/data").split()
        assert f"monitor.db.before-{FIRST_VERSION}" in kept
        assert not [name for name in kept if name.endswith(".unfinished")]
        assert running.stop() == 0, running.log
        running.start_again()
        assert len(surroundings.headlines) == 1
    finally:
        docker("rm", "--force", running.id)
        docker("volume", "rm", surroundings.volume)
