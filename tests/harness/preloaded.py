"""What the processes of forked_monitor.py are forked with: every command, imported."""

from typer.main import get_command

from monitor.cli.main import cli

COMMANDS = dict(vars(get_command(cli))["commands"])
