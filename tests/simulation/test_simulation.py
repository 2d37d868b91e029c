"""Worlds full of trouble, each played from a seed; a failure replays with `python -m tests.simulation SEED`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.storage.database import migrate, open_engine
from tests.harness.monitor_process import ROOT
from tests.servers.postgres import PostgresServer
from tests.simulation.play import play, play_in

SEEDS = int(os.environ.get("SIMULATION_SEEDS", "200"))  # 10,000 before a release
TOGETHER = 20


@pytest.mark.timeout(0 if SEEDS > 200 else 120)
@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_every_promise_is_kept_in_the_world_of_a_seed(first: int, tmp_path: Path) -> None:
    for seed in range(first, min(first + TOGETHER, SEEDS)):
        broken = play_in(tmp_path, seed).broken

        assert not broken, f"python -m tests.simulation {seed}: {broken}"


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(1_000, 1_004))
def test_every_promise_is_kept_on_postgresql(seed: int, postgres: PostgresServer) -> None:
    url = postgres.new_database()
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()

    broken = play(seed, url).broken

    assert not broken, f"seed {seed}: {broken}"


def test_a_seed_tells_the_same_story_in_another_process(tmp_path: Path) -> None:
    told = play_in(tmp_path, 7).lines

    command = [sys.executable, "-m", "tests.simulation", "7"]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert len(told) > 10
    assert again.splitlines()[:-1] == told


def test_the_worlds_are_full_of_trouble(tmp_path: Path) -> None:
    """What is never tried proves nothing."""
    told = "\n".join(line for seed in range(20) for line in play_in(tmp_path, seed).lines)

    for trouble in (
        "dies before",
        "dies after",
        "sleeps for",
        "a commit fails",
        "nobody hears of it",
        "refused",
        "edit of",
    ):
        assert trouble in told
