"""The methods of the Bot API: parameters in, result out, or a Refusal in Telegram's words. No HTTP, no clock.

The wording and the order of the checks follow the open-source Bot API server (version 10): first the text, then
the buttons, then the chat. Not modelled: Markdown, entities found by the server itself (links, hashtags), files.
"""

import struct
from collections.abc import Callable, Iterable
from typing import Any

from tests.servers.bot_chats import Chat, ChatStates, Json, Message
from tests.servers.bot_html import Entity, HtmlError, parse_html, trim, utf16_length
from tests.servers.bot_params import Params, Refusal, Upload, bad_request
from tests.servers.bot_replies import reply_of, thread_of

MAX_TEXT, MAX_CAPTION = 4096, 1024  # UTF-16 units after parsing: the stricter reading of "characters"
_MAX_CALLBACK_DATA, _MAX_PHOTO = 64, 10 << 20  # bytes
_MAX_SIDES, _MAX_RATIO = 10_000, 20  # of a photo: width and height together, and one to the other
_PNG = b"\x89PNG\r\n\x1a\n"
_DELETABLE = 48 * 3600  # seconds

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_ADMIN_RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
    "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories "
    "can_post_messages can_edit_messages"
)


class Telegram:
    """One bot's view of Telegram. Guard it yourself: nothing here locks."""

    def __init__(self, bot_id: int, chats: Iterable[Chat]) -> None:
        self.chats = ChatStates(chats)
        self.me: Json = {"id": bot_id, "is_bot": True, "first_name": "Монитор", "username": "test_monitor_bot"}
        self.updates: list[Json] = []
        self.webhook = ""
        self._last_update = 0
        self._open_queries: set[str] = set()
        self._methods: dict[str, Callable[[Params, int], Any]] = {
            "getme": self._get_me,
            "getchat": self._get_chat,
            "getchatmember": self._get_chat_member,
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "sendmediagroup": self._send_media_group,
            "editmessagetext": self._edit_message_text,
            "editmessagereplymarkup": self._edit_message_reply_markup,
            "deletemessage": self._delete_message,
            "pinchatmessage": self._pin_chat_message,
            "answercallbackquery": self._answer_callback_query,
            "getupdates": self._get_updates,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
        }

    def call(self, method: str, params: Params, now: int) -> Any:
        """Run a method (its name in any case) at `now`, in Unix seconds."""
        run = self._methods.get(method.lower())
        if run is None:
            raise Refusal(404, "Not Found: method not found")
        return run(params, now)

    def push(self, update: Json) -> Json:
        """Enqueue an update for getUpdates; it gets the next id unless it brings one."""
        self._last_update = update.get("update_id", self._last_update + 1)
        complete: Json = {"update_id": self._last_update} | update
        self.updates.append(complete)
        if query := complete.get("callback_query"):
            self._open_queries.add(str(query["id"]))
        return complete

    def has_updates(self, offset: int) -> bool:
        """Whether getUpdates would bring something."""
        return any(update["update_id"] >= offset for update in self.updates)

    def _get_me(self, _params: Params, _now: int) -> Json:
        return self.me | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def _get_chat(self, params: Params, _now: int) -> Json:
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
        return self.chats.find_open(params.text("chat_id")).chat.json() | full

    def _get_chat_member(self, params: Params, _now: int) -> Json:
        self.chats.find_open(params.text("chat_id"))
        user_id = params.number("user_id")
        if user_id == self.me["id"]:
            return {"status": "administrator", "user": self.me, **dict.fromkeys(_ADMIN_RIGHTS.split(), True)}
        return {"status": "member", "user": {"id": user_id, "is_bot": False, "first_name": "Участник"}}

    def _send_message(self, params: Params, now: int) -> Json:
        if not params.text("text"):
            raise bad_request("message text is empty")
        text, entities = _formatted(params, "text", MAX_TEXT, "message is too long")
        if not text:
            raise bad_request("text must be non-empty")
        content: Json = {"text": text} | ({"entities": entities} if entities else {})
        return self._post(params, content | _preview_options(params), now, params.text("text"))

    def _send_photo(self, params: Params, now: int) -> Json:
        content: Json = {"photo": [_photo(params.get("photo"))]} | _caption(params)
        return self._post(params, content, now, params.text("caption"))

    def _send_media_group(self, params: Params, now: int) -> list[Json]:
        media = params.structure("media")
        if not isinstance(media, list) or not 2 <= len(media) <= 10:
            raise bad_request("an album must have 2 to 10 items")
        items = [Params(item) for item in media]
        contents = [{"photo": [_photo(_media_file(params, item))]} | _caption(item) for item in items]
        group = {"media_group_id": f"{now}{len(media)}"}
        return [
            self._post(params, content | group, now, item.text("caption"))
            for item, content in zip(items, contents, strict=True)
        ]

    def _post(self, params: Params, content: Json, now: int, html: str) -> Json:
        markup = _markup(params)
        state = self.chats.find_open(params.text("chat_id"))
        place = thread_of(params, state) | reply_of(params, state)
        message = state.add(self._author(state.chat), content | markup | place, now=now, html=html)
        message.silent = params.flag("disable_notification")
        return message.raw

    def _author(self, chat: Chat) -> Json:
        return {"sender_chat": chat.json()} if chat.type == "channel" else {"from": self.me}

    def _edit_message_text(self, params: Params, now: int) -> Json:
        if not params.text("text"):
            raise bad_request("message text is empty")
        text, entities = _formatted(params, "text", MAX_TEXT, "message is too long")
        if not text:
            raise bad_request("text must be non-empty")
        markup = _markup(params)
        message = self._message_to_edit(params)
        if "text" not in message.raw:
            raise bad_request("there is no text in the message to edit")
        content: Json = {"text": text} | ({"entities": entities} if entities else {})
        _change(message, content | markup, ("text", "entities", "reply_markup"), now)
        message.raw |= _preview_options(params)
        message.html = params.text("text")
        return message.raw

    def _edit_message_reply_markup(self, params: Params, now: int) -> Json:
        markup = _markup(params)
        message = self._message_to_edit(params)
        _change(message, markup, ("reply_markup",), now)
        return message.raw

    def _message_to_edit(self, params: Params) -> Message:
        state = self.chats.find_open(params.text("chat_id"))
        message = state.message(params.number("message_id"), "message to edit not found")
        if not message.own:
            raise bad_request("message can't be edited")
        return message

    def _delete_message(self, params: Params, now: int) -> bool:
        state = self.chats.find_open(params.text("chat_id"))
        message = state.message(params.number("message_id"), "message to delete not found")
        if now - message.raw["date"] > _DELETABLE:
            raise bad_request("message can't be deleted")
        del state.messages[message.id]
        return True

    def _pin_chat_message(self, params: Params, _now: int) -> bool:
        state = self.chats.find_open(params.text("chat_id"))
        if not state.lets_pin:
            raise bad_request("not enough rights to manage pinned messages in the chat")
        message = state.message(params.number("message_id"), "message to pin not found")
        state.pinned.append((message.id, not params.flag("disable_notification")))
        return True

    def _answer_callback_query(self, params: Params, _now: int) -> bool:
        query = params.text("callback_query_id")
        if query not in self._open_queries:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self._open_queries.remove(query)
        return True

    def _get_updates(self, params: Params, _now: int) -> list[Json]:
        if self.webhook:
            raise Refusal(409, _WEBHOOK_ACTIVE)
        offset, limit = params.number("offset"), params.number("limit", 100) or 100
        self.updates = self.updates[offset:] if offset < 0 else [u for u in self.updates if u["update_id"] >= offset]
        allowed = params.structure("allowed_updates") or []
        return [u for u in self.updates if not allowed or any(kind in u for kind in allowed)][: min(limit, 100)]

    def _set_webhook(self, params: Params, _now: int) -> bool:
        self.webhook = params.text("url")
        return True

    def _delete_webhook(self, params: Params, _now: int) -> bool:
        self.webhook = ""
        if params.flag("drop_pending_updates"):
            self.updates = []
        return True

    def _get_webhook_info(self, _params: Params, _now: int) -> Json:
        return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self.updates)}


