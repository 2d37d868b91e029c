"""What is done for memory leaves everything as it was."""

import gc
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from monitor.app import memory
from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.text.languages import dictionary, russian

RULES = "topics: {t: {title: T, hashtag: t, any_of: [{name: r, all: [{ru: экстрадировать}]}]}}"


def test_the_dictionary_is_let_go_and_loaded_again_when_a_word_is_asked_for() -> None:
    before = russian.forms("экстрадиция")
    loaded = weakref.ref(dictionary.analyzer())

    memory.settle()

    assert loaded() is None
    assert russian.forms("экстрадиция") == before


def test_everything_is_walked_only_when_there_is_something_to_free() -> None:
    walks: list[int] = []

    def note(phase: str, round_: dict[str, int]) -> None:
        if phase == "start" and round_["generation"] == 2:
            walks.append(gc.get_freeze_count())

    russian.forget_dictionary()
    gc.collect()
    gc.callbacks.append(note)
    try:
        memory.settle()
        assert walks == [], "the rules were kept: no dictionary was loaded"
        memory.settle(replaced=True)
        assert walks == [0], "nothing is left out"
    finally:
        gc.callbacks.remove(note)


def test_threads_that_ask_at_once_load_one_dictionary() -> None:
    russian.forget_dictionary()
    begin = Barrier(4)

    def asked(_: int) -> int:
        begin.wait()
        return id(dictionary.analyzer())

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(asked, range(4)))) == 1


def test_rules_that_nobody_has_any_more_are_freed_without_the_collector() -> None:
    """Each word that somebody types on the desk makes new ones, of tens of megabytes."""
    gc.disable()
    try:
        matcher = Matcher(compile_rules(load_keywords(RULES, file="k")))
        matcher.judge(title="Суд", text="Экстрадированный")
        words = weakref.ref(matcher._index.words_in.__self__)  # type: ignore[attr-defined] # of a bound method
        del matcher
        assert words() is None
    finally:
        gc.enable()


def test_memory_is_bounded_and_given_back_on_any_system() -> None:
    memory.bound_allocator()
    memory.give_back()


def test_large_blocks_go_back_to_the_system_once_they_are_freed() -> None:
    """By itself glibc keeps what is like the largest block it has seen; other systems have no such table of memory."""
    program = """
import sys
from monitor.app import memory

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

if sys.platform == "linux":
    memory.bound_allocator()
    bytes(30_000_000)
    before = resident()
    bodies = [bytes([n]) * 8_000_000 for n in range(8)]
    keeper = [bytes(100_000) for _ in range(8)]
    del bodies
    assert resident() - before < 8_000_000, resident() - before
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
