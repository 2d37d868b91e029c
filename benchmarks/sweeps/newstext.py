"""What entries of feeds say and the markup they say it in: made-up sentences of real words, with pictures and links."""

import random
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape

from benchmarks.matching.stories import stories
from monitor.text import unicode

STORIES = 600  # to take sentences from: some 30,000 different words
LONGEST_TITLE = 90


@cache
def sentences() -> tuple[str, ...]:
    """Russian ones, in an order of chance. Takes seconds."""
    russian = (story.text for story in stories(STORIES) if any(story.sentences))
    return tuple(text[start:end] for text in russian for start, end in unicode.sentences(text))


def article(chance: random.Random, characters: int) -> tuple[str, tuple[str, ...]]:
    """A title, and paragraphs of so many characters together."""
    told = iter(lambda: chance.choice(sentences()), "")
    title = next(told).rstrip(".")[:LONGEST_TITLE]
    paragraphs: list[str] = []
    while (left := characters - sum(map(len, paragraphs))) > 0:
        paragraphs.append(f"{next(told)} {next(told)}"[:left])
    return title, tuple(paragraphs)


def item(number: int, link: str, title: str, paragraphs: Sequence[str], published: str) -> str:
    """One RSS item, in one of three usual ways."""
    way = (_escaped, _wordpress, _broken_lines)[number % 3]
    picture = (
        f'<enclosure url="{link}.jpg" type="image/jpeg" length="16180"/>',
        f'<media:thumbnail url="{link}.jpg" />',
        f'<media:content url="{link}.jpg" medium="image"><media:title>Фото</media:title></media:content>',
    )[number % 3]
    return (
        f"<item>\n  <title>{escape(title)}</title>\n  <link>{link}</link>\n  <guid>{link}</guid>\n"
        f"  <pubDate>{published}</pubDate>\n  <dc:creator>{escape(title.split(maxsplit=1)[0])}</dc:creator>\n"
        f"  <category>{escape(title.rsplit(maxsplit=1)[-1])}</category>\n  {picture}\n"
        f"  <description>{way(link, title, paragraphs)}</description>\n</item>\n"
    )


def rss(title: str, items: Iterable[str], *, link: str = "") -> bytes:
    """A feed of such items; `link` is the page of its site."""
    site = f"<link>{link}</link>" if link else ""
    dc, media = "http://purl.org/dc/elements/1.1/", "http://search.yahoo.com/mrss/"
    opening = f'<rss version="2.0" xmlns:dc="{dc}" xmlns:media="{media}">'
    head = f'<?xml version="1.0" encoding="utf-8"?>\n{opening}<channel><title>{title}</title>{site}'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def _escaped(link: str, _title: str, paragraphs: Sequence[str]) -> str:
    first, *others = paragraphs
    head = f'<p><img src="{link}/cover.jpg" alt="" width="640" height="360" /></p><p>{first}</p>'
    return escape(head + "".join(f"<p>{text}</p>" for text in others) + f'<a href="{link}">Источник</a>', quote=False)


def _wordpress(link: str, title: str, paragraphs: Sequence[str]) -> str:
    first, *others = paragraphs
    sizes = 'width="800" height="450" class="attachment-large wp-post-image" decoding="async" loading="lazy"'
    picture = f'<a href="{link}"><img {sizes} src="{link}/800.jpg" alt="{escape(title)}" /></a>'
    start, _, end = first.partition(" ")
    text = "".join(f"<p><strong>{text[:20]}</strong>{text[20:]}</p>\n" for text in others)
    return f'<![CDATA[{picture}<p>{start} <a href="{link}/more" target="_blank">{end}</a></p>\n{text}]]>'


def _broken_lines(link: str, _title: str, paragraphs: Sequence[str]) -> str:
    return f'<![CDATA[<img src="{link}.webp" align="left">{"<br /><br />".join(paragraphs)}&nbsp;&mdash; <i>фото</i>]]>'
