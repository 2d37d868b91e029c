"""The kinds of secrets that let a maintainer use the desk."""

from enum import StrEnum


class DeskKey(StrEnum):
    """What a secret is for."""

    LINK = "link"  # to log in, once
    SESSION = "session"
