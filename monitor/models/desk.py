"""What lets somebody use the desk."""

from enum import StrEnum


class DeskKey(StrEnum):
    """What a secret is good for."""

    LINK = "link"  # to come in, once
    SESSION = "session"
