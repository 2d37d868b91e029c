"""Work on rules other than those in force, in a process of its own that is ended when it is not needed any more.

To compile a second set of rules takes 60 MB, of which a process that goes on never gets a third back: what it allocates
meanwhile stands in between. A child gives back all of it (docs/decisions/0038). It is ours, started by us and reads our
files; what it answers is trusted.
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

IDLE: Final = 300.0  # seconds without a question after which the child ends: a new one takes one second
LONGEST: Final = 60.0  # seconds of an answer

_COMMAND: Final = "from monitor.edits.child import main; main()"

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Kept = TypeVar("_Kept")


class ChildProcess(Generic[_Kept]):
    """Asks what is opened in a child, one question at a time; the child is started at the first.

    `opening` opens it there, where it goes as a pickle, as questions and answers do.
    """

    def __init__(self, opening: Callable[[], _Kept], *, idle: float = IDLE, longest: float = LONGEST) -> None:
        self._opening, self._idle, self._longest = opening, idle, longest
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._asked_at = 0.0

    def ask(self, question: Callable[Concatenate[_Kept, _P], _T], /, *args: _P.args, **options: _P.kwargs) -> _T:
        """What a function says of what is opened. Raises what it raises; EditUnanswered when the child ends instead."""
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
        """End the child if nobody has asked it anything for a while."""
        with self._lock:
            if monotonic() - self._asked_at >= self._idle:
                self._end()

    def kill(self) -> None:
        """End the child, in the middle of an answer too: who waits for it gets EditUnanswered."""
        if child := self._child:
            child.kill()

    def close(self) -> None:
        """The same, and wait until it is gone."""
        self.kill()  # who waits for an answer holds the lock
        with self._lock:
            self._end()

    def _converse(self, question: object) -> tuple[bool, Any]:
        """Whether it went well, and the answer or the error."""
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
        if self._child and self._child.poll() is not None:  # the kernel took its memory
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
    """What a function says of `kept` in a child that ends with the answer; here, when the child ends without one."""
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
