"""The dictionary asked in its files: 4 MB where loading them takes 18, and ten times as slow.

For who asks it seldom, as few articles have a word to look up. The files are automata as DAWG-Python reads them whole
(https://github.com/pymorphy2-fork/DAWG-Python): a count and so many units of four bytes, then a count and so many pairs
of bytes that lead through them; numbers stand with the low byte first.
"""

import os
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from dawg_python import IntCompletionDAWG, RecordDAWG
from dawg_python.wrapper import Dictionary, Guide
from pymorphy3 import MorphAnalyzer
from pymorphy3.analyzer import ProbabilityEstimator
from pymorphy3.dawg import ConditionalProbDistDAWG, PredictionSuffixesDAWG, WordsDawg
from pymorphy3.opencorpora_dict import storage

_COUNT: Final = 4  # bytes of a count


def open_in_files(path: str) -> Any:
    """pymorphy3's analyser; the dictionary's files in this folder stay open until it is gone. One thread at a time."""
    whole, storage.dawg = storage.dawg, _IN_FILES  # where pymorphy3 takes what loads the files
    try:
        return MorphAnalyzer(path=path, lang="ru", probability_estimator_cls=_probabilities)
    finally:
        storage.dawg = whole


class _Numbers:
    """Numbers of `size` bytes each from this place of a file on, as if they were an array."""

    def __init__(self, file: int, start: int, *, size: int, of_unit: int = 1) -> None:
        self._file, self._start, self._size = file, start + _COUNT, size
        self._count = int.from_bytes(os.pread(file, _COUNT, start), "little") * of_unit
        self.end = self._start + self._count * size

    def __getitem__(self, index: int) -> int:
        return int.from_bytes(os.pread(self._file, self._size, self._start + index * self._size), "little")

    def __len__(self) -> int:
        return self._count


class _Units(Dictionary):  # type: ignore[misc] # the library has no types
    def __init__(self, units: _Numbers) -> None:
        self._units = units


class _Labels(Guide):  # type: ignore[misc] # as above
    def __init__(self, units: _Numbers) -> None:
        self._units = units


class _File:
    """An automaton that finds its file when pymorphy3 lets it load."""

    def __init__(self, automaton: Any) -> None:
        self._automaton = automaton

    def load(self, path: str) -> Any:
        """The automaton; the file is closed when it is gone."""
        file = os.open(path, os.O_RDONLY)
        weakref.finalize(self._automaton, os.close, file)
        units = _Numbers(file, 0, size=4)
        self._automaton.dct = _Units(units)
        self._automaton.guide = _Labels(_Numbers(file, units.end, size=1, of_unit=2))
        return self._automaton


def _probabilities(path: str) -> Any:
    """pymorphy3's, of a word's readings."""
    known = ProbabilityEstimator.__new__(ProbabilityEstimator)
    known.p_t_given_w = _File(_Likelihoods()).load(str(Path(path) / "p_t_given_w.intdawg"))
    return known


class _Likelihoods(IntCompletionDAWG):  # type: ignore[misc] # as above
    prob = ConditionalProbDistDAWG.prob
    MULTIPLIER = ConditionalProbDistDAWG.MULTIPLIER


_IN_FILES: Final = SimpleNamespace(
    WordsDawg=lambda: _File(RecordDAWG(WordsDawg.DATA_FORMAT)),
    PredictionSuffixesDAWG=lambda: _File(RecordDAWG(PredictionSuffixesDAWG.DATA_FORMAT)),
)
