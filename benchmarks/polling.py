"""What a sweep over many feeds costs: ours beside lemon24/reader and the plain loop everybody writes first.

Run from the root: `.venv/bin/python benchmarks/polling.py [--feeds N] [--peers PYTHON]`. PYTHON is an interpreter with
`pip install reader sgmllib3k httpx feedparser sqlalchemy`; the peers without it are SKIPPED. All systems live
at the same time and take turns within each phase; CPU seconds are those of the system's processes, the farm's are
not counted. Figures are per 1,000 feeds: the median of the rounds.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PARTS = Path(__file__).resolve().parent / "sweeps"
sys.path.insert(0, str(PARTS.parents[1]))

from benchmarks.sweeps.farm import ENTRIES, NEWS, address
from benchmarks.sweeps.processes import answer, running, tell

PHASES = ("first", "304", "same", "changed")
PEERS = {"lemon24/reader": "reader", "httpx + feedparser + ORM": "plain"}
HOW = "python -m venv V && V/bin/pip install reader sgmllib3k httpx feedparser sqlalchemy; --peers V/bin/python"


@dataclass(slots=True)
class System:
    """One competitor: a process that sweeps when told to."""

    name: str
    process: subprocess.Popen[str]
    sweeps: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def sweep(self, phase: str) -> Mapping[str, Any]:
        """One sweep over all feeds, kept under the phase."""
        tell(self.process, "sweep")
        told = answer(self.process)
        self.sweeps.setdefault(phase, []).append(told)
        return told

    def cpu(self, phase: str) -> float:
        """The median CPU seconds of a phase's sweeps."""
        return float(statistics.median(told["cpu"] for told in self.sweeps[phase]))


def installed(python: str, peer: str) -> bool:
    """Whether an interpreter has what a peer needs."""
    needs = {"reader": "reader", "plain": "httpx, feedparser, sqlalchemy"}[peer]
    try:
        return subprocess.run([python, "-c", f"import {needs}"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(systems: Sequence[System], control: Callable[[int, int], None], rounds: int) -> None:
    """Every phase, the systems by turns; a newer version of the feeds for each round of `changed`."""
    control(1, 1)
    for system in systems:
        system.sweep("first")
    for _ in range(rounds):
        control(1, 1)
        for system in systems:
            system.sweep("304")
        control(1, 0)
        for system in systems:
            system.sweep("same")
    for number in range(rounds):
        control(2 + number, 1)
        for system in systems:
            system.sweep("changed")


def stored_bytes(folder: Path, system: System) -> int:
    """What a system's database takes on the disk."""
    return sum(path.stat().st_size for path in folder.glob(f"{PEERS.get(system.name, system.name)}.*"))


def show(systems: Sequence[System], feeds: int, folder: Path, *, skipped: Sequence[str]) -> None:
    """One table: CPU seconds per 1,000 feeds, and how many times ours; memory and disk at the end."""
    ours = systems[0]
    print(f"\nCPU-s per 1,000 feeds of {ENTRIES} entries ({feeds} feeds; in brackets: times ours)")
    print(f"{'':26}" + "".join(f"{phase:>16}" for phase in PHASES) + f"{'peak MB':>9}{'B/entry':>9}")
    for system in systems:
        cells = [
            f"{system.cpu(phase) * 1000 / feeds:.2f} ({system.cpu(phase) / ours.cpu(phase):.1f}x)" for phase in PHASES
        ]
        last = system.sweeps["changed"][-1]
        print(f"{system.name:26}" + "".join(f"{cell:>16}" for cell in cells), end="")
        print(f"{last['peak_mb']:9.0f}{stored_bytes(folder, system) / last['stored']:9.0f}")
    walls = ", ".join(f"{phase} {min(told['wall'] for told in ours.sweeps[phase]):.1f}" for phase in PHASES)
    peaks = " ".join(f"{told['peak_mb']:.0f}" for told in ours.sweeps["304"])
    print(f"{ours.name}, seconds by the clock for one sweep over {feeds} feeds: {walls}")
    print(f"{ours.name}, peak MB at the end of each 304 sweep: {peaks}")
    for name in skipped:
        print(f"{name:26}SKIPPED: {HOW}")


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--peers", default=sys.executable, help="an interpreter that has the peers installed")
    given = options.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        farm = stack.enter_context(running(sys.executable, str(PARTS / "farm.py")))
        assert farm.stdout
        port = int(farm.stdout.readline())
        listed = folder / "urls.txt"
        listed.write_text("\n".join(address(number, port) for number in range(given.feeds)), encoding="utf-8")
        commands = {"monitor": [sys.executable, str(PARTS / "ours.py"), str(folder), str(listed)]}
        there = {name: peer for name, peer in PEERS.items() if installed(given.peers, peer)}
        commands |= {
            name: [given.peers, str(PARTS / "peers.py"), peer, str(folder), str(listed)] for name, peer in there.items()
        }
        systems = [System(name, stack.enter_context(running(*command))) for name, command in commands.items()]
        assert all(answer(system.process)["ready"] for system in systems)

        def control(version: int, validators: int) -> None:
            query = f"version={version}&validators={validators}"
            urllib.request.urlopen(f"http://127.0.0.1:{port}/control?{query}").read()

        run(systems, control, given.rounds)
        expected = given.feeds * (ENTRIES + NEWS * given.rounds)
        short = [system.name for system in systems if system.sweeps["changed"][-1]["stored"] != expected]
        assert not short, f"these missed entries: {short}"
        show(systems, given.feeds, folder, skipped=[name for name in PEERS if name not in there])


if __name__ == "__main__":
    main()
