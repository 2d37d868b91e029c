"""How settings name a chat: "@name" or its number, and after a slash the topic of a forum: "@name/17". Pure.

The Bot API wants the two apart: a message is sent to a chat and a topic, any other call names the chat alone.
"""

import re
from typing import Final

_IN_TOPIC: Final = re.compile(r"([^/]+)/([0-9]{1,18})")
_GENERAL: Final = 1  # the topic that every forum has; Telegram accepts messages to it only without its number


def chat_of(name: str) -> str:
    """Return the chat's name without the topic."""
    named = _IN_TOPIC.fullmatch(name)
    return named[1] if named else name


def topic_of(name: str) -> int | None:
    """Return the topic's number; None for the chat itself, which in a forum is the topic «General»."""
    named = _IN_TOPIC.fullmatch(name)
    return int(named[2]) if named and int(named[2]) > _GENERAL else None


def rename_chat(name: str, chat: str) -> str:
    """Return the same place with another name for its chat: "@name/17" with -100123 is "-100123/17"."""
    topic = topic_of(name)
    return chat if topic is None else f"{chat}/{topic}"
