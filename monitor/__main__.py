"""`python -m monitor …` and the `monitor` command: run the command line, end with the code its error names.

Only the standard library is imported before `main` runs: what the commands need takes seconds to load, and a signal
to stop may come meanwhile.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

_MANY_OBJECTS = 50_000  # made between two rounds of the collector: what is imported stays, and looking at it at every
# 700, as Python does by itself, is a quarter of a start. The daemon sets its own measure (app/memory.py).

_STOPPING = (signal.SIGINT, signal.SIGTERM)

_NOT_FOR_THE_DAEMON = (
    "click",  # httpx has a command line
    "cryptography",  # Telegram Passport; time stamps bring it by themselves
    "h2",  # httpcore speaks HTTP/2, which nobody asks it to
    "rich",  # structlog draws with it, our logs are plain
)
"""What its libraries import because it is there: 17 MB and a tenth of a second for what the daemon never does."""


def main() -> None:
    """Run one command. Errors of the tree become one Russian message on stderr and their exit code."""
    if sys.argv[1:2] == ["run"]:
        _stop_at_once_on_signals()
        _leave_out_docstrings()
    gc.set_threshold(_MANY_OBJECTS)
    from monitor.errors import MonitorError  # noqa: PLC0415 - not before the signals are minded
    from monitor.text.visible_stream import VisibleStream  # noqa: PLC0415 - the same

    sys.stderr = cast("TextIO", VisibleStream(sys.stderr))  # tracebacks and warnings have words from outside in them
    try:
        _command()()
    except MonitorError as error:
        from monitor.cli.console.output import show_error  # noqa: PLC0415 - brings what draws, which no health check needs

        show_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`monitor … | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _command() -> Callable[[], object]:
    """What the arguments ask for; a frequent command without any is called as it is, past what reads arguments."""
    match sys.argv[1:]:
        case ["health"]:
            from monitor.cli.health import show_health as command  # noqa: PLC0415 - not before the signals are minded
        case ["run"]:
            with _absent(*_NOT_FOR_THE_DAEMON):
                from monitor.cli.run_daemon import run_daemon as command  # noqa: PLC0415 - the same
        case ["check"]:
            from monitor.cli.check_files import check_files as command  # noqa: PLC0415 - the same
        case _:
            from monitor.cli.main import cli as command  # noqa: PLC0415 - the same
    return command


@contextmanager
def _absent(*libraries: str) -> Iterator[None]:
    """As if these were not installed, for whoever is imported in the block and would take them if they are there."""
    hidden: dict[str, Any] = dict.fromkeys(name for name in libraries if name not in sys.modules)
    sys.modules.update(hidden)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]  # who needs it later finds it


def _leave_out_docstrings() -> None:
    """Begin again as `python -OO`, once: what libraries say of themselves is 9 MB, which no daemon reads
    (docs/decisions/0036).

    Not where the bytecode for it is neither there nor kept: each start would compile nine hundred modules.
    """
    from importlib.util import cache_from_source  # noqa: PLC0415 - no other command asks for it
    from pathlib import Path  # noqa: PLC0415 - the same

    if sys.orig_argv[-1:] != ["run"] or sys.flags.optimize > 1:
        return
    if not sys.dont_write_bytecode or Path(cache_from_source(__file__, optimization=2)).exists():
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)  # else one that comes before our handlers would be lost
        os.execv(sys.executable, [sys.executable, "-OO", *sys.orig_argv[1:]])  # noqa: S606 - ourselves


def _stop_at_once_on_signals() -> None:
    """Until the daemon puts its own handlers in their place; nothing is begun before, so nothing is left to finish.

    As process 1 of a container a process that handles no SIGTERM would never hear of it.
    """
    for number in _STOPPING:
        # SystemExit could be lost in a callback, or be caught by a library that is being imported.
        signal.signal(number, lambda *_: os._exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)  # what came while we began again (_leave_out_docstrings)


if __name__ == "__main__":
    main()
