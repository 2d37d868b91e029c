"""The maintainers' chat, wired: what is decided and answered there, and who listens. Only app.py opens one."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from sqlalchemy import Engine

from monitor.app.environment import clock, worker_name
from monitor.bot.commands import IN_DOUBT, Answering, Muting, answers_of, deeds_of, operator_answers_of
from monitor.bot.review_chat import Reviewing
from monitor.bot.updates import Updates
from monitor.config.settings import Settings
from monitor.matching.matcher import Matcher
from monitor.storage.database import sqlite_file
from monitor.storage.history import History
from monitor.storage.mutes import MuteBook
from monitor.storage.outbox import Outbox
from monitor.storage.polls import Store
from monitor.storage.reviews import Reviews
from monitor.storage.stats import Lookout
from monitor.storage.update_cursor import Listening


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What maintainers decide with."""

    reviews: Reviews
    answering: Answering
    reviewing: Reviewing | None  # None: preview mode, nobody can be asked


async def open_desk(
    stack: AsyncExitStack,
    settings: Settings,
    engine: Engine,
    *,
    store: Store,
    outbox: Outbox,
    mutes: MuteBook,
    lookout: Lookout,
    matcher: Matcher,
    chance: Callable[[], float],
) -> Desk:
    """Wire the desk; connections are closed by the stack. Raises DatabaseError."""
    reviews = Reviews(engine, channel=settings.chat, zone=settings.timezone)
    answering = Answering(
        store=store,
        outbox=outbox,
        lookout=lookout,
        history=History(engine),
        reviews=reviews,
        mutes=mutes,
        matcher=matcher,
        zone=settings.timezone,
        clock=clock,
    )
    if not settings.live:
        return Desk(reviews=reviews, answering=answering, reviewing=None)
    listening = Listening(engine)
    if sqlite_file(settings.database_url) is not None:
        await asyncio.to_thread(listening.release)  # we have the instance lock: who listened before is dead
    updates = Updates(settings.bot_token, base_url=settings.bot_api_url or None, proxy=settings.proxy or None)
    source = await stack.enter_async_context(updates)
    muting = Muting(mutes, lookout, matcher=lambda: answering.matcher, zone=settings.timezone, clock=clock)
    operator, review = settings.operator_chat, settings.review_chat
    # The maintainers' chat may ask more: it comes second, so that it wins when the two are one.
    answers = {operator: operator_answers_of(answering)} | {review: answers_of(answering)}
    reviewing = Reviewing(
        source,
        listening,
        reviews,
        outbox,
        worker=f"{worker_name()}:{chance():.9f}",
        review=review,
        operator=operator,
        expires_after=settings.review_patience,
        answers={chat: known for chat, known in answers.items() if chat},
        deeds=deeds_of(reviews, muting, clock),
        presses={operator: {IN_DOUBT: answering.settle_doubt}},
        doubts=answering.doubts,
        release=muting.release,
        clock=clock,
    )
    return Desk(reviews=reviews, answering=answering, reviewing=reviewing)
