"""Whole numbers as people, addresses and headers write them."""

from typing import Final

_LONGEST: Final = 18  # digits: no database numbers further


def whole(written: str) -> int | None:
    """The number that ASCII digits alone write; None for anything else, and for what is longer than any of ours."""
    return int(written) if written.isascii() and written.isdigit() and len(written) <= _LONGEST else None
