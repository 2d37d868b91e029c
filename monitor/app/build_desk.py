"""The desk, wired: what each of its parts is given, and the server. Imported only where the desk is on."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from time import monotonic
from urllib.parse import urlsplit

from monitor.app.build_bot import new_secret
from monitor.app.config_files import channels_content
from monitor.app.environment import as_text, clock
from monitor.config import channels
from monitor.config.settings import Settings
from monitor.desk import server
from monitor.desk.access import Access
from monitor.desk.app import Part, build_app
from monitor.desk.words import Words
from monitor.edits.keywords_file import KeywordsFile
from monitor.edits.saving import Saving
from monitor.edits.trial import Trials
from monitor.errors import ConfigError
from monitor.matching.matcher import Matcher
from monitor.storage.store import Store

OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")


@contextmanager
def serve_desk(
    settings: Settings, store: Store, *, matcher: Callable[[], Matcher], port: int, address: str = ""
) -> Iterator[str]:
    """Serve the desk until the block ends; gives its address. `matcher` are the rules in force.

    `port` 0 is any free one. Without an `address` it is this machine's. Raises ConfigError when the port is taken.
    """
    listening = server.listen(settings.desk_host, port)
    bound: int = listening.getsockname()[1]
    address = address or f"http://127.0.0.1:{bound}"
    secure = urlsplit(address).scheme == "https"
    access = Access(store.desk_keys, new_secret=new_secret, secure=secure, clock=clock)
    hosts = [f"{host}:{bound}" for host in OWN_HOSTS]
    app = build_app(build_parts(settings, store, matcher), access, address=address, hosts=hosts, clock=clock)
    with server.serve(app, listening):
        yield address


def build_parts(settings: Settings, store: Store, matcher: Callable[[], Matcher]) -> Sequence[Part]:
    """The parts of the desk, in the order of its menu."""
    return (build_words(settings, store, matcher),)


def build_words(settings: Settings, store: Store, matcher: Callable[[], Matcher]) -> Words:
    """What maintainers do with keywords.yaml."""
    keywords = KeywordsFile(
        settings.keywords,
        saving=Saving(store.versions, clock=clock),
        versions=store.versions,
        trials=Trials(store.archive, store.reach, steady=monotonic),
        in_force=matcher,
        clock=clock,
        needs=partial(_unmet_channels, settings),
    )
    return Words(keywords=keywords, zone=settings.timezone)


def _unmet_channels(settings: Settings, topics: Collection[str]) -> Sequence[ConfigError]:
    """What channels.yaml asks for that rules with these topics have not."""
    content = channels_content(settings)
    if content is None:
        return ()
    text = as_text(content, settings.channels)
    return channels.problems(text, file=settings.channels, settings=settings, topics=topics)
