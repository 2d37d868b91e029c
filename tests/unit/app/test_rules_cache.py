"""Rules kept from the last start are those that would be compiled; a file that is anything else is made anew."""

import os
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from monitor.app.config_files import RulesEdition, read_rules
from monitor.app.rules import cache as rules
from monitor.app.rules.cache import NAME, RulesCache
from monitor.errors import ConfigError
from tests.factories.polling import RULES

CONTENT = RULES.encode()
OWN = str(Path("keywords.yaml").resolve())


class Asked(RulesCache):
    """A cache that counts how often it was of no use."""

    compilations = 0

    def get_or_compile(self, content: bytes, file: str, compile_: Callable[[], rules.Compiled]) -> rules.Compiled:
        def counted() -> rules.Compiled:
            self.compilations += 1
            return compile_()

        return super().get_or_compile(content, file, counted)


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """A cache that has kept RULES."""
    asked = Asked(tmp_path)
    read(asked)
    return asked


def read(asked: Asked, content: bytes = CONTENT, file: str = "keywords.yaml") -> RulesEdition:
    return read_rules(file, content, cache=asked)


def test_the_projects_own_rules_come_back_as_they_were_compiled(tmp_path: Path) -> None:
    cache = RulesCache(tmp_path)
    compiled = read_rules(OWN, cache=cache)

    kept = read_rules(OWN, cache=cache)

    assert kept.keywords == compiled.keywords
    assert kept.matcher.compiled == compiled.matcher.compiled
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_the_same_rules_are_compiled_once(asked: Asked) -> None:
    assert read(asked).keywords == read(asked).keywords
    assert asked.compilations == 1


def test_other_rules_and_rules_of_another_file_are_compiled(asked: Asked) -> None:
    read(asked, CONTENT + b"#")
    read(asked, file="other.yaml")

    assert asked.compilations == 3


def test_what_another_version_kept_is_compiled_anew(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_code", lambda: [b"the next version"])

    read(asked)

    assert asked.compilations == 2


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b[:40], lambda b: b[:0], lambda b: b[:-9] + b"!" + b[-8:]]
)
def test_a_broken_file_is_made_anew(asked: Asked, tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    whole = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(spoil(whole))

    read(asked)

    assert asked.compilations == 2
    assert (tmp_path / NAME).read_bytes() == whole


class _Touch:
    """A pickle of it runs code."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.file),)


@pytest.mark.parametrize("holds", ["code", "no rules"])
def test_a_file_made_by_an_enemy_runs_nothing(asked: Asked, tmp_path: Path, holds: str) -> None:
    key = (tmp_path / NAME).read_bytes()[:32]
    values = pickle.dumps(_Touch(tmp_path / "run") if holds == "code" else ("rules", None))
    (tmp_path / NAME).write_bytes(key + sha256(values).digest() + values)

    assert read(asked).keywords.topics

    assert asked.compilations == 2
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_is_not_read(asked: Asked, tmp_path: Path, mode: int) -> None:
    (tmp_path / NAME).chmod(mode)

    read(asked)

    assert asked.compilations == 2
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


def test_a_link_a_pipe_and_a_folder_are_not_read(asked: Asked, tmp_path: Path) -> None:
    kept = (tmp_path / NAME).rename(tmp_path / "elsewhere")
    (tmp_path / NAME).symlink_to(kept)
    read(asked)
    (tmp_path / NAME).unlink()
    os.mkfifo(tmp_path / NAME)
    read(asked)
    (tmp_path / NAME).unlink()
    (tmp_path / NAME).mkdir()
    read(asked)

    assert asked.compilations == 4


def test_where_nothing_can_be_written_rules_are_compiled(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    asked = Asked(tmp_path / "file" / "no folder")

    read(asked)
    read(asked)

    assert asked.compilations == 2


def test_the_first_start_of_all_makes_the_folder_as_the_database_does(tmp_path: Path) -> None:
    asked = Asked(tmp_path / "data")

    read(asked)
    read(asked)

    assert asked.compilations == 1
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_rules_with_a_mistake_are_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        read(Asked(tmp_path), b"topics: {}")

    assert list(tmp_path.iterdir()) == []
