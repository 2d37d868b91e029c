import gc
import os
import random  # noqa: TID251 - which words are asked
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymorphy3_dicts_ru import get_path

from monitor.app.rules.dictionary_files import open_in_files
from monitor.text.languages import dictionary, russian

PATH = get_path()


@pytest.fixture(scope="module")
def in_files() -> Any:
    return open_in_files(PATH)


def read(analyzer: Any, word: str) -> list[Any]:
    return [(parse.word, str(parse.tag), parse.normal_form, parse.score) for parse in analyzer.parse(word)]


def test_a_word_of_the_dictionary_is_read_as_from_memory(in_files: Any) -> None:
    known = list(dictionary.analyzer().dictionary.words.iterkeys("экс"))
    words = random.Random(17).sample(known, 150)
    assert [read(in_files, word) for word in words] == [read(dictionary.analyzer(), word) for word in words]
    assert [[form.word for form in in_files.parse(word)[0].lexeme] for word in words[:20]] == [
        [form.word for form in dictionary.analyzer().parse(word)[0].lexeme] for word in words[:20]
    ]
    assert all(map(in_files.word_is_known, words))


def test_what_begins_so_is_the_same(in_files: Any) -> None:
    assert list(in_files.dictionary.words.iterkeys("депортир")) == list(
        dictionary.analyzer().dictionary.words.iterkeys("депортир")
    )


@given(word=st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюя-", min_size=1, max_size=24))
def test_a_word_that_nobody_knows_is_guessed_alike(in_files: Any, word: str) -> None:
    assert read(in_files, word) == read(dictionary.analyzer(), word)
    assert in_files.word_is_known(word) == dictionary.analyzer().word_is_known(word)


def open_dictionaries() -> int:
    """How many of its files this process has open."""
    names = [os.path.realpath(f"/proc/self/fd/{number}") for number in range(3, 1_000)]
    return sum(name.endswith("dawg") for name in names)


def test_files_are_closed_with_the_analyser() -> None:
    gc.collect()
    before = open_dictionaries()
    opened = open_in_files(PATH)
    assert opened.parse("выдача")
    assert open_dictionaries() == before + 5
    del opened
    gc.collect()
    assert open_dictionaries() == before


def test_a_file_that_is_not_there_leaves_the_other_way_as_it_was(tmp_path: Path) -> None:
    for file in Path(PATH).iterdir():
        if file.name != "words.dawg":
            (tmp_path / file.name).symlink_to(file)
    with pytest.raises(FileNotFoundError):
        open_in_files(str(tmp_path))
    russian.forget_dictionary()
    assert type(dictionary.analyzer().dictionary.words).__module__ == "pymorphy3.dawg"


@pytest.fixture
def asked_in_files() -> Iterator[None]:
    russian.forget_dictionary()
    with dictionary.opened_by(open_in_files):
        yield
    russian.forget_dictionary()


@pytest.mark.usefixtures("asked_in_files")
def test_a_process_that_wants_so_is_answered_from_the_files() -> None:
    assert "выдворенного" in russian.forms("выдворить")
    assert type(dictionary.analyzer().dictionary.words).__module__ == "dawg_python.dawgs"
