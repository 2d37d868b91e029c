"""The public preview of a channel, `/s/NAME`, in the shape that Telegram's own page has (classes and nesting)."""

from collections.abc import Sequence
from html import escape

from tests.servers.bot_chats import Chat, PostedMessage

_ON_A_PAGE = 20

CONTACT_PAGE = (
    "<!doctype html><html><head><title>Telegram: View</title></head><body><div class='tgme_page'>"
    "If you have <strong>Telegram</strong>, you can view and join right away.</div></body></html>"
)


def preview_page(chat: Chat, posts: Sequence[PostedMessage]) -> str:
    """The newest twenty, the oldest first, with a link to older ones."""
    shown = posts[-_ON_A_PAGE:]
    older = f"/s/{chat.username}?before={shown[0].message_id}" if len(posts) > _ON_A_PAGE else ""
    more = f'<a href="{older}" class="tme_messages_more" data-before="{shown[0].message_id}"></a>' if older else ""
    inner = "".join(_message(chat, post) for post in shown)
    nothing = "" if shown else '<div class="tme_no_messages_found">No posts found</div>'
    return (
        f"<!doctype html><html><head><title>{escape(chat.title)} – Telegram</title></head>"
        '<body class="widget_frame_base tgme_webpreview"><section class="tgme_channel_history">'
        f"{more}{inner}{nothing}</section></body></html>"
    )


def _photo(name: str) -> str:
    return (
        f'<a class="tgme_widget_message_photo_wrap" href="https://t.me/{name}">'
        '<div class="tgme_widget_message_photo" style="padding-top:56%"></div></a>'
    )


def _reply(name: str, post: PostedMessage) -> str:
    """What the message answers or quotes, above its own text; in plain words."""
    if not post.reply_to:
        return ""
    answered = post.raw["reply_to_message"]
    words = post.quote or answered.get("text") or answered.get("caption") or ""
    return (
        f'<a class="tgme_widget_message_reply" href="https://t.me/{name}/{post.reply_to}">'
        f'<div class="tgme_widget_message_text js-message_reply_text" dir="auto">{escape(words)}</div></a>'
    )


def _message(chat: Chat, post: PostedMessage) -> str:
    name = f"{chat.username}/{post.message_id}"
    text = (post.html or escape(post.text)).replace("\n", "<br/>")
    edited = "edited " if post.edits else ""
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="{name}">'
        '<div class="tgme_widget_message_bubble">'
        f'<a class="tgme_widget_message_owner_name"><span dir="auto">{escape(chat.title)}</span></a>'
        f"{_reply(chat.username, post)}{_photo(name) if 'photo' in post.raw else ''}"
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        f'<div class="tgme_widget_message_footer"><span class="tgme_widget_message_meta">{edited}'
        f'<a class="tgme_widget_message_date" href="https://t.me/{name}">'
        f'<time class="time" datetime="{post.date.isoformat()}"></time></a></span></div></div></div></div>'
    )
