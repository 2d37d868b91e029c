"""Where posts go: a channel, a group, or a topic of a forum, and what is wanted there (channels.yaml). Values only."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Literal

from monitor.models.articles import Language

Tongue = Literal["ru", "kk", "en"]
"""A language that our own words are in; headlines and quotes stay in theirs."""


class Sound(StrEnum):
    """Which posts ring."""

    URGENT = "urgent"  # somebody is detained or handed over, a court sits today
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One place that posts go to. What is left out means: everything, in Russian, in full."""

    chat: str  # "@name" or a number; "@name/17" is topic 17 of a forum
    name: str = ""  # what maintainers call it; "" for the channel of the settings
    topics: frozenset[str] = frozenset()  # ids of keywords.yaml; empty: all
    languages: frozenset[Language] = frozenset()  # of the news; empty: all
    tongue: Tongue = "ru"
    brief: bool = False  # without quotes
    sound: Sound = Sound.URGENT
    digest_at: time | None = None  # by the clock of the settings' zone; None: no digest of the day
    index: bool = False  # with a pinned message: open cases, the week's stories
    archive: str = ""  # the address of the public archive, with a slash at its end; "" when there is none
