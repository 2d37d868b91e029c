"""What a piece of work costs, as a ratio of CPU times: the same on a slow, a fast and a busy machine."""

import gc
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_REFERENCE_SECONDS = 0.01  # of CPU, which the piece of work took where the bounds of the tests were chosen
_TEXT = "<p>Суд в Актау отложил <b>заседание</b> на понедельник.</p>" * 2_000


@contextmanager
def cpu_at_most(seconds: float) -> Iterator[None]:
    """Fail when the block takes more CPU time of this process; in seconds of the machine where the bound was chosen.

    The collector is off: its rounds cost what the whole suite holds in memory.
    """
    slowness = _slowness()
    gc.disable()
    began = time.process_time()
    try:
        yield
        spent = time.process_time() - began
    finally:
        gc.enable()
    assert spent < seconds * slowness, f"{spent / slowness:.1f} s of CPU"


@cache
def _slowness() -> float:
    """How many times longer a known piece of work takes here."""
    return min(_seconds_of_reference_work() for _ in range(5)) / _REFERENCE_SECONDS


def _seconds_of_reference_work() -> float:
    began = time.process_time()
    words = re.findall(r"\w+", re.sub(r"<[^>]*>", " ", _TEXT))
    counts: dict[str, int] = {}
    for word in words:
        counts[word.casefold()] = counts.get(word.casefold(), 0) + 1
    sorted(counts.items())
    return time.process_time() - began
