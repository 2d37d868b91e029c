"""`retract`: say of a published story that it is wrong; its posts are struck, or deleted."""

from typing import Annotated

import typer

from monitor.app.build_polling import story_chats
from monitor.app.config_files import channels_content, read_channels
from monitor.app.environment import clock, environment
from monitor.cli.console.output import say
from monitor.config.settings import load_settings
from monitor.storage.corrections.retractions import Retractions
from monitor.storage.database import open_usable
from monitor.stories.corrections.retraction import (
    TOO_LONG,
    Corrected,
    describe,
    is_too_long,
    no_story_message,
    not_retracted_message,
    order_of,
    story_named,
)


def retract(
    story: Annotated[
        str, typer.Argument(metavar="ИСТОРИЯ", help="номер (его называет monitor why), ссылка на пост или на архив")
    ],
    why: Annotated[list[str] | None, typer.Argument(metavar="ПОЧЕМУ", help="прочтут подписчики")] = None,
    *,
    delete: Annotated[bool, typer.Option("--delete", help="удалить посты, а не зачеркнуть")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="вернуть: история верна")] = False,
) -> None:
    """Опровергнуть историю: её посты во всех чатах зачёркиваются, причина стоит под ними. Код 1: такой нет.

    Пример: monitor retract 17 суд ещё не состоялся
    """
    settings = load_settings(environment())
    chats = story_chats(settings, read_channels(settings, channels_content(settings), None).destinations)
    retractions = Retractions(open_usable(settings.database_url), destinations=chats.destinations)
    order = " ".join(why or ())
    reason, asks_deletion = order_of(order)
    delete = delete or asks_deletion
    if not undo and not reason:
        say("Напишите, почему: monitor retract ИСТОРИЯ ПОЧЕМУ. Причину прочтут подписчики.", err=True)
        raise typer.Exit(2)
    if is_too_long(order):
        say(TOO_LONG, err=True)
        raise typer.Exit(2)
    named = story_named(story)
    number = retractions.story_of(named) if named is not None else None
    if number is None:
        _end(None, no_story_message(story))
    elif undo:
        _end(retractions.restore(number, now=clock()), not_retracted_message(number))
    else:
        _end(
            retractions.retract(number, reason, deletes=delete, now=clock(), notices=chats.review),
            no_story_message(story),
        )


def _end(corrected: Corrected | None, otherwise: str) -> None:
    for said in describe(corrected, back="Вернуть: monitor retract {story} --undo") if corrected else (otherwise,):
        say(said, err=corrected is None)
    if corrected is None:
        raise typer.Exit(1)
