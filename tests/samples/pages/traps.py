"""Pages whose markup says the contrary of what it holds: misleading names, a headline that is none, text without sentences."""

from tests.samples.pages.dates import ISO, named, short
from tests.samples.pages.notices import CONSENT, IMPRINT, PITCH
from tests.samples.pages.pieces import Made, aside, comments, footer, links, menu, page, paragraphs, share, teasers
from tests.samples.pages.stories import Around, Story


def bold_title(story: Story, around: Around) -> Made:
    """The headline in a bold span, cells for paragraphs."""
    rows = "".join(f"<tr><td><font face=Arial>{text}</font></td></tr>" for text in story.texts())
    body = f'<table><tr><td>{links(around, 9, item="p")}</td><td><span class="hl"><b>{story.title}</b></span><br><font size=1>{named(story.lang)}</font><table>{rows}</table></td></tr></table>'
    return page(story, body + f"<center>{IMPRINT[story.lang][1]}</center>"), story.texts()


def opinion(story: Story, around: Around) -> Made:
    """A column of opinion: its very names say comment, and readers wrote more than the author."""
    thread = "".join(
        f'<div class="reader-comment"><p>{around.comment()} {around.comment()}</p></div>' for _ in range(30)
    )
    body = f'<h1>{story.title}</h1><div class="byline">X, {short(story.lang)}</div><div class="content content--type-comment tone-comment"><div class="from-content-api">{paragraphs(story.texts())}</div></div><div class="discussion">{thread}</div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def share_named(story: Story, around: Around) -> Made:
    """The text's box is called after its share buttons."""
    body = f'<h1>{story.title}</h1><p>{named(story.lang)}</p><div class="share-this-page social">{share(around)}{paragraphs(story.texts())}</div><div class="side">{teasers(around, 5)}</div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def no_site_title(story: Story, around: Around) -> Made:
    """The site's name is each page's title and first heading."""
    body = f'<h1><a href="/">Vesti</a></h1><div class="box"><h2>{story.title}</h2><div class="dat">{named(story.lang)}</div><div class="inhalt">{paragraphs(story.texts())}</div></div>{aside(around)}'
    html = page(story, menu(around) + body + footer(around))
    return html.replace(f"<title>{story.title} — Site</title>", "<title>Vesti</title>").replace(
        f'<meta property="og:title" content="{story.title}">', ""
    ), story.texts()


def linked_words(story: Story, around: Around) -> Made:
    """Every paragraph is full of links to the site's own topics."""
    texts = [
        " ".join(f'<a href="/t/{n}">{w}</a>' if n % 2 else w for n, w in enumerate(text.split()))
        for text in story.texts()
    ]
    body = f'<div class="m"><h1>{story.title}</h1><time datetime="{ISO}">20</time><div class="n">{paragraphs(texts)}</div></div>'
    return page(story, menu(around) + body + aside(around) + footer(around)), story.texts()


def date_box(story: Story, around: Around) -> Made:
    """Day, month and year each in a box of its own beside the headline."""
    month = {"ru": "ноя", "kk": "қар.", "en": "Nov", "de": "Nov"}[story.lang]
    body = f'<div class="post"><div class="date"><div>20</div><div>{month}</div><div>2026</div></div><h2 class="title">{story.title}</h2><div class="entry">{paragraphs(story.texts())}</div></div>'
    return page(story, menu(around) + body + comments(around, 4) + footer(around)), story.texts()


def borlabs(story: Story, around: Around) -> Made:
    """A consent layer with a table of each cookie, its purpose and its life, in nameless boxes above the article."""
    table = "".join(
        f"<table><tr><th>Name</th><td>Cookie {n}</td></tr><tr><th>Zweck</th><td>{CONSENT[story.lang][2]}</td></tr><tr><th>Laufzeit</th><td>1 Jahr</td></tr></table>"
        for n in range(5)
    )
    layer = f'<div id="BBox"><div><div><h3>Privacy</h3><p>{CONSENT[story.lang][0]}</p>{table}<p>{CONSENT[story.lang][1]}</p></div></div></div>'
    body = f'<div class="site"><div class="col"><h1>{story.title}</h1><p>{short(story.lang)}</p>{paragraphs(story.texts()[:4])}</div></div>'
    return page(story, layer + menu(around) + body + footer(around)), story.texts()[:4]


