"""`site build|hide|show|hidden`: the public archive, and what is taken off it."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.app.build_site import build_site
from monitor.app.environment import clock, environment
from monitor.cli.console.output import say
from monitor.config.settings import load_settings
from monitor.storage.database import open_existing, open_usable
from monitor.storage.site.cases import CaseStore, TakedownStore
from monitor.storage.site.published import PublishedStories
from monitor.storage.tables import LARGEST_ID

site_cli = typer.Typer(
    help="Открытый архив: собрать сайт, убрать с него новость.", no_args_is_help=True, add_completion=False
)

_number = typer.Argument(metavar="ИСТОРИЯ", min=1, max=LARGEST_ID, help="номер истории; он стоит в адресе её страницы")
Story = Annotated[int, _number]


@site_cli.command("build")
def site_build(
    folder: Annotated[Path, typer.Argument(metavar="ПАПКА", help="своя папка сайта: пустая или собранная раньше")],
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="только страницы и ленты; поиск, графики, данные и карту сайта не трогать")
    ] = False,
) -> None:
    """Собрать сайт из того, что показал канал; пишется только то, что изменилось. Код 1: не собрался, прежний цел."""
    settings = load_settings(environment())
    engine = open_existing(settings.database_url)
    builder = build_site(
        settings, published=PublishedStories(engine), cases=CaseStore(engine), takedowns=TakedownStore(engine)
    )
    built = builder.build(folder, quick=quick)
    say(f"Историй собрано: {built.stories} · файлов записано: {built.written}, убрано: {built.removed}")
    say(f"Откройте {folder / 'index.html'}")


@site_cli.command("hide")
def site_hide(
    story: Story,
    why: Annotated[str, typer.Argument(metavar="ПОЧЕМУ", help="прочтут только у вас")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="уже скрыта: записать эту причину вместо прежней")] = False,
) -> None:
    """Убрать новость с сайта: со страниц, из поиска, лент и данных; останется пустая страница. Код 1: такой нет."""
    hidden = _takedowns().hide(story, why.strip(), clock(), replace=replace)
    if hidden is None:
        say(f"Истории {story} нет. Её номер стоит в адресе страницы: story/НОМЕР.html", err=True)
        raise typer.Exit(1)
    if hidden.why != why.strip():
        say(f"История {story} уже скрыта, причина была: {hidden.why}. Она и осталась; заменить её: --replace")
    else:
        say(f"История {story} исчезнет со следующей сборкой. Вернуть: monitor site show {story}")


@site_cli.command("show")
def site_show(story: Story) -> None:
    """Вернуть на сайт убранную новость. Код 1: она не убрана."""
    if not _takedowns().show(story):
        say(f"История {story} не убрана. Убранные показывает: monitor site hidden", err=True)
        raise typer.Exit(1)
    say(f"История {story} вернётся со следующей сборкой.")


@site_cli.command("hidden")
def site_hidden() -> None:
    """Показать, что убрано с сайта, когда и почему."""
    hidden = _takedowns().hidden()
    if not hidden:
        say("С сайта ничего не убрано.")
    for takedown in hidden:
        say(f"{takedown.story} · {takedown.at:%d.%m.%Y} · {takedown.why}")


def _takedowns() -> TakedownStore:
    return TakedownStore(open_usable(load_settings(environment()).database_url))
