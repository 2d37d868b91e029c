"""keywords.yaml edited in a process of its own, which ends when nobody has asked for some minutes.

To try an edit is to compile a second set of rules: 60 MB, of which a process that goes on gets a third never back. A
child gives back all of it (docs/decisions/0038). It is ours and reads our files; what it answers is trusted.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from monitor.edits.keywords.keywords_file import KeywordsFile
from monitor.errors import EditUnanswered
from monitor.sources.child_process import module_path

IDLE: Final = 300.0  # seconds without a question after which the child ends: a new one takes one second
LONGEST: Final = 60.0  # seconds of an answer

_COMMAND: Final = "from monitor.edits.keywords.keywords_child import main; main()"

Open = Callable[[], KeywordsFile]
"""Opens the file in the child: it goes there as a pickle."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class KeywordsProcess:
    """Asks a KeywordsFile elsewhere, one question at a time. `open_file` opens it there."""

    def __init__(self, open_file: Open, *, idle: float = IDLE, longest: float = LONGEST) -> None:
        self._open_file, self._idle, self._longest = open_file, idle, longest
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._asked_at = 0.0

    def ask(self, question: Callable[Concatenate[KeywordsFile, _P], _T], /, *args: _P.args, **options: _P.kwargs) -> _T:
        """What a method of KeywordsFile answers. Raises what it raises; EditUnanswered when the child ends instead."""
        with self._lock:
            try:
                is_well, answer = self._converse((question, args, options))
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                self._end()
                raise EditUnanswered from error
            finally:
                self._asked_at = monotonic()
        if is_well:
            return answer  # type: ignore[no-any-return] # a pickle has no types; it is what the method gave
        raise answer

    def let_go(self) -> None:
        """End the child if nobody has asked it anything for a while."""
        with self._lock:
            if monotonic() - self._asked_at >= self._idle:
                self._end()

    def close(self) -> None:
        """End the child."""
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
            command, environment, pipe = [sys.executable, "-c", _COMMAND], os.environ | module_path(), subprocess.PIPE
            self._child = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe)  # noqa: S603 - ourselves
            _send(self._child, self._open_file)
        return self._child

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
        self._child = None


def _send(child: subprocess.Popen[bytes], value: object) -> None:
    assert child.stdin
    pickle.dump(value, child.stdin, pickle.HIGHEST_PROTOCOL)
    child.stdin.flush()
