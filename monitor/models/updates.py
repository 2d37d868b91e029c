"""What people say to the bot, as far as we look at it. Of the person one letter at most."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message in a chat, or (`query` is not "") a press of a button under one of ours."""

    id: int  # the update's; grows
    chat: str  # Telegram's number, as "-1001234567890"
    name: str = ""  # "@name" of a public chat
    initial: str = ""  # the first letter of who it was
    text: str = ""
    query: str = ""  # the press waits for an answer under this id
    data: str = ""  # what the button carries
