"""Pages as systems and page builders put them out: their own markup, their own ways to write a date."""

import json

from tests.samples.pages.dates import ANOTHER, ISO, LATER, UPDATED, named, short, weekday
from tests.samples.pages.notices import CONSENT, IMPRINT
from tests.samples.pages.pieces import Made, aside, comments, footer, links, menu, page, paragraphs, share, teasers
from tests.samples.pages.stories import Around, Story


def twenty_ten(story: Story, around: Around) -> Made:
    """An old WordPress theme: "posted on" above, comments with dates below."""
    thread = "".join(
        f'<li id="comment-{n}"><div class="comment-author vcard"><cite>Nick{n}</cite></div><div class="comment-meta"><a href="#c{n}">{named(story.lang, 21)}</a></div><p>{around.comment()}</p></li>'
        for n in range(8)
    )
    body = (
        f'<div id="container"><div id="content"><div id="post-12" class="post-12 post hentry"><h1 class="entry-title">{story.title}</h1><div class="entry-meta"><span class="meta-prep">Posted on</span> <a href="/12"><span class="entry-date">{short(story.lang)}</span></a> by <a class="url">admin</a></div>'
        f'<div class="entry-content">{paragraphs(story.texts())}</div><div class="entry-utility">{links(around, 3, item="span")}</div></div><div id="comments"><ol class="commentlist">{thread}</ol></div></div></div>'
    )
    return page(story, menu(around) + body + aside(around) + footer(around)), story.texts()


