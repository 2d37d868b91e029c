"""The public preview of a channel, read to find out whether a post of ours stands in it. Pure: bytes in, values out.

(The news of other channels is read from such pages by `sources/feeds/telegram_preview.py`.)
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.text import charsets, markup, urls
from monitor.text.numbers import whole

_LONGEST_PAGE = 4_000_000  # bytes
_MESSAGE = ".tgme_widget_message[data-post]"
_TEXT = ".js-message_text"
_OLDER = "a.tme_messages_more[data-before]"
_EMPTY = ".tme_no_messages_found"
_NAME_AND_NUMBER = re.compile(r"([A-Za-z0-9_]{2,64})/(\d{1,12})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewMessage:
    """One message as the preview shows it: its number in the channel, and what it is known by (see `mark`)."""

    message_id: int
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """The messages of one page, in its order, and the number before which older ones are to be asked for."""

    messages: tuple[PreviewMessage, ...]
    older: int | None

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of the messages shown."""
        return frozenset(message.message_id for message in self.messages)

    @property
    def unread(self) -> frozenset[int]:
        """Those of messages that nothing is known of but their number."""
        return frozenset(message.message_id for message in self.messages if not message.mark)


def read_page(body: bytes, *, channel: str) -> PreviewPage | None:
    """The page of `channel` (without @); None when it shows no such channel: preview off, throttled, another page."""
    tree = markup.document(charsets.decode(body[:_LONGEST_PAGE]))
    messages = tuple(message for node in tree.css(_MESSAGE) if (message := _message(node, channel)))
    if not messages and tree.css_first(_EMPTY) is None:
        return None
    return PreviewPage(messages=messages, older=_older(tree))


def mark(html: str) -> str:
    """What a post is known by in the preview: its first link out of Telegram's own page, else its words; "" if neither.

    The text of a story may have moved on since it was sent; the link of its headline has not.
    """
    return _mark(markup.document(html).root)


def find(wanted: str, messages: Iterable[PreviewMessage], *, after: int, known: frozenset[int]) -> int | None:
    """The number of the message that bears the mark `wanted`, is newer than `after` and not `known` to be another."""
    numbers = (message.message_id for message in messages if message.mark == wanted and message.message_id > after)
    return next((number for number in numbers if number not in known), None)


def _message(node: LexborNode, channel: str) -> PreviewMessage | None:
    post = _NAME_AND_NUMBER.fullmatch(node.attributes.get("data-post") or "")
    if post is None or post[1].lower() != channel.lower():
        return None
    return PreviewMessage(message_id=int(post[2]), mark=_mark(node.css_first(_TEXT)))


def _mark(node: LexborNode | None) -> str:
    if node is None:
        return ""
    addresses = (link.attributes.get("href") or "" for link in node.css("a[href]"))
    # A hashtag is a link too, to a search in the channel: relative, so it is no address.
    outside = next((url for address in addresses if (url := urls.absolute("", address))), "")
    return urls.canonical(outside) if outside else " ".join(markup.text_of(node).split())


def _older(tree: LexborHTMLParser) -> int | None:
    numbers = (link.attributes.get("data-before") or "" for link in tree.css(_OLDER))
    return next(filter(None, map(whole, numbers)), None)
