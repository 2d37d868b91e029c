"""What lets a maintainer use the desk: the kinds of secrets there are."""

from enum import StrEnum


class DeskKey(StrEnum):
    """What a secret is good for."""

    LINK = "link"  # to come in, once
    SESSION = "session"
