"""Saves of a maintainers' file, on either database: whole or not at all, over what was seen, kept, committed."""

import os
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from monitor.edits import files
from monitor.edits.files import read_file, write_whole
from monitor.edits.saving import Check, Saved, Saving
from monitor.errors import ConfigError, DatabaseError, EditConflict, EditRefused
from monitor.storage.edits import versions
from monitor.storage.edits.versions import FileVersions, digest_of
from tests.harness.clock import Clock

OLD, NEW = "старое\n".encode(), "новое\n".encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    file = folder / "keywords.yaml"
    file.write_bytes(OLD)
    file.chmod(0o640)
    return file


@pytest.fixture
def kept(engine: Engine) -> FileVersions:
    return FileVersions(engine)


@pytest.fixture
def save(kept: FileVersions, path: Path) -> Callable[..., Saved]:
    saving = Saving(kept, clock=Clock())

    def saved(content: bytes = NEW, *, over: bytes = OLD, check: Check | None = None) -> Saved:
        return saving.save(str(path), digest_of(over), content, initial="А", summary="+ слово", check=check)

    return saved


def test_a_save_is_the_file_and_a_version(save: Callable[..., Saved], kept: FileVersions, path: Path) -> None:
    inode = path.stat().st_ino

    saved = save()

    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (NEW, 0o640)
    assert path.stat().st_ino != inode, "it is put in the file's place, never written over"
    assert list(path.parent.iterdir()) == [path]
    assert [(one.initial, one.summary) for one in kept.list_versions(str(path))] == [
        ("А", "+ слово"),
        ("", versions.FOUND),
    ]
    assert saved.version is not None
    (version,) = kept.saved_since(str(path), digest_of(OLD), digest_of(NEW))
    assert kept.get(saved.version) == (version, NEW)


def test_what_changed_meanwhile_is_not_written_over(save: Callable[..., Saved], path: Path) -> None:
    path.write_bytes(b"other\n")

    with pytest.raises(EditConflict) as conflict:
        save()

    assert conflict.value.found == path.read_bytes() == b"other\n"


def test_what_check_refuses_is_not_saved(save: Callable[..., Saved], kept: FileVersions, path: Path) -> None:
    with pytest.raises(EditRefused) as refused:
        save(check=lambda file, content: [ConfigError("нельзя", file=file, line=len(content))])

    assert [str(problem) for problem in refused.value.problems] == [f"{path}:{len(NEW)}: нельзя"]
    assert (path.read_bytes(), kept.list_versions(str(path))) == (OLD, ())


def test_saving_the_same_is_no_version(save: Callable[..., Saved], kept: FileVersions, path: Path) -> None:
    assert save(OLD).version is None
    assert kept.list_versions(str(path)) == ()


def test_only_the_last_versions_are_kept(
    save: Callable[..., Saved], kept: FileVersions, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "KEPT", 3)
    contents = [OLD, *(f"{number}\n".encode() for number in range(5))]

    for before, after in pairwise(contents):
        save(after, over=before)

    stored = [kept.get(one.id) for one in kept.list_versions(str(path))]
    assert [content for _, content in filter(None, stored)] == contents[:-4:-1]


