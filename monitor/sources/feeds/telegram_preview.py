"""The public preview of a Telegram channel (`t.me/s/NAME`) → entries.

Every answer of Telegram is a page with status 200: what the page shows instead of a channel is named here.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import Entry, ParsedFeed
from monitor.text import charsets, dates, markup, unicode, urls

_LONGEST_PAGE = 4_000_000
_MOST_POSTS = 200  # a preview page holds twenty
_LONGEST_TITLE = 200  # UTF-16 units
_LONGEST_LEAD = 300  # letters of a post that are its news; what changes after them is detail
_POST = re.compile(r"[A-Za-z0-9_]{2,64}/\d{1,12}")

_MESSAGES = ".tgme_widget_message[data-post]"
_TEXT = ".js-message_text"  # a bare .tgme_widget_message_text is also the quote a post replies to
_QUOTES = ".tgme_widget_message_reply, .js-message_reply_text"
_DATE = "a.tgme_widget_message_date time[datetime]"  # the first <time> of a video post is its length
_MEDIA_TEXTS = (
    ".tgme_widget_message_poll_question, .tgme_widget_message_poll_option_text, .tgme_widget_message_document_title,"
    " .tgme_widget_message_location_title, .link_preview_title, .link_preview_description"
)
_FOOTER = ".tgme_widget_message_footer"  # views, author, «edited», time
_NO_POSTS = ".tme_no_messages_found"
_HIDDEN = ".message_media_not_supported"
_OLDER = ".tme_messages_more[data-before]"
_EDITED = re.compile(r"\bedited\b")
_HOME_TITLE = re.compile(r"<title>\s*Telegram Messenger", re.IGNORECASE)


def parse(body: bytes, *, url: str, now: datetime, name: str = "") -> ParsedFeed:
    """The posts of a preview page, oldest first, as the page has them; a post is an entry once it says something.

    A title is the first line or sentence of the post, the content its text with that of its poll, document and link
    preview. `older` is the page before this one (docs/decisions/0011 says what edits do to an entry's key).
    Raises ParseError when the page (fetched from `url`) shows no channel: NO_CHANNEL, NO_PREVIEW, THROTTLED.
    """
    html = charsets.decode(body[:_LONGEST_PAGE])
    tree = markup.document(html)
    messages = tree.css(_MESSAGES)[-_MOST_POSTS:]
    if not messages and tree.css_first(_NO_POSTS) is None:
        raise _no_channel(html, tree, url, name)
    entries = tuple(entry for message in messages if (entry := _entry(message, now)))
    return ParsedFeed(entries=entries, problems=tuple(_problems(tree, entries)), older=_older(tree, url))


def _no_channel(html: str, tree: LexborHTMLParser, url: str, name: str) -> ParseError:
    """The page of a channel whose preview exists links to it; the page of one without does not."""
    address = urls.canonical(url)[:120]
    if _HOME_TITLE.search(html) or urls.host_key(url) == "telegram.org":
        kind, message = ParseFailure.NO_CHANNEL, f"канала {address} нет: проверьте имя в feeds.yaml"
    elif tree.css_first("a[href*='/s/']") is not None:
        kind, message = ParseFailure.THROTTLED, "Telegram временно не показывает канал: слишком частые запросы"
    else:
        kind = ParseFailure.NO_PREVIEW
        message = (
            f"на {address} нет публичного просмотра канала: он выключен, имя неверно или Telegram временно"
            " ограничил запросы; проверьте имя канала, если ошибка держится сутки"
        )
    return ParseError(message, feed=name, kind=kind)


def _older(tree: LexborHTMLParser, url: str) -> str:
    more = tree.css_first(_OLDER)
    before = (more.attributes.get("data-before") or "") if more else ""
    return urls.absolute(url, f"?before={before}") if before.isdecimal() and before.isascii() else ""


def _entry(message: LexborNode, now: datetime) -> Entry | None:
    post = message.attributes.get("data-post") or ""
    if "service_message" in (message.attributes.get("class") or "") or not _POST.fullmatch(post):
        return None
    content = _content(message)
    if not content:
        return None
    address = f"https://t.me/{post}"
    return Entry(
        keys=(f"u:{urls.canonical(address)}{_edition(message, content)}",),
        url=address,
        title=_title(content),
        content=content,
        published_at=_published_at(message, now),
    )


def _edition(message: LexborNode, content: str) -> str:
    """The end of an edited post's key, by the letters of its lead, so that a mended comma is the same post; else ""."""
    if not any(_EDITED.search(node.text()) for node in message.css(_FOOTER)):
        return ""
    lead = "".join(letter for letter in content.casefold() if letter.isalnum())[:_LONGEST_LEAD]
    return "#" + hashlib.blake2b(lead.encode(), digest_size=8).hexdigest()


def _content(message: LexborNode) -> str:
    markup.drop(message.css(_QUOTES))
    parts = [markup.text_of(node) for node in _outermost(message, _TEXT)]
    parts += [markup.text_of(node) for node in message.css(_MEDIA_TEXTS)]
    return markup.without_disclaimers("\n\n".join(part for part in parts if part))


def _outermost(message: LexborNode, selector: str) -> Iterator[LexborNode]:
    """Long posts nest one text node in another; the outer one holds both."""
    for node in message.css(selector):
        if node.parent is None or not _is_text(node.parent):
            yield node


def _is_text(node: LexborNode) -> bool:
    return "js-message_text" in (node.attributes.get("class") or "")


def _title(content: str) -> str:
    first_line = unicode.first_speaking_line(content)
    start, end = next(iter(unicode.sentences(first_line)), (0, len(first_line)))
    title = first_line if unicode.utf16_length(first_line) <= _LONGEST_TITLE else first_line[start:end]
    return unicode.cut(title, _LONGEST_TITLE)


def _published_at(message: LexborNode, now: datetime) -> datetime | None:
    time = message.css_first(_DATE)
    written = time.attributes.get("datetime") if time else None
    return dates.parse(written or "", tz="UTC", now=now)


def _problems(tree: LexborHTMLParser, entries: Sequence[Entry]) -> Iterator[str]:
    if not entries:
        yield "в канале нет ни одной записи"
    if hidden := len(tree.css(_HIDDEN)):
        yield f"записи, видные только в приложении Telegram: {hidden}"
