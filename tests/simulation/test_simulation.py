"""The simulation under many seeds; a failure repeats with `python -m tests.simulation SEED`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.databases import postgres_database
from tests.harness.monitor_process import ROOT
from tests.servers.postgres import PostgresServer
from tests.simulation.simulation import simulate, simulate_in

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "40"))  # two rounds of TOGETHER; 10,000 before a release
TOGETHER = 20
TROUBLES = (
    "dies before",
    "dies after",
    "sleeps for",
    "a commit fails",
    "nobody hears of it",
    "refused",
    "edit of",
)


def run_seeds(first: int, folder: Path) -> None:
    """No violation under TOGETHER seeds, and each kind of trouble among them: what is never tried proves nothing."""
    lines = []
    for seed in range(first, first + TOGETHER):
        log = simulate_in(folder, seed)
        assert not log.violations, f"python -m tests.simulation {seed}: {log.violations}"
        lines += log.lines
    for trouble in TROUBLES:
        assert any(trouble in line for line in lines), f"{trouble}: in none of these seeds"


@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_no_invariant_is_violated(first: int, tmp_path: Path) -> None:
    run_seeds(first, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("first", range(SEEDS, 1_000, TOGETHER))
def test_no_invariant_is_violated_under_more_seeds(first: int, tmp_path: Path) -> None:
    run_seeds(first, tmp_path)


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(1_000, 1_004))
def test_no_invariant_is_violated_on_postgresql(seed: int, postgres: PostgresServer) -> None:
    violations = simulate(seed, postgres_database(postgres)).violations

    assert not violations, f"seed {seed}: {violations}"


def test_a_seed_repeats_itself_in_another_process(tmp_path: Path) -> None:
    lines = simulate_in(tmp_path, 7).lines

    command = [sys.executable, "-m", "tests.simulation", "7"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert len(lines) > 10
    assert printed.splitlines()[:-1] == lines
