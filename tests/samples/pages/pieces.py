"""What every site puts around an article, in the ways sites write it."""

from collections.abc import Iterable

from tests.samples.pages.stories import Around, Story

Made = tuple[str, tuple[str, ...]]  # a page, and the texts that are its article


def paragraphs(texts: Iterable[str], *, tag: str = "p", name: str = "") -> str:
    """Each text in an element of its own."""
    attribute = f' class="{name}"' if name else ""
    return "\n".join(f"<{tag}{attribute}>{text}</{tag}>" for text in texts)


def bold_start(texts: Iterable[str]) -> list[str]:
    """Texts with formatting and a link inside, as editors leave them."""
    made = []
    for number, text in enumerate(texts):
        head, _, rest = text.partition(" ")
        made.append(f"<strong>{head}</strong> {rest}" if number % 2 else f'<a href="/about/{number}">{head}</a> {rest}')
    return made


def links(around: Around, count: int, *, item: str = "li") -> str:
    """Headlines of other articles, each a link."""
    return "".join(
        f'<{item}><a href="/news/{number}">{line}</a></{item}>' for number, line in enumerate(around.many(count))
    )


def menu(around: Around, *, big: bool = False) -> str:
    """A site's head."""
    rubrics = "".join(f'<li><a href="/r/{n}">{line}</a></li>' for n, line in enumerate(around.many(40 if big else 8)))
    return f'<header class="site-header"><a href="/" class="logo">{around.words["home"]}</a><nav><ul>{rubrics}</ul></nav></header>'


def teasers(around: Around, count: int, *, name: str = "card") -> str:
    """Other articles with a picture, a headline and an excerpt."""
    return "".join(
        f'<div class="{name}"><img src="/{n}.jpg" alt=""><h3><a href="/n/{n}">{around.headline()}</a></h3>'
        f'<p>{around.excerpt()}</p><a href="/n/{n}">{around.words["more"]}</a></div>'
        for n in range(count)
    )


def comments(around: Around, count: int, *, name: str = "comments") -> str:
    """A comment thread of a widely used kind."""
    thread = "".join(
        f'<li class="comment"><div class="comment-author">Nick{n}</div><div class="comment-content"><p>{around.comment()}</p></div>'
        f'<a href="#r{n}">{around.words["reply"]}</a></li>'
        for n in range(count)
    )
    return (
        f'<div id="{name}" class="{name}-area"><h2>{around.words["comments"]} ({count})</h2><ol>{thread}</ol><div id="respond">'
        f'<h3>{around.words["leave"]}</h3><form><p>{around.words["email"]}</p><label>Name</label><input name="n"></form></div></div>'
    )


def share(around: Around) -> str:
    """A row of share buttons."""
    return (
        f'<div class="share-buttons"><span>{around.words["share"]}</span><a href="https://t.me/share">Telegram</a>'
        '<a href="https://vk.com/share">VK</a><a href="https://facebook.com/sharer">Facebook</a></div>'
    )


def footer(around: Around) -> str:
    """A site's foot."""
    return f"<footer><p>{around.words['legal']}</p><ul>{links(around, 12)}</ul><p>© 2026</p></footer>"


def cookie_bar(around: Around) -> str:
    """The layer that asks for consent."""
    return f'<div class="cookie-notice" role="dialog"><p>{around.words["cookie"]}</p><button>OK</button></div>'


def aside(around: Around) -> str:
    """The column beside the article."""
    return f'<aside class="sidebar"><h4>{around.words["related"]}</h4><ul>{links(around, 10)}</ul>{teasers(around, 3)}</aside>'


def page(story: Story, body: str, *, head: str = "", name: str = "") -> str:
    """A whole document."""
    script = "<script>window.dataLayer=[];function track(a){return '<p>'+a+'</p>'}" + "var x=1;" * 200 + "</script>"
    return (
        f'<!DOCTYPE html><html lang="{story.lang}"><head><meta charset="utf-8"><title>{story.title} — Site</title>'
        f'<meta property="og:title" content="{story.title}"><style>p{{margin:0}}</style>{script}{head}</head>'
        f'<body class="{name}">{body}{script}</body></html>'
    )
