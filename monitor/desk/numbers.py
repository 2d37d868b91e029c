"""Numbers as addresses and forms write them. What is none is answered by a page that says so; nothing is done."""

from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException

from monitor.text.numbers import whole
from monitor.text.unicode import visible

_QUOTED: Final = 40  # characters of what was written, as it is said again


def number_of(written: str, what: str) -> int:
    """A number of ours, from 1 on. Raises HTTPException, which says of what there is none: «новости»."""
    number = number_or_none(written, what)
    if number is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"В адресе не названо, о какой {what} речь. Ничего не сделано.")
    return number


def number_or_none(written: str, what: str) -> int | None:
    """The same; None when nothing is written."""
    if not written:
        return None
    number = whole(written)
    if not number:
        said = f"Нет {what} «{visible(written[:_QUOTED])}»: номер — это число от 1. Ничего не сделано."
        raise HTTPException(HTTPStatus.NOT_FOUND, said)
    return number
