"""The command line: every command by its name. What each does lives in commands/, and below.

Exit codes: 0 done · 1 something asked for failed · 2 a file or a setting must be mended · 3 the database is of
another version · 4 the database cannot be used · 5 another process works on it.
"""

import typer

from monitor.commands import checking, copies, judging, measuring, operating, running, standing, words
from monitor.commands.outbox import outbox_cli
from monitor.commands.sources import feeds_cli

cli = typer.Typer(
    help="Следит за новостями об экстрадициях, РВП и вызовах в КНБ и отправляет их в Telegram-канал.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # their traceback shows local values, and a token may be one
)
cli.command()(running.run)
cli.command()(running.poll)
cli.command()(checking.check)
cli.command()(judging.explain)
cli.command()(words.forms)
cli.command()(measuring.evaluate)
cli.command()(judging.match)
cli.command()(checking.schema)
cli.command()(standing.status)
cli.command("health")(operating.show_health)
cli.command()(operating.migrate)
cli.command()(copies.backup)
cli.command()(copies.restore)
cli.command("copy-to")(copies.copy_to)
cli.command()(copies.export)
cli.add_typer(outbox_cli, name="outbox")
cli.add_typer(feeds_cli, name="feeds")
