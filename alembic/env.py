"""Alembic's entry: the connection is given by database.py, or MONITOR_DATABASE_URL on the command line names it."""

import os
from typing import Literal

from alembic import context
from sqlalchemy import Connection

from monitor.storage.database import open_engine
from monitor.storage.search.schema import is_not_of_search
from monitor.storage.tables import Instant, metadata


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write plain types into migrations: a migration must not change when our own column type does."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def run(connection: Connection) -> None:
    """Run the asked migrations on one connection, in its transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
        include_name=is_not_of_search,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with open_engine(os.environ.get("MONITOR_DATABASE_URL", "sqlite:///data/monitor.db")).begin() as opened:
        run(opened)
