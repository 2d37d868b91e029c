"""Pages as people make them: blogs, forums, tutorials, recipes, wikis, sites of clubs."""

from html import escape

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


def wordpress(story: Story, around: Around) -> Made:
    """A classic theme: hentry, entry-content, shares and related posts inside it, comments below."""
    inside = paragraphs(bold_start(story.texts()))
    extra = (
        f'<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">{around.words["share"]}</h3><ul>{links(around, 3)}</ul></div>'
        f'<div id="jp-relatedposts" class="jp-relatedposts"><h3>{around.words["related"]}</h3>{teasers(around, 3, name="jp-relatedposts-post")}</div>'
    )
    body = (
        '<div id="content" class="site-content"><main class="site-main"><article id="post-7" class="post-7 post type-post hentry category-news tag-comments tag-related author-x">'
        f'<header class="entry-header"><h1 class="entry-title">{story.title}</h1><div class="entry-meta">20.11.2026 {around.words["by"]} X</div></header>'
        f'<div class="entry-content">{inside}{extra}</div><footer class="entry-footer">{around.words["tags"]}: {links(around, 3, item="span")}</footer></article>'
        f'<nav class="post-navigation"><a href="/p">{around.headline()}</a></nav>{comments(around, 15)}</main></div>'
    )
    return page(
        story, menu(around) + body + aside(around) + footer(around), name="single single-post has-sidebar"
    ), story.texts()


def gutenberg(story: Story, around: Around) -> Made:
    """A block theme with a table, a list and a quote."""
    table = "".join(f"<tr><td>{item}</td><td>{number}</td></tr>" for number, item in enumerate(story.subheads))
    body = (
        f'<main class="wp-block-group"><h1 class="wp-block-post-title">{story.title}</h1><div class="entry-content wp-block-post-content is-layout-flow">'
        f'{paragraphs(story.texts())}<figure class="wp-block-table"><table><tbody>{table}</tbody></table><figcaption class="wp-element-caption">{around.headline()}</figcaption></figure>'
        f'<ul class="wp-block-list">{paragraphs(story.items, tag="li")}</ul><blockquote class="wp-block-quote"><p>{story.quote}</p></blockquote></div>'
        f'<div class="wp-block-comments">{comments(around, 4)}</div></main>'
    )
    cells = tuple(cell for number, item in enumerate(story.subheads) for cell in (item, str(number)))
    return page(story, menu(around) + body + footer(around)), (*story.texts(), *cells, *story.items, story.quote)


