"""Words from outside that would drive the terminal: in tracebacks, on the command line, in what servers answer."""

import subprocess
import sys

from tests.harness.monitor_process import ROOT, Monitor
from tests.harness.terminals import DRIVES, HOSTILE
from tests.samples.news import feed_of
from tests.servers.web import WebServer

BREAKS = """
import logging, sys, threading, warnings
import monitor.cli.main
from monitor.__main__ import main

def breaks():
    outside = "\\x1b]0;title\\x07\\x9b2J\\u202eтекст"
    warnings.warn(outside)
    logging.getLogger("some.library").warning(outside)
    thread = threading.Thread(target=int, args=(outside,), name=outside)
    thread.start()
    thread.join()
    raise LookupError(outside)

monitor.cli.main.cli = breaks
main()
"""


def test_what_breaks_unforeseen_drives_no_terminal() -> None:
    broken = subprocess.run([sys.executable, "-c", BREAKS], cwd=ROOT, capture_output=True, check=False)
    told = broken.stderr.decode()

    assert broken.returncode == 1
    assert told.count("\\u001b]0;title\\u0007\\u009b2J\\u202eтекст") >= 4
    assert "LookupError" in told
    assert not DRIVES.search(told)


def test_hostile_names_on_the_command_line_drive_no_terminal(preview: Monitor) -> None:
    for arguments in (
        ("check", "--feeds", HOSTILE),
        ("explain", HOSTILE),
        ("forms", HOSTILE),
        (HOSTILE,),
        ("check", f"--{HOSTILE}"),
        ("story", HOSTILE),
        ("status", HOSTILE),
        ("feeds", "add", "--dry-run", HOSTILE),
        ("why", HOSTILE),
        ("backup", "/dev/null/" + HOSTILE),
    ):
        answered = preview.call(*arguments)

        assert not DRIVES.search(answered.stdout + answered.stderr), arguments
        assert "Traceback" not in answered.stderr


def test_what_servers_answer_drives_no_terminal(preview: Monitor, web: WebServer) -> None:
    evil = "".join(char for char in HOSTILE if char > "\x7f")
    title = f"Казахстан экстрадировал россиянина Выдумкина {evil}"
    preview.write_feeds(
        Проба=feed_of(web, "/rss", [(title, f"Казахстан экстрадировал россиянина {evil}. " * 9)]),
        Сжатая=web.serve("/packed", "x", headers={"Content-Encoding": "\x1b[31m"}),
        Страница=web.serve("/page", f"<!doctype html><title>{evil}</title>", content_type="text/html"),
    )

    polled = preview.call("poll")
    shown = [preview.call(*arguments.split()) for arguments in ("status", "outbox list --all", "export", "story 1")]

    assert "Выдумкина" in polled.stdout
    assert "\\u001b[31m" in polled.stdout
    for answered in (polled, *shown):
        assert answered.returncode == 0, answered.stderr
        assert not DRIVES.search(answered.stdout + answered.stderr), answered.args
