"""What the database remembers: `why` an address was posted or was not, `story` with its members and posts."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from shlex import quote
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from monitor.app.config_files import load_matcher
from monitor.app.environment import clock, environment
from monitor.cli.console.options import AsJson, KeywordsFile
from monitor.cli.console.output import LANGUAGES, print_json, say
from monitor.cli.console.screen import Screen
from monitor.cli.matching.explanation_view import quote_passages, show_reports
from monitor.config.settings import load_settings
from monitor.errors import QueryError
from monitor.matching import explanation
from monitor.matching.matcher import Matcher
from monitor.models.articles import Extracted
from monitor.models.evidence import WatchedPage
from monitor.models.labels import STATES, moment, pause, sight_label
from monitor.storage.database import open_existing
from monitor.storage.evidence.history import EvidenceHistory
from monitor.storage.history import FeedRecord, History, Member, Post, StoryRecord
from monitor.storage.mutes import MuteStore
from monitor.stories.corrections import retraction
from monitor.stories.question import outcome_label
from monitor.text.unicode import clean
from monitor.text.urls import as_typed, canonical

_MOST_STORIES = 2**63  # no database counts further


def why(
    url: Annotated[str, typer.Argument(metavar="АДРЕС", help="адрес новости, в любом написании")],
    *,
    keywords: KeywordsFile = None,
    as_json: AsJson = False,
) -> None:
    """Показать, что стало с новостью: какая лента её увидела, что бот решил и почему, куда это ушло.

    Решение — то, что записано в тот день; разбор по правилам сделан заново, по сохранённому тексту и нынешним
    правилам; правила на паузе (/mute) молчат и здесь. Код 1: такого адреса бот не видел.
    """
    if not (address := as_typed(url)):
        raise QueryError(f"«{url}» — не адрес. Скопируйте его из браузера целиком: https://сайт/новость")
    url = address
    settings = load_settings(environment())
    engine, zone = open_existing(settings.database_url), ZoneInfo(settings.timezone)
    history = History(engine)
    members = history.list_entries(url)
    muted = [mute.name.key for mute in MuteStore(engine).active(clock())]
    stories = {number: history.story(number) for number in dict.fromkeys(one.story_id for one in members) if number}
    known = [story for story in stories.values() if story]
    pages = EvidenceHistory(engine).pages(url) if members else ()
    if as_json:
        matcher = load_matcher(keywords or settings.keywords).muting(muted)
        feeds = () if members else history.feeds_of(url)
        print_json(_json(url, members, known, feeds, matcher) | {"pages": list(map(_page_json, pages))})
    elif members:
        _show(members, known, pages, zone)
        _show_today(members, load_matcher(keywords or settings.keywords).muting(muted))
    else:
        _show_unseen(url, history.feeds_of(url), zone)
    if not members:
        raise typer.Exit(1)


def story(
    number: Annotated[int, typer.Argument(metavar="НОМЕР", help="номер истории; его называет monitor why")],
    *,
    as_json: AsJson = False,
) -> None:
    """Показать историю: кто о ней рассказал, почему это одна история, что и куда отправлено. Код 1: её нет."""
    settings = load_settings(environment())
    engine, zone = open_existing(settings.database_url), ZoneInfo(settings.timezone)
    record = History(engine).story(number) if number < _MOST_STORIES else None
    if record is None:
        say(f"Истории {number} нет.", err=True)
        raise typer.Exit(1)
    pages = EvidenceHistory(engine).pages(number)
    if as_json:
        print_json(_story_json(record) | {"pages": list(map(_page_json, pages))})
        return
    screen = Screen()
    begun = f" · началась {moment(record.created_at, zone)} ({zone})"
    screen.print(Text(f"История {record.id}", style="bold"), begun, sep="")
    if record.follows:
        screen.print(f"Продолжает историю {record.follows}: monitor story {record.follows}")
    _show_retraction(screen, record)
    _show_posts(screen, record)
    for line in _of_pages(pages, str(number), zone):
        screen.print(line, soft_wrap=True)
    for member in record.members:
        screen.print()
        _print_rows(screen, _facts(member, zone) | {"Связь": member.evidence})
        for sentence in _sentences(member):
            screen.print(Padding(sentence, (0, 0, 0, 2)))


def _show(
    members: Sequence[Member], stories: Sequence[StoryRecord], pages: Sequence[WatchedPage], zone: ZoneInfo
) -> None:
    screen = Screen()
    for member in members:
        _print_rows(screen, _facts(member, zone))
        screen.print()
    for record in stories:
        screen.print(f"История {record.id}, изложений: {len(record.members)}. Подробно: monitor story {record.id}")
        _show_retraction(screen, record)
        _show_posts(screen, record)
        screen.print()
    if copies := list(_of_pages(pages, pages[0].url if pages else "", zone)):
        screen.print("\n".join(copies), soft_wrap=True)
        screen.print()


def _facts(member: Member, zone: ZoneInfo) -> dict[str, str]:
    return {
        "Лента": f"{member.feed}, увидена {moment(member.seen_at, zone)} ({zone})",
        "Адрес": member.url,
        "Заголовок": member.title,
        "Дата": moment(member.published_at, zone) if member.published_at else "",
        "Прочитано": _read(member),
        "Решение": outcome_label(member.outcome, member.reason),
        "Причина": member.reason,
    }


def _read(member: Member) -> str:
    if member.text is None:
        return ""
    about = f"{len(member.text)} зн., {LANGUAGES[member.language]}"
    return f"{about}; {member.problem}" if member.problem else about


def _show_retraction(screen: Screen, record: StoryRecord) -> None:
    if record.retracted:
        by = f" ({record.retracted.initial}.)" if record.retracted.initial else ""
        screen.print(f"{retraction.label(record.retracted)}{by}")


def _show_posts(screen: Screen, record: StoryRecord) -> None:
    for post in record.posts:
        rest = "; ".join(part for part in (STATES[post.state], post.link, post.error) if part)
        shown = next((one.title for one in record.members if one.part == post.part), "")
        screen.print(f"  {post.chat}, пост {post.part}: {rest}")
        screen.print(f"    «{shown}»")
    if not record.posts:
        screen.print("  Ни один чат её не ждёт (MONITOR_REVIEW_CHAT не задан?)")


def _of_pages(pages: Sequence[WatchedPage], what: str, zone: ZoneInfo) -> Iterator[str]:
    """The copies kept of these pages, a line each, and where to see more; of those nobody has looked at yet nothing."""
    seen = [(page, page.sight, page.seen_at) for page in pages if page.sight and page.seen_at]
    for page, sight, at in seen:
        label = sight_label(sight, is_first=page.is_first)
        yield f"Копий страницы {page.url}: {page.captures}; {label}, {moment(at, zone)}"
    if seen:
        yield f"  Подробно: monitor evidence show {quote(what)}"


def _show_today(members: Sequence[Member], matcher: Matcher) -> None:
    """The rules asked again, once for a text however many feeds carried it."""
    screen = Screen()
    texts = {(one.title, one.text) for one in members if one.text is not None}
    if not texts:
        screen.print("Текст этой новости не читали или уже не хранят: разобрать её заново нельзя.")
    for title, text in sorted(texts):
        page = Extracted(title=title, text=text)
        screen.print(Text("Тот же текст по нынешним правилам:", style="bold"))
        verdict = matcher.judge(title=title, text=text)
        show_reports(screen, page, verdict, explanation.explain(matcher, title=title, text=text))


def _show_unseen(url: str, feeds: Sequence[FeedRecord], zone: ZoneInfo) -> None:
    screen = Screen()
    screen.print(f"Такого адреса бот не видел: {url}")
    if not feeds:
        screen.print("Ни одна лента не читает этот сайт. Добавить: docs/howto/add-feed.md")
    for feed in feeds:
        at = feed.succeeded_at
        good = f"последний удачный опрос {moment(at, zone)} ({zone})" if at else "удачных опросов не было"
        screen.print(f"  {'; '.join([f'{feed.name}: {good}', *_standing(feed, zone)])}")
    if feeds:
        screen.print("Если новости нет в самой ленте, бот о ней не узнает: monitor explain АДРЕС покажет решение.")


def _standing(feed: FeedRecord, zone: ZoneInfo) -> Iterator[str]:
    """Why nothing comes from a feed just now."""
    if said := pause(feed, clock(), zone):
        yield said
    if feed.failure:
        yield f"сейчас: {feed.failure}"


def _sentences(member: Member) -> Iterator[RenderableType]:
    if member.verdict and member.text is not None:
        matches = [match for topic in member.verdict.topics for match in topic.matches]
        yield from quote_passages(matches, title=member.title, text=member.text)


def _print_rows(screen: Screen, facts: dict[str, str]) -> None:
    for name, value in facts.items():
        if value:
            screen.print(f"{name + ':':<11}{clean(value)}")


def _json(
    url: str, members: Sequence[Member], stories: Sequence[StoryRecord], feeds: Sequence[FeedRecord], matcher: Matcher
) -> dict[str, object]:
    return {
        "url": url,
        "canonical_url": canonical(url),
        "entries": [_member_json(one) | {"today": _today(one, matcher)} for one in members],
        "stories": [_story_json(record) for record in stories],
        "feeds_of_the_site": [
            {"name": feed.name, "succeeded_at": _iso(feed.succeeded_at), "failure": feed.failure} for feed in feeds
        ],
    }


def _member_json(one: Member) -> dict[str, object]:
    same = ("entry_id", "feed", "url", "title", "outcome", "reason", "language", "story_id", "part", "evidence")
    verdict = explanation.verdict_json(one.verdict, id=one.entry_id) if one.verdict else None
    instants = {"seen_at": _iso(one.seen_at), "published_at": _iso(one.published_at)}
    return {name: getattr(one, name) for name in same} | instants | {"problem": one.problem, "verdict": verdict}


def _today(one: Member, matcher: Matcher) -> dict[str, object] | None:
    """What today's rules say, and of each topic what it lacked; None: the text is not kept."""
    if one.text is None:
        return None
    reports = explanation.explain(matcher, title=one.title, text=one.text)
    lacking = {report.id: explanation.lack(report) for report in reports if report.fired is None or report.is_hinted}
    verdict = matcher.judge(title=one.title, text=one.text)
    return explanation.verdict_json(verdict, id=one.entry_id) | {"lacking": lacking}


def _story_json(record: StoryRecord) -> dict[str, object]:
    instants = {"created_at": _iso(record.created_at), "updated_at": _iso(record.updated_at)}
    members = [_member_json(one) for one in record.members]
    posts = [_post_json(post) for post in record.posts]
    retracted = record.retracted and {"why": record.retracted.why, "at": _iso(record.retracted.at)}
    head = {"id": record.id, "follows": record.follows, "retracted": retracted}
    return head | instants | {"members": members, "posts": posts}


def _page_json(page: WatchedPage) -> dict[str, object]:
    instants = {"seen_at": _iso(page.seen_at), "next_look_at": _iso(page.due_at)}
    return {"url": page.url, "captures": page.captures, "sight": page.sight} | instants


def _post_json(post: Post) -> dict[str, object]:
    return {"chat": post.chat, "part": post.part, "state": post.state, "link": post.link, "error": post.error}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
