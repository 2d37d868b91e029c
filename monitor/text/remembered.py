"""A cache for pure functions of a text that keeps the text's hash and not the text, to save memory."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

Asked = Callable[Concatenate[str, _P], _T]


def remembered(
    most: int, keeps: Callable[[Any], bool] = lambda _answer: True
) -> Callable[[Asked[_P, _T]], Asked[_P, _T]]:
    """Remember up to `most` answers of a function whose first argument is a text, then forget all and begin anew.
    An answer that it does not keep (`keeps`) is worked out again.

    The texts of a large story are asked about again for each of its posts, and keeping them would take megabytes. Two
    texts of equal length and hash (64 bits with a key of each process, so nobody can construct a pair) would be
    confused.
    """

    def decorated(function: Asked[_P, _T]) -> Asked[_P, _T]:
        answers: dict[object, _T] = {}

        @wraps(function)
        def asked(text: str, /, *args: _P.args, **options: _P.kwargs) -> _T:
            key = hash(text), len(text), args, tuple(options.items())
            with suppress(KeyError):  # another thread may empty the cache in between
                return answers[key]
            answer = function(text, *args, **options)
            if keeps(answer):
                if len(answers) >= most:
                    answers.clear()
                answers[key] = answer
            return answer

        return asked

    return decorated
