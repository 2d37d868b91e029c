"""The desk, wired: what each of its parts is given, and the server. Imported only where the desk is on."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from urllib.parse import urlsplit

from monitor.app import memory
from monitor.app.config_files import RulesEdition, channel_problems
from monitor.app.desk.build_feeds import build_feeds, build_status, open_feeds
from monitor.app.desk.build_news import build_news
from monitor.app.desk.build_words import build_words, keywords_process, keywords_trouble
from monitor.app.environment import clock, new_secret
from monitor.config.settings import Settings
from monitor.desk import server
from monitor.desk.access import Access
from monitor.desk.app import Part, build_app
from monitor.edits.child_process import ChildProcess
from monitor.edits.files import FileTrouble, trouble_of
from monitor.edits.keywords.keywords_file import KeywordsFile
from monitor.health.http_endpoint import listen
from monitor.storage.store import Store

OWN_HOSTS = ("127.0.0.1", "localhost", "[::1]")
LET_GO_EVERY = 60.0  # seconds between two rounds


@contextmanager
def serve_desk(
    settings: Settings, store: Store, *, rules: Callable[[], RulesEdition], port: int, address: str = ""
) -> Iterator[str]:
    """Serve the desk until the block ends; gives its address. `rules` are those in force.

    `port` 0 is any free one. Without an `address` it is this machine's. Raises PortTaken.
    """
    listening = listen(settings.desk_host, port, key="MONITOR_DESK_HOST, MONITOR_DESK_PORT")
    bound: int = listening.getsockname()[1]
    address = address or f"http://127.0.0.1:{bound}"
    secure = urlsplit(address).scheme == "https"
    access = Access(
        store.desk_keys,
        new_secret=new_secret,
        secure=secure,
        undecided=lambda: store.reviews.waiting().count,
        clock=clock,
    )
    hosts = [f"{host}:{bound}" for host in OWN_HOSTS]
    keywords = keywords_process(settings)
    parts = build_parts(settings, store, rules, keywords)
    app = build_app(parts, access, address=address, hosts=hosts, clock=clock)
    with server.serve(app, listening), closing(keywords), _letting_go(keywords.let_go):
        yield address


@contextmanager
def _letting_go(let_go: Callable[[], None]) -> Iterator[None]:
    """While the block lasts, give back what was needed for pages that nobody looks at any more."""
    is_over = threading.Event()

    def rounds() -> None:
        while not is_over.wait(LET_GO_EVERY):
            let_go()
            memory.give_back()

    threading.Thread(target=rounds, name="desk-memory", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def build_parts(
    settings: Settings, store: Store, rules: Callable[[], RulesEdition], keywords: ChildProcess[KeywordsFile]
) -> Sequence[Part]:
    """The parts of the desk, in the order of its menu."""

    def channels() -> FileTrouble | None:
        return trouble_of(settings.channels, lambda: channel_problems(settings, rules().topics))

    feed_list = open_feeds(store, settings.feeds, zone=settings.timezone)
    return (
        build_words(settings, store, keywords),
        *build_feeds(settings, store, feed_list),
        *build_news(settings, store, lambda: rules().matcher, clock),
        build_status(
            settings, store, [partial(keywords_trouble, settings, keywords, rules), feed_list.trouble, channels]
        ),
    )
