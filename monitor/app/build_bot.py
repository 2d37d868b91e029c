"""The bot, wired: what brings the chats up to date, what answers and decides in the maintainers' chats."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog

from monitor.app.environment import clock, new_secret, worker_name
from monitor.app.startup import Config
from monitor.bot.case_command import CaseCommand
from monitor.bot.client import BotClient
from monitor.bot.commands import UNCERTAIN_BUTTON, ReadCommands, review_presses, write_commands
from monitor.bot.daily_digest import DailyDigest
from monitor.bot.deleted_posts import DeletedPosts, Look, no_look
from monitor.bot.desk_command import DeskCommand
from monitor.bot.dispatcher import Chat, Dispatcher
from monitor.bot.evidence_command import EvidenceCommand
from monitor.bot.find_command import FindCommand
from monitor.bot.mute_commands import MuteCommands
from monitor.bot.pinned_index import PinnedIndex
from monitor.bot.reconcile import Reconciler
from monitor.bot.retract_command import RetractCommand
from monitor.bot.review_chat import Press, ReviewChat
from monitor.bot.updates import Updates
from monitor.bot.weekly_digest import WeeklyDigest
from monitor.config.hours import Week
from monitor.config.settings import Settings
from monitor.errors import ChannelClosed, DeliveryError, MaybeAccepted
from monitor.models.channels import Destination
from monitor.models.outbox import DigestItem, Notifier, Pace
from monitor.sources.http.client import Fetcher
from monitor.storage.store import Store
from monitor.stories.digest import counts_by_topic, days_of

CHECK_SECONDS = 10.0  # a silent Telegram must not hold up the start
UNPACED = Pace(per_minute=1_000_000, spacing=timedelta(0))  # the terminal has no limits

log = structlog.get_logger()


async def open_client(stack: AsyncExitStack, settings: Settings) -> BotClient:
    """One client of the Bot API with connections of its own; the stack closes it."""
    client = BotClient(settings.bot_token, base_url=settings.bot_api_url or None, proxy=settings.proxy or None)
    return await stack.enter_async_context(client)


def build_dispatcher(
    settings: Settings, store: Store, chats: Mapping[str, Chat], *, posted: Callable[[int], None]
) -> Dispatcher:
    """What drains the outbox into `chats`; `posted` hears of each delivery that was accepted."""
    return Dispatcher(
        store.outbox,
        store.chats,
        chats,
        clock=clock,
        pace=Pace() if settings.live else UNPACED,
        hours=settings.hours,
        operator=settings.operator_chat,
        posted=posted,
    )


def build_reconciler(settings: Settings, store: Store, fetcher: Fetcher, client: BotClient) -> Reconciler:
    """What finds out whether a post in doubt stands in the channel."""
    return Reconciler(
        store.uncertain,
        store.chats,
        pages=fetcher,
        exists=client.exists,
        clock=clock,
        preview_url=settings.telegram_preview_url,
        resend_after=settings.resend_after,
    )


def build_look(settings: Settings, store: Store, fetcher: Fetcher, client: BotClient | None) -> Look:
    """What notes which posts were deleted in a channel."""
    if client is None:
        return no_look
    return DeletedPosts(
        store.shown_posts,
        store.chats,
        pages=fetcher,
        exists=client.exists,
        clock=clock,
        preview_url=settings.telegram_preview_url,
    ).look


def build_daily_digest(
    settings: Settings, store: Store, destinations: Sequence[Destination], look: Look
) -> DailyDigest:
    """What puts the digests of the day into the outbox."""
    return DailyDigest(
        store.digests,
        destinations,
        hours=settings.hours,
        clock=clock,
        undecided=store.reviews.undecided,
        held=store.mutes.held_in,
        look=look,
    )


def build_weekly_digest(settings: Settings, store: Store, look: Look) -> WeeklyDigest:
    """What puts the picture of the week into the outbox."""
    return WeeklyDigest(
        store.digests,
        settings.chat,
        hours=settings.hours,
        clock=clock,
        draw=draw_week,
        archive=settings.site_url,
        hidden=lambda: [takedown.story for takedown in store.takedowns.hidden()],
        look=look,
    )


def build_pinned_index(
    settings: Settings, store: Store, chats: Mapping[str, Chat], destinations: Sequence[Destination]
) -> PinnedIndex:
    """What keeps the pinned messages that name open cases and the week's stories."""
    return PinnedIndex(
        store.pinned_index,
        store.chats,
        chats,
        destinations=destinations,
        page_of=case_page,
        tell_operator=operator_notifier(settings, store),
        zone=settings.timezone,
        clock=clock,
    )


