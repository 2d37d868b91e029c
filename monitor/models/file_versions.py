"""What the maintainers' files were before: each save is kept, with who made it and what it was for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVersion:
    """One content of a maintainers' file. `file` is its path as the settings name it, `digest` the SHA-256 in hex.

    `initial` is the one letter of who saved it; "" when it was found on disk, edited by other means.
    """

    id: int
    file: str
    digest: str
    saved_at: datetime
    initial: str
    summary: str