def tagdiv(story: Story, around: Around) -> Made:
    """A newspaper theme: modules with times before the article, the text among ads and shares."""
    modules = "".join(
        f'<div class="td_module_6"><h3 class="entry-title td-module-title"><a href="/{n}">{around.headline()}</a></h3><time class="entry-date updated td-module-date" datetime="{ANOTHER}">{short(story.lang, 19)}</time></div>'
        for n in range(5)
    )
    body = (
        f'<div class="td-trending">{modules}</div><article class="post type-post"><header class="td-post-title"><h1 class="entry-title">{story.title}</h1><span class="td-post-date"><time class="entry-date updated td-module-date" datetime="{ISO}">{short(story.lang)}</time></span></header>'
        f'<div class="td-post-content tagdiv-type">{paragraphs(story.texts()[:3])}<div class="td-a-rec">{around.headline()}</div>{paragraphs(story.texts()[3:])}</div></article><div class="td_block_related_posts">{modules}</div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def german_theme(story: Story, around: Around) -> Made:
    """A small blog: date and author in one line under the headline, a widget with text beside it."""
    body = (
        f'<div id="page"><div id="main"><h2 class="posttitle">{story.title}</h2><div class="postinfo">{named(story.lang)} | Admin | 3 {around.words["comments"]}</div><div class="post">{paragraphs(story.texts())}</div></div>'
        f'<div id="right"><h3>{around.words["author"]}</h3><div class="textwidget">{IMPRINT[story.lang][2]} {around.words["bio"]}</div>{links(around, 20)}</div></div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def tilda_blocks(story: Story, around: Around) -> Made:
    """Tilda: each block in a record of its own, covers and buttons between."""
    blocks = "".join(
        f'<div id="rec{n}" class="r t-rec t-rec_pt_30"><div class="t106"><div class="t-container t-align_center"><div class="t-col t-col_8 t-prefix_2"><div class="t106__text t-text t-text_md" field="text">{text}</div></div></div></div></div>'
        f'<div id="rec{n}1" class="r t-rec"><div class="t142"><a class="t-btn" href="#p">{around.headline()}</a></div></div>'
        for n, text in enumerate(story.paragraphs)
    )
    body = (
        f'<div id="allrecords" class="t-records"><div id="rec1" class="r t-rec"><div class="t-cover"><h1 class="t-title" field="title">{story.title}</h1><div class="t-descr" field="descr">{story.lead}</div><div class="t-uptitle">{short(story.lang)}</div></div></div>{blocks}'
        f'<div id="rec9" class="r t-rec"><div class="t420__text">{around.words["legal"]}</div></div></div>'
    )
    return page(story, body), story.texts()


def tilda_zero(story: Story, around: Around) -> Made:
    """A zero block: atoms side by side, no paragraph anywhere."""
    atoms = "".join(
        f'<div class="t396__elem tn-elem"><div class="tn-atom" field="tn_text_{n}">{text}</div></div><div class="t396__elem tn-elem"><div class="tn-atom"><img src="/{n}.png"></div></div>'
        for n, text in enumerate((named(story.lang), *story.texts()))
    )
    body = f'<div class="t-records"><div class="t396"><div class="t396__artboard"><div class="tn-elem"><h1 class="tn-atom">{story.title}</h1></div>{atoms}</div></div></div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def wix_blog(story: Story, around: Around) -> Made:
    """Wix: spans in hooks, hashed names, an update in words."""
    text = "".join(
        f'<div id="viewer-{n}" class="hV5uZ"><p class="_1Fao9 uk8Zn"><span class="BrKEk"><span>{text}</span></span></p></div>'
        for n, text in enumerate(story.texts())
    )
    body = (
        f'<div data-hook="post" class="qweRT"><ul class="_2hhKG"><li><span data-hook="time-ago" title="{short(story.lang)}" class="time-ago">{short(story.lang)}</span></li><li><span>5 min</span></li></ul><h1 data-hook="post-title">{story.title}</h1>'
        f'<div data-hook="post-description" class="gYIw7">{text}</div></div><div class="Xo1"><div>{teasers(around, 3, name="Zs2")}</div></div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def drupal_seven(story: Story, around: Around) -> Made:
    """Drupal 7: "submitted", fields with odd and even items."""
    body = (
        f'<div id="block-system-main" class="block"><div class="content"><div id="node-9" class="node node-news clearfix"><h1>{story.title}</h1><div class="meta submitted">20/11/2026 - 14:05 admin</div><div class="content clearfix"><div class="field field-name-body field-type-text-with-summary"><div class="field-items"><div class="field-item even" property="content:encoded">{paragraphs(story.texts())}</div></div></div></div></div></div></div>'
        f'<div class="region-sidebar-second">{teasers(around, 6, name="views-row")}</div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def joomla_k2(story: Story, around: Around) -> Made:
    """Joomla K2: the beginning and the rest in two boxes."""
    body = (
        f'<div id="k2Container" class="itemView"><div class="itemHeader"><span class="itemDateCreated">{weekday(story.lang)} 14:05</span><h2 class="itemTitle">{story.title}</h2></div><div class="itemToolbar">{links(around, 3)}</div>'
        f'<div class="itemBody"><div class="itemIntroText"><p>{story.lead}</p></div><div class="itemFullText">{paragraphs(story.paragraphs)}</div></div><div class="itemAuthorLatest"><ul>{links(around, 6)}</ul></div></div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def nuxt(story: Story, around: Around) -> Made:
    """Drawn on the server with scoped names; the dates stand in the linked data, in a graph, the change first."""
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "Site"},
            {"@type": ["NewsArticle"], "dateModified": UPDATED, "datePublished": ISO, "headline": story.title},
        ],
    }
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    text = "".join(
        f'<div data-v-7ba5bd90 class="block"><div data-v-1><p>{text}</p></div></div>' for text in story.texts()
    )
    body = f'<div id="__nuxt"><div id="__layout"><div><div data-v-2><h1>{story.title}</h1>{text}</div><div data-v-3>{teasers(around, 5, name="b")}</div></div></div></div>'
    return page(story, body, head=head), story.texts()


def amp_news(story: Story, around: Around) -> Made:
    """AMP: captions, adverts, an update before the publication."""
    body = (
        f'<header class="top">{links(around, 6, item="span")}</header><article><h1>{story.title}</h1><amp-timeago datetime="{ISO}">{named(story.lang)}</amp-timeago><meta itemprop="dateModified" content="{UPDATED}"><meta itemprop="datePublished" content="{ISO}">'
        f'<amp-img src="/a.jpg"></amp-img>{paragraphs(story.texts()[:4])}<amp-ad></amp-ad><amp-embed><h4>{around.words["related"]}</h4>{links(around, 4)}</amp-embed>{paragraphs(story.texts()[4:])}</article><amp-consent>{paragraphs(CONSENT[story.lang])}</amp-consent>'
    )
    return page(story, body + footer(around)), story.texts()


def typo_news(story: Story, around: Around) -> Made:
    """TYPO3 news: the date in a time with text only."""
    body = (
        f'<div class="news news-single"><div class="article" itemscope><div class="header"><h1 itemprop="headline">{story.title}</h1></div><div class="extra"><span class="news-list-date"><time>20.11.2026</time></span></div><div class="teaser-text"><p>{story.lead}</p></div>'
        f'<div class="news-text-wrap" itemprop="articleBody">{paragraphs(story.paragraphs)}</div></div></div>'
    )
    return page(story, menu(around) + body + aside(around) + footer(around)), story.texts()


def movable_type(story: Story, around: Around) -> Made:
    """Movable Type: the date at the foot of the text."""
    body = (
        f'<div id="alpha"><div class="entry"><h3 class="entry-header">{story.title}</h3><div class="entry-content"><div class="entry-body">{paragraphs(story.texts())}</div></div><p class="entry-footer"><span class="post-footers">Posted by X on {short(story.lang)} 14:05</span> | <a href="/p">Permalink</a></p></div>'
        f'{comments(around, 5)}</div><div id="beta"><h2>{around.words["related"]}</h2><ul>{links(around, 9)}</ul></div>'
    )
    return page(story, body + footer(around)), story.texts()


def plain(story: Story, around: Around) -> Made:
    """No box at all: a headline, a date, paragraphs, links, all children of the body."""
    body = f"<p>{links(around, 5, item='b')}</p><hr><h1>{story.title}</h1><p><i>{named(story.lang)}</i></p>{paragraphs(story.texts())}<hr><p>{links(around, 6, item='b')}</p><p>{IMPRINT[story.lang][1]}</p>"
    return page(story, body), story.texts()


def abbr(story: Story, around: Around) -> Made:
    """Blogger of old: the instant in an abbreviation's title, an archive of months beside it."""
    body = (
        f'<div class="post hentry"><h3 class="post-title entry-title">{story.title}</h3><div class="post-body entry-content">{"<br /><br />".join(story.texts())}</div><div class="post-footer"><span class="post-timestamp"><a class="timestamp-link" href="/p"><abbr class="published" title="{ISO}">14:05</abbr></a></span></div></div>'
        f'<div id="BlogArchive1"><ul><li><a href="/2026_11_22_archive.html">{short(story.lang, 22)}</a></li>{links(around, 20)}</ul></div>'
    )
    return page(story, body), story.texts()


def meta_zoo(story: Story, around: Around) -> Made:
    """Dublin Core among metas of other days."""
    head = f'<meta name="last-modified" content="{UPDATED}"><meta name="DC.date.issued" content="{ISO}"><meta name="revised" content="{LATER}"><meta property="og:updated_time" content="{UPDATED}">'
    body = f'<div id="mainContent"><h1>{story.title}</h1><div class="copy">{paragraphs(story.texts())}</div>{share(around)}</div>'
    return page(story, menu(around) + body + aside(around) + footer(around), head=head), story.texts()


def next_data(story: Story, around: Around) -> Made:
    """Next.js with its text in a script alone; what the page shows is a menu and an imprint."""
    data = {
        "props": {
            "pageProps": {
                "related": [{"title": around.headline(), "lead": around.excerpt()} for _ in range(5)],
                "post": {"title": story.title, "publishedAt": ISO, "body": paragraphs(story.texts())},
            }
        }
    }
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data, ensure_ascii=False)}</script>'
    body = f'<div id="__next"><div class="spinner"></div></div><div class="b">{paragraphs(IMPRINT[story.lang])}</div>{script}'
    head = f'<meta property="article:published_time" content="{ISO}">'
    return page(story, menu(around) + body, head=head), story.texts()


BUILDERS = (
    twenty_ten, tagdiv, german_theme, tilda_blocks, tilda_zero, wix_blog, drupal_seven, joomla_k2, nuxt, amp_news,
    typo_news, movable_type, plain, abbr, meta_zoo, next_data,
)  # fmt: skip
