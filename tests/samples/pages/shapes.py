"""Articles of other shapes than lead and paragraphs: talks, lists, quotes, notes of two sentences, texts in pieces."""

from tests.samples.pages.dates import ISO, LATER, named, short, weekday
from tests.samples.pages.notices import CONSENT, IMPRINT, PITCH
from tests.samples.pages.pieces import Made, comments, footer, links, menu, page, paragraphs, teasers
from tests.samples.pages.stories import Around, Story


def questions(story: Story, around: Around) -> Made:
    """An interview: short questions as headings."""
    pairs = list(zip((*story.subheads, *story.items), story.paragraphs, strict=True))
    talk = "".join(f'<div class="q"><h4>{head}?</h4></div><div class="a"><p>{text}</p></div>' for head, text in pairs)
    texts = tuple(part for pair in pairs for part in pair)
    body = f'<div class="talk"><h1>{story.title}</h1><div>{named(story.lang)}</div><p><em>{story.lead}</em></p>{talk}</div>'
    return page(story, menu(around) + body + footer(around)), (story.lead, *texts)


def listicle(story: Story, around: Around) -> Made:
    """Numbered headings with pictures and their credits, a card of another article between."""
    card = f'<div class="inline-card"><a href="/i"><img src="/i.jpg"><span>{around.headline()}</span></a></div>'
    parts = "".join(
        f'<h2>{n + 1}. {item}</h2><figure><img src="/{n}.jpg"><figcaption>{around.words["photo"]}: Getty</figcaption></figure><p>{text}</p>'
        for n, (item, text) in enumerate(zip(story.items, story.paragraphs, strict=False))
    )
    texts = [
        p
        for n, (item, text) in enumerate(zip(story.items, story.paragraphs, strict=False))
        for p in (f"{n + 1} {item}", text)
    ]
    head = f'<meta name="parsely-pub-date" content="{ISO}">'
    body = f'<div class="list-article"><h1>{story.title}</h1><p>{story.lead}</p>{card}{parts}</div>'
    return page(story, menu(around) + body + teasers(around, 4) + footer(around), head=head), (story.lead, *texts)


def quoted(story: Story, around: Around) -> Made:
    """More than half of the text in quotations of posts."""
    parts = "".join(
        f"<p>{text}</p>" if n % 3 == 0 else f'<blockquote class="quote-post"><p>{text}</p></blockquote>'
        for n, text in enumerate(story.texts())
    )
    body = f'<div class="x"><h1>{story.title}</h1><p>{short(story.lang)}</p><div class="y">{parts}</div></div>'
    return page(story, menu(around) + body + comments(around, 6) + footer(around)), story.texts()


def two_sentences(story: Story, around: Around) -> Made:
    """A note of one paragraph among excerpts of others that are longer."""
    other = "".join(
        f"<div><b><a href='/{n}'>{around.headline()}</a></b><p>{around.excerpt()}</p></div>" for n in range(12)
    )
    body = f"<div><div><h1>{story.title}</h1><em>{named(story.lang)}</em><div><p>{story.lead}</p></div></div><div>{other}</div></div>"
    return page(story, menu(around) + body + footer(around)), (story.lead,)


def live_posts(story: Story, around: Around) -> Made:
    """A live page: posts with their hours, the newest first; what is the day stands above."""
    posts = "".join(
        f"<section><span>{20 - n}:15</span><div><p>{text}</p></div></section>"
        for n, text in enumerate(story.paragraphs)
    )
    body = f"<div><h1>{story.title}</h1><p>{weekday(story.lang)}</p><p>{story.lead}</p><div>{posts}</div></div>"
    return page(story, menu(around) + body + footer(around)), story.texts()


def wall_unnamed(story: Story, around: Around) -> Made:
    """The beginning of a paid text, an offer in prose below it, no name tells them apart."""
    offer = f"<div><h3>{around.words['subscribe']}</h3><p>{PITCH[story.lang]}</p><ul>{links(around, 2)}</ul></div>"
    body = f"<div><h1>{story.title}</h1><div>{short(story.lang)}</div><div>{paragraphs(story.texts()[:3])}</div>{offer}</div>"
    return page(story, menu(around) + body + teasers(around, 4) + footer(around)), story.texts()[:3]


def thread_unnamed(story: Story, around: Around) -> Made:
    """Readers' answers longer than the text, known by dates and links to reply."""
    thread = "".join(
        f'<div><div><b>Nick{n}</b> <i>{short(story.lang, 21)}</i></div><div>{around.comment()} {around.comment()}</div><div><a href="#{n}">{around.words["reply"]}</a></div></div>'
        for n in range(20)
    )
    body = f"<div><div><h1>{story.title}</h1><div>{short(story.lang)}</div><div>{paragraphs(story.texts()[:4])}</div></div><div><h3>{around.words['comments']}</h3>{thread}</div></div>"
    return page(story, menu(around) + body + footer(around)), story.texts()[:4]


