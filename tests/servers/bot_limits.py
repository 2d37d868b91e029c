"""How many messages the stand-in lets through: sliding windows, the numbers that Telegram's FAQ names."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Limits:
    """`minute` is the length of the long window in seconds: a test need not wait for a real one."""

    chat_per_minute: int
    chat_per_second: int
    overall: int  # in one second, over all chats
    minute: float = 60.0
    _posted: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def claim(self, chat_id: int, cost: int, now: float) -> int:
        """Count `cost` messages; or, counting nothing, the whole seconds to wait (`retry_after`)."""
        windows = (
            (self._posted[chat_id], self.chat_per_minute, self.minute),
            (self._posted[chat_id], self.chat_per_second, 1.0),
            (deque(sorted(at for posted in self._posted.values() for at in posted)), self.overall, 1.0),
        )
        wait = max(_until_free(posted, cost, limit, now, span) for posted, limit, span in windows)
        if wait > 0:
            return max(1, math.ceil(wait))
        self._posted[chat_id].extend([now] * cost)
        return 0


def _until_free(posted: deque[float], cost: int, limit: int, now: float, span: float) -> float:
    """Seconds until `cost` more fit. A cost above the limit waits for an empty window."""
    recent = [at for at in posted if at > now - span]
    excess = len(recent) + min(cost, limit) - limit
    return recent[excess - 1] + span - now if excess > 0 else 0.0
