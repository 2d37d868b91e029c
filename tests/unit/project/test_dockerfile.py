"""What must hold of the image's recipe even where no image can be built; `.ci/container.sh` builds and runs it."""

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from monitor.cli.main import cli
from monitor.config.settings import KNOWN, Settings
from monitor.storage.database import sqlite_file
from monitor.storage.schema_version import SCRIPTS

ROOT = Path(__file__).resolve().parents[3]
RECIPE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
STEPS = [
    (step.partition(" ")[0], step.partition(" ")[2].strip())
    for step in re.sub(r"\\\n|^#.*\n", "", RECIPE, flags=re.MULTILINE).splitlines()
    if step.strip()
]
IGNORED = [
    line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")
]


def arguments(instruction: str) -> list[str]:
    return [rest for name, rest in STEPS if name == instruction]


def environment() -> dict[str, str]:
    return dict(part.split("=", 1) for rest in arguments("ENV") for part in rest.split())


def test_every_stage_stands_on_the_base_that_may_be_exchanged() -> None:
    assert STEPS[0] == ("ARG", "BASE_IMAGE=python:3.12-slim-bookworm")
    assert [rest.split()[0] for rest in arguments("FROM")] == ["${BASE_IMAGE}"] * 2


@pytest.mark.parametrize("foreign", ["# syntax", "<<", "--link", "latest", "http://", "https://"])
def test_it_builds_without_a_registry_and_without_a_newer_builder(foreign: str) -> None:
    assert foreign not in RECIPE.lower()


def test_the_packages_are_the_locked_ones_and_run_no_foreign_code_to_install() -> None:
    installs = [rest for rest in arguments("RUN") if "install " in rest and "pip " in rest]
    assert len(installs) == 2
    assert re.search(r"--only-binary :all: --require-hashes +-r requirements\.lock$", installs[0])
    assert re.search(r"--no-deps --no-build-isolation --editable \.$", installs[1])


def test_it_runs_as_nobody_in_particular() -> None:
    names = [name for name, _ in STEPS]
    assert arguments("USER") == ["10001:10001"]
    assert not {"RUN", "COPY", "ADD"} & set(names[names.index("USER") :])
    assert "--uid 10001" in RECIPE


def test_the_signal_reaches_python_itself() -> None:
    assert arguments("STOPSIGNAL") == ["SIGTERM"]
    assert json.loads(*arguments("ENTRYPOINT")) == ["monitor"]
    assert isinstance(json.loads(*arguments("CMD")), list)


def test_the_commands_it_calls_exist() -> None:
    timing, _, check = arguments("HEALTHCHECK")[0].partition(" CMD ")
    assert timing == "--interval=30s --timeout=10s --start-period=60s"
    assert json.loads(check)[0] == "monitor"
    called = {json.loads(check)[1], *json.loads(*arguments("CMD"))}
    called |= set(re.findall(r"monitor (check|migrate)\b", "\n".join(arguments("RUN"))))
    commands: dict[str, object] = vars(get_command(cli))["commands"]
    assert called == {"run", "health", "check", "migrate"}
    assert called <= commands.keys()


def test_the_database_lies_in_the_volume() -> None:
    path = sqlite_file(environment()["MONITOR_DATABASE_URL"])
    assert path
    assert [str(path.parent)] == arguments("VOLUME")


def test_its_settings_are_settings() -> None:
    assert {name for name in environment() if name.startswith("MONITOR_")} <= KNOWN


def test_only_what_the_monitor_runs_on_gets_in() -> None:
    defaults = Settings()
    assert IGNORED[0] == "*"
    let_in = {line.removeprefix("!") for line in IGNORED if line.startswith("!")}
    assert let_in >= {"monitor", SCRIPTS.name, defaults.feeds, defaults.keywords, "requirements.lock", "pyproject.toml"}
    assert not let_in & {".env", ".git", "data", "tests", ".venv", "demo"}
    assert all((ROOT / name).exists() for name in let_in)
