"""What goes from the folder of the archive, or is altered there, comes back with the next whole build."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.app.site_keeper import SiteKeeper
from monitor.site import manifest
from monitor.site.build import SiteBuilder
from tests.harness.clock import Clock
from tests.harness.command_line import write_files


@pytest.mark.parametrize(
    "path", ["story/2.html", "og/2.png", "index.html", "about.html", "feeds/all.atom", "data/stories.jsonl"]
)
def test_what_is_missing_or_longer_is_written_again(
    builder: SiteBuilder, post: Callable[..., None], folder: Path, path: str
) -> None:
    post(1, 2)
    builder.build(folder)
    whole = (folder / path).read_bytes()

    (folder / path).unlink()
    assert builder.build(folder).written == 1
    assert (folder / path).read_bytes() == whole
    (folder / path).write_bytes(whole.replace("Новость".encode(), "Неправда".encode()) + b"!\n")
    assert builder.build(folder).written == 1
    assert (folder / path).read_bytes() == whole
    assert builder.build(folder).written == 0


def test_what_an_older_version_wrote_is_looked_at_once(
    builder: SiteBuilder, post: Callable[..., None], folder: Path
) -> None:
    """Its digests told no sizes."""
    post(1)
    builder.build(folder)
    said = json.loads((folder / manifest.NAME).read_bytes())
    for unit in said["units"].values():
        unit["files"] = {path: digest.partition("-")[0] for path, digest in unit["files"].items()}
    (folder / manifest.NAME).write_text(json.dumps(said))

    assert builder.build(folder).written
    assert builder.build(folder).written == 0


@pytest.fixture
def _settings(engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the child: this database, and files beside the folder."""
    write_files(folder.parent)
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("MONITOR_DATABASE_URL", engine.url.render_as_string(hide_password=False))


@pytest.mark.usefixtures("_settings")
async def test_a_build_that_takes_too_long_is_stopped_and_told(
    post: Callable[..., None], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(1)
    keeper = SiteKeeper(str(folder), lambda: "nothing changes", Clock())
    with monkeypatch.context() as hurry:
        hurry.setattr("monitor.app.site_keeper.LONGEST", timedelta(0))
        await keeper.round()
    assert "сборка остановлена" in keeper.trouble[0]
    assert not (folder / "index.html").exists()

    await keeper.round()
    assert keeper.trouble == []
    assert (folder / "index.html").exists(), "the next round begins anew"


@pytest.mark.usefixtures("_settings")
async def test_the_keeper_looks_each_half_hour(post: Callable[..., None], folder: Path) -> None:
    post(1)
    clock = Clock()
    keeper = SiteKeeper(str(folder), lambda: "nothing changes", clock)
    await keeper.round()
    assert keeper.trouble == []

    (folder / "story/1.html").unlink()
    clock.forward(minutes=29)
    await keeper.round()
    assert not (folder / "story/1.html").exists()
    clock.forward(minutes=1)
    await keeper.round()
    assert (folder / "story/1.html").exists()
