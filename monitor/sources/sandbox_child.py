"""The child process that reads outside bytes: parses a feed's body, extracts a page's article. Started by sandbox.py.

It may take so much memory and CPU and no more, it opens nothing, and it dies with its parent. Jobs come on standard
input, answers go to standard output: pickles, each after its length. An answer is whether it went well, and the value
or, of a mistake of ours, where it happened.
"""

import ctypes
import gc
import pickle
import resource
import struct
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from monitor.errors import ParseError
from monitor.sources.children import listen
from monitor.sources.feeds.parse import parse as parse_feed
from monitor.sources.pages import article

MEMORY = 256 * 1024 * 1024  # address space of the child, its libraries included: eight honest megabytes take 175
CPU_SECONDS = 5  # of one job
LENGTH = struct.Struct(">I")

_COLLECT_ABOVE = 1_000_000  # bytes of a job after which memory is given back


def parse(*args: Any, **options: Any) -> object:
    """`feeds.parse`; a ParseError becomes a value (kind, message), as the parent loads nothing but values."""
    try:
        return parse_feed(*args, **options)
    except ParseError as error:
        return error.kind.value, error.message


JOBS: dict[str, Callable[..., object]] = {"parse": parse, "extract": article.extract}


def main() -> None:
    """Answer jobs until standard input ends."""
    jobs, answers = listen()
    _confine()
    while job := receive(jobs):
        _grant(CPU_SECONDS)
        size = len(job)
        name, args, options = pickle.loads(job)  # noqa: S301 - from our parent
        del job
        try:
            answer = (True, JOBS[name](*args, **options))
        except MemoryError:  # of the document
            raise
        except Exception:  # noqa: BLE001 - a mistake of ours: our parent tells of it
            answer = (False, traceback.format_exc())
        send(answers, pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))
        del args, options, answer
        if size > _COLLECT_ABOVE:
            _give_back_memory()


def _give_back_memory() -> None:
    gc.collect()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc's own
        trim(0)


def receive(stream: BinaryIO) -> bytes:
    """One message without its length; b"" when the other side has gone."""
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def send(stream: BinaryIO, message: bytes) -> None:
    """One message after its length, flushed."""
    stream.write(LENGTH.pack(len(message)) + message)
    stream.flush()


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _grant(seconds: int) -> None:
    """So much more CPU time from now on; the kernel ends us when it is spent."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, resource.RLIM_INFINITY))
