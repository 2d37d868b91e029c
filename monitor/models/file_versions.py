"""Earlier versions of the maintainers' files: each save, by whom and what for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVersion:
    """A version of a maintainers' file. `file` is its path in the settings, `digest` the SHA-256 in hex.

    `initial` is the first letter of who saved it; "" if the change was found on disk.
    """

    id: int
    file: str
    digest: str
    saved_at: datetime
    initial: str
    summary: str