def measures(story: Story, around: Around) -> Made:
    """Nearly all of the text in lists."""
    half = "".join(f"<li>{text}</li>" for text in story.paragraphs)
    body = f'<div class="inner"><h1>{story.title}</h1><div class="dt">{named(story.lang)}</div><p>{story.lead}</p><ul>{half}</ul><ol>{paragraphs(story.items, tag="li")}</ol></div>'
    return page(story, menu(around) + body + footer(around)), (*story.texts(), *story.items)


def transcript(story: Story, around: Around) -> Made:
    """A hearing word for word: most lines are too short for a sentence."""
    lines = [
        f"— {line}?" if n % 2 else f"— {line.split(' ')[0]}."
        for n, line in enumerate((*story.subheads, *story.items) * 2)
    ]
    texts = [part for pair in zip(story.texts(), lines, strict=False) for part in pair]
    body = f'<div class="wrap"><h1>{story.title}</h1><span>{short(story.lang)}</span>{paragraphs(texts)}</div>'
    return page(story, menu(around) + body + footer(around)), tuple(text.strip("— ") for text in texts)


def boxes(story: Story, around: Around) -> Made:
    """Each paragraph three boxes deep, an advert and a subheading after each second one."""
    advert = {"ru": "Реклама", "kk": "Жарнама", "en": "Advertisement", "de": "Anzeige"}[story.lang]
    gap = f"<div><div>{advert}</div></div>"
    parts = "".join(
        f"<div><div><div><p>{text}</p></div></div></div>" + (gap if n % 2 else "")
        for n, text in enumerate(story.texts())
    )
    body = f"<div><div><h1>{story.title}</h1></div><div>{named(story.lang)}</div>{parts}</div>"
    return page(
        story, menu(around) + f"<div>{body}</div>" + teasers(around, 6, name="t") + footer(around)
    ), story.texts()


def column_first(story: Story, around: Around) -> Made:
    """A column of prose longer than the article, before it in the source."""
    column = "".join(
        f"<div><h3>{around.headline()}</h3><p>{around.excerpt()} {around.excerpt()}</p></div>" for _ in range(10)
    )
    body = f"<div><div>{column}</div><div><h1>{story.title}</h1><div>{named(story.lang)}</div>{paragraphs(story.texts()[:5])}</div></div>"
    return page(story, menu(around) + body + footer(around)), story.texts()[:5]


def slides(story: Story, around: Around) -> Made:
    """A gallery: each picture with a paragraph of its own."""
    parts = "".join(
        f'<div class="slide"><img src="/{n}.jpg"><div class="slide-text"><p>{text}</p></div><span>{n + 1}/8</span></div>'
        for n, text in enumerate(story.paragraphs)
    )
    body = f'<div class="gallery-page"><h1>{story.title}</h1><div class="d">{short(story.lang)}</div><div class="intro"><p>{story.lead}</p></div><div class="gallery">{parts}</div></div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def instant(story: Story, around: Around) -> Made:
    """An instant view: article, address, a time without zone."""
    body = f'<article class="tl_article_content"><h1>{story.title}</h1><address>X<br></address><time datetime="2026-11-20T14:05:00">20</time>{paragraphs(story.texts())}<aside>{story.quote}</aside></article>'
    return page(story, f"<main>{body}</main><p>{around.words['home']}</p>"), story.texts()


def author_below(story: Story, around: Around) -> Made:
    """A note on the author and a consent below the text, in boxes without names inside the text's own."""
    note = f"<div><div><h4>{around.words['author']}</h4></div><div><p>X {around.words['bio']} X {around.words['bio']}</p></div></div>"
    body = f"<div><h1>{story.title}</h1><div>{short(story.lang)}</div>{paragraphs(story.texts())}{note}<div>{paragraphs(CONSENT[story.lang][:2])}</div></div>"
    return page(story, menu(around) + body + footer(around)), story.texts()


def form_around(story: Story, around: Around) -> Made:
    """The article, its list of others and an imprint in one form."""
    body = f"<form><div>{links(around, 20)}</div><h1>{story.title}</h1><div>20.11.2026</div><div>{paragraphs(story.texts())}</div><div>{paragraphs(IMPRINT[story.lang])}</div></form>"
    return page(story, body), story.texts()


def dated_answers(story: Story, around: Around) -> Made:
    """A board: the first post is the article; each post has its day."""

    def post(n: int, text: str, day: str, machine: str) -> str:
        return f'<div class="post" id="p{n}"><div class="post-head"><time datetime="{machine}">{day}</time> Nick{n}</div><div class="post-text">{text}</div></div>'

    answers = "".join(post(n + 1, around.comment(), short(story.lang, 21), LATER) for n in range(9))
    body = f'<h1>{story.title}</h1><div class="thread">{post(0, paragraphs(story.texts()), short(story.lang), ISO)}{answers}</div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


SHAPES = (
    questions, listicle, quoted, two_sentences, live_posts, wall_unnamed, thread_unnamed, measures, transcript, boxes,
    column_first, slides, instant, author_below, form_around, dated_answers,
)  # fmt: skip
