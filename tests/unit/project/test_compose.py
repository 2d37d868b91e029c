"""What must hold of compose.yaml even where no Docker can run it."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from monitor.cli.main import cli
from monitor.config.settings import IN_FILE, KNOWN, load_settings, wanted_files

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("monitor", "worker")
LISTS = ("MONITOR_FEEDS", "MONITOR_KEYWORDS")


def interpolated(value: str, **environment: str) -> str:
    """`${NAME:+this}` as Compose reads it."""
    return re.sub(r"\$\{(\w+):\+([^}]*)\}", lambda found: found[2] if environment.get(found[1]) else "", value)


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_may_do_nothing_but_its_work(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(place.startswith("/tmp") for place in service["tmpfs"])
    assert "ports" not in service
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["logging"]["options"]["max-size"], "logs must not fill the disk"


def test_by_default_there_is_one_process_and_its_file() -> None:
    (alone,) = (name for name, service in SERVICES.items() if not service.get("profiles"))
    environment = {name: interpolated(value) for name, value in SERVICES[alone]["environment"].items()}

    assert alone == "monitor"
    assert "MONITOR_DATABASE_URL" not in wanted_files(environment), "the image says where the file lies"
    assert "data:/data" in SERVICES[alone]["volumes"]


def test_the_profile_brings_a_server_and_makes_them_three() -> None:
    brought = {name: service for name, service in SERVICES.items() if service.get("profiles") == ["postgres"]}
    workers = 1 + brought["worker"]["deploy"]["replicas"]

    assert brought.keys() == {"worker", "postgres"}
    assert workers == 3
    assert SERVICES["monitor"]["depends_on"]["postgres"] == {"condition": "service_healthy", "required": False}


@pytest.mark.parametrize("profiles", ["", "postgres"])
def test_all_processes_work_on_one_database_whatever_is_chosen(profiles: str) -> None:
    """Two monitors on two databases would post everything twice."""
    only = {"profiles", "deploy"}
    first, second = ({k: v for k, v in SERVICES[name].items() if k not in only} for name in OURS)
    chosen = interpolated(first["environment"]["MONITOR_DATABASE_URL_FILE"], COMPOSE_PROFILES=profiles)

    assert first == second
    assert chosen == ("/run/secrets/database_url" if profiles else "")


def test_secrets_lie_in_files_that_git_and_the_image_never_see() -> None:
    environment = SERVICES["monitor"]["environment"]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    let_in = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"]

    assert all(name.endswith(IN_FILE) or name in LISTS for name in environment)
    assert all(name.removesuffix(IN_FILE) in KNOWN for name in environment)
    assert "./secrets:/run/secrets:ro" in SERVICES["monitor"]["volumes"]
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres_password"
    assert "secrets/" in ignored
    assert "!secrets" not in let_in
    assert "PASSWORD:" not in TEXT


def test_the_server_is_reached_by_the_monitor_only() -> None:
    assert SERVICES["postgres"]["networks"] == ["database"]
    assert COMPOSE["networks"]["database"]["internal"] is True


def test_named_volumes_and_networks_are_declared() -> None:
    for service, kind in product(SERVICES.values(), ("volumes", "networks")):
        named = [str(entry).partition(":")[0] for entry in service[kind]]
        assert {name for name in named if not name.startswith(".")} <= COMPOSE[kind].keys()


def test_the_check_is_a_command_of_ours_and_the_files_are_there() -> None:
    program, command = SERVICES["monitor"]["healthcheck"]["test"][1:]
    commands = typer.main.get_group(cli).commands

    assert (program, command in commands) == ("monitor", True)


def test_the_two_files_are_mounted_by_their_folder() -> None:
    """An editor puts a new file in the place of the old one; one that is mounted by itself stays the old one."""
    volumes = [volume.split(":")[:2] for volume in SERVICES["monitor"]["volumes"] if volume.startswith(".")]
    folders = {inside: ROOT / outside for outside, inside in volumes if outside != "./secrets"}
    lists = [Path(SERVICES["monitor"]["environment"][name]) for name in LISTS]

    assert all(folder.is_dir() for folder in folders.values())
    assert [(folders[str(path.parent)] / path.name).is_file() for path in lists] == [True, True]


@pytest.mark.parametrize("source", ["docs/operating.md", "tests/system/container.py", "Dockerfile", ".ci/container.sh"])
def test_nothing_mounts_a_file_of_them_by_itself(source: str) -> None:
    assert not re.search(r"\.yaml:/", (ROOT / source).read_text(encoding="utf-8"))


def test_an_empty_name_of_a_file_means_not_set() -> None:
    assert wanted_files({"MONITOR_DATABASE_URL_FILE": ""}) == {}
    assert load_settings({"MONITOR_DATABASE_URL": ""}).database_url.startswith("sqlite")


def test_the_desk_is_behind_tls_and_alone_may_write_the_lists() -> None:
    """compose.desk.yaml, laid over compose.yaml; SQLite or PostgreSQL is none of its business."""
    services = yaml.safe_load((ROOT / "compose.desk.yaml").read_text(encoding="utf-8"))["services"]
    environment = {name: str(value) for name, value in services["monitor"]["environment"].items()}
    settings = load_settings({**environment, "MONITOR_DESK_URL": "https://desk.example"})

    assert settings.desk_address == "https://desk.example"
    assert services["caddy"]["command"][-1] == f"monitor:{settings.desk_port}"
    assert set(services["caddy"]["networks"]) <= set(SERVICES["monitor"]["networks"])
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert services["caddy"]["cap_drop"] == ["ALL"]
    assert [name for name in OURS if services[name]["volumes"] == ["./lists:/lists"]] == ["monitor"]
    assert not {"MONITOR_DATABASE_URL_FILE", "MONITOR_FEEDS"} & set(environment)
