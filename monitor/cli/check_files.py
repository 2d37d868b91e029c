"""What `monitor check` does: all that is wrong with the maintainers' files, and what is doubtful in them.

Nothing here reads arguments: what does takes a fortieth of the time.
"""

import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor.app.config_files import channels_content
from monitor.app.environment import as_text, clock, environment, read_text
from monitor.cli.console.output import say, show_error, show_warning
from monitor.config import channels as channels_file
from monitor.config import feeds as feeds_file
from monitor.config.settings import Settings, load_settings
from monitor.edits.checking import CheckedRules, check_rules
from monitor.errors import ConfigError
from monitor.matching.compiler import collector_paused
from monitor.models.channels import Destination
from monitor.models.feeds import Feed

_Problems = Sequence[ConfigError]


class _Checked(NamedTuple):
    """What the files say, and all that is wrong with them."""

    rules: CheckedRules
    destinations: Sequence[Destination]
    feeds: tuple[Feed, ...]
    errors: _Problems


def check_files(
    feeds: str | None = None,
    keywords: str | None = None,
    channels: str | None = None,
    *,
    strict: bool = False,
    archive: bool = True,
    online: bool = False,
    as_json: bool = False,
) -> None:
    """Tell all that is wrong, then what is doubtful; the files are those of the settings unless others are named.

    Exits with the code of a ConfigError when anything is wrong; with `strict` also when anything is doubtful.
    """
    settings = load_settings(environment())
    files = _check(settings, feeds, keywords, channels)
    doubts = files.rules.doubts()
    by_use = _usage_warnings(files.rules, settings) if archive else ()
    for error in files.errors:
        show_error(error)
    for warning in (*doubts, *by_use):
        show_warning(warning)
    if files.errors or (strict and doubts):
        sys.exit(ConfigError.exit_code)
    _show_pauses(files.feeds, err=as_json)
    say(f"{'Все три' if files.destinations else 'Оба'} файла в порядке, примеры сходятся.", err=as_json)
    _show_destinations(files.destinations, err=as_json)
    if online:
        from monitor.cli import feeds as feeds_command  # noqa: PLC0415 - the network is not waited for by a check without it

        feeds_command.check_online(settings, files.feeds, as_json=as_json)


def wrong_files(settings: Settings) -> _Problems:
    """What is wrong with the files that lie on the disk now: by a broken one nobody works."""
    return _check(settings).errors


def _check(
    settings: Settings, feeds: str | None = None, keywords: str | None = None, channels: str | None = None
) -> _Checked:
    rules = _check_keywords(keywords or settings.keywords)
    topics = None if rules.keywords is None else [topic.id for topic in rules.keywords.topics]
    destinations, wrong = _check_channels(settings, channels, topics)
    read, broken = _check_feeds(feeds or settings.feeds)
    return _Checked(rules, destinations, read, (*broken, *rules.errors, *wrong))


def _show_destinations(destinations: Iterable[Destination], *, err: bool) -> None:
    for to in destinations:
        from monitor.models.labels import destination, wishes  # noqa: PLC0415 - few installations have more than one

        say(f"{destination(to)}: {wishes(to)}", err=err)


def _show_pauses(feeds: Iterable[Feed], *, err: bool) -> None:
    """A pause is no mistake, but nobody should forget it."""
    for feed in feeds:
        if feed.is_paused(now := clock()):
            from monitor.models.labels import pause  # noqa: PLC0415 - few files have one

            say(f"«{feed.name}» {pause(feed, now, ZoneInfo(feed.tz))}", err=err)


def _check_feeds(path: str) -> tuple[tuple[Feed, ...], _Problems]:
    try:
        return feeds_file.load_checked(read_text(path), file=path, is_file=_is_file)
    except ConfigError as error:
        return (), (error,)


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:  # a folder on the way is closed to us, or the name is too long
        return False


def _check_channels(
    settings: Settings, file: str | None, topics: Collection[str] | None
) -> tuple[Sequence[Destination], _Problems]:
    """Where posts go by channels.yaml, and what is wrong with it; () and () where there is none."""
    path = file or settings.channels
    try:
        content = channels_content(settings, file)
        if content is None:
            return (), ()
        text = as_text(content, path)
    except ConfigError as error:
        return (), (error,)
    if problems := channels_file.problems(text, file=path, settings=settings, topics=topics):
        return (), problems
    return channels_file.load_channels(text, file=path, settings=settings, topics=topics), ()


@collector_paused(stays=True)  # until the end, which comes soon
def _check_keywords(path: str) -> CheckedRules:
    try:
        return check_rules(read_text(path), file=path)
    except ConfigError as error:
        return CheckedRules(errors=(error,))


def _usage_warnings(rules: CheckedRules, settings: Settings) -> _Problems:
    """What the news of the last month say against rules that hold; () where there are none, or too few to say
    anything.
    """
    if rules.errors or rules.keywords is None or rules.matcher is None:
        return ()
    file = settings.database_url.removeprefix("sqlite:///")
    if file != settings.database_url and not Path(file).exists():
        return ()  # before anything that takes long to import
    from monitor.matching.lint import FEWEST  # noqa: PLC0415 - as above
    from monitor.storage.glance import has_entries, plain_file  # noqa: PLC0415 - as above

    if (known := plain_file(settings.database_url)) and not has_entries(known, FEWEST):
        return ()
    from monitor.cli.matching.usage_warnings import usage_warnings  # noqa: PLC0415 - the database's library takes as long as the check

    return usage_warnings(rules.keywords, rules.matcher, settings.database_url)
