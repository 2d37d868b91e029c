"""Processes that do something for each line they are told, and answer with a line of JSON."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def running(*command: str, core: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process that ends when its standard input is closed; if wanted on one core alone, where there are several."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if core in os.sched_getaffinity(0):
        os.sched_setaffinity(process.pid, {core})
    try:
        yield process
    finally:
        process.communicate()


def tell(process: subprocess.Popen[str], line: str) -> None:
    """Let it begin."""
    assert process.stdin
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def answer(process: subprocess.Popen[str]) -> Mapping[str, Any]:
    """The next line it says."""
    assert process.stdout
    told: Mapping[str, Any] = json.loads(process.stdout.readline())
    return told
