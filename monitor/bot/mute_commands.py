"""`/mute` and `/unmute`: what maintainers do about rules that make noise. What a mute means: matching/mutes.py."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.bot.review_chat import CommandCall
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import Mute, MuteRequest, RuleName, listing, mute_request, names_of, one_of
from monitor.storage.mutes import MuteStore
from monitor.storage.stats import Stats

BUSY_LATELY: Final = timedelta(days=7)


class MuteCommands:
    """Mutes rules and lets them speak again. `matcher` gives the rules of now; `zone` is the maintainers' time zone.

    Everything is synchronous and raises DatabaseError.
    """

    def __init__(
        self,
        mutes: MuteStore,
        stats: Stats,
        *,
        matcher: Callable[[], Matcher],
        zone: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._mutes, self._stats = mutes, stats
        self._matcher, self._zone, self._clock = matcher, zone, clock

    def mute(self, call: CommandCall) -> None:
        """`/mute правило часы`; without a word, what is muted and what fires most."""
        rules, now = self._rules(), self._clock()
        wanted = mute_request(call.argument, rules) if call.argument else self._listing(rules, now)
        if isinstance(wanted, MuteRequest):
            mute = Mute(name=wanted.name, until=now + wanted.length, initial=call.initial)
            self._mutes.begin(mute, call.chat, call.key, now)
        else:
            self._mutes.answer(call.chat, call.key, wanted, now)

    def unmute(self, call: CommandCall) -> None:
        """`/unmute правило`: of the rules that are muted, which need not be in keywords.yaml any more."""
        now = self._clock()
        muted = [mute.name for mute in self._mutes.active(now)]
        name = one_of(call.argument, muted, command="unmute") if call.argument and muted else self._listing((), now)
        if isinstance(name, RuleName):
            self._mutes.end(name, call.chat, call.key, now)
        else:
            self._mutes.answer(call.chat, call.key, name, now)

    def release(self, chat: str) -> int:
        """End the mutes that are over or void, and show in a chat what they held; returns how many news."""
        keys = {name.key for name in self._rules()}
        return self._mutes.release(keys, chat, self._clock())

    def _rules(self) -> tuple[RuleName, ...]:
        return names_of(self._matcher().compiled)

    def _listing(self, rules: Sequence[RuleName], now: datetime) -> str:
        since = now - BUSY_LATELY
        fired = self._stats.list_fired(after=0, since=since) if rules else ()
        counts = Counter(path for _, seen_at, paths in fired if seen_at >= since for path in paths)
        busy = {name: count for name in rules if (count := counts[name.path])}
        return listing(self._mutes.active(now), busy, days=BUSY_LATELY.days, zone=self._zone)
