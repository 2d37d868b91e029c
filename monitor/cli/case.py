"""`case open|list|rename|remove|close`: the threads that the public archive shows under a name, opened by hand only."""

from functools import partial
from typing import Annotated

import typer

from monitor.app.environment import clock, environment
from monitor.bot import case_command
from monitor.cli.console.output import say
from monitor.config.settings import load_settings
from monitor.models.site import OpenedCase
from monitor.storage.database import open_usable
from monitor.storage.site.cases import CaseStore
from monitor.storage.tables import LARGEST_ID

case_cli = typer.Typer(
    help="Дела: нить новостей об одном человеке или группе со своей страницей в архиве.",
    no_args_is_help=True,
    add_completion=False,
)

_number = partial(typer.Argument, min=1, max=LARGEST_ID)
Story = Annotated[int, _number(metavar="ИСТОРИЯ", help="номер истории, его называет monitor why")]
Number = Annotated[int, _number(metavar="ДЕЛО", help="номер дела, его называет monitor case list")]
Title = Annotated[str, typer.Argument(metavar="НАЗВАНИЕ")]


@case_cli.command("open")
def case_open(story: Story, title: Title) -> None:
    """Открыть дело с этой историей и всей её нитью; дело с таким названием уже есть — добавить в него. Код 1: нет."""
    into = _cases().open(story, _title(title), clock())
    _tell(case_command.opened_message(story, into), done=isinstance(into, OpenedCase))


@case_cli.command("list")
def case_list() -> None:
    """Показать открытые дела, начиная с новых."""
    cases = _cases().open_cases()
    if not cases:
        say("Открытых дел нет. Открыть: monitor case open ИСТОРИЯ НАЗВАНИЕ")
    for case in cases:
        numbers = ", ".join(map(str, case.stories))
        say(f"{case.id}. {case.title} · открыто {case.opened_at:%d.%m.%Y} · истории: {numbers}")


@case_cli.command("rename")
def case_rename(number: Number, title: Title) -> None:
    """Назвать дело иначе. Код 1: такого открытого дела нет, или так названо другое."""
    bearer = _cases().rename(number, _title(title))
    if bearer is None:
        _tell(case_command.closed_message(number, done=False), done=False)
    elif bearer.id != number:
        _tell(f"Дело {bearer.id} уже названо «{bearer.title}». Дайте делу {number} другое название.", done=False)
    else:
        _tell(f"Дело {number} теперь «{bearer.title}».", done=True)


@case_cli.command("remove")
def case_remove(story: Story) -> None:
    """Убрать историю из её дела. Код 1: она ни в одном не стоит."""
    done = _cases().remove(story)
    _tell(case_command.removed_message(story, done=done), done=done)


@case_cli.command("close")
def case_close(number: Number) -> None:
    """Закрыть дело: его страница исчезнет со следующей сборкой сайта. Код 1: такого открытого дела нет."""
    done = _cases().close(number, clock())
    _tell(case_command.closed_message(number, done=done), done=done)


def _title(written: str) -> str:
    if title := case_command.title_of(written):
        return title
    say("Название пустое. Назовите дело, например: «Дело Мовлаева».", err=True)
    raise typer.Exit(2)


def _tell(said: str, *, done: bool) -> None:
    say(said, err=not done)
    if not done:
        raise typer.Exit(1)


def _cases() -> CaseStore:
    return CaseStore(open_usable(load_settings(environment()).database_url))
