"""What a container asks of the monitor twice a minute: `health`.

It imports next to nothing: `__main__` runs it past the library of commands, and the database is asked past SQLAlchemy
where that will do.
"""

import sys
from datetime import datetime
from pathlib import Path

from monitor.app.environment import clock, environment, read_text, worker_name
from monitor.config.settings import Settings, load_settings
from monitor.errors import ConfigError
from monitor.health import liveness
from monitor.models.health import Vitals
from monitor.storage import glance
from monitor.storage.database_files import is_locked, is_lost
from monitor.text.unicode import visible


def show_health() -> None:
    """Сказать, идут ли у работающего монитора опросы и отправка (для HEALTHCHECK контейнера)."""
    settings, now = load_settings(environment()), clock()
    is_running, vitals = _look(settings.database_url, now)
    dead = () if is_running else ("процесс monitor run не запущен",)
    problems = (*dead, *liveness.problems(vitals, now, worker=worker_name(), chats=_served(settings)))
    for problem in problems:
        sys.stdout.write(f"{visible(problem)}\n")
    sys.exit(1 if problems else 0)


def _look(url: str, now: datetime) -> tuple[bool, Vitals]:
    """Whether somebody works on the database, and how the work goes. Raises DatabaseError, SchemaError."""
    file = glance.plain_file(url)
    if file and not is_lost(file) and (vitals := glance.vitals(file, now)):
        return is_locked(file), vitals
    from monitor.storage.database import is_held, open_usable  # noqa: PLC0415 - a glance was not enough
    from monitor.storage.stats import Stats  # noqa: PLC0415 - the same

    is_running = is_held(url)
    return is_running, Stats(open_usable(url)).vitals(now)


def _served(settings: Settings) -> tuple[str, ...]:
    """Every chat that is written to; a file of channels that is absent or broken is for others to tell of."""
    file = settings.channels
    if not Path(file).exists():
        return settings.chats
    from monitor.config.channels import as_posted, chats_of, load_channels  # noqa: PLC0415 - few have such a file

    try:
        destinations = load_channels(read_text(file), file=file, settings=settings, topics=None)
    except ConfigError:
        return settings.chats
    return chats_of(settings, as_posted(destinations, settings))
