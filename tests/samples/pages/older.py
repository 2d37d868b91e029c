"""Pages of older and stranger make: early themes, boards, site builders, pages without any sign of what is what."""

from tests.samples.pages.pieces import Made, aside, comments, footer, links, menu, page, paragraphs, share, teasers
from tests.samples.pages.stories import Around, Story


def kubrick(story: Story, around: Around) -> Made:
    """The first WordPress theme everybody had."""
    thread = "".join(
        f'<li class="alt" id="comment-{n}"><cite>Nick{n}</cite> Says:<p>{around.comment()}</p></li>' for n in range(9)
    )
    body = (
        f'<div id="header"><h1><a href="/">Site</a></h1></div><div id="content" class="widecolumn"><div class="navigation">{links(around, 2, item="div")}</div><div class="post" id="post-5">'
        f'<h2><a href="/5">{story.title}</a></h2><small>November 20th, 2026</small><div class="entry">{paragraphs(story.texts())}<p class="postmetadata alt"><small>This entry was posted on Friday, November 20th, 2026 and is filed under X.</small></p></div></div>'
        f'<h3 id="comments">9 Responses to “{story.title}”</h3><ol class="commentlist">{thread}</ol></div><div id="sidebar"><ul>{links(around, 20)}</ul></div><div id="footer"><p>{around.words["legal"]}</p></div>'
    )
    return page(story, body), story.texts()


def typo3(story: Story, around: Around) -> Made:
    """Content elements beside each other."""
    elements = "".join(
        f'<div id="c{n}" class="csc-default"><p class="bodytext">{text}</p></div>'
        for n, text in enumerate(story.texts())
    )
    body = f'<div id="wrap"><div id="nav">{links(around, 14)}</div><div id="col2"><div id="c1" class="csc-default"><div class="csc-header"><h1>{story.title}</h1></div></div>{elements}</div><div id="col3">{teasers(around, 3, name="csc-default")}</div></div>'
    return page(story, body + footer(around)), story.texts()


def squarespace(story: Story, around: Around) -> Made:
    """Blocks in columns in rows."""
    rows = "".join(
        f'<div class="row sqs-row"><div class="col sqs-col-12"><div class="sqs-block html-block"><div class="sqs-block-content">{paragraphs(story.texts()[n : n + 3])}</div></div></div></div>'
        for n in range(0, len(story.texts()), 3)
    )
    body = f'<div id="siteWrapper"><section id="page"><article class="hentry"><h1 class="BlogItem-title">{story.title}</h1><div class="sqs-layout">{rows}</div></article><section class="BlogItem-pagination">{links(around, 2, item="div")}</section></section></div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def wix(story: Story, around: Around) -> Made:
    """Deep nests of divs and spans."""
    deep = "".join(
        f'<div><div class="_1Z"><p class="font_8"><span><span>{text}</span></span></p></div></div>'
        for text in story.texts()
    )
    body = f'<div id="SITE_CONTAINER"><div><div><div><div><h1 class="font_0"><span>{story.title}</span></h1><div><div><div>{deep}</div></div></div></div></div></div></div></div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def tilda(story: Story, around: Around) -> Made:
    """Records: one block a paragraph, far from each other in the tree."""
    records = "".join(
        f'<div id="rec{n}" class="r t-rec"><div class="t106"><div class="t-container"><div class="t-col t-col_8"><div class="t-text t-text_md">{text}</div></div></div></div></div>'
        for n, text in enumerate(story.texts())
    )
    body = f'<div id="allrecords"><div id="rec0" class="r"><div class="t001"><h1 class="t-title">{story.title}</h1></div></div>{records}<div class="r"><div class="t-menu">{links(around, 9)}</div></div></div>'
    return page(story, body), story.texts()


def joomla_old(story: Story, around: Around) -> Made:
    """Joomla 1.5: everything in tables."""
    body = (
        f'<table class="blog"><tr><td class="left">{links(around, 15)}</td><td><table class="contentpaneopen"><tr><td class="contentheading">{story.title}</td><td class="buttonheading"><a href="#">PDF</a></td></tr></table>'
        f'<table class="contentpaneopen"><tr><td valign="top">{paragraphs(story.texts())}</td></tr></table></td></tr></table>'
    )
    return page(story, body + footer(around)), story.texts()


def board(story: Story, around: Around) -> Made:
    """vBulletin: a table a post."""

    def post(number: int, text: str) -> str:
        return f'<table id="post{number}" class="tborder"><tr><td class="alt2">Nick{number}<br>Posts: 99</td><td class="alt1"><div id="post_message_{number}">{text}</div></td></tr></table>'

    answers = "".join(post(n + 1, around.comment()) for n in range(5))
    body = f'<h1>{story.title}</h1><div id="posts">{post(0, "<br /><br />".join(story.texts()))}{answers}</div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def livejournal(story: Story, around: Around) -> Made:
    """A diary: breaks, and a thread of answers."""
    body = f'<article class="b-singlepost hentry"><h1 class="b-singlepost-title">{story.title}</h1><div class="b-singlepost-bodywrapper"><article class="b-singlepost-body entry-content e-content">{"<br><br>".join(story.texts())}</article></div></article>'
    return page(story, menu(around) + body + comments(around, 14)), story.texts()


