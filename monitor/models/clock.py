"""The clock as an argument: the time of day, and the passing of time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day, aware UTC. The system may set it back at any moment."""

    def __call__(self) -> datetime:
        """Return the current time."""

    def steady(self) -> datetime:
        """Return an instant to measure durations with: it only increases, however the clock is set; no time of day."""
