"""`monitor run` with a witness: a thread that writes a line of JSON to a file every few seconds (benchmarks/soak.py).

`python soaked.py FILE SECONDS [FRAMES]`; with FRAMES, tracemalloc keeps so many frames of each allocation, and a last
line names what grew since the tenth sample.
"""

import ctypes
import gc
import json
import sys
import threading
import tracemalloc
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.sweeps.measured import proportional_mb, spent
from monitor.__main__ import main

WARM = 10  # samples after which growth counts
SHOWN = 25  # places that grew the most


class _Mallinfo(ctypes.Structure):
    """mallinfo2(3), sizes in bytes."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "used", "free", "keepcost")
    ]


def sample() -> dict[str, Any]:
    """Memory in MB and counts, now."""
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = _Mallinfo
    heap = libc.mallinfo2()
    parent, children = proportional_mb()
    return {
        "parent": parent,
        "children": children,
        "cpu": spent(),
        "heap_used": (heap.used + heap.hblkhd) / 2**20,
        "heap_free": heap.free / 2**20,
        "blocks": sys.getallocatedblocks(),
        "objects": sum(map(len, map(gc.get_objects, [None]))),  # one call: no other thread finds them held
        "collected": [generation["collections"] for generation in gc.get_stats()],
    }


def witness(file: Path, seconds: float) -> None:
    """Until the process ends."""
    warm = None
    for number in range(10**9):
        line = sample()
        if tracemalloc.is_tracing():
            if number == WARM:
                gc.collect()
                warm = tracemalloc.take_snapshot()
            if warm and number > WARM and number % 30 == 0:
                gc.collect()
                grown = tracemalloc.take_snapshot().compare_to(warm, "traceback")[:SHOWN]
                line["grown"] = [(one.size_diff, one.count_diff, one.traceback.format()) for one in grown]
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(line) + "\n")
        threading.Event().wait(seconds)


if __name__ == "__main__":
    if sys.argv[3:]:
        tracemalloc.start(int(sys.argv[3]))
    threading.Thread(target=witness, args=(Path(sys.argv[1]), float(sys.argv[2])), daemon=True).start()
    sys.argv[1:] = ["run"]
    main()
