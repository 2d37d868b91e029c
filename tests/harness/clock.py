"""A clock that a test moves."""

from datetime import datetime, timedelta

from tests.factories import NOW


class Clock:
    """Stands still unless it is moved. `now` is the true time; the clock itself may be `wrong` by some."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.wrong = timedelta(0)

    def __call__(self) -> datetime:
        return self.now + self.wrong

    def steady(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Move on by days, hours, minutes, seconds."""
        self.now += timedelta(**by)
