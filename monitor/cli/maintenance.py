"""What an operator asks of the database: `migrate`."""

from monitor.app.environment import environment
from monitor.app.logs import configure
from monitor.cli.console.output import say
from monitor.config.settings import load_settings
from monitor.storage.database import migrate_at


def migrate() -> None:
    """Привести базу данных к версии этой программы (run и poll делают это сами)."""
    settings = load_settings(environment())
    configure(form=settings.log_format, secrets=settings.secrets)
    migrate_at(settings.database_url)
    say("База данных в порядке.")