def case_page(number: int) -> str:
    """Where the archive has a case, below its address."""
    # The archive's words and dates are of no use to a bot whose chats have no index.
    from monitor.site.page import case_path  # noqa: PLC0415 - as above

    return case_path(number)


def draw_week(week: Week, items: Sequence[DigestItem]) -> bytes:
    """The picture of a week, as PNG."""
    # What draws is wanted once a week.
    from monitor.site.pictures.cards import png  # noqa: PLC0415 - as above
    from monitor.site.pictures.weekly import weekly_svg  # noqa: PLC0415 - as above

    return png(weekly_svg(f"Неделя · {days_of(week)}", counts_by_topic(items)))


def build_read_commands(config: Config, store: Store) -> ReadCommands:
    """What answers questions in the maintainers' chats."""
    evidence = EvidenceCommand(store.kept, zone=config.settings.timezone)
    return ReadCommands(
        feeds=store.feeds,
        outbox=store.outbox,
        stats=store.stats,
        history=store.history,
        reviews=store.reviews,
        mutes=store.mutes,
        evidence=evidence,
        find=FindCommand(store.finder.find, zone=config.settings.timezone),
        matcher=config.matcher,
        zone=config.settings.timezone,
        clock=clock,
    )


def build_review_chat(
    settings: Settings, store: Store, client: BotClient, read_commands: ReadCommands, *, chance: Callable[[], float]
) -> ReviewChat:
    """What listens in the maintainers' chats, by a client that nothing else waits for."""
    stats, zone = store.stats, settings.timezone
    mute_commands = MuteCommands(store.mutes, stats, matcher=lambda: read_commands.matcher, zone=zone, clock=clock)
    retract = RetractCommand(store.retractions, store.outbox, clock)
    desk = DeskCommand(store.desk_keys, store.outbox, address=settings.desk_address, new_secret=new_secret, clock=clock)
    operator, review = settings.operator_chat, settings.review_chat
    # The maintainers' chat may ask more: it comes second, so that it wins when the two are one.
    commands = {operator: read_commands.operator_commands()} | {review: read_commands.review_commands()}
    return ReviewChat(
        Updates(client),
        store.updates,
        store.reviews,
        store.outbox,
        worker=f"{worker_name()}:{chance():.9f}",
        review=review,
        operator=operator,
        expires_after=settings.review_patience,
        read_commands={chat: known for chat, known in commands.items() if chat},
        write_commands=write_commands(
            store.reviews, mute_commands, CaseCommand(store.cases, store.outbox, clock), retract, desk, clock=clock
        ),
        presses=build_presses(settings, store, read_commands, retract),
        uncertain_posts=read_commands.uncertain_posts,
        release=mute_commands.release,
        clock=clock,
    )


def build_presses(
    settings: Settings, store: Store, read_commands: ReadCommands, retract: RetractCommand
) -> Mapping[str, Mapping[str, Press]]:
    """What buttons do, by chat; the operator's chat and that of the maintainers may be one."""
    operator = {UNCERTAIN_BUTTON: read_commands.settle_uncertain}
    review = review_presses(store.reviews, store.page_notices, retract, clock)
    if settings.operator_chat == settings.review_chat:
        return {settings.review_chat: {**operator, **review}}
    return {settings.operator_chat: operator, settings.review_chat: review}


def operator_notifier(settings: Settings, store: Store) -> Notifier:
    """What tells the operator, who has no chat while posts are only shown here."""
    return build_notifier(store, settings.operator_chat if settings.live else "")


def build_notifier(store: Store, chat: str) -> Notifier:
    """What puts messages for a chat into the outbox; for "" it does nothing."""

    def notify(key: str, html: str) -> None:
        if chat:
            store.outbox.tell(chat, key, html, now=clock())

    return notify


async def why_closed(chats: Mapping[str, Chat]) -> Mapping[str, str]:
    """The chats that take no messages, and why, in words for the operator, as far as Telegram says."""
    closed: dict[str, str] = {}
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            for name, chat in chats.items():
                try:
                    await chat.check([name])
                except ChannelClosed as error:
                    closed[name] = str(error)
    except (DeliveryError, TimeoutError) as error:
        log.warning("Telegram does not answer yet", action="check", error=str(error) or "timeout")
    return closed


async def send_directly(through: Chat, chat: str, html: str) -> bool:
    """Post past the outbox. True: it was posted, or perhaps it was."""
    try:
        await through.post(chat, html)
    except MaybeAccepted:
        return True
    except DeliveryError as error:
        log.warning("the operator was not told", action="database", chat=chat, error=str(error))
        return False
    return True
