"""Pages as the press makes them: agencies, papers, portals, government offices, page builders."""

import json

from tests.samples.pages.pieces import (  # fmt: skip
    Made,
    aside,
    bold_start,
    comments,
    cookie_bar,
    footer,
    links,
    menu,
    page,
    paragraphs,
    share,
    teasers,
)
from tests.samples.pages.stories import Around, Story


def bitrix(story: Story, around: Around) -> Made:
    """1C-Bitrix: the text in a div, paragraphs by line breaks."""
    text = "<br />\n<br />\n".join(story.texts())
    body = (
        f'<div id="workarea"><div class="bx-breadcrumb"><a href="/">{around.words["home"]}</a></div><div class="news-detail">'
        f'<span class="news-date-time">20.11.2026</span><h1>{story.title}</h1>{text}<div style="clear:both"></div><br />'
        f'</div><p><a href="/news/">{around.words["more"]}</a></p></div><div class="news-list">{teasers(around, 6, name="news-item-preview")}</div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def drupal(story: Story, around: Around) -> Made:
    """Drupal: fields in fields."""
    body = (
        f'<main role="main"><div class="region region-content"><article class="node node--type-article"><h1 class="page-title">{story.title}</h1>'
        f'<div class="node__meta">{around.words["by"]} Admin, 20.11.2026</div><div class="node__content"><div class="field field--name-field-image">'
        f'<img src="/a.jpg"></div><div class="clearfix text-formatted field field--name-body field--type-text-with-summary">{paragraphs(story.texts())}</div>'
        f'<div class="field field--name-field-tags"><div>{around.words["tags"]}</div>{links(around, 4, item="div")}</div></div></article></div></main>'
    )
    return page(story, menu(around) + body + aside(around) + footer(around), name="path-node"), story.texts()


def joomla(story: Story, around: Around) -> Made:
    """Joomla: item-page with marked body."""
    body = (
        f'<div class="item-page" itemscope><h2 itemprop="headline">{story.title}</h2><dl class="article-info muted"><dt>Info</dt><dd>{around.words["by"]} X</dd></dl>'
        f'<div itemprop="articleBody">{paragraphs(story.texts())}</div><ul class="pager pagenav"><li><a href="/p">{around.headline()}</a></li></ul></div>'
    )
    return page(story, menu(around) + f'<div class="main">{body}</div>' + aside(around) + footer(around)), story.texts()


def table_layout(story: Story, around: Around) -> Made:
    """A page of the nineties: columns are cells."""
    body = (
        f'<table width="100%"><tr><td width="200" valign="top">{links(around, 25, item="p")}</td><td><font size="4"><b>{story.title}</b></font><br><br>'
        + "<br><br>".join(story.texts())
        + f'</td><td width="180">{teasers(around, 3, name="b")}</td></tr></table><center><font size=1>{around.words["legal"]}</font></center>'
    )
    return page(story, body), story.texts()


def bare_table(story: Story, around: Around) -> Made:
    """Cells and font tags, unclosed paragraphs, upper-case tags."""
    text = "".join(f"<P ALIGN=justify>{paragraph}\n" for paragraph in story.texts())
    body = f"<TABLE BORDER=0><TR><TD>{links(around, 12, item='B')}<TD><H2>{story.title}</H2>{text}<TR><TD COLSPAN=2>{around.words['legal']}</TABLE>"
    return page(story, body), story.texts()


def agency(story: Story, around: Around) -> Made:
    """A news agency: lead apart, read-also lines and a subscription between the paragraphs."""
    also = f'<div class="article__read-also"><a href="/x">{around.words["also"]}: {around.headline()}</a></div>'
    middle = [f"<p>{text}</p>" for text in bold_start(story.paragraphs)]
    middle.insert(2, also)
    middle.insert(5, f'<p><a href="https://t.me/x">{around.words["subscribe"]}</a></p>')
    body = (
        f'<div class="layout"><article class="article"><div class="article__header"><h1 class="article__title">{story.title}</h1>'
        f'<div class="article__info">14:05, 20.11.2026 <a href="/r">{around.headline()}</a></div></div><p class="article__lead">{story.lead}</p>'
        f'<figure><img src="/a.jpg"><figcaption>{around.words["photo"]}: {around.headline()}</figcaption></figure>'
        f'<div class="article__text">{"".join(middle)}</div>{share(around)}</article>{aside(around)}</div>'
    )
    return page(story, menu(around, big=True) + body + footer(around) + cookie_bar(around)), story.texts()


def blocks(story: Story, around: Around) -> Made:
    """Each paragraph is a block of its own among banners."""
    banner = f'<div class="banner-inline"><a href="/ad">{around.headline()}</a></div>'
    text = banner.join(
        f'<div class="article__block" data-type="text"><div class="article__text"><p>{p}</p></div></div>'
        for p in story.texts()
    )
    body = f'<div class="article__body">{text}</div>'
    return page(story, menu(around) + f"<h1>{story.title}</h1>{body}{aside(around)}{footer(around)}"), story.texts()


def unnamed_divs(story: Story, around: Around) -> Made:
    """Hashed class names: only the prose tells."""
    body = (
        f'<div class="sc-a1"><div class="sc-b2"><h1 class="sc-c3">{story.title}</h1><div class="sc-d4">{paragraphs(story.texts(), tag="div", name="sc-e5")}</div></div>'
        f'<div class="sc-f6">{teasers(around, 5, name="sc-g7")}</div></div>'
    )
    return page(story, f'<div id="__next">{menu(around)}{body}{footer(around)}</div>'), story.texts()


def short_note(story: Story, around: Around) -> Made:
    """Two sentences, and much else on the page."""
    body = f'<div class="post"><h1>{story.title}</h1><div class="text"><p>{story.lead}</p><p>{story.paragraphs[0]}</p></div></div>'
    return page(story, menu(around) + body + teasers(around, 12) + footer(around)), (story.lead, story.paragraphs[0])


def long_footer(story: Story, around: Around) -> Made:
    """A huge menu, a huge foot, teasers with long excerpts."""
    foot = f'<div class="footer">{paragraphs(around.excerpt() for _ in range(8))}{links(around, 60)}</div>'
    body = f'<div id="content"><h1>{story.title}</h1>{paragraphs(story.texts())}</div><div class="latest">{teasers(around, 10)}</div>'
    return page(story, menu(around, big=True) + body + foot), story.texts()


def government(story: Story, around: Around) -> Made:
    """An office's site: a list of measures, a table of figures."""
    items = paragraphs(story.items, tag="li")
    table = "".join(f"<tr><td>{item}</td><td>{n * 17}</td></tr>" for n, item in enumerate(story.subheads))
    body = (
        f'<div class="content-wrapper"><div class="breadcrumbs">{links(around, 3, item="span")}</div><h1>{story.title}</h1><div class="press-release__text">'
        f"{paragraphs(story.texts())}<ul>{items}</ul><table>{table}</table></div></div>"
    )
    cells = tuple(cell for n, item in enumerate(story.subheads) for cell in (item, str(n * 17)))
    return page(story, menu(around) + body + footer(around)), (*story.texts(), *story.items, *cells)


def scripted(story: Story, around: Around) -> Made:
    """Drawn by scripts: the text is in the linked data only."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "articleBody": "\n\n".join(story.texts()),
    }
    head = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    return page(story, f'<div id="app"><p>{around.words["home"]}</p></div>', head=head), story.texts()


def amp(story: Story, around: Around) -> Made:
    """The accelerated page: components of its own."""
    body = (
        f'<amp-sidebar id="s"><ul>{links(around, 12)}</ul></amp-sidebar><main><article class="amp-wp-article"><header class="amp-wp-article-header">'
        f'<h1>{story.title}</h1><div class="amp-wp-meta amp-wp-byline">{around.words["by"]} X</div></header><div class="amp-wp-article-content">'
        f'<p>{story.lead}</p><amp-ad width="300"></amp-ad>{paragraphs(story.paragraphs)}</div><footer class="amp-wp-article-footer">{links(around, 3)}</footer></article></main>'
    )
    return page(story, body), story.texts()


def next_article(story: Story, around: Around) -> Made:
    """Endless scrolling: the next article, longer than this one, is on the page already."""
    other = paragraphs(around.excerpt() for _ in range(24))
    body = (
        f'<div class="feed-item"><h1>{story.title}</h1><div class="article-body">{paragraphs(story.texts())}</div></div>'
        f'<div class="feed-item"><h1>{around.headline()}</h1><div class="article-body">{other}</div></div>'
    )
    return page(story, menu(around) + body), story.texts()


def paywall(story: Story, around: Around) -> Made:
    """The beginning, then the offer."""
    offer = f'<div class="paywall subscribe-offer"><h3>{around.words["subscribe"]}</h3><p>{around.words["cookie"]}</p></div>'
    body = f'<article><h1>{story.title}</h1><div class="article-content"><p>{story.lead}</p><p>{story.paragraphs[0]}</p>{offer}</div></article>'
    return page(story, menu(around) + body + teasers(around, 6) + footer(around)), (story.lead, story.paragraphs[0])


def live(story: Story, around: Around) -> Made:
    """A live blog: entries with their time."""
    entries = "".join(
        f'<div class="live-entry"><time datetime="2026-11-20T{n:02}:00Z">{n:02}:00</time><h3>{head}</h3><p>{text}</p></div>'
        for n, (head, text) in enumerate(zip((*story.subheads, *story.items), story.paragraphs, strict=True))
    )
    texts = tuple(part for pair in zip((*story.subheads, *story.items), story.paragraphs, strict=True) for part in pair)
    body = f'<article class="liveblog"><h1>{story.title}</h1><p class="lead">{story.lead}</p><div class="live-entries">{entries}</div>{share(around)}</article>'
    return page(story, menu(around) + body + aside(around) + footer(around)), (story.lead, *texts)


def longread(story: Story, around: Around) -> Made:
    """Sections with headings, figures with captions, a pull quote."""
    parts = []
    for number, head in enumerate(story.subheads):
        figure = f'<figure class="image"><img src="/{number}.jpg"><figcaption class="caption">{around.headline()}</figcaption></figure>'
        two = story.paragraphs[number * 2 : number * 2 + 2]
        parts.append(f'<section class="chapter"><h2>{head}</h2>{paragraphs(two)}{figure}</section>')
    body = (
        f'<article class="longread"><header><h1>{story.title}</h1><p class="subtitle">{story.lead}</p></header>{"".join(parts)}'
        f'<blockquote><p>{story.quote}</p></blockquote><div class="author-box"><p>X {around.words["bio"]}</p></div></article>'
    )
    texts = [story.lead]
    for number, head in enumerate(story.subheads):
        texts += [head, *story.paragraphs[number * 2 : number * 2 + 2]]
    return page(story, menu(around) + body + comments(around, 5) + footer(around)), (*texts, story.quote)


def form_page(story: Story, around: Around) -> Made:
    """ASP.NET: the whole page is one form."""
    body = (
        f'<form id="aspnetForm" method="post"><input type="hidden" value="x"><div id="ctl00_Menu">{links(around, 20)}</div><div id="ctl00_Content"><h1>{story.title}</h1>'
        f'<span id="ctl00_Date">20.11.2026</span><div id="ctl00_Text">{paragraphs(story.texts())}</div></div><div id="ctl00_Foot">{around.words["legal"]}</div></form>'
    )
    return page(story, body), story.texts()


def foreign_agent(story: Story, around: Around) -> Made:
    """An exile outlet: the notice that law demands above the text, subscription lines below."""
    notice = (
        "Настоящий материал (информация) произведён, распространён и направлен иностранным агентом «Пример» либо касается"
        " деятельности иностранного агента «Пример». 18+"
    )
    body = (
        f'<main><h1>{story.title}</h1><div class="post__content"><p>{notice}</p>{paragraphs(story.texts())}<p>{around.words["subscribe"]}</p>'
        f"<p>{around.words['also']}: <a href='/y'>{around.headline()}</a></p></div></main>"
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def pangea(story: Story, around: Around) -> Made:
    """A broadcaster's system: the text in `wsw`, links to other programmes inside."""
    inset = f'<div class="wsw__embed"><ul>{links(around, 3)}</ul></div>'
    body = (
        f'<div id="page"><div id="content"><h1 class="pg-title">{story.title}</h1><div class="publishing-details"><time datetime="2026-11-20T10:00:00+05:00">20.11</time></div>'
        f'<div class="body-container"><div id="article-content" class="content-floated-wrap fb-quotable"><div class="wsw">{paragraphs(story.texts()[:4])}{inset}{paragraphs(story.texts()[4:])}</div>'
        f'<ul class="author-link">{links(around, 1)}</ul></div></div><div class="media-block-wrap">{teasers(around, 8, name="media-block")}</div></div></div>'
    )
    return page(story, menu(around, big=True) + body + footer(around)), story.texts()


def products(story: Story, around: Around) -> Made:
    """Product news: headings, a list of features, an order button."""
    items = paragraphs(story.items, tag="li")
    body = (
        f'<div class="container"><div class="row"><div class="col-md-8"><h1>{story.title}</h1><p>{story.lead}</p><h3>{story.subheads[0]}</h3><ul>{items}</ul>'
        f'{paragraphs(story.paragraphs)}<a class="btn" href="/buy">{around.words["more"]}</a></div><div class="col-md-4">{teasers(around, 4)}</div></div></div>'
    )
    return page(story, menu(around) + body + footer(around)), (
        story.lead,
        story.subheads[0],
        *story.items,
        *story.paragraphs,
    )


PRESS = (
    bitrix, drupal, joomla, table_layout, bare_table, agency, blocks, unnamed_divs, short_note, long_footer, government,
    scripted, amp, next_article, paywall, live, longread, form_page, foreign_agent, pangea, products,
)  # fmt: skip
