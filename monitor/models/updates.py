"""What people send to the bot, as far as it is used: at most one letter about the person. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message in a chat, or (if `query` is not "") a press of a button below a message of ours."""

    id: int  # of the update; each is greater than the one before
    chat: str  # Telegram's number, as "-1001234567890"
    name: str = ""  # "@name" of a public chat
    initial: str = ""  # the first letter of the sender's name
    text: str = ""
    query: str = ""  # id under which the press waits for an answer
    data: str = ""  # the button's data
