"""A retracted story: what its posts show then, and the messages to and from maintainers. Pure."""

import re
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.models.articles import Article
from monitor.models.channels import Destination, Tongue
from monitor.models.outbox import Buttons
from monitor.models.stories import Retraction, Story
from monitor.stories.post import headline_for, lead_for, part_of
from monitor.stories.post_texts import TEXTS, ZONE
from monitor.text.numbers import whole
from monitor.text.telegram_html import Html, join, line, tag, text, wrap_link
from monitor.text.unicode import utf16_length
from monitor.text.urls import clean

RETRACT_BUTTON: Final = "x"  # the part of the button's data before the first colon
LONGEST_REASON: Final = 300  # UTF-16 units
TOO_LONG: Final = (
    f"Причина длиннее {LONGEST_REASON} знаков: подписчики прочтут её под постом. Сократите и пошлите снова."
)

_HEADLINE_UNITS, _OUTLET_UNITS = 300, 80
_DELETES: Final = re.compile(r"\s*(?:удалить|delete)\s*:\s*", re.IGNORECASE)
_LONGEST_NAME: Final = 200  # UTF-16 units of a story's name when it is quoted back
_PRESS: Final = re.compile(r"\d{1,18}", re.ASCII)
_PAGE: Final = re.compile(r"/story/(\d{1,18})\.html", re.ASCII)
_POST: Final = re.compile(
    r"/(?:c/(?P<number>\d{1,18})|(?P<name>\w{4,64}))(?:/\d{1,18})?/(?P<message>\d{1,18})", re.ASCII
)
_TELEGRAM: Final = frozenset({"t.me", "telegram.me", "www.t.me"})


class PostAddress(NamedTuple):
    """A message by its link: the chat's "@name" in lower case, or its number "-100…"."""

    chat: str
    message_id: int


# ── what the chats show ────────────────────────────────────────────────────────────────────────


def struck_post(story: Story, part: int, *, to: Destination) -> Html:
    """Return what a chat shows for a retracted part of a story: the headline struck, still linked, and the reason."""
    assert story.retracted
    article = lead_for(part_of(story, part), to).article
    title = tag("b", tag("s", wrap_link(headline_for(story, part, to=to), article.url)))
    return join("\n", (title, _since(story.retracted, to.tongue), text(line(article.feed, _OUTLET_UNITS))))


def heading(retraction: Retraction) -> Html:
    """Return the heading of a question about a later telling of a retracted story."""
    return text(f"На проверку · об опровергнутом пишут снова. {label(retraction)}")


def label(retraction: Retraction) -> str:
    """«Опровергнуто 29.11.2026: суд ещё не состоялся», as plain text."""
    return f"Опровергнуто {day(retraction)}: {line(retraction.why, LONGEST_REASON)}"


def day(retraction: Retraction) -> str:
    """The day of the retraction in ZONE, as «29.11.2026»."""
    return f"{retraction.at.astimezone(ZoneInfo(ZONE)):%d.%m.%Y}"


def _since(retraction: Retraction, tongue: Tongue) -> Html:
    said = tag("b", text(f"{TEXTS[tongue].retracted} {day(retraction)}:"))
    return join(" ", (said, text(line(retraction.why, LONGEST_REASON))))


def headline_of(article: Article) -> str:
    """Return an article's title on one line; "" if it has none."""
    return line(article.title, _HEADLINE_UNITS)


# ── what maintainers write ─────────────────────────────────────────────────────────────────────


def reason_of(written: str) -> str:
    """Return the reason as written, on one clean line of at most 300 UTF-16 units; "" for none."""
    return line(written.strip().removeprefix(":"), LONGEST_REASON)


def order_of(written: str) -> tuple[str, bool]:
    """Return the reason, and whether the posts are to be deleted: «удалить: почему»."""
    deletion = _DELETES.match(written)
    return reason_of(_after_order(written)), bool(deletion)


def is_too_long(written: str) -> bool:
    """Whether a reason would be cut."""
    return utf16_length(" ".join(_after_order(written).removeprefix(":").split())) > LONGEST_REASON


