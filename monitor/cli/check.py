"""The maintainers' files: `check` tells what is wrong with them, `schema` gives JSON Schemas for their editor."""

from typing import Annotated, Literal

import typer

from monitor.cli.check_files import check_files
from monitor.cli.console.options import AsJson, ChannelsFile, FeedsFile, KeywordsFile
from monitor.cli.console.output import print_json
from monitor.config import json_schemas


def check(
    *,
    feeds: FeedsFile = None,
    keywords: KeywordsFile = None,
    channels: ChannelsFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="и сомнительное считать ошибкой")] = False,
    archive: Annotated[
        bool, typer.Option("--archive/--no-archive", help="примерить правила и к новостям из базы, если она есть")
    ] = True,
    online: Annotated[bool, typer.Option("--online", help="и попробовать каждую ленту")] = False,
    as_json: AsJson = False,
) -> None:
    """Проверить feeds.yaml, keywords.yaml и channels.yaml, если он есть: все ошибки сразу, примеры, сомнительные места;
    с --online — и сами ленты.

    --json печатает итог --online для программ.
    """
    check_files(feeds, keywords, channels, strict=strict, archive=archive, online=online, as_json=as_json)


def schema(
    of: Annotated[
        Literal["feeds", "keywords", "channels"],
        typer.Argument(metavar="feeds|keywords|channels", help="схема какого файла"),
    ],
) -> None:
    """Напечатать JSON Schema файла: по ней редактор подсказывает ключи и отмечает опечатки."""
    schemas = {
        "feeds": json_schemas.feeds_schema,
        "keywords": json_schemas.keywords_schema,
        "channels": json_schemas.channels_schema,
    }
    print_json(schemas[of]())
