"""keywords.yaml asked in a process of its own: answers and errors come over, and its end is noticed."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.edits.child_process import ChildProcess
from monitor.edits.keywords.keywords_file import KeywordsFile
from monitor.edits.keywords.word_edits import WordEdit
from monitor.errors import ConfigError, EditConflict, EditUnanswered, SchemaError
from monitor.storage.database import open_usable
from monitor.storage.store import Store
from tests.harness.keywords import open_keywords
from tests.harness.questions import hangs, number

RULES = """\
lists:
  города:
    ru: Астана, Актау
topics:
  extradition:
    title: Выдача
    any_of:
      - name: выдали
        all: [выдать, $города]
    examples:
      match: [В Актау выдали россиянина]
"""


def open_file(url: str, file: str) -> KeywordsFile:
    """Runs in the child."""
    return open_keywords(Store(open_usable(url)), file)


def fails(_file: KeywordsFile, word: str) -> None:
    """A mistake of ours."""
    raise KeyError(word)


Opened = Callable[..., ChildProcess[KeywordsFile]]
Begun = Callable[..., ChildProcess[str]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keywords.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def opened(engine: Engine, file: Path) -> Iterator[Opened]:
    """Opens the file of a database, this one if no other is named; all ends with the test."""
    ours = engine.url.render_as_string(hide_password=False)
    made: list[ChildProcess[KeywordsFile]] = []

    def open_(url: str = ours, **options: float) -> ChildProcess[KeywordsFile]:
        made.append(ChildProcess(partial(open_file, url, str(file)), **options))
        return made[-1]

    yield open_
    for process in made:
        process.close()


@pytest.fixture
def begun(engine: Engine) -> Iterator[Begun]:
    """Opens no more than the database's address, where only the process is asked about; all ends with the test."""
    made: list[ChildProcess[str]] = []

    def begin(**options: float) -> ChildProcess[str]:
        made.append(ChildProcess(partial(str, str(engine.url)), **options))
        return made[-1]

    yield begin
    for process in made:
        process.close()


def _edit(digest: str, word: str = "Байконур") -> WordEdit:
    return WordEdit(group="list:города", word=word, is_added=True, digest=digest, language="ru")


def test_an_edit_is_tried_and_saved_there(opened: Opened, file: Path) -> None:
    process = opened()
    edit = _edit(process.ask(KeywordsFile.look).digest)

    tried = process.ask(KeywordsFile.try_edit, edit, doubts=True, trial=True)
    saved = process.ask(KeywordsFile.save, edit, initial="А")

    assert tried.preview.errors == ()
    assert tried.trial
    assert tried.trial.articles == 0
    assert saved.version
    assert "Астана, Актау, Байконур" in file.read_text(encoding="utf-8")
    assert process.ask(number) == process.ask(number) != os.getpid()


def test_errors_come_over_whole(opened: Opened, file: Path) -> None:
    process = opened()
    digest = process.ask(KeywordsFile.look).digest

    with pytest.raises(EditConflict) as conflict:
        process.ask(KeywordsFile.preview, _edit("0" * 64))
    assert conflict.value.found == RULES.encode()
    with pytest.raises(ConfigError, match="одно слово") as refused:
        process.ask(KeywordsFile.preview, _edit(digest, "один, два"))
    assert refused.value.file == str(file)
    with pytest.raises(RuntimeError, match="KeyError: 'слово'"):
        process.ask(fails, "слово")


def test_what_is_opened_stays_so_though_it_is_empty() -> None:
    with closing(ChildProcess[list[str]](list)) as process:
        assert process.ask(id) == process.ask(id)


def test_a_child_that_was_killed_is_followed_by_another(begun: Begun) -> None:
    process = begun()
    first = process.ask(number)

    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)

    assert process.ask(number) != first


def test_a_child_that_does_not_answer_is_ended_and_told_of(begun: Begun) -> None:
    process = begun(longest=0.5)

    with pytest.raises(EditUnanswered, match="сохранена ли правка, неизвестно"):
        process.ask(hangs)


def test_it_ends_when_nobody_has_asked_for_a_while(begun: Begun) -> None:
    lasting, idle = begun(), begun(idle=0)
    first, other = lasting.ask(number), idle.ask(number)

    lasting.let_go()
    idle.let_go()

    assert lasting.ask(number) == first
    assert not Path(f"/proc/{other}").exists()
    assert idle.ask(number) != other


def test_an_opening_that_fails_is_told_and_tried_again(opened: Opened, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/there.db"
    process = opened(url)
    with pytest.raises(SchemaError, match="monitor migrate"):
        process.ask(number)

    Path(f"{tmp_path}/there.db").touch()

    with pytest.raises(SchemaError, match="пустая"):
        process.ask(number)