def _formatted(params: Params, field: str, limit: int, too_long: str) -> tuple[str, list[Entity]]:
    """Text and entities of a field, after parsing and trimming."""
    source, mode = params.text(field), params.text("parse_mode").lower()
    if mode not in ("", "none", "html"):
        raise bad_request("unsupported parse_mode")
    try:
        explicit = params.structure("caption_entities" if field == "caption" else "entities") or []
        text, entities = parse_html(source) if mode == "html" else trim(source, explicit)
    except HtmlError as error:
        raise bad_request(f"can't parse entities: {error}") from None
    if utf16_length(text) > limit:
        raise bad_request(too_long)
    return text, entities


def _caption(params: Params) -> Json:
    text, entities = _formatted(params, "caption", MAX_CAPTION, "message caption is too long")
    return ({"caption": text} if text else {}) | ({"caption_entities": entities} if entities else {})


def _media_file(params: Params, item: Params) -> Any:
    name = item.text("media")
    return params.get(name.removeprefix("attach://")) if name.startswith("attach://") else name


def _photo(source: Any) -> Json:
    if not source:
        raise bad_request("there is no photo in the request")
    size = len(source.content) if isinstance(source, Upload) else 0
    if size > _MAX_PHOTO:
        raise bad_request("file is too big")
    width, height = _sides(source.content if isinstance(source, Upload) else b"")
    if width + height > _MAX_SIDES or max(width, height) > _MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return {"file_id": "photo-1", "file_unique_id": "1", "width": width, "height": height, "file_size": size}


def _sides(content: bytes) -> tuple[int, int]:
    """Width and height, as a PNG says them; those of some picture for any other file."""
    if not content.startswith(_PNG) or len(content) < 24:
        return 1280, 720
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _preview_options(params: Params) -> Json:
    options = params.mapping("link_preview_options")
    return {"link_preview_options": options} if options else {}


def _markup(params: Params) -> Json:
    """The inline keyboard, checked; reply keyboards are taken and, as in Telegram, not shown in the message."""
    markup = params.mapping("reply_markup")
    rows = markup.get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        if len(str(button.get("callback_data", "")).encode()) > _MAX_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    return {"reply_markup": {"inline_keyboard": rows}} if any(rows) else {}


def _change(message: Message, content: Json, fields: tuple[str, ...], now: int) -> None:
    """Bring the message's fields to the content; an absent field disappears. Refused when nothing changes."""
    if all(message.raw.get(name) == content.get(name) for name in fields):
        raise bad_request(_NOT_MODIFIED)
    for name in fields:
        message.raw.pop(name, None)
    message.raw |= content | {"edit_date": now}
    message.edits += 1