def _after_order(written: str) -> str:
    deletion = _DELETES.match(written)
    return written[deletion.end() if deletion else 0 :].strip()


def story_named(written: str) -> int | PostAddress | None:
    """A story as maintainers name it: by its number, the link to its post, or to its page in the archive."""
    if (number := whole(written)) is not None:
        return number
    try:
        parts = urlsplit(clean(written if "//" in written else f"https://{written}"))
    except ValueError:
        return None
    if page := _PAGE.search(parts.path):
        return int(page[1])
    post = _POST.fullmatch(parts.path.rstrip("/").removeprefix("/s")) if parts.netloc in _TELEGRAM else None
    if post is None:
        return None
    return PostAddress(f"-100{post['number']}" if post["number"] else f"@{post['name'].lower()}", int(post["message"]))


def buttons(story_id: int) -> Buttons:
    """Return the button below a decision that published."""
    return ((("Опровергнуть", f"{RETRACT_BUTTON}:{story_id}"),),)


def parse_press(data: str) -> int | None:
    """Parse the data after RETRACT_BUTTON and its colon into the story; None if no button of ours sends it."""
    return int(data) if _PRESS.fullmatch(data) else None


# ── what they read ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What became of a story's posts when it was retracted, deleted or restored; the numbers are counts of posts."""

    story: int
    headline: str
    how: Literal["struck", "deleted", "back"]
    changed: int = 0
    unsent: int = 0  # struck: they will not be sent; back: they will be
    on_the_way: int = 0  # being sent, or unknown whether sent: changed once that is known
    in_digests: int = 0
    deleted: int = 0  # deleted earlier by maintainers: nothing restores them
    out_of_reach: int = 0  # gone from the chat, no longer editable, or in a chat that is no longer served


_DONE: Final = {
    "struck": "История {story} опровергнута: «{headline}».",
    "deleted": "История {story} опровергнута, её посты удаляются: «{headline}».",
    "back": "Опровержение истории {story} снято: «{headline}».",
}
_CHANGED: Final = {
    "struck": "Постов зачёркивается: {n}.",
    "deleted": "Постов удаляется: {n}. Когда Telegram ответит, здесь будет сказано о каждом.",
    "back": "Постов возвращается: {n}.",
}
_UNSENT: Final = {
    "struck": "Не успели уйти и не уйдут: {n}.",
    "deleted": "Не успели уйти и не уйдут: {n}.",
    "back": "Не успели уйти раньше и уйдут теперь: {n}.",
}

_DELETED: Final = "Удалены раньше: {n}."
_LOST: Final = (
    "Удалены, и бот не покажет ни их, ни новых пересказов: {n}. Если новость верна, напишите о ней в канале сами."
)


def describe(corrected: Corrected, *, back: str = "Вернуть: /unretract {story}") -> tuple[str, ...]:
    """Return what was done, in lines of Russian plain text; `back` says how to undo it."""
    how, said = corrected.how, {"story": corrected.story, "headline": line(corrected.headline, 200)}
    counts = (
        (_CHANGED[how], corrected.changed),
        (_UNSENT[how], corrected.unsent),
        ("На пути в чат, и ещё неясно, дошли ли: {n}. Покажут то же, когда это выяснится.", corrected.on_the_way),
        ("Стоят в сводке вместе с другими новостями: {n}. Там их не исправить.", corrected.in_digests),
        (_LOST if how == "back" else _DELETED, corrected.deleted),
        (
            "Удалены, уже не правятся или стоят там, куда бот больше не пишет: {n}.",
            corrected.out_of_reach,
        ),
    )
    lines = [_DONE[how].format(**said), *(words.format(n=count) for words, count in counts if count)]
    if how != "back":
        lines.append(back.format(**said) if how == "struck" else "Удалённое вернуть нельзя.")
    return tuple(lines)


def no_story_message(named: str) -> str:
    """Say in Russian that no channel shows such a story."""
    return f"Ни один канал не показывал такой истории: {line(named, _LONGEST_NAME)}. Номер называют /why и monitor why."


def not_retracted_message(number: int) -> str:
    """Say in Russian that the story is not retracted."""
    return f"История {number} не опровергнута: возвращать нечего."
