"""A file of the archive, and the addresses of its pages."""

from typing import Final, NamedTuple

SITE_NAME: Final = "Архив новостей"


class Page(NamedTuple):
    """A file: its path below the archive's root, without a leading slash, and its bytes."""

    path: str
    body: bytes


def story_path(story: int) -> str:
    """The page of a story."""
    return f"story/{story}.html"
