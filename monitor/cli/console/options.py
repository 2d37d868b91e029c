"""The options that several commands have, and what a period is."""

import re
from datetime import timedelta
from typing import Annotated

import typer

from monitor.errors import ConfigError

FeedsFile = Annotated[str | None, typer.Option("--feeds", metavar="ФАЙЛ", help="список лент вместо feeds.yaml")]
KeywordsFile = Annotated[str | None, typer.Option("--keywords", metavar="ФАЙЛ", help="правила вместо keywords.yaml")]
ChannelsFile = Annotated[str | None, typer.Option("--channels", metavar="ФАЙЛ", help="каналы вместо channels.yaml")]
Since = Annotated[str, typer.Option(metavar="СРОК", help="за сколько времени: 12h, 30d, 8w")]
AsJson = Annotated[bool, typer.Option("--json", help="для программ: JSON вместо текста")]

_PERIOD = re.compile(r"([1-9]\d{0,3})([hdw])", re.ASCII)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def period_of(written: str) -> timedelta:
    """How long a `Since` is. Raises ConfigError."""
    match = _PERIOD.fullmatch(written.strip())
    if match is None:
        raise ConfigError(f"«{written}»: пишут так: 12h, 30d или 8w", file="--since")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
