"""What is done for memory leaves everything as it was."""

import subprocess
import sys

from monitor.app import memory
from monitor.text.languages import russian


def test_the_dictionary_is_let_go_and_loaded_again_when_a_word_is_asked_for() -> None:
    before = russian.forms("экстрадиция")

    memory.settle()

    assert russian._analyzer.cache_info().currsize == 0
    assert russian.forms("экстрадиция") == before


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
