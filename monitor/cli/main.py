"""The command line: every command by its name, and the function in this package that is imported when it is called.

Exit codes: 0 done · 1 something asked for failed · 2 a file or a setting must be mended · 3 the database is of
another version · 4 the database cannot be used · 5 another process works on it · 6 the edit changes decisions.
"""

import ast
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from monitor.cli.console.usage import RussianGroup, in_russian

# In the order of --help. A command that needs no Telegram must not wait for it to be imported: `check` runs before
# every commit.
_PLACES = {
    "run": "run:run",
    "poll": "run:poll",
    "check": "check:check",
    "explain": "matching.explain:explain",
    "why": "why:why",
    "story": "why:story",
    "find": "find:find",
    "backtest": "matching.backtest:backtest",
    "rules": "matching.rules:rules",
    "forms": "matching.forms:forms",
    "evaluate": "matching.evaluate:evaluate",
    "match": "matching.explain:match",
    "schema": "check:schema",
    "feeds": "feeds:feeds_cli",
    "status": "status:status",
    "health": "health:show_health",
    "migrate": "maintenance:migrate",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "copy-to": "backup:copy_to",
    "export": "backup:export",
    "outbox": "outbox:outbox_cli",
    "evidence": "evidence:evidence_cli",
    "site": "site:site_cli",
    "case": "case:case_cli",
    "retract": "retract:retract",
    "desk": "desk:desk",
}
_TAKE_DASHES = {"find"}  # «-слово» is no option


class _Commands(MutableMapping[str, Any]):
    """Typer's commands by name, each imported when it is asked for."""

    def __init__(self, places: dict[str, str]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> Any:
        module, _, attribute = self._places[name].partition(":")
        function = getattr(import_module(f"monitor.cli.{module}"), attribute)
        if isinstance(function, typer.Typer):
            command: Any = typer.main.get_group(in_russian(function))
        else:
            single = typer.Typer(add_completion=False)
            single.command(name, context_settings={"ignore_unknown_options": name in _TAKE_DASHES})(function)
            command = typer.main.get_command(in_russian(single))
        command.name = name
        return command

    def __setitem__(self, name: str, place: Any) -> None:
        self._places[name] = place

    def __delitem__(self, name: str) -> None:
        del self._places[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class _Group(RussianGroup):
    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = _Commands(_PLACES)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class's signature
        return list(self.commands)

    def help_of(self, ctx: Any, name: str) -> str:  # noqa: ARG002 - the base class's signature
        """Read off the source: to import every command for one line of each takes a second."""
        module, _, attribute = _PLACES[name].partition(":")
        source = Path(__file__).parent.joinpath(*module.split(".")).with_suffix(".py")
        return next(filter(None, (_said(node, attribute) for node in ast.parse(source.read_bytes()).body)), "")


def _said(node: ast.stmt, name: str) -> str:
    """The docstring of a command, or the help of a group of commands, if the node defines it."""
    match node:
        case ast.FunctionDef(name=defined) if defined == name:
            return ast.get_docstring(node) or ""
        case ast.Assign(targets=[ast.Name(id=defined)], value=ast.Call(keywords=given)) if defined == name:
            return next(str(ast.literal_eval(one.value)) for one in given if one.arg == "help")
    return ""


cli = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # their traceback shows local values, and a token may be one
)


@cli.callback()
def monitor() -> None:
    """Следит за новостями об экстрадициях, РВП и вызовах в КНБ и отправляет их в Telegram-канал."""
