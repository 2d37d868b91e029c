"""Destinations of posts: a channel, a group or a forum topic, and what is wanted there (channels.yaml). Values only."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Literal

from monitor.models.articles import Language

Tongue = Literal["ru", "kk", "en"]
"""A language of our own words; headlines and quotes keep theirs."""


class Sound(StrEnum):
    """Which posts make a sound."""

    URGENT = "urgent"  # somebody is detained or handed over, a court sits today
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A place that posts go to. Defaults mean everything, in Russian, in full."""

    chat: str  # "@name" or a number; "@name/17" is topic 17 of a forum
    name: str = ""  # the maintainers' name for it; "" for the channel of the settings
    topics: frozenset[str] = frozenset()  # ids of keywords.yaml; empty: all
    languages: frozenset[Language] = frozenset()  # languages of the news; empty: all
    tongue: Tongue = "ru"
    brief: bool = False  # without quotes
    sound: Sound = Sound.URGENT
    digest_at: time | None = None  # in the settings' time zone; None: no digest of the day
    index: bool = False  # keeps a pinned message: open cases, the week's stories
    archive: str = ""  # the public archive's address, ending with a slash; "" if there is none
