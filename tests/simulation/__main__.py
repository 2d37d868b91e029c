"""`python -m tests.simulation SEED` prints what happens under one seed; `… SEED COUNT` tries so many from there on."""

import sys
import tempfile
from pathlib import Path

from tests.simulation.simulation import simulate_in


def main(first: int, count: int = 1) -> int:
    """Returns the exit code: 1 when something happened that must not."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            log = simulate_in(Path(folder), seed)
            (Path(folder) / f"seed-{seed}.db").unlink()
            bad += bool(log.violations)
            if count == 1:
                print("\n".join(log.lines))
            for what in log.violations:
                print(f"seed {seed}: {what}")
    print(f"{count - bad} of {count} seeds without a violation")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
