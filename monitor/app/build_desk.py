"""The desk, wired: what each of its parts is given, and the server. Imported only where the desk is on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from monitor.app.build_bot import new_secret
from monitor.app.desk.feeds import build_feeds, build_status
from monitor.app.environment import clock
from monitor.config.settings import Settings
from monitor.desk import news, server
from monitor.desk.access import Access
from monitor.desk.app import Part, build_app
from monitor.desk.decisions import Decisions
from monitor.desk.news import News
from monitor.desk.rules import Rules
from monitor.matching.explanation import NearArticles, TopicReport, explain, nearest_misses, nearly_found
from monitor.matching.matcher import Matcher
from monitor.matching.rule_lines import NearMiss
from monitor.matching.search.query import Query
from monitor.models.articles import Outcome
from monitor.models.search import SearchResult
from monitor.storage.rule_figures import Figures
from monitor.storage.store import Store
from monitor.text.languages.russian import forget_dictionary

NEARLY_LATELY = timedelta(days=7)  # how far back news are looked through that rules nearly found
NEARLY_FOUND = (Outcome.UNMATCHED, Outcome.REVIEW)
NEAR_SECONDS, FIGURES_SECONDS = 0.4, 1.5  # a page may take to judge
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
    feeds = build_feeds(settings, store, file=settings.feeds)
    return (*feeds, *build_news(settings, store, matcher), build_status(settings, store))


def build_news(settings: Settings, store: Store, matcher: Callable[[], Matcher]) -> Sequence[Part]:
    """News, questions to the maintainers, the rules in figures; by the rules in force, those on a pause silent."""
    zone, review_chat = settings.timezone, store.reviews.chats.review

    def audible() -> Matcher:
        return matcher().muting([mute.name.key for mute in store.mutes.active(clock())])

    def ask(*, title: str, text: str) -> tuple[tuple[TopicReport, ...], tuple[NearMiss, ...]]:
        rules = audible()
        return explain(rules, title=title, text=text), nearest_misses(rules, title=title, text=text)

    def search(query: Query, *, limit: int, before: int | None) -> SearchResult:
        try:
            return store.finder.answer(query, limit=limit, before=before)
        finally:
            forget_dictionary()  # 15 MB for a question now and then

    def near(before: int | None) -> NearArticles:
        kept = store.archive.kept(clock() - NEARLY_LATELY, before=before, outcomes=NEARLY_FOUND)
        return nearly_found(kept, audible(), most=news.AT_ONCE, is_over=time_for(NEAR_SECONDS))

    def figures() -> Figures:
        return store.rule_figures.figures(matcher(), now=clock(), is_over=time_for(FIGURES_SECONDS))

    return (
        News(
            search=search,
            ask=ask,
            near=near,
            history=store.history,
            questions=store.questions,
            evidence=store.kept,
            is_public=lambda story: store.retractions.story_of(story) is not None,
            zone=zone,
        ),
        Decisions(
            questions=store.questions,
            reviews=store.reviews,
            retractions=store.retractions,
            review_chat=review_chat,
            zone=zone,
            clock=clock,
        ),
        Rules(figures=figures),
    )


def time_for(seconds: float) -> Callable[[], bool]:
    """What says whether that time is over, from now on."""
    until = clock.steady() + timedelta(seconds=seconds)
    return lambda: clock.steady() >= until
