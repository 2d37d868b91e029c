"""CPU and memory of a whole process tree on Linux, living children included."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def _tree(pid: int | str = "self") -> Iterator[Path]:
    """A process and its children, as folders of /proc."""
    yield Path(f"/proc/{pid}")
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            yield from (Path("/proc") / child for child in (task / "children").read_text().split())


def spent(pid: int | str = "self") -> float:
    """CPU seconds of a process and its children so far, dead and living."""
    used = 0
    for place in _tree(pid):
        fields = (place / "stat").read_text().rpartition(")")[2].split()
        used += sum(int(field) for field in fields[11:15])  # utime, stime, cutime, cstime
    return used / _TICKS


def memory_mb() -> float:
    """The peak resident memory of this process and its living children, added up."""
    peaks = 0
    for place in _tree():
        status = (place / "status").read_text()
        peaks += int(status.partition("VmHWM:")[2].split()[0])
    return peaks / 1024


def proportional_mb(pid: int | str = "self") -> tuple[float, float]:
    """The memory of a process, and of its living children together; of what several share each has its part (PSS)."""
    own, *children = [_pss(place) for place in _tree(pid)]
    return own / 1024, sum(children) / 1024


def _pss(place: Path) -> int:
    """0 of a process that ended meanwhile."""
    try:
        return int((place / "smaps_rollup").read_text().partition("\nPss:")[2].split()[0])
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return 0
