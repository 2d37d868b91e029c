"""A stand-in for the Telegram Bot API that speaks HTTP: `Bot(token, base_url=f"{api.url}/bot")`.

Here are the HTTP side (tokens, limits, holds, long polling, the public preview page of the channel) and what a test may
see and do. What the methods mean is in `bot_methods.py`.
By hand: `python -m tests.servers.bot_api --port 8081` prints its address and then every post.
"""

import argparse
import asyncio
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from tests.servers import faults
from tests.servers.bot_chats import CHANNEL, OPERATOR, REVIEW, Chat, Json, PostedMessage
from tests.servers.bot_faults import (
    badjson,
    deliver_then_502,
    deliver_then_hang,
    deliver_then_reset,
    empty200,
    html502,
    http,
    refused,
    reply,
    too_many_requests,
)
from tests.servers.bot_limits import Limits
from tests.servers.bot_methods import Telegram
from tests.servers.bot_params import Params, Refusal, read_params
from tests.servers.bot_preview import CONTACT_PAGE, preview_page
from tests.servers.faults import Fault, Script
from tests.servers.loopback import Exchange, Hold, LoopbackServer, Response

# what a test of the bot needs is imported from here, wherever it is written
__all__ = [
    "CHANNEL",
    "EDITOR",
    "OPERATOR",
    "REVIEW",
    "TOKEN",
    "BotApi",
    "Call",
    "Chat",
    "PostedMessage",
    "badjson",
    "deliver_then_502",
    "deliver_then_hang",
    "deliver_then_reset",
    "empty200",
    "html502",
    "http",
    "too_many_requests",
]

TOKEN = "123456789:AAE-test-token-of-the-stand-in-000000"
EDITOR: Json = {"id": 1000000002, "is_bot": False, "first_name": "Редактор", "username": "test_editor"}