def test_a_file_for_reading_only_is_refused_and_no_version_says_otherwise(
    save: Callable[..., Saved], kept: FileVersions, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root, as tests in a container are, may write anything

    with pytest.raises(ConfigError, match="только для чтения"):
        save()

    assert path.read_bytes() == OLD
    assert kept.saved_since(str(path), digest_of(OLD), digest_of(NEW)) == ()


def test_where_nothing_can_be_put_beside_it_the_file_is_written_over(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file that a container is given alone: EBUSY."""
    inode = path.stat().st_ino

    def refuse(made: Path, path: Path) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(files, "_take_rights", refuse)
    write_whole(str(path), NEW)

    assert (path.read_bytes(), path.stat().st_ino) == (NEW, inode)
    assert list(path.parent.iterdir()) == [path]


def test_a_mark_and_line_ends_stay(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\r\n")
    windows = read_file(str(path))

    assert windows.text == "a\nb\n"
    assert windows.with_text("a\nc\n") == b"\xef\xbb\xbfa\r\nc\r\n"
    path.write_bytes(b"a\r\nb\n")
    with pytest.raises(ConfigError, match="концы строк"):
        read_file(str(path)).with_text("x")


def _git(folder: Path, *arguments: str) -> str:
    name = ("-c", "user.name=x", "-c", "user.email=x@x.invalid")
    done = subprocess.run(["git", *name, *arguments], cwd=folder, capture_output=True, check=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(path: Path) -> Path:
    folder = path.parent
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "first")
    return folder


def test_a_save_is_committed_alone(save: Callable[..., Saved], repository: Path) -> None:
    (repository / "other").write_text("staged")
    _git(repository, "add", "other")

    saved = save()

    assert saved.trouble == ""
    assert _git(repository, "log", "--format=%an %s").splitlines()[:-1] == ["А + слово"]
    assert _git(repository, "show", "--name-only", "--format=") == "keywords.yaml"
    assert _git(repository, "status", "--porcelain") == "A  other"


def test_nothing_of_a_repository_is_run(save: Callable[..., Saved], repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = repository / ".git" / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    program.chmod(0o755)
    for hook in ("pre-commit", "post-commit", "reference-transaction", "post-index-change", "commit-msg"):
        (repository / ".git" / "hooks" / hook).write_text(program.read_text())
        (repository / ".git" / "hooks" / hook).chmod(0o755)
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "attributes").write_text("* filter=evil\n")
    hostile = ("filter.evil.clean", "filter.evil.smudge", "core.fsmonitor", "gpg.program", "core.editor", "core.pager")
    for setting in hostile:
        _git(repository, "-c", "core.hooksPath=/dev/null", "config", setting, str(program))
    _git(repository, "-c", "core.hooksPath=/dev/null", "config", "commit.gpgSign", "true")
    ran.unlink(missing_ok=True)

    save()

    assert not ran.exists()
    assert _git(repository, "rev-list", "--count", "HEAD") == "2"


def test_what_a_repository_lacks_is_not_fetched(
    save: Callable[..., Saved], repository: Path, tmp_path: Path, path: Path
) -> None:
    """A partial clone names the command that fetches the rest."""
    ran = tmp_path / "ran"
    tree = _git(repository, "rev-parse", "HEAD^{tree}")
    for setting, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", str(repository)),
        ("remote.origin.uploadpack", f"touch {ran}; git-upload-pack"),
        ("protocol.allow", "always"),
    ):
        _git(repository, "config", setting, value)
    (repository / ".git" / "objects" / tree[:2] / tree[2:]).unlink()

    saved = save()

    assert not ran.exists()
    assert path.read_bytes() == NEW
    assert "в git не записан" in saved.trouble


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_is_no_file_is_refused_and_holds_nobody(save: Callable[..., Saved], path: Path, kind: str) -> None:
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")

    with pytest.raises(ConfigError):
        save()


def test_a_repository_that_cannot_be_written_loses_no_save(
    save: Callable[..., Saved], repository: Path, path: Path
) -> None:
    (repository / ".git" / "refs" / "heads" / "main").write_text("broken")

    saved = save()

    assert path.read_bytes() == NEW
    assert (repository / ".git" / "refs" / "heads" / "main").read_text() == "broken"
    assert "файл сохранён, но в git не записан" in saved.trouble


def test_a_commit_stands_while_somebody_works_in_the_repository(save: Callable[..., Saved], repository: Path) -> None:
    (repository / ".git" / "index.lock").touch()

    saved = save()

    assert saved.trouble == ""
    assert _git(repository, "show", "HEAD:keywords.yaml") == NEW.decode().strip()


def test_a_file_that_git_does_not_keep_is_left_out(save: Callable[..., Saved], path: Path) -> None:
    _git(path.parent, "init", "-q", "-b", "main")
    _git(path.parent, "commit", "-q", "--allow-empty", "-m", "first")

    assert (save().trouble, _git(path.parent, "rev-list", "--count", "HEAD")) == ("", "1")


def test_a_save_that_the_database_does_not_take_is_none(engine: Engine, save: Callable[..., Saved], path: Path) -> None:
    def fail(_db: Connection) -> None:
        if path.read_bytes() == NEW:
            raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(engine, "commit", fail)
    with pytest.raises(DatabaseError):
        save()
    event.remove(engine, "commit", fail)

    assert path.read_bytes() == OLD


def test_a_save_that_can_neither_stand_nor_be_taken_back_is_told_as_it_is(
    engine: Engine, save: Callable[..., Saved], path: Path
) -> None:
    def fail(_db: Connection) -> None:
        if path.is_file() and path.read_bytes() == NEW:
            path.rename(path.with_suffix(".moved"))
            path.mkdir()
            raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(engine, "commit", fail)
    with pytest.raises(ConfigError, match="файл сохранён, но версия не записана"):
        save()
    event.remove(engine, "commit", fail)
