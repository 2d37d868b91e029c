"""Work on rules that are not in force, in a child process that is ended when it is no longer needed.

Compiling a second set of rules takes 60 MB, of which a running process never gets back a third, because of what it
allocates meanwhile. A child gives back all of it (docs/decisions/0038). The child is our own program and reads our
files, so its answers are trusted.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar

from monitor.errors import EditUnanswered
from monitor.sources.children import module_path

IDLE: Final = 300.0  # seconds without a question after which the child ends: a new one starts in one second
LONGEST: Final = 60.0  # seconds that an answer may take

_COMMAND: Final = "from monitor.edits.child import main; main()"

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Kept = TypeVar("_Kept")


class ChildProcess(Generic[_Kept]):
    """Asks questions about a value opened in a child process, one at a time; the first question starts the child.

    `opening` is called in the child. It is pickled, as questions and answers are.
    """

    def __init__(self, opening: Callable[[], _Kept], *, idle: float = IDLE, longest: float = LONGEST) -> None:
        self._opening, self._idle, self._longest = opening, idle, longest
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._asked_at = 0.0

    def ask(self, question: Callable[Concatenate[_Kept, _P], _T], /, *args: _P.args, **options: _P.kwargs) -> _T:
        """Return what a function returns for the opened value, and raise what it raises.

        Raises EditUnanswered when the child ends instead.
        """
        with self._lock:
            try:
                is_well, answer = self._converse((question, args, options))
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                self._end()
                raise EditUnanswered from error
            finally:
                self._asked_at = monotonic()
        if is_well:
            return answer  # type: ignore[no-any-return] # a pickle has no types; it is what the function gave
        raise answer

    def let_go(self) -> None:
        """End the child if it has not been asked anything for `idle` seconds."""
        with self._lock:
            if monotonic() - self._asked_at >= self._idle:
                self._end()

    def kill(self) -> None:
        """End the child, even in the middle of an answer: whoever waits for it gets EditUnanswered."""
        if child := self._child:
            child.kill()

    def close(self) -> None:
        """End the child and wait until it is gone."""
        self.kill()  # whoever waits for an answer holds the lock
        with self._lock:
            self._end()

    def _converse(self, question: object) -> tuple[bool, Any]:
        """Return whether the question succeeded, and the answer or the error."""
        child = self._running()
        late = threading.Timer(self._longest, child.kill)
        late.start()
        try:
            _send(child, question)
            assert child.stdout
            is_well, answer = pickle.load(child.stdout)  # noqa: S301 - from our child
            return is_well, answer
        finally:
            late.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child and self._child.poll() is not None:  # for example, the kernel killed it for its memory
            self._end()
        if self._child is None:
            self._child = _started()
            _send(self._child, self._opening)
        return self._child

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
        self._child = None


def ask_once(question: Callable[[_Kept], _T], kept: _Kept, *, longest: float = LONGEST) -> _T:
    """Return what a function returns for `kept`, run in a child; if the child ends without an answer, run it here."""
    child = ChildProcess(partial(_as_it_is, kept), longest=longest)
    try:
        return child.ask(question)
    except EditUnanswered:
        return question(kept)
    finally:
        child.close()


def _as_it_is(kept: _Kept) -> _Kept:
    return kept


def _started() -> subprocess.Popen[bytes]:
    command, environment, pipe = [sys.executable, "-c", _COMMAND], os.environ | module_path(), subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe)  # noqa: S603 - ourselves


def _send(child: subprocess.Popen[bytes], value: object) -> None:
    assert child.stdin
    pickle.dump(value, child.stdin, pickle.HIGHEST_PROTOCOL)
    child.stdin.flush()