def newsletter_box(story: Story, around: Around) -> Made:
    """A form to subscribe between the paragraphs, with a sentence on privacy and a sentence on its author."""
    box = f'<div class="w1"><strong>{around.words["subscribe"]}</strong><p>{CONSENT[story.lang][1]}</p><form><input><button>OK</button></form></div>'
    body = f'<div class="article"><h1>{story.title}</h1><div class="article-date">{named(story.lang)}</div><div class="w">{paragraphs(story.texts()[:3])}{box}{paragraphs(story.texts()[3:])}</div></div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def pieces_apart(story: Story, around: Around) -> Made:
    """The text cut into sections far from each other: a gallery, a map, a poll, a list of others between."""
    texts = story.texts()
    gap = f"<section><h3>{around.words['related']}</h3>{links(around, 6)}</section><section><div>1/24</div><div>+ / −</div></section>"
    body = f"<h1>{story.title}</h1><section><span>{named(story.lang)}</span></section><section>{paragraphs(texts[:3])}</section>{gap}<section>{paragraphs(texts[3:6])}</section>{gap}<section>{paragraphs(texts[6:])}</section>"
    return page(story, menu(around) + f"<div>{body}</div>" + footer(around)), texts


def story_cards(story: Story, around: Around) -> Made:
    """A magazine: cards with long leads of others, in article tags, above and below the one article."""

    def card(n: int) -> str:
        return f'<article class="card"><h3><a href="/c/{n}">{around.headline()}</a></h3><p>{around.excerpt()} {around.excerpt()} {around.excerpt()}</p></article>'

    cards = "".join(card(n) for n in range(4))
    body = f'<section>{cards}</section><article class="story"><h1>{story.title}</h1><p class="d">{short(story.lang)}</p><div>{paragraphs(story.texts()[:3])}</div></article><section>{cards}</section>'
    return page(story, menu(around) + body + footer(around)), story.texts()[:3]


def pitch_above(story: Story, around: Around) -> Made:
    """An appeal for money above the article and in a layer, in a box called main."""
    body = f'<div class="main-banner"><p>{PITCH[story.lang]}</p></div><div id="x"><div><h1>{story.title}</h1><p>{named(story.lang)}</p><div>{paragraphs(story.texts()[:3])}</div></div></div><div class="z"><h2>{around.words["subscribe"]}</h2><p>{PITCH[story.lang]}</p></div>'
    return page(story, body + footer(around)), story.texts()[:3]


def marked_escaped(story: Story, around: Around) -> Made:
    """Linked data with a body escaped twice, on a page that shows only the beginning."""
    escaped = "".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in story.texts())
    head = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{story.title}","datePublished":"{ISO}","articleBody":"{escaped}"}}</script>'
    body = f'<article><h1>{story.title}</h1><p>{story.lead}</p><div class="paywall">{PITCH[story.lang]}</div></article>'
    return page(story, menu(around) + body + footer(around), head=head), story.texts()


def signed(story: Story, around: Around) -> Made:
    """A reader's letter: greeting and signature in short lines, text in one box by breaks."""
    body = f'<div id="c"><h3>{story.title}</h3>{short(story.lang)}<br><br>{"<br>".join(story.texts())}</div><div id="d">{links(around, 8)}</div>'
    return page(story, body + footer(around)), story.texts()


TRAPS = (
    bold_title, opinion, share_named, no_site_title, linked_words, date_box, borlabs, newsletter_box, pieces_apart,
    story_cards, pitch_above, marked_escaped, signed,
)  # fmt: skip
