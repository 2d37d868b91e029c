"""The clock, as those see it who are given one: what time it is, and how much of it passes."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day, aware UTC. It may be set back at any moment."""

    def __call__(self) -> datetime:
        """The time."""

    def steady(self) -> datetime:
        """An instant to measure pauses with: it only goes on, whatever the clock is set to; it tells no time of day."""