def press_release(story: Story, around: Around) -> Made:
    """A portal of releases: subtitle, dateline."""
    body = f'<div class="col-9"><div class="card"><h1>{story.title}</h1><h2 class="subtitle">{story.subheads[0]}</h2>{share(around)}<p>20.11.2026</p>{paragraphs(story.texts())}</div></div><div class="col-3">{teasers(around, 6)}</div>'
    return page(story, menu(around) + body + footer(around)), (story.subheads[0], *story.texts())


def left_column(story: Story, around: Around) -> Made:
    """A column of prose about the site before the article, without a telling name."""
    body = f'<div class="c1">{paragraphs([around.words["bio"], around.words["legal"], around.words["cookie"]])}{teasers(around, 3, name="q")}</div><div class="c2"><h1>{story.title}</h1>{paragraphs(story.texts())}</div>'
    return page(story, menu(around) + body), story.texts()


def two_columns(story: Story, around: Around) -> Made:
    """A text laid out in two columns."""
    half = len(story.texts()) // 2
    body = f'<h1>{story.title}</h1><div class="columns"><div class="column">{paragraphs(story.texts()[:half])}</div><div class="column">{paragraphs(story.texts()[half:])}</div></div>'
    return page(story, menu(around) + f"<div>{body}</div>" + footer(around)), story.texts()


def all_quoted(story: Story, around: Around) -> Made:
    """Indented with a quote element, as one did."""
    body = f"<h2>{story.title}</h2><blockquote>{paragraphs(story.texts())}</blockquote><hr><address>webmaster@a.example</address>"
    return page(story, links(around, 5, item="b") + body), story.texts()


def headings_beside(story: Story, around: Around) -> Made:
    """Bodies and their subheadings beside each other."""
    pieces = "".join(
        f'<h2>{head}</h2><div class="text">{paragraphs(story.texts()[n * 3 : n * 3 + 3])}</div>'
        for n, head in enumerate(story.subheads)
    )
    texts = [part for n, head in enumerate(story.subheads) for part in (head, *story.texts()[n * 3 : n * 3 + 3])]
    return page(
        story, menu(around) + f"<div><h1>{story.title}</h1>{pieces}</div>" + aside(around) + footer(around)
    ), tuple(texts)


def interview(story: Story, around: Around) -> Made:
    """Questions in bold, answers, an inset list of other articles between."""
    inset = f'<div class="inset"><p><b>{around.words["related"]}</b></p><ul>{links(around, 3)}</ul></div>'
    talk = "".join(
        f"<p><b>— {head}?</b></p><p>— {text}</p>"
        for head, text in zip((*story.subheads, *story.items), story.paragraphs, strict=True)
    )
    texts = tuple(
        part
        for head, text in zip((*story.subheads, *story.items), story.paragraphs, strict=True)
        for part in (head, text)
    )
    body = f'<div class="news-one"><h1>{story.title}</h1><p class="announce"><strong>{story.lead}</strong></p>{inset}{talk}</div>'
    return page(story, menu(around) + body + footer(around)), (story.lead, *texts)


def linked_posts(story: Story, around: Around) -> Made:
    """A log of links: each paragraph begins with a long link."""
    texts = [
        f'<a href="https://a.example/{n}">{text[: len(text) // 3]}</a>{text[len(text) // 3 :]}'
        for n, text in enumerate(story.texts())
    ]
    body = f'<div class="hfeed"><div class="post"><h2 class="entry-title">{story.title}</h2><div class="storycontent">{paragraphs(texts)}</div><div class="meta">Filed under: <a href="/c">X</a></div></div></div>'
    return page(story, menu(around) + body + aside(around) + footer(around)), story.texts()


def lead_apart(story: Story, around: Around) -> Made:
    """The lead far from the text: a picture, shares and a byline between."""
    body = (
        f'<div class="hero"><h1>{story.title}</h1><h2 class="hero__dek">{story.lead}</h2></div><div class="meta">{around.words["by"]} X</div>{share(around)}<figure><img src="/a.jpg"><figcaption>{around.headline()}</figcaption></figure>'
        f'<div class="content-body"><div class="rich-text">{paragraphs(story.paragraphs)}</div></div>'
    )
    return page(story, menu(around) + f"<main>{body}</main>" + teasers(around, 4) + footer(around)), story.texts()


def bare_article(story: Story, around: Around) -> Made:
    """An article tag, text by breaks, a footer inside."""
    body = f"<article><h1>{story.title}</h1>{'<br>'.join(story.texts())}<footer>{around.words['tags']}: {links(around, 3, item='i')}</footer></article>"
    return page(story, menu(around) + body + footer(around)), story.texts()


def shop(story: Story, around: Around) -> Made:
    """A shop's magazine: product cards between the paragraphs."""
    card = (
        f'<div class="product-card"><a href="/p/1">{around.headline()}</a><span>19,90 €</span><button>OK</button></div>'
    )
    text = card.join(f"<p>{part}</p>" for part in story.texts())
    body = f'<div class="magazine"><div class="magazine-article"><h1>{story.title}</h1><div class="magazine-article__main">{text}</div></div></div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


OLDER = (
    kubrick, typo3, squarespace, wix, tilda, joomla_old, board, livejournal, press_release, left_column, two_columns,
    all_quoted, headings_beside, interview, linked_posts, lead_apart, bare_article, shop,
)  # fmt: skip
