"""What a container and an operator ask of the database: `health`, `migrate`."""

import typer

from monitor.app.environment import clock, environment, read_text, worker_name
from monitor.app.logs import configure
from monitor.cli.output import say
from monitor.config.channels import as_posted, chats_of, load_channels
from monitor.config.settings import Settings, load_settings
from monitor.errors import ConfigError
from monitor.health import liveness
from monitor.storage.database import is_held, open_engine, open_usable
from monitor.storage.database import migrate as migrate_database
from monitor.storage.stats import Stats


def show_health() -> None:
    """Сказать, идут ли у работающего монитора опросы и отправка (для HEALTHCHECK контейнера)."""
    settings = load_settings(environment())
    dead = () if is_held(settings.database_url) else ("процесс monitor run не запущен",)
    engine = open_usable(settings.database_url)
    now = clock()
    work = liveness.problems(Stats(engine).vitals(now), now, worker=worker_name(), chats=_served(settings))
    problems = (*dead, *work)
    for problem in problems:
        say(problem)
    raise typer.Exit(1 if problems else 0)


def _served(settings: Settings) -> tuple[str, ...]:
    """Every chat that is written to; a file of channels that is absent or broken is for others to tell of."""
    file = settings.channels
    try:
        destinations = load_channels(read_text(file), file=file, settings=settings, topics=None)
    except ConfigError:
        return settings.chats
    return chats_of(settings, as_posted(destinations, settings))


def migrate() -> None:
    """Привести базу данных к версии этой программы (run и poll делают это сами)."""
    settings = load_settings(environment())
    configure(form=settings.log_format, secrets=settings.secrets)
    migrate_database(open_engine(settings.database_url))
    say("База данных в порядке.")