def elementor(story: Story, around: Around) -> Made:
    """A page builder: each paragraph in a widget, no tag says article."""
    text = "".join(
        f'<div class="elementor-element elementor-widget elementor-widget-text-editor"><div class="elementor-widget-container"><p>{p}</p></div></div>'
        for p in story.texts()
    )
    body = (
        f'<div class="elementor"><section class="elementor-section"><div class="elementor-widget-wrap"><h1 class="elementor-heading-title">{story.title}</h1>{text}</div></section>'
        f'<section class="elementor-section"><div class="elementor-posts">{teasers(around, 6, name="elementor-post")}</div></section></div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def blogspot(story: Story, around: Around) -> Made:
    """Blogger: breaks in a div."""
    text = "<br /><br />".join(f"<span>{p}</span>" for p in story.texts())
    body = (
        f'<div class="main-outer"><div class="main section" id="main"><div class="blog-posts hfeed"><div class="date-outer"><h2 class="date-header"><span>20.11.2026</span></h2><div class="post hentry">'
        f'<h3 class="post-title entry-title">{story.title}</h3><div class="post-body entry-content" id="post-body-1"><div dir="ltr">{text}</div></div>'
        f'<div class="post-footer">{around.words["by"]} X {share(around)}</div></div></div><div class="comments" id="comments"><h4>4 {around.words["comments"]}:</h4>'
        f'{paragraphs(around.comment() for _ in range(4))}</div></div></div><div class="sidebar section"><div class="widget BlogArchive"><ul>{links(around, 30)}</ul></div></div></div>'
    )
    return page(story, body), story.texts()


def medium(story: Story, around: Around) -> Made:
    """A platform with hashed names and everything in one article tag."""
    body = (
        f'<div id="root"><div class="a b c"><article><div class="l"><div class="m"><section><div><h1 class="pw-post-title">{story.title}</h1><div class="n"><a href="/@x">X</a> · 5 min</div>'
        f'{paragraphs(story.texts(), name="pw-post-body-paragraph gu gv")}<blockquote class="hx"><p>{story.quote}</p></blockquote></div></section></div></div></article>'
        f'<div class="r"><h2>{around.words["related"]}</h2>{teasers(around, 4, name="s t")}</div></div></div>'
    )
    return page(story, body), (*story.texts(), story.quote)


def ghost(story: Story, around: Around) -> Made:
    """Ghost: gh-content, a call to subscribe after it."""
    body = (
        f'<main class="gh-main"><article class="gh-article post tag-hash"><header class="gh-article-header"><h1 class="gh-article-title">{story.title}</h1><p class="gh-article-excerpt">{story.lead}</p></header>'
        f'<section class="gh-content gh-canvas">{paragraphs(story.paragraphs)}<h2>{story.subheads[0]}</h2><p>{story.quote}</p></section></article><section class="gh-subscribe"><h3>{around.words["subscribe"]}</h3></section></main>'
    )
    return page(story, menu(around) + body + teasers(around, 3, name="post-card") + footer(around)), (
        *story.texts(),
        story.subheads[0],
        story.quote,
    )


def substack(story: Story, around: Around) -> Made:
    """A newsletter: body markup, subscribe forms in between."""
    widget = f'<div class="subscription-widget-wrap"><form><p>{around.words["subscribe"]}</p><input><button>OK</button></form></div>'
    half = len(story.paragraphs) // 2
    body = (
        f'<div class="single-post"><article class="newsletter-post post"><div class="post-header"><h1 class="post-title">{story.title}</h1><h3 class="subtitle">{story.lead}</h3></div><div class="available-content">'
        f'<div class="body markup">{paragraphs(story.paragraphs[:half])}{widget}{paragraphs(story.paragraphs[half:])}</div></div></article>{comments(around, 3)}</div>'
    )
    return page(story, menu(around) + body), story.texts()


def tutorial(story: Story, around: Around) -> Made:
    """Prose and code."""
    code = escape("for name in names:\n    print(name, end=' ')")
    body = (
        f'<div class="docs-layout"><div class="toc"><ul>{links(around, 10)}</ul></div><div class="markdown-body"><h1>{story.title}</h1>{paragraphs(story.texts()[:4])}<h2>{story.subheads[0]}</h2>'
        f'<pre><code class="language-python">{code}</code></pre>{paragraphs(story.texts()[4:])}</div></div>'
    )
    return page(story, menu(around) + body + footer(around)), (
        *story.texts()[:4],
        story.subheads[0],
        "for name in names: print(name, end=' ')",
        *story.texts()[4:],
    )


def recipe(story: Story, around: Around) -> Made:
    """Short lists before and after the prose."""
    body = (
        f'<article class="recipe"><h1>{story.title}</h1>{share(around)}<div class="recipe-content"><p>{story.lead}</p><h2>{story.subheads[0]}</h2><ul class="ingredients">{paragraphs(story.items, tag="li")}</ul>'
        f"<h2>{story.subheads[1]}</h2><ol>{paragraphs(story.paragraphs, tag='li')}</ol></div></article>"
    )
    return page(story, menu(around) + body + comments(around, 9) + footer(around)), (
        story.lead,
        story.subheads[0],
        *story.items,
        story.subheads[1],
        *story.paragraphs,
    )


def forum(story: Story, around: Around) -> Made:
    """A board: the first post is the article, the answers are not."""

    def post(number: int, text: str) -> str:
        return (
            f'<div id="p{number}" class="post has-profile bg2"><div class="inner"><dl class="postprofile"><dt>Nick{number}</dt><dd>Posts: 17</dd></dl>'
            f'<div class="postbody"><h3><a href="#p{number}">Re</a></h3><div class="content">{text}</div></div></div></div>'
        )

    answers = "".join(post(n + 1, around.comment()) for n in range(6))
    body = f'<div id="page-body"><h2 class="topic-title"><a href="/t">{story.title}</a></h2>{post(0, "<br><br>".join(story.texts()))}{answers}</div>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def telegraph(story: Story, around: Around) -> Made:
    """The barest page there is."""
    body = f'<div class="tl_page"><main class="tl_article"><header><h1>{story.title}</h1><address><a rel="author">X</a><time datetime="2026-11-20">20.11</time></address></header><article>{paragraphs(story.texts())}</article></main></div>'
    return page(story, body + f"<p>{around.words['home']}</p>"), story.texts()


def long_comments(story: Story, around: Around) -> Made:
    """A short text under which readers wrote ten times as much."""
    texts = story.texts()[:3]
    body = f'<div class="container"><div class="entry"><h1>{story.title}</h1>{paragraphs(texts)}</div>{comments(around, 60)}</div>'
    return page(story, menu(around) + body + footer(around)), texts


def unnamed_comments(story: Story, around: Around) -> Made:
    """Comments that only their heading names."""
    thread = "".join(f"<div><b>Nick{n}</b><div>{around.comment()}</div></div>" for n in range(25))
    body = f'<div class="w"><h1>{story.title}</h1><div>{paragraphs(story.texts())}<div><h3>25 {around.words["comments"]}</h3>{thread}</div></div></div>'
    heading = around.words["comments"] if story.lang in ("ru", "kk") else f"25 {around.words['comments']}"
    return page(
        story, menu(around) + body.replace(f"25 {around.words['comments']}", heading) + footer(around)
    ), story.texts()


def index(story: Story, around: Around) -> Made:
    """The article, then excerpts of others in the same markup."""
    others = "".join(
        f'<article class="post"><h2><a href="/{n}">{around.headline()}</a></h2><div class="entry-content"><p>{around.excerpt()}</p></div></article>'
        for n in range(8)
    )
    body = f'<main><article class="post"><h1>{story.title}</h1><div class="entry-content">{paragraphs(story.texts())}</div></article><section class="related-posts"><h3>{around.words["related"]}</h3>{others}</section></main>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def heading_box(story: Story, around: Around) -> Made:
    """A note on the author and related teasers, known by their headings only, inside the text's element."""
    bio = f'<div class="x1"><h4>{around.words["author"]}</h4><p>X {around.words["bio"]}</p></div>'
    more = f'<div class="x2"><h4>{around.words["related"]}</h4>{teasers(around, 4, name="x3")}</div>'
    body = f'<main><h1>{story.title}</h1><div class="post-content">{paragraphs(story.texts())}{bio}{more}</div></main>'
    return page(story, menu(around) + body + footer(around)), story.texts()


def spans(story: Story, around: Around) -> Made:
    """Text in spans of a div, breaks between, no class anywhere."""
    text = "<br>".join(f'<span style="font-size:12pt">{p}</span>' for p in story.texts())
    body = f"<div>{links(around, 8, item='span')}</div><div><h1>{story.title}</h1><div>{text}</div></div><div>{around.words['legal']}</div>"
    return page(story, body), story.texts()


def hidden_copy(story: Story, around: Around) -> Made:
    """The same text twice: for wide and for narrow screens."""
    text = paragraphs(story.texts())
    body = f'<div class="article-text desktop">{text}</div><div class="article-text mobile" style="display: none">{text}</div>'
    return page(story, menu(around) + f"<h1>{story.title}</h1><div>{body}</div>{footer(around)}"), story.texts()


def club(story: Story, around: Around) -> Made:
    """An old site of a club: the text right in the body, rules between."""
    body = f"<h1>{story.title}</h1>{links(around, 6, item='b')}<hr>{'<p>'.join(story.texts())}<hr><small>{around.words['legal']}</small>"
    return page(story, body), story.texts()


def wiki(story: Story, around: Around) -> Made:
    """An encyclopaedia: a box of facts, sections, references."""
    box = "<table class='infobox'><tr><th>A</th><td>1</td></tr></table>"
    body = (
        f'<div id="content" class="mw-body"><h1 id="firstHeading">{story.title}</h1><div id="bodyContent"><div class="mw-parser-output">{box}<p>{story.lead}</p><div id="toc" class="toc"><ul>{links(around, 5)}</ul></div>'
        f'<h2>{story.subheads[0]}</h2>{paragraphs(bold_start(story.paragraphs))}</div></div></div><div id="mw-navigation">{links(around, 20)}</div>'
    )
    return page(story, body), (story.lead, story.subheads[0], *story.paragraphs)


def cookie_wall(story: Story, around: Around) -> Made:
    """A consent layer longer than the article, without a telling name."""
    layer = f'<div class="cmp-layer" id="cmpbox"><h2>Cookies</h2>{paragraphs([around.words["cookie"]] * 4)}</div>'
    body = f'<article class="post"><h1>{story.title}</h1><div class="post-text">{paragraphs(story.texts()[:3])}</div></article>'
    return page(story, layer + menu(around) + body + footer(around) + cookie_bar(around)), story.texts()[:3]


BLOGS = (
    wordpress, gutenberg, elementor, blogspot, medium, ghost, substack, tutorial, recipe, forum, telegraph, long_comments,
    unnamed_comments, index, heading_box, spans, hidden_copy, club, wiki, cookie_wall,
)  # fmt: skip
