"""What our settings call a chat: "@name" or its number, and behind a slash the topic of a forum: "@name/17". Pure.

The Bot API takes the two apart: sends name chat and topic, everything else names the chat alone.
"""

import re
from typing import Final

_IN_TOPIC: Final = re.compile(r"([^/]+)/([0-9]{1,18})")
_GENERAL: Final = 1  # the topic that every forum has; Telegram takes messages to it only without its number


def chat_of(name: str) -> str:
    """The chat alone: the name without its topic."""
    named = _IN_TOPIC.fullmatch(name)
    return named[1] if named else name


def topic_of(name: str) -> int | None:
    """The topic's number; None for the chat itself, which in a forum is the topic «General»."""
    named = _IN_TOPIC.fullmatch(name)
    return int(named[2]) if named and int(named[2]) > _GENERAL else None


def renamed(name: str, chat: str) -> str:
    """The same place, its chat called otherwise: "@name/17" in -100123 is "-100123/17"."""
    topic = topic_of(name)
    return chat if topic is None else f"{chat}/{topic}"
