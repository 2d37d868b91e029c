"""The operator's looks and repairs: `health`, `migrate`."""

import typer

from monitor import app, health
from monitor.config.settings import load_settings
from monitor.database import migrate as migrate_database
from monitor.database import open_engine, require_current_schema
from monitor.logs import configure
from monitor.store import Store


def show_health() -> None:
    """Сказать, жив ли работающий монитор: опросы и отправка идут (для HEALTHCHECK контейнера)."""
    engine = open_engine(load_settings(app.environment()).database_url)
    require_current_schema(engine)
    silent = health.silent_jobs(Store(engine).heartbeats(), app.clock())
    for job in silent:
        typer.echo(job)
    raise typer.Exit(1 if silent else 0)


def migrate() -> None:
    """Привести базу данных к версии этой программы (run и poll делают это сами)."""
    settings = load_settings(app.environment())
    configure(form=settings.log_format, secrets=settings.secrets)
    migrate_database(open_engine(settings.database_url))
    typer.echo("База данных в порядке.")