_PATH = re.compile(r"/bot([^/]*)/(\w*)/?")
_PREVIEW = re.compile(r"/s/(\w+)")
_ANY = "*"
_COUNTED = {"sendmessage", "sendphoto", "sendmediagroup", "editmessagetext", "editmessagereplymarkup"}
_LONGEST_POLL = 50  # seconds; Telegram's own cap
_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as the bot made it; `at` is `time.monotonic()` seconds."""

    method: str  # as written by the client
    params: Params
    at: float


class BotApi(LoopbackServer):
    """One bot, its chats, and the API in front of them.

    Chats are named by id or @username everywhere. Every method may be called from any thread.
    Faults to script are in `faults.py` and `bot_faults.py`. `stop()` refuses connections; `start()` comes
    back on the same port with everything kept.
    """

    def __init__(
        self, token: str = TOKEN, chats: Iterable[Chat] = (CHANNEL, REVIEW, OPERATOR), *, port: int = 0
    ) -> None:
        super().__init__(port=port)
        self.token = token
        self._telegram = Telegram(int(token.partition(":")[0]), chats)
        self._script = Script()
        self._holds: dict[str, tuple[Hold, bool]] = {}
        self._calls: list[Call] = []
        self._limits: Limits | None = None
        self._revoked = False
        self._preview = True
        self._poll_no = 0
        self.clock: Callable[[], float] = time.monotonic  # of limits and long polls, in seconds; a test may set its own

    # what a test may see

    def posted(self, chat: str | int) -> list[PostedMessage]:
        """What the chat shows now of the bot's messages, the oldest first."""
        with self.changed:
            return [message.shown() for message in self._telegram.chats.find(chat).messages.values() if message.own]

    def pinned(self, chat: str | int) -> list[tuple[int, bool]]:
        """The messages pinned in the chat, and whether each rang, in the order in which they were pinned."""
        with self.changed:
            return list(self._telegram.chats.find(chat).pinned)

    @property
    def calls(self) -> list[Call]:
        """Every call so far, refused and spoiled ones too."""
        with self.changed:
            return list(self._calls)

    def count(self, method: str) -> int:
        """How many calls of a method came."""
        return sum(call.method.lower() == method.lower() for call in self.calls)

    # what a test may make go wrong

    def script(self, fault: Fault, method: str = "sendMessage", times: int | None = 1) -> None:
        """Queue a fault for the next `times` calls of a method ("*": of any), for ever when None."""
        with self.changed:
            self._script.add(method.lower(), fault, times)

    def mend(self, method: str = "sendMessage") -> None:
        """Forget the faults of a method."""
        with self.changed:
            self._script.forget(method.lower())

    def hold(self, method: str = "sendMessage", *, accepted: bool = False) -> Hold:
        """Calls of the method wait until released: before the work, or (`accepted`) after it and before the answer."""
        with self.changed:
            hold = self._hold()
            self._holds[method.lower()] = (hold, accepted)
        return hold

    def limit(
        self, chat_per_minute: int = 20, chat_per_second: int = 1, overall: int = 30, minute: float = 60.0
    ) -> None:
        """429 with retry_after above these rates; sends and edits count. `minute` shortens the long window."""
        with self.changed:
            self._limits = Limits(
                chat_per_minute=chat_per_minute, chat_per_second=chat_per_second, overall=overall, minute=minute
            )

    def unlimit(self) -> None:
        """No limits, as at the start."""
        with self.changed:
            self._limits = None

    def kick(self, chat: str | int, reason: str = "") -> None:
        """403 for the chat; by default the reason is that the bot was kicked from it."""
        with self.changed:
            state = self._telegram.chats.find(chat)
            state.closed = reason or f"bot was kicked from the {state.chat.type} chat"

    def let_pin(self, chat: str | int, *, allowed: bool) -> None:
        """Give the bot the right to pin in the chat, or take it away."""
        with self.changed:
            self._telegram.chats.find(chat).lets_pin = allowed

    def restore(self, chat: str | int) -> None:
        """Let the bot back into the chat."""
        with self.changed:
            self._telegram.chats.find(chat).closed = ""

    def close_topic(self, chat: str | int, thread: int, *, closed: bool = True) -> None:
        """An administrator closes a topic of a forum (1: «General»), or opens it again."""
        with self.changed:
            threads = self._telegram.chats.find(chat).closed_threads
            (threads.add if closed else threads.discard)(thread)

    def revoke(self, *, revoked: bool = True) -> None:
        """401 for every call, as after /revoke at BotFather; `revoked=False` takes it back."""
        with self.changed:
            self._revoked = revoked

    def hide_preview(self, *, hidden: bool = True) -> None:
        """`/s/name` shows the contact page: preview switched off, or the asker throttled."""
        with self.changed:
            self._preview = not hidden

    # what people in the chats may do

    def delete(self, chat: str | int, message_id: int) -> None:
        """An administrator deletes a message."""
        with self.changed:
            del self._telegram.chats.find(chat).messages[message_id]

    def say(self, chat: str | int, text: str, user: Json | None = None, *, thread: int = 0) -> Json:
        """A person writes in the chat, or in a topic of it; a leading /command is marked as one. Returns the update."""
        with self.changed:
            command = re.match(r"/\w+(@\w+)?", text)
            entity = {"type": "bot_command", "offset": 0, "length": command.end()} if command else None
            content: Json = {"text": text} | ({"entities": [entity]} if entity else {})
            content |= {"message_thread_id": thread, "is_topic_message": True} if thread else {}
            state = self._telegram.chats.find(chat)
            message = state.add({"from": user or EDITOR}, content, now=_now(), own=False)
            return self._telegram.push({"message": message.raw})

    def callback(self, chat: str | int, message_id: int, data: str, user: Json | None = None) -> Json:
        """A person presses the button that carries `data`; LookupError if there is none. Returns the update."""
        with self.changed:
            message = self._telegram.chats.find(chat).messages[message_id]
            rows = message.raw.get("reply_markup", {}).get("inline_keyboard", [])
            if all(button.get("callback_data") != data for row in rows for button in row):
                raise LookupError(f"message {message_id} has no button {data!r}")
            query = {"id": str(time.monotonic_ns()), "from": user or EDITOR, "chat_instance": "1", "data": data}
            return self._telegram.push({"callback_query": query | {"message": dict(message.raw)}})

    def push_update(self, update: Json) -> Json:
        """Any update for getUpdates, as it is; returns it with its id."""
        with self.changed:
            return self._telegram.push(update)

    # the HTTP side

    async def answer(self, exchange: Exchange) -> None:
        """Preview page or API call."""
        path = exchange.request.path
        if matched := _PREVIEW.fullmatch(path):
            await exchange.send(self._preview_of(matched[1], exchange.request.parameter("before")))
        elif matched := _PATH.fullmatch(path):
            await self._api_call(exchange, matched[1], matched[2])
        else:
            await exchange.send(refused(Refusal(404, "Not Found")))

    async def _api_call(self, exchange: Exchange, token: str, method: str) -> None:
        params, key = read_params(exchange.request), method.lower()
        with self.changed:
            self._calls.append(Call(method=method, params=params, at=exchange.request.at))
            hold, accepted = self._holds.get(key, (None, False))
            fault = self._script.next(key) or self._script.next(_ANY)
        self.notice()
        answer: faults.Answer = partial(self._answer_call, token, key, params)
        if key == "getupdates":
            answer = await self._long_poll(exchange, params, answer)
        if accepted:
            answer = partial(_same, answer())
        if hold:
            await hold.wait(exchange)
        await (fault or _plain)(exchange, answer)

    def _answer_call(self, token: str, key: str, params: Params) -> Response:
        with self.changed:
            self.changed.notify_all()  # not after the answer: a fault may never give it
            try:
                self._check_token(token)
                self._check_limits(key, params)
                return reply(200, {"ok": True, "result": self._telegram.call(key, params, _now())})
            except Refusal as refusal:
                return refused(refusal)

    def _check_token(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]{30,}", token):
            raise Refusal(401, "Unauthorized: invalid token specified")
        if self._revoked or token != self.token:
            raise Refusal(401, "Unauthorized")

    def _check_limits(self, key: str, params: Params) -> None:
        if self._limits is None or key not in _COUNTED:
            return
        cost = len(params.structure("media") or "1") if key == "sendmediagroup" else 1
        chat_id = self._telegram.chats.find(params.text("chat_id")).chat.id
        if wait := self._limits.claim(chat_id, cost, self.clock()):
            raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    async def _long_poll(self, exchange: Exchange, params: Params, answer: faults.Answer) -> faults.Answer:
        """Wait for updates as long as the client asked; a younger poll sends the older one away."""
        with self.changed:
            self._poll_no += 1
            mine = self._poll_no
        until = self.clock() + min(params.number("timeout"), _LONGEST_POLL)
        # pushed from other threads: fifty looks a second are simpler than a bridge between them and the loop
        while not (self._poll_ends(mine, params) or exchange.gone) and self.clock() < until:  # noqa: ASYNC110  # above
            await asyncio.sleep(0.02)
        return answer if mine == self._poll_no else partial(refused, Refusal(409, _CONFLICT))

    def _poll_ends(self, poll_no: int, params: Params) -> bool:
        with self.changed:
            refused_anyway = poll_no != self._poll_no or self._revoked or self._telegram.webhook
            return bool(refused_anyway) or self._telegram.has_updates(params.number("offset"))

    def _preview_of(self, username: str, before: str) -> Response:
        with self.changed:
            try:
                state = self._telegram.chats.find(f"@{username}")
            except Refusal:
                return Response(status=302, headers={"location": "/"})
            if not self._preview or state.chat.type != "channel":
                return Response(headers={"content-type": "text/html; charset=utf-8"}, body=CONTACT_PAGE.encode())
            end = int(before or state.last_id + 1)
            shown = [message.shown() for message in state.messages.values() if message.id < end]
        page = preview_page(state.chat, shown)
        return Response(headers={"content-type": "text/html; charset=utf-8"}, body=page.encode())


async def _plain(exchange: Exchange, answer: Callable[[], Response]) -> None:
    await exchange.send(answer())


def _same(response: Response) -> Response:
    return response


def _now() -> int:
    return int(time.time())  # noqa: TID251  # the outside world has a clock of its own


def main() -> None:
    """Run until Ctrl+C and print what is posted."""
    parser = argparse.ArgumentParser(description="A stand-in for the Telegram Bot API on loopback.")
    parser.add_argument("--port", type=int, default=0)
    with BotApi(port=parser.parse_args().port) as api, suppress(KeyboardInterrupt):
        print(f"{api.url}  token {api.token}  channel @{CHANNEL.username}", flush=True)
        seen: set[tuple[int, int, int]] = set()
        while True:
            for post in (post for chat in (CHANNEL, REVIEW, OPERATOR) for post in api.posted(chat.id)):
                if (key := (post.chat, post.message_id, post.edits)) not in seen:
                    seen.add(key)
                    print(f"\n── {post.chat}/{post.message_id} (правок: {post.edits})\n{post.text}", flush=True)
            time.sleep(0.2)


if __name__ == "__main__":
    main()
