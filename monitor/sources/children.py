"""What the processes that we start of ourselves have in common: where modules stand, how they listen and end."""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from monitor.text.visible_stream import VisibleStream

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG of prctl(2)


def module_path() -> dict[str, str]:
    """The variable of a new interpreter's environment by which it finds the modules that we find."""
    return {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}  # noqa: PTH109 - as it stands in sys.path


def listen() -> tuple[BufferedReader, BinaryIO]:
    """Called by a child: where its parent asks, and where it answers.

    From now on it ends when its parent does, and before it when the container is short of memory.
    """
    _die_with_parent()
    asked, answers = cast("BufferedReader", sys.stdin.buffer), sys.stdout.buffer
    sys.stdout = sys.stderr = cast("TextIO", VisibleStream(sys.stderr))  # whatever prints must not answer
    return asked, answers


def _die_with_parent() -> None:
    """Ctrl+C goes to the whole group: the parent decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
