"""`python -m tests.simulation SEED` tells the story of one seed; `… SEED COUNT` looks for bad ones from there on."""

import sys
import tempfile
from pathlib import Path

from tests.simulation.play import play_in


def main(first: int, count: int = 1) -> int:
    """The exit code: 1 when a promise was broken."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            ledger = play_in(Path(folder), seed)
            (Path(folder) / f"seed-{seed}.db").unlink()
            bad += bool(ledger.broken)
            if count == 1:
                print("\n".join(ledger.lines))
            for what in ledger.broken:
                print(f"seed {seed}: {what}")
    print(f"{count - bad} of {count} seeds kept every promise")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
