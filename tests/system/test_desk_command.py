"""`monitor desk`: the desk on the operator's own machine, and a link to the one that the daemon serves."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.harness.monitor_process import ROOT, Monitor, eventually
from tests.servers.postgres import free_port

_LINK = re.compile(r"http://127\.0\.0\.1:\d+/in/[\w-]{43}")


def links(said: str) -> list[str]:
    return _LINK.findall(said)


def enter(link: str) -> httpx.Response:
    with httpx.Client(trust_env=False, follow_redirects=True, timeout=60) as client:
        client.post(link)
        return client.get(link.partition("/in/")[0] + "/status")


def test_the_daemon_serves_it_and_the_command_gives_a_link(tmp_path: Path) -> None:
    monitor = Monitor(tmp_path, MONITOR_DESK_PORT=str(free_port()))
    monitor.write_feeds(Лента="http://127.0.0.1:9/rss")
    monitor.start_and_wait()
    told = monitor.call("desk")
    (link,) = links(told.stdout)
    assert enter(link).status_code == 200
    assert enter(link).status_code == 401, "once"
    assert "сессий было 1" in monitor.call("desk", "--out").stdout
    assert link.rpartition("/")[2] not in monitor.everything_printed()
    assert monitor.stop() == 0


def test_an_address_that_is_not_ours_is_named_and_nobody_is_invited(tmp_path: Path) -> None:
    monitor = Monitor(tmp_path, MONITOR_DESK_PORT=str(free_port()), MONITOR_DESK_HOST="192.0.2.1")
    monitor.write_feeds(Лента="http://127.0.0.1:9/rss")
    monitor.call("migrate")
    told = monitor.call("desk")
    assert told.returncode == 2
    assert "192.0.2.1" in told.stderr
    assert links(told.stdout) == []


def test_alone_it_serves_until_it_is_stopped(tmp_path: Path) -> None:
    monitor = Monitor(tmp_path)
    monitor.write_feeds(Лента="http://127.0.0.1:9/rss")
    monitor.call("migrate")
    monitor.start("desk")
    eventually(lambda: links(monitor.output), what="the link")
    monitor.keywords.write_text("topics: [", encoding="utf-8")
    (tmp_path / "channels.yaml").write_text("channels: [{name: Главный}]", encoding="utf-8")
    status = enter(links(monitor.output)[0])
    assert status.status_code == 200
    told = [line for line in status.text.split("\n") if 'class="trouble"' in line]
    assert ["keywords.yaml" in line for line in told].count(True) == 1, "what is not taken up is named"
    assert ["channels.yaml" in line for line in told].count(True) == 1
    assert monitor.stop() == 0


def test_in_a_terminal_nothing_stands_around_the_link(tmp_path: Path) -> None:
    monitor = Monitor(tmp_path)
    monitor.write_feeds(Лента="http://127.0.0.1:9/rss")
    monitor.call("migrate")
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "monitor", "desk"]
    environment = monitor.environment | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=end, stdout=subprocess.PIPE, stderr=end
    ) as desk:
        os.close(end)
        assert desk.stdout
        assert links(desk.stdout.readline().decode())
        assert "Ctrl+C" in desk.stdout.readline().decode()
        desk.terminate()
        assert desk.wait(60) == 0
    with pytest.raises(OSError, match="Input/output error"):  # the terminal is gone, and nothing was left in it
        os.read(terminal, 9999)
    os.close(terminal)
