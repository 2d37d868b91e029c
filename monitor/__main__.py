"""`python -m monitor …` and the `monitor` command: run the command line, end with the code its error names.

Only the standard library is imported before `main` runs: what the commands need takes seconds to load, and a signal
to stop may come meanwhile.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable
from typing import TextIO, cast

_MANY_OBJECTS = 50_000  # made between two rounds of the collector: what is imported stays, and looking at it at every
# 700, as Python does by itself, is a quarter of a start. The daemon sets its own measure (app/memory.py).


def main() -> None:
    """Run one command. Errors of the tree become one Russian message on stderr and their exit code."""
    if sys.argv[1:2] == ["run"]:
        _stop_at_once_on_signals()
    gc.set_threshold(_MANY_OBJECTS)
    from monitor.errors import MonitorError  # noqa: PLC0415 - not before the signals are minded
    from monitor.text.visible_stream import VisibleStream  # noqa: PLC0415 - the same

    sys.stderr = cast("TextIO", VisibleStream(sys.stderr))  # tracebacks and warnings have words from outside in them
    try:
        _command()()
    except MonitorError as error:
        from monitor.cli.output import show_error  # noqa: PLC0415 - brings what draws, which no health check needs

        show_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`monitor … | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _command() -> Callable[[], object]:
    """What the arguments ask for."""
    if sys.argv[1:] == ["health"]:
        from monitor.cli.health import show_health  # noqa: PLC0415 - twice a minute, without what reads commands

        return show_health
    from monitor.cli.main import cli  # noqa: PLC0415 - not before the signals are minded

    return cli


def _stop_at_once_on_signals() -> None:
    """Until the daemon puts its own handlers in their place; nothing is begun before, so nothing is left to finish.

    As process 1 of a container a process that handles no SIGTERM would never hear of it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        # SystemExit could be lost in a callback, or be caught by a library that is being imported.
        signal.signal(number, lambda *_: os._exit(0))


if __name__ == "__main__":
    main()
