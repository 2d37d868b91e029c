"""What a pure function says of a text, remembered without the text: by its hash, which takes no memory to speak of."""

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

    The texts of a large story are asked again for each of its posts, and kept they would be megabytes. Two texts of the
    same length and hash (64 bits with a key of each process: nobody can make such a pair) would be taken for one.
    """

    def decorated(function: Asked[_P, _T]) -> Asked[_P, _T]:
        answers: dict[object, _T] = {}

        @wraps(function)
        def asked(text: str, /, *args: _P.args, **options: _P.kwargs) -> _T:
            key = hash(text), len(text), args, tuple(options.items())
            with suppress(KeyError):  # another thread may forget all in between
                return answers[key]
            answer = function(text, *args, **options)
            if keeps(answer):
                if len(answers) >= most:
                    answers.clear()
                answers[key] = answer
            return answer

        return asked

    return decorated
