"""The public preview of a Telegram channel (`t.me/s/NAME`) → entries."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor import charsets, dates, markup, text, urls
from monitor.errors import ParseError, ParseFailure
from monitor.models import Entry, ParsedFeed

_LONGEST_PAGE = 4_000_000
_MOST_POSTS = 200  # a preview page holds twenty
_LONGEST_TITLE = 200  # UTF-16 units
_POST = re.compile(r"[A-Za-z0-9_]{2,64}/\d{1,12}")

_MESSAGES = ".tgme_widget_message[data-post]"
_TEXT = ".js-message_text"  # a bare .tgme_widget_message_text is also the quote a post replies to
_DATE = "a.tgme_widget_message_date time[datetime]"  # the first <time> of a video post is its length
_PREVIEW = ".link_preview_title, .link_preview_description"
_NO_POSTS = ".tme_no_messages_found"
_HIDDEN = ".message_media_not_supported"


def parse(body: bytes, *, url: str, now: datetime, name: str = "") -> ParsedFeed:
    """The posts of a preview page, oldest first, as the page has them; posts without any text are left out.

    A title is the first line or sentence of the post, the content its text with that of its link preview.
    Raises ParseError NO_PREVIEW when the page (fetched from `url`) shows no channel: the preview is off, the name
    is wrong, or Telegram is throttling us; all three look alike.
    """
    tree = markup.document(charsets.decode(body[:_LONGEST_PAGE]))
    messages = tree.css(_MESSAGES)[-_MOST_POSTS:]
    if not messages and tree.css_first(_NO_POSTS) is None:
        raise _no_preview(url, name)
    entries = tuple(entry for message in messages if (entry := _entry(message, now)))
    return ParsedFeed(entries=entries, problems=tuple(_problems(tree, entries)))


def _no_preview(url: str, name: str) -> ParseError:
    return ParseError(
        f"на {urls.canonical(url)[:120]} нет публичного просмотра канала: он выключен, имя неверно или Telegram"
        " временно ограничил запросы; проверьте имя канала, если ошибка держится сутки",
        feed=name,
        kind=ParseFailure.NO_PREVIEW,
    )


def _entry(message: LexborNode, now: datetime) -> Entry | None:
    post = message.attributes.get("data-post") or ""
    if "service_message" in (message.attributes.get("class") or "") or not _POST.fullmatch(post):
        return None
    content = _content(message)
    if not content:
        return None
    address = f"https://t.me/{post}"
    return Entry(
        keys=(f"u:{urls.canonical(address)}",),
        url=address,
        title=_title(content),
        content=content,
        published_at=_published_at(message, now),
    )


def _content(message: LexborNode) -> str:
    parts = [markup.text_of(node) for node in _outermost(message, _TEXT)]
    parts += [markup.text_of(node) for node in message.css(_PREVIEW)]
    return markup.without_notices("\n\n".join(part for part in parts if part))


def _outermost(message: LexborNode, selector: str) -> Iterator[LexborNode]:
    """Long posts nest one text node in another; the outer one holds both."""
    for node in message.css(selector):
        if node.parent is None or not _is_text(node.parent):
            yield node


def _is_text(node: LexborNode) -> bool:
    return "js-message_text" in (node.attributes.get("class") or "")


def _title(content: str) -> str:
    first_line = content.partition("\n")[0]
    start, end = next(iter(text.sentences(first_line)), (0, len(first_line)))
    title = first_line if text.utf16_length(first_line) <= _LONGEST_TITLE else first_line[start:end]
    return text.cut(title, _LONGEST_TITLE)


def _published_at(message: LexborNode, now: datetime) -> datetime | None:
    time = message.css_first(_DATE)
    written = time.attributes.get("datetime") if time else None
    return dates.parse(written or "", tz="UTC", now=now)


def _problems(tree: LexborHTMLParser, entries: Sequence[Entry]) -> Iterator[str]:
    if not entries:
        yield "в канале нет ни одной записи"
    if hidden := len(tree.css(_HIDDEN)):
        yield f"записи, видные только в приложении Telegram: {hidden}"
