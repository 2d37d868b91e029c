"""A machine suspended between claim and send: what it then holds may long be somebody else's affair."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from monitor.bot.dispatcher import LEASE, Dispatcher
from monitor.errors import NotAccepted
from monitor.models.outbox import DeliveryState, Pace
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.store import Store
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, matched, poll_outcome
from tests.factories import feed as make_feed
from tests.factories.channels import to_channel
from tests.harness.clock import Clock

CHAT = "@channel"


class Screen:
    """A chat that takes everything."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def post(self, chat: str, html: str, **_: object) -> int:  # noqa: ARG002 - there is one chat
        self.shown.append(html)
        return len(self.shown)

    async def edit(self, chat: str, message_id: int, html: str, **_: object) -> None:
        """Nothing is edited here."""

    async def delete(self, chat: str, message_id: int) -> None:
        """Nor deleted."""

    async def pin(self, chat: str, message_id: int) -> None:
        """Nor pinned."""

    async def identify(self, chat: str) -> Any:  # noqa: ARG002 - the same
        raise NotAccepted("не сейчас")

    async def check(self, chats: Iterable[str]) -> None:
        """Nobody asks here."""


async def test_what_was_claimed_before_the_sleep_is_not_sent_after_it(store: Store, outbox: Outbox) -> None:
    store.feeds.sync([make_feed()], NOW)
    store.feeds.claim(NOW, limit=1, lease=LEASE)
    store.polls.record_all(
        [poll_outcome(matched=(matched(),))],
        partial(group, chats=to_channel(CHAT)),
        window=HOUR,
    )
    screen = Screen()

    class Sleeper(Clock):
        def __call__(self) -> datetime:
            """Two minutes pass as soon as something is claimed."""
            is_claimed = any(row.attempts for row in outbox.rows(DeliveryState))
            return NOW + timedelta(minutes=2) if is_claimed else NOW

    await Dispatcher(outbox, store.chats, {CHAT: screen}, clock=Sleeper(), pace=Pace()).drain(CHAT)

    assert len(screen.shown) == 1, "given back, claimed anew, sent once"
    (row,) = outbox.rows([DeliveryState.SENT])
    assert row.attempts == 2
