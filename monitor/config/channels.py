"""channels.yaml: text → `Destination` values. The file is optional.

The channel of the settings always exists and comes first; a stanza with its chat says what it gets. Only Telegram knows
whether a chat exists and accepts posts.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import time
from typing import cast, get_args

from monitor.config import yaml_reader
from monitor.config.hours import read_time
from monitor.config.setting_values import CHAT, CHAT_ADVICE
from monitor.config.settings import TERMINAL, Settings
from monitor.config.stanzas import name_of, place_of, unique
from monitor.config.yaml_reader import Mapping, Node, YamlReader, in_order, load, nearest, raise_first
from monitor.errors import ConfigError
from monitor.models.articles import Language
from monitor.models.channels import Destination, Sound, Tongue

KEYS = ("name", "chat", "thread", "topics", "news", "language", "brief", "digest_at", "sound", "index")
MOST = 100  # each destination has its own pace, and every post is rendered for each

_THREAD = re.compile(r"[1-9]\d{0,9}", re.ASCII)
_CHAT_AND_THREAD = 'тему форума пишут отдельной строкой: chat: "@имя", под ней thread: 17'
_OF_MAINTAINERS = (
    "это чат редакторов (MONITOR_REVIEW_CHAT): посты смешаются с вопросами — нужен другой чат или тема форума (thread)"
)
_NO_NEWS = "новостей на языке «{}» нет"
_WITH_THREAD = re.compile(r"(@?[\w-]+)/(\d+)", re.ASCII)


def main_only(settings: Settings) -> tuple[Destination, ...]:
    """Return the destinations when there is no file: the channel of the settings."""
    return (_completed(Destination(chat=settings.channel), settings, is_main=True),)


def load_channels(
    text: str, *, file: str, settings: Settings, topics: Collection[str] | None
) -> tuple[Destination, ...]:
    """Return the destinations, the channel of the settings first. `topics` are the ids in keywords.yaml; None allows
    any.

    Raises ConfigError for the first mistake, with the number of others.
    """
    stanzas, reader = _read(text, file, settings, topics)
    raise_first(reader.problems)
    main = next((to for to in stanzas if _is_main(to, settings)), Destination(chat=settings.channel))
    others = (_completed(to, settings) for to in stanzas if to is not main)
    return (_completed(main, settings, is_main=True), *others)


def problems(text: str, *, file: str, settings: Settings, topics: Collection[str] | None) -> tuple[ConfigError, ...]:
    """Return everything wrong with the file, sorted by line; () if `load_channels` would succeed."""
    try:
        return in_order(_read(text, file, settings, topics)[1].problems)
    except ConfigError as error:  # not even YAML
        return (error,)


def as_posted(destinations: Sequence[Destination], settings: Settings) -> tuple[Destination, ...]:
    """Return the destinations with the chats that posts go to: in preview mode the terminal, with a part for each."""
    if settings.live:
        return tuple(destinations)
    main, *others = destinations
    return (replace(main, chat=TERMINAL), *(replace(to, chat=f"{TERMINAL}/{to.name}") for to in others))


def chats_of(settings: Settings, destinations: Iterable[Destination]) -> tuple[str, ...]:
    """Return every chat that is written to: those of the settings and of the destinations."""
    return tuple(dict.fromkeys((*settings.chats, *(to.chat for to in destinations))))


def require_topics(topics: Collection[str], destinations: Iterable[Destination], *, rules: str, file: str) -> None:
    """Raise ConfigError if a destination wants a topic that the rules no longer have: it would become silent."""
    for to in destinations:
        if lost := ", ".join(sorted(to.topics - set(topics))):
            advice = f"её получает «{to.name}» ({file}) — верните тему или сначала уберите её там"
            raise ConfigError(f"нет больше темы {lost}, а {advice}", file=rules, key="topics")


def _is_main(to: Destination, settings: Settings) -> bool:
    return to.chat.lower() == settings.channel.lower()


def _completed(to: Destination, settings: Settings, *, is_main: bool = False) -> Destination:
    """Add to a destination what the settings say about it."""
    if not is_main:
        return replace(to, archive=settings.site_url)
    return replace(
        to,
        chat=settings.channel,
        digest_at=to.digest_at or settings.hours.digest_at,
        index=to.index or settings.pinned_index,
        archive=settings.site_url,
    )


# ── reading ────────────────────────────────────────────────────────────────────────────────────


def _read(
    text: str, file: str, settings: Settings, topics: Collection[str] | None
) -> tuple[tuple[Destination, ...], YamlReader]:
    reader = YamlReader(file)
    root = load(text, file=file)
    reader.mapping(root, key="", at=root, known=("channels",))
    stanzas = reader.items(root.get("channels"), key="channels", at=root)
    if len(stanzas) > MOST:
        reader.problem(f"больше {MOST} каналов — оставьте {MOST}", at=stanzas[MOST], key="channels")
        return (), reader
    read = [one for stanza in stanzas if (one := _destination(reader, stanza, settings, topics))]
    unique(reader, [(stanza, to.name) for stanza, to in read], key="name")
    unique(reader, [(stanza, to.chat.lower()) for stanza, to in read], key="chat")
    return tuple(to for _, to in read), reader


def _destination(
    reader: YamlReader, node: Node, settings: Settings, topics: Collection[str] | None
) -> tuple[Mapping, Destination] | None:
    """Read one stanza and its destination; None if it has a problem."""
    before = len(reader.problems)
    stanza = reader.mapping(node, key="channels", at=node, known=KEYS)
    if stanza is None:
        return None
    to = Destination(
        name=name_of(reader, stanza),
        chat=_chat(reader, stanza, settings),
        topics=_several(reader, stanza, "topics", topics, wrong="нет темы «{}»"),
        languages=cast("frozenset[Language]", _several(reader, stanza, "news", get_args(Language), wrong=_NO_NEWS)),
        tongue=cast("Tongue", _one(reader, stanza, "language", get_args(Tongue), default="ru")),
        brief=reader.flag(stanza.get("brief"), key="brief"),
        sound=Sound(_one(reader, stanza, "sound", [*Sound], default=Sound.URGENT)),
        digest_at=_digest_at(reader, stanza),
        index=reader.flag(stanza.get("index"), key="index"),
    )
    return None if len(reader.problems) > before else (stanza, to)


def _chat(reader: YamlReader, stanza: Mapping, settings: Settings) -> str:
    """Return the chat, with its forum topic if any: "@name", "@name/17"."""
    written = reader.text(stanza.get("chat"), key="chat", at=stanza, example='"@имя_канала"') or ""
    thread = _thread(reader, stanza)
    if written and not CHAT.fullmatch(written):
        advice = _CHAT_AND_THREAD if _WITH_THREAD.fullmatch(written) else CHAT_ADVICE
        reader.problem(advice, at=place_of(stanza, "chat"), key="chat")
    if written and not thread and written.lower() == settings.review_chat.lower() != settings.channel.lower():
        reader.problem(_OF_MAINTAINERS, at=place_of(stanza, "chat"), key="chat")
    return f"{written}/{thread}" if thread else written


def _thread(reader: YamlReader, stanza: Mapping) -> str:
    written = reader.text(stanza.get("thread"), key="thread", at=stanza, default="") or ""
    if written == "1":
        reader.problem("общая тема форума — это сам чат: уберите thread", at=place_of(stanza, "thread"), key="thread")
    elif written and not _THREAD.fullmatch(written):
        advice = "номер темы — число из её ссылки: у https://t.me/c/123/17 это 17"
        reader.problem(advice, at=place_of(stanza, "thread"), key="thread")
    return written


def _several(
    reader: YamlReader, stanza: Mapping, key: str, known: Collection[str] | None, *, wrong: str
) -> frozenset[str]:
    """Return the words of a list, noting those not `known` (None: all are). Empty, so no restriction, without the
    key.
    """
    node = stanza.get(key)
    if node is None:
        return frozenset()
    if not isinstance(node, yaml_reader.Sequence) or not node.items:
        reader.problem(f"здесь нужен список: {key}: [одно, другое]; если нужно всё, уберите строку", at=node, key=key)
        return frozenset()
    words = [(item, reader.text(item, key=key, at=item)) for item in node.items]
    for item, word in words:
        if word is not None and known is not None and word not in known:
            reader.problem(wrong.format(word) + nearest(word, known), at=item, key=key)
    return frozenset(word for _, word in words if word)


def _one(reader: YamlReader, stanza: Mapping, key: str, known: Collection[str], *, default: str) -> str:
    """Return one of the known words, or the default after noting a problem."""
    word = reader.text(stanza.get(key), key=key, at=stanza, default=default) or default
    if word in known:
        return word
    reader.problem(f"такого нет: «{word}»{nearest(word, known)}", at=place_of(stanza, key), key=key)
    return default


def _digest_at(reader: YamlReader, stanza: Mapping) -> time | None:
    written = reader.text(stanza.get("digest_at"), key="digest_at", at=stanza, default="") or ""
    try:
        return read_time(written)
    except ValueError:
        reader.problem('пишут так: "20:00"', at=place_of(stanza, "digest_at"), key="digest_at")
        return None
