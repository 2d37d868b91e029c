"""What a sweep over many feeds costs: ours beside lemon24/reader, the plain loop everybody writes first, and the floor.

Run from the root: `.venv/bin/python benchmarks/polling.py [--feeds N] [--peers PYTHON] [--beside TREE]`. PYTHON is an
interpreter with `pip install reader sgmllib3k httpx feedparser sqlalchemy pycurl lxml`; the peers without it are
SKIPPED. TREE is another checkout of this project, measured as one more system: an older one, to compare with. All
systems live at the same time and take turns within each round; CPU seconds are those of the system's processes, the
farm's are not counted. Shown is the least of the rounds: what the machine does besides only adds.
"""

import argparse
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

PHASES = {
    "changed": f"changed, {NEWS} of {ENTRIES}",
    "same": "unchanged 200",
    "304": "304",
    "old": "first sweep, old entries",
    "fresh": "first sweep, fresh entries",
}
GOALS = {"changed": 9.0, "same": 30.0, "304": 2.6, "old": 3.5, "fresh": 1.6}  # times as quick as READER
READER = "lemon24/reader"
PEERS = {
    READER: ("reader", "reader"),
    "plain loop": ("plain", "httpx, feedparser, sqlalchemy"),
    "floor": ("floor", "pycurl, lxml"),
}
NEEDED = "reader sgmllib3k httpx feedparser sqlalchemy pycurl lxml"
HOW = f"python -m venv V && V/bin/pip install {NEEDED}; --peers V/bin/python"

Control = Callable[..., None]
"""Tells the farm the version of its feeds, whether it knows validators, and whether the first version is fresh."""


@dataclass(slots=True)
class System:
    """One competitor: a process that sweeps when told to."""

    name: str
    process: subprocess.Popen[str]
    folder: Path  # of the database it works on
    sweeps: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def anew(self) -> None:
        """Begin with an empty database."""
        self.folder = Path(tempfile.mkdtemp(dir=self.folder.parent))
        tell(self.process, f"anew {self.folder}")
        assert answer(self.process)["ready"]

    def sweep(self, phase: str) -> None:
        """One sweep over all feeds, kept under the phase."""
        tell(self.process, "sweep")
        self.sweeps.setdefault(phase, []).append(answer(self.process))

    def cpu(self, phase: str) -> float:
        """The least CPU seconds of a phase's sweeps."""
        return float(min(told["cpu"] for told in self.sweeps[phase]))

    @property
    def stored_bytes(self) -> int:
        """What its database takes on the disk."""
        return sum(path.stat().st_size for path in self.folder.iterdir())


def installed(python: str, needs: str) -> bool:
    """Whether an interpreter has what a peer needs."""
    try:
        return subprocess.run([python, "-c", f"import {needs}"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(systems: Sequence[System], control: Control, rounds: int) -> None:
    """Every phase, the systems by turns; a newer version of the feeds for each round of `changed`."""

    def sweep(phase: str) -> None:
        for system in systems:
            system.sweep(phase)

    for _ in range(rounds):
        for phase in ("fresh", "old"):  # the last database is the one to go on with
            control(1, fresh=phase == "fresh")
            for system in systems:
                system.anew()
            sweep(phase)
    for _ in range(rounds):
        control(1)
        sweep("304")
        control(1, validators=False)
        sweep("same")
    for number in range(rounds):
        control(2 + number)
        sweep("changed")


def show(systems: Sequence[System], feeds: int, *, skipped: Sequence[str]) -> None:
    """One table: how many times as quick as the reader, then CPU milliseconds a feed of each system."""
    ours = systems[0]
    reader = next((system for system in systems if system.name == READER), None)
    print(f"\nCPU-ms a feed of {ENTRIES} entries, the least of the rounds ({feeds} feeds); ratio: {READER} / monitor")
    print(f"{'':28}{'ratio':>7}{'goal':>7}" + "".join(f"{system.name[-14:]:>16}" for system in systems))
    for phase, name in PHASES.items():
        ratio = f"{reader.cpu(phase) / ours.cpu(phase):.1f}x" if reader else "-"
        cells = "".join(f"{system.cpu(phase) * 1000 / feeds:16.2f}" for system in systems)
        print(f"{name:28}{ratio:>7}{GOALS[phase]:>6}x{cells}")
    last = [system.sweeps["changed"][-1] for system in systems]
    print(f"{'peak MB':42}" + "".join(f"{told['peak_mb']:16.0f}" for told in last))
    sizes = (system.stored_bytes / told["stored"] for system, told in zip(systems, last, strict=True))
    print(f"{'bytes an entry on the disk':42}" + "".join(f"{size:16.0f}" for size in sizes))
    walls = ", ".join(f"{phase} {min(told['wall'] for told in ours.sweeps[phase]):.1f}" for phase in PHASES)
    print(f"{ours.name}, seconds by the clock for one sweep over {feeds} feeds: {walls}")
    for name in skipped:
        print(f"{name:28}SKIPPED: {HOW}")


def commands(given: argparse.Namespace, listed: Path) -> dict[str, list[str]]:
    """How each system that is there is started; ours first."""
    there = {"monitor": [sys.executable, str(PARTS / "ours.py"), str(listed)]}
    if given.beside:
        other = given.beside.resolve() / "benchmarks" / "sweeps" / "ours.py"
        there[f"… {given.beside.name}"] = [sys.executable, str(other), str(listed)]
    peers = {name: peer for name, (peer, needs) in PEERS.items() if installed(given.peers, needs)}
    return there | {name: [given.peers, str(PARTS / "peers.py"), peer, str(listed)] for name, peer in peers.items()}


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--peers", default=sys.executable, help="an interpreter that has the peers installed")
    options.add_argument("--beside", type=Path, help="another checkout of this project")
    given = options.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        farm = stack.enter_context(running(sys.executable, str(PARTS / "farm.py"), core=1))
        assert farm.stdout
        port = int(farm.stdout.readline())
        listed = folder / "urls.txt"
        listed.write_text("\n".join(address(number, port) for number in range(given.feeds)), encoding="utf-8")
        there = commands(given, listed)
        systems = [
            System(name, stack.enter_context(running(*command, core=0)), folder / "none")
            for name, command in there.items()
        ]

        def control(version: int, *, validators: bool = True, fresh: bool = False) -> None:
            query = f"version={version}&validators={validators:d}&fresh={fresh:d}"
            urllib.request.urlopen(f"http://127.0.0.1:{port}/control?{query}").read()

        run(systems, control, given.rounds)
        expected = given.feeds * (ENTRIES + NEWS * given.rounds)
        short = [system.name for system in systems if system.sweeps["changed"][-1]["stored"] != expected]
        assert not short, f"these missed entries: {short}"
        show(systems, given.feeds, skipped=[name for name in PEERS if name not in there])


if __name__ == "__main__":
    main()
