"""How commands are called, in Russian: usage, help, and what is wrong with a call. Typer itself speaks English only.

Its messages are recognised as it writes them; one that is not known is shown as it is.
"""

import re
import sys
from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

import typer
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from monitor.cli.console.output import say
from monitor.cli.console.screen import Screen

_MISTAKES = (
    (r"No such command (.+)\. Did you mean (.+)\?", r"Команды \1 нет. Может быть, \2?"),
    (r"No such command (.+)\.", r"Команды \1 нет."),
    (r"Missing command\.", r"Не хватает команды."),
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"Ключа \1 нет. Похожие: \2."),
    (r"No such option: (.+)", r"Ключа \1 нет."),
    (r"Option '(.+)' requires an argument\.", r"После ключа \1 нужно значение."),
    (r"Option '(.+)' does not take a value\.", r"У ключа \1 не бывает значения."),
    (r"Missing \w+ '(.+?)'\..*", r"Не хватает: \1."),
    (r"Got unexpected extra argument\(s\) \((.*)\)", r"Лишнее: \1"),
    (r"Invalid value for '(.+?)': (?:Value error, )?(.+) is not one of (.+)\.", r"\1: \2 не бывает, можно \3."),
    (r"Invalid value for '(.+?)': .*(?:valid|as an) integer.*", r"\1: нужно целое число."),
    (r"Invalid value for '(.+?)': .*greater than or equal to (.+)", r"\1: нужно число не меньше \2."),
    (r"Invalid value for '(.+?)': .*less than or equal to (.+)", r"\1: нужно число не больше \2."),
    (r"Invalid value for '(.+?)': .*valid date.*", r"\1: нужна дата, например 2026-11-22."),
    (r"Invalid value for '(.+?)': \w+ (.+) is not readable\.", r"\1: \2 не читается, проверьте права."),
)
_QUOTED = re.compile(r"'([^']*)'")


class RussianCommand(TyperCommand):
    """A command whose help is Russian."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the base class's signature
        """Print the help."""
        _show_help(self, ctx)


class RussianGroup(TyperGroup):
    """Commands whose help is Russian; run from here, so are the mistakes in a call of any of them."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the base class's signature
        """Print the help."""
        screen = _show_help(self, ctx)
        rows = [(name, _paragraphs(self.help_of(ctx, name))[0]) for name in self.list_commands(ctx)]
        _show_panel(screen, "Команды", rows)

    def help_of(self, ctx: Any, name: str) -> str:
        """What a command is for."""
        command = self.get_command(ctx, name)
        return (command and command.help) or ""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run what the arguments say and end the process with its exit code."""
        try:
            code = super().main(*args, **extra | {"prog_name": "monitor", "standalone_mode": False})
        except TyperException as error:
            _show_mistake(error)
            code = error.exit_code
        except typer.Abort:  # the end of input where an answer was wanted
            say("Прервано.", err=True)
            code = 1
        sys.exit(code)


def in_russian(app: typer.Typer) -> typer.Typer:
    """The same app, its help in Russian."""
    app.info.cls = RussianGroup
    for command in app.registered_commands:
        command.cls = RussianCommand
    return app


def mistake(message: str) -> str:
    """What is wrong with a call, out of typer's words for it."""
    for pattern, russian in _MISTAKES:
        if said := re.fullmatch(pattern, message, re.DOTALL):
            return _QUOTED.sub(r"«\1»", said.expand(russian))
    return message


def _show_mistake(error: TyperException) -> None:
    message = mistake(error.format_message())
    if not message:  # help was asked for by giving no arguments, and was shown
        return
    screen = Screen(err=True)
    if ctx := getattr(error, "ctx", None):
        screen.print(Text(_usage(ctx), style="bold"))
        screen.print(Text(f"Справка: {ctx.command_path} --help", style="dim"))
    screen.print(Panel(message, title="Ошибка в команде", title_align="left", border_style="red"))


def _usage(ctx: Any) -> str:
    rest = [_argument(param) for param in ctx.command.params if _is_argument(param)]
    if isinstance(ctx.command, TyperGroup):
        rest = ["КОМАНДА ..."]
    return " ".join(["Вызов:", ctx.command_path, "[КЛЮЧИ]", *rest])


def _show_help(command: TyperCommand | TyperGroup, ctx: Any) -> Screen:
    screen = Screen()
    screen.print(Padding(Text(_usage(ctx), style="bold"), 1))
    screen.print(Padding("\n\n".join(_paragraphs(command.help)), (0, 1, 1, 1)))
    arguments: list[Any] = [param for param in command.params if _is_argument(param)]
    options = [param for param in command.params if not _is_argument(param)]
    _show_panel(screen, "Аргументы", [(_word(param), param.help) for param in arguments])
    _show_panel(screen, "Ключи", [*map(_option, options), ("--help", "показать эту справку")])
    return screen


def _paragraphs(text: str | None) -> Sequence[str]:
    return [" ".join(paragraph.split("\n")) for paragraph in cleandoc(text or "").split("\n\n")]


def _is_argument(param: Any) -> bool:
    return bool(param.param_type_name == "argument")


def _word(param: Any) -> str:
    return str(param.metavar).strip("[].")


def _argument(param: Any) -> str:
    """An argument in a line of usage, with the signs for optional and many."""
    word = _word(param) if param.required else f"[{_word(param)}]"
    return f"{word}..." if param.nargs == -1 else word


def _option(param: Any) -> tuple[str, str]:
    """An option as it is written, and what it is for."""
    written = ", ".join([*param.opts, *param.secondary_opts])
    if param.is_flag:
        return written, param.help
    default = f" [по умолчанию: {param.default}]" if param.default else ""
    return f"{written} {param.metavar}", param.help + default


def _show_panel(screen: Screen, title: str, rows: Sequence[tuple[str, str | None]]) -> None:
    table = Table(box=None, show_header=False, expand=True, pad_edge=False)
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column(ratio=1)
    for name, about in rows:
        table.add_row(name, about)
    if rows:
        screen.print(Panel(table, title=title, title_align="left", border_style="dim"))
