"""`/mute` and `/unmute` in the maintainers' chat, and the end of every mute: asks, remembers, shows what was held.

It orchestrates: what may be asked and what is said stands in mutes.py, what is remembered in mutebook.py.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.bot.review_chat import Deed, Order
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import Mute, RuleName, Wish, listing, names_of, one_of, wish
from monitor.storage.mutes import MuteBook
from monitor.storage.reviews import Reviews
from monitor.storage.stats import Lookout

LATELY: Final = timedelta(days=7)


class Muting:
    """What maintainers do about rules that make noise. `matcher` gives the rules of now, `zone` their clock.

    Everything is synchronous and raises DatabaseError.
    """

    def __init__(
        self,
        book: MuteBook,
        lookout: Lookout,
        *,
        matcher: Callable[[], Matcher],
        zone: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._book, self._lookout = book, lookout
        self._matcher, self._zone, self._clock = matcher, zone, clock

    def mute(self, order: Order) -> None:
        """`/mute правило часы`; without a word, what is muted and what fires most."""
        rules, now = self._rules(), self._clock()
        wanted = wish(order.said, rules) if order.said else self._listing(rules, now)
        if isinstance(wanted, Wish):
            mute = Mute(name=wanted.name, until=now + wanted.length, initial=order.initial)
            self._book.begin(mute, order.chat, order.key, now)
        else:
            self._book.answer(order.chat, order.key, wanted, now)

    def unmute(self, order: Order) -> None:
        """`/unmute правило`: of the rules that are muted, which need not be in keywords.yaml any more."""
        now = self._clock()
        muted = [mute.name for mute in self._book.active(now)]
        name = one_of(order.said, muted, command="unmute") if order.said and muted else self._listing((), now)
        if isinstance(name, RuleName):
            self._book.end(name, order.chat, order.key, now)
        else:
            self._book.answer(order.chat, order.key, name, now)

    def release(self, chat: str) -> int:
        """End the mutes that are over or void, and show in a chat what they held; returns how many news."""
        keys = {name.key for name in self._rules()}
        return self._book.release(keys, chat, self._clock())

    def _rules(self) -> tuple[RuleName, ...]:
        return names_of(self._matcher().compiled)

    def _listing(self, rules: Sequence[RuleName], now: datetime) -> str:
        since = now - LATELY
        fired = self._lookout.fired(after=0, since=since) if rules else ()
        counts = Counter(rule for _, seen_at, found in fired if seen_at >= since for rule in found)
        named = {name: counts[name.path] for name in rules}
        busy = {name: count for name, count in named.items() if count}
        return listing(self._book.active(now), busy, days=LATELY.days, zone=self._zone)


def deeds_of(reviews: Reviews, muting: Muting, clock: Callable[[], datetime]) -> Mapping[str, Deed]:
    """Every command of the maintainers' chat that changes something."""
    return {
        "undo": lambda order: reviews.undo(order.chat, order.key, clock()),
        "mute": muting.mute,
        "unmute": muting.unmute,
    }
