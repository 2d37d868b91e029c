"""What people send to the bot, as far as we look at it: of the person one letter at most. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message in a chat, or (`query` is not "") a press of a button under one of ours."""

    id: int  # of the update; each is greater than the one before
    chat: str  # Telegram's number, as "-1001234567890"
    name: str = ""  # "@name" of a public chat
    initial: str = ""  # the first letter of the sender's name
    text: str = ""
    query: str = ""  # the press waits for an answer under this id
    data: str = ""  # what the button carries
