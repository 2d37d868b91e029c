"""What the classifier weighs in an article: beginnings of words, their endings, and pairs of neighbours."""

import re
from collections.abc import Sequence
from itertools import pairwise

from monitor.text.unicode import fold

WORD = re.compile(r"[^\W\d_]+")  # in folded text
_BEGINNING, _ENDING = 5, 2  # letters that tell a word, whatever its form, and the form («ресей~ге», «росси~ии»)


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return WORD.findall(fold(text).text)


def features(of: Sequence[str]) -> set[str]:
    """Everything that is weighed in these words, each once however often it stands there."""
    begun = [word[:_BEGINNING] for word in of]
    forms = [f"{word[:_BEGINNING]}~{word[-_ENDING:]}" for word in of if len(word) > _BEGINNING]
    return {*begun, *map(" ".join, pairwise(begun)), *forms}
