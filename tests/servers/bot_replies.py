"""Where a message to the stand-in goes, and what it answers: topics of forums, replies, quotes. In Telegram's words."""

import re
import sys
from collections.abc import Iterable

from tests.servers.bot_chats import ChatState, Json
from tests.servers.bot_html import Entity, HtmlError, parse_html, trim, utf16_length
from tests.servers.bot_params import Params, bad_request

GENERAL = 1  # the topic of a forum whose messages bear no number of a topic
_QUOTED_STYLES = {"bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji"}


def thread_of(params: Params, state: ChatState) -> Json:
    """The topic a message goes to. That of number 1, «General», takes messages without its number only."""
    thread = params.number("message_thread_id")
    if thread and thread not in state.chat.threads:
        raise bad_request("message thread not found")
    if (thread or GENERAL) in state.closed_threads:
        raise bad_request("TOPIC_CLOSED")
    return {"message_thread_id": thread, "is_topic_message": True} if thread else {}


def reply_of(params: Params, state: ChatState) -> Json:
    """The message that a new one answers, and what it quotes of it."""
    reply = Params(params.mapping("reply_parameters"))
    target = reply.number("message_id")
    if not target:
        return {}
    if target in state.messages:
        answered = state.messages[target].raw
        shown = {k: v for k, v in answered.items() if k not in ("reply_to_message", "quote")}
        return {"reply_to_message": shown} | _quote(reply, answered)
    if reply.flag("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def _quote(reply: Params, answered: Json) -> Json:
    """The quoted part of the message answered: word for word, and bold or underlined where it is so there."""
    words, entities = _quoted(reply)
    if not words:
        return {}
    text = answered.get("text") or answered.get("caption") or ""
    styles = answered.get("entities") or answered.get("caption_entities") or []
    place = next((place for place in _places(text, words) if _styles(entities) == _styles(styles, place, words)), None)
    if place is None:
        raise bad_request("QUOTE_TEXT_INVALID")
    quote: Json = {"text": words, "position": place, "is_manual": True}
    return {"quote": quote | ({"entities": entities} if entities else {})}


def _quoted(reply: Params) -> tuple[str, list[Entity]]:
    source, entities = reply.text("quote"), reply.structure("quote_entities") or []
    try:
        return parse_html(source) if reply.text("quote_parse_mode").lower() == "html" else trim(source, entities)
    except HtmlError as error:
        raise bad_request(f"can't parse entities: {error}") from None


def _places(text: str, words: str) -> list[int]:
    """Where the words stand in the text, in UTF-16 units."""
    starts = [found.start() for found in re.finditer(f"(?={re.escape(words)})", text)]
    return [utf16_length(text[:start]) for start in starts]


def _styles(entities: Iterable[Entity], place: int = 0, words: str = "") -> set[tuple[str, int, int]]:
    """The styles that count in a quote, with where they begin and end in it."""
    end = place + utf16_length(words) if words else sys.maxsize
    within = ((e["type"], int(e["offset"]), int(e["offset"]) + int(e["length"])) for e in entities)
    return {
        (str(kind), max(start, place) - place, min(stop, end) - place)
        for kind, start, stop in within
        if kind in _QUOTED_STYLES and start < end and stop > place
    }
