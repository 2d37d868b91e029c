"""What the processes of forked_monitor.py are forked with: every command, and what commands load when they need it."""

import gc
from importlib import import_module

from typer.main import get_command

from monitor.cli.main import cli
from monitor.sources.http.client_settings import tls_context

_LOADED_LATE = (
    "monitor.__main__",
    "alembic.command",
    "anyio._backends._asyncio",
    "apscheduler.executors.asyncio",
    "apscheduler.triggers.interval",
    "monitor.app.rules.edited_rules",
    "monitor.edits.child",
    "pymorphy3",
    "pymorphy3_dicts_ru",
    "sqlalchemy.dialects.postgresql.psycopg",
    "tests.harness.forked_child",
)

COMMANDS = dict(vars(get_command(cli))["commands"])
for _name in _LOADED_LATE:
    import_module(_name)
tls_context()  # the machine's certificates
gc.freeze()  # a collection in a fork would look at all of that, and so make it a copy of its own
