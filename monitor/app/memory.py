"""What the process asks of Python's garbage collector and of the C library's allocator, so that memory stays small."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.text.languages import russian

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # M_… of mallopt(3)
_LARGE = 128 * 1024  # bytes


def bound_allocator() -> None:
    """Of glibc: one heap for all threads instead of eight a core, and a large block goes back once it is freed.

    Threads hold the interpreter by turns and need no heaps of their own: each would keep holes of megabytes.
    By itself it learns from the first body of megabytes to keep such blocks in its heaps, where they leave holes.
    Call it before threads start. Other C libraries have no such call, and no such heaps.
    """
    libc = _libc()
    if libc is not None and hasattr(libc, "mallopt"):
        for name, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _LARGE)):
            libc.mallopt(name, value)


def give_back() -> None:
    """Return to the system what is not needed now: after a sweep it is tens of megabytes. Takes some milliseconds.

    The dictionary goes, too: few articles ask it anything, and the next that does loads it in a twentieth of a second.
    """
    russian.forget_dictionary()
    gc.collect()  # it refers to itself
    _trim()


@contextmanager
def dictionary_for_now() -> Iterator[None]:
    """What is asked in the block may need the dictionary; nobody keeps it for what is asked now and then."""
    try:
        yield
    finally:
        give_back()


def settle(*, replaced: bool = False) -> None:
    """Keep what was loaded out of the garbage collector's way: the forms of the rules live as long as the process, and
    each full collection would walk all of them, 80 ms at a time and a tenth of a sweep's CPU.

    They are walked once if there is something to free: the dictionary, or what an edit `replaced`. A start whose rules
    were kept loads no dictionary, and the walk would be a tenth of its CPU.
    """
    is_garbage = russian.forget_dictionary() or replaced
    gc.set_threshold(5_000)  # polls under way hold thousands of objects: looking at them every 700 costs 4 % of a sweep
    if is_garbage:
        gc.unfreeze()
        gc.collect()
    gc.freeze()
    _trim()


def _trim() -> None:
    libc = _libc()
    if libc is not None and hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
