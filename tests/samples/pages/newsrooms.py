"""Pages as newsrooms and offices of this region put them out: what stands around the text is prose too."""

from tests.samples.pages.dates import (  # fmt: skip
    ANOTHER,
    CHANGED,
    ISO,
    LATER,
    PUBLISHED,
    UPDATED,
    named,
    short,
    weekday,
)
from tests.samples.pages.notices import CONSENT, IMPRINT, PITCH
from tests.samples.pages.pieces import Made, aside, comments, footer, links, menu, page, paragraphs, share, teasers
from tests.samples.pages.stories import Around, Story


def portal(story: Story, around: Around) -> Made:
    """A portal: news of the day with their times above, published and updated in the article."""
    top = "".join(
        f'<div class="hot"><time datetime="{ANOTHER}">08:00</time><a href="/h/{n}">{around.headline()}</a></div>'
        for n in range(4)
    )
    body = (
        f'<div class="hotline">{top}</div><article class="layout-page__article"><h1>{story.title}</h1><div class="info"><p>{PUBLISHED[story.lang]}: <time datetime="{ISO}">20.11</time></p>'
        f'<p>{CHANGED[story.lang]}: <time datetime="{UPDATED}">21.11</time></p></div><div class="formatted-body">{paragraphs(story.texts())}</div>{share(around)}</article>'
    )
    return page(story, menu(around, big=True) + body + aside(around) + footer(around)), story.texts()


def wire(story: Story, around: Around) -> Made:
    """A state agency: time first, zone behind a bar, lead and text in boxes of their own."""
    body = (
        f'<section class="article"><div class="container"><h1 class="article__title-news">{story.title}</h1><div class="article__time">14:05, {short(story.lang)} | GMT +5</div>'
        f'<div class="article__description"><p>{story.lead}</p></div><div class="article__body-text">{paragraphs(story.paragraphs)}</div><div class="article__tags">{links(around, 4, item="span")}</div></div></section>'
    )
    return page(story, menu(around) + body + teasers(around, 5) + footer(around)), story.texts()


def today_above(story: Story, around: Around) -> Made:
    """Today's date in the head of the site, the article's beside its headline, a newer one in the column."""
    body = (
        f'<div class="head"><span>{weekday(story.lang, 22)}</span><span>$ 512,3</span></div><div class="left"><h1>{story.title}</h1><div class="inf"><span>{named(story.lang)}</span><span>1 204</span></div>'
        f'<div class="txt">{paragraphs(story.texts())}</div></div><div class="right"><b>{named(story.lang, 21)}</b>{links(around, 9)}</div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def updated_first(story: Story, around: Around) -> Made:
    """The update is named before the publication."""
    body = (
        f'<div class="material"><h1>{story.title}</h1><div class="m-dates"><span>{CHANGED[story.lang]} {named(story.lang, 21)}</span> <span>{PUBLISHED[story.lang]} {named(story.lang)}</span></div>'
        f'<div class="material-text">{paragraphs(story.texts())}</div></div>'
    )
    return page(story, menu(around) + body + aside(around) + footer(around)), story.texts()


def teaser_lead(story: Story, around: Around) -> Made:
    """The lead in a box called a teaser, inside the article; real teasers below it."""
    body = (
        f'<article><h1>{story.title}</h1><span class="when">{named(story.lang)}</span><div class="teaser"><p>{story.lead}</p></div><div class="body">{paragraphs(story.paragraphs)}</div>'
        f"</article>{teasers(around, 5, name='teaser')}"
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def promo_lead(story: Story, around: Around) -> Made:
    """The lead in a box named promo, and other articles in boxes of like names inside the same article."""
    promo = f'<div class="recommend"><a href="/r">{around.headline()}</a><p>{around.excerpt()}</p></div>'
    body = (
        f'<div class="news-single"><h1>{story.title}</h1><div class="promo-text">{story.lead}</div><p class="meta">{short(story.lang)}</p>{paragraphs(story.paragraphs[:4])}{promo}'
        f"{paragraphs(story.paragraphs[4:])}</div>"
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def empty_marked(story: Story, around: Around) -> Made:
    """The marked body is empty, the text stands in boxes without a name."""
    text = "".join(f"<div><div>{part}</div></div>" for part in story.texts())
    body = (
        f'<h1>{story.title}</h1><span itemprop="datePublished" content="{ISO}">20.11</span><div itemprop="articleBody" class="article-body"></div><div class="z">{text}</div>'
        f'<div class="zz">{paragraphs(IMPRINT[story.lang])}</div>'
    )
    return page(story, menu(around) + body), story.texts()


def imprint_below(story: Story, around: Around) -> Made:
    """A short note over an imprint that is longer and has no name."""
    texts = story.texts()[:2]
    body = (
        f'<div class="c"><div class="d"><h1>{story.title}</h1><i>{named(story.lang)}</i>{paragraphs(texts)}</div></div><div class="e">{links(around, 9)}</div>'
        f'<div class="f">{paragraphs(IMPRINT[story.lang])}{paragraphs(IMPRINT[story.lang][:1])}</div>'
    )
    return page(story, menu(around) + body), texts


def consent_above(story: Story, around: Around) -> Made:
    """A layer of consent without a telling name, longer than the article below."""
    texts = story.texts()[:3]
    layer = "".join(f"<div><h4>{around.words['subscribe']}</h4><p>{text}</p></div>" for text in CONSENT[story.lang] * 3)
    body = f'<div class="qx-1">{layer}<button>OK</button></div><div class="w"><h1>{story.title}</h1><p>{named(story.lang)}</p>{paragraphs(texts)}</div>'
    return page(story, body + footer(around)), texts


def bitrix_detail(story: Story, around: Around) -> Made:
    """1C-Bitrix: a date, the text as a bare node, a way back, other news with their dates."""
    other = "".join(
        f'<p class="news-item"><span class="news-date-time">{n + 10}.11.2026</span><a href="/{n}"><b>{around.headline()}</b></a><br>{around.excerpt()}</p>'
        for n in range(9)
    )
    text = "<br><br>".join(story.texts())
    body = (
        f'<div class="news-detail"><img class="detail_picture" src="/a.jpg"><span class="news-date-time">20.11.2026 14:05:00</span><h3>{story.title}</h3>{text}<div style="clear:both"></div></div>'
        f'<p><a href="/news/">{around.words["home"]}</a></p><div class="news-list">{other}</div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def ministry(story: Story, around: Around) -> Made:
    """A ministry: the text beside announcements in prose, addresses below."""
    side = "".join(
        f"<div><b>{short(story.lang, n + 11)}</b><p>{around.excerpt()} {around.excerpt()}</p></div>" for n in range(5)
    )
    body = (
        f'<div class="row"><div class="col-4">{side}</div><div class="col-8"><h2>{story.title}</h2><small>{short(story.lang)}</small><div>{paragraphs(story.texts()[:5])}</div></div></div>'
        f'<div class="bottom">{paragraphs(IMPRINT[story.lang])}</div>'
    )
    return page(story, menu(around) + body), story.texts()[:5]


def datalife(story: Story, around: Around) -> Made:
    """DataLife Engine: a rating, a form, comments in boxes with dates."""
    thread = "".join(
        f'<div id="comment-id-{n}"><div class="bcomment"><span>21-11-2026, 1{n}:00</span><div id="comm-id-{n}">{around.comment()}</div></div></div>'
        for n in range(7)
    )
    body = (
        f'<div id="dle-content"><div class="base fullstory"><h3 class="btl"><span id="news-title">{story.title}</span></h3><p class="binfo small">20-11-2026, 14:05</p><div class="maincont"><div id="news-id-7">{"<br><br>".join(story.texts())}</div></div>'
        f'<div class="rate">{around.words["share"]}</div></div>{thread}<form id="dle-comments-form"><h3>{around.words["leave"]}</h3><textarea></textarea></form></div>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


def ucoz(story: Story, around: Around) -> Made:
    """uCoz: tables, the details in one line below the text."""
    body = (
        f'<table class="eBlock"><tr><td style="padding:3px"><div class="eTitle">{named(story.lang)} » {story.title}</div><div class="eMessage">{paragraphs(story.texts())}</div>'
        f'<div class="eDetails">1024 | admin | <a href="/c">{around.headline()}</a></div></td></tr></table><table class="sb"><tr><td>{links(around, 14)}</td></tr></table>'
    )
    return page(story, body + footer(around)), story.texts()


def exile(story: Story, around: Around) -> Made:
    """An exile outlet: a pitch for donations in the middle and at the end, hashed names."""
    box = (
        f'<div class="css-1k2"><h4>{around.words["subscribe"]}</h4><p>{PITCH[story.lang]}</p><button>OK</button></div>'
    )
    text = paragraphs(story.texts()[:4]) + box + paragraphs(story.texts()[4:]) + box
    head = f'<meta property="article:published_time" content="{ISO}"><meta property="article:modified_time" content="{UPDATED}">'
    body = f'<div class="css-0"><h1 class="css-9">{story.title}</h1><div class="css-7">{text}</div></div>'
    return page(story, menu(around) + body + footer(around), head=head), story.texts()


def latest_below(story: Story, around: Around) -> Made:
    """Nameless news below the article, each with a date, a headline and a long beginning."""
    other = "".join(
        f'<div><span>{short(story.lang, 21)}</span><h3><a href="/n/{n}">{around.headline()}</a></h3><div>{around.excerpt()} {around.excerpt()}</div></div>'
        for n in range(12)
    )
    body = f"<div><div><h1>{story.title}</h1><span>{short(story.lang)}</span><div>{paragraphs(story.texts()[:4])}</div></div><div>{other}</div></div>"
    return page(story, menu(around) + body + comments(around, 3) + footer(around)), story.texts()[:4]


def stamped(story: Story, around: Around) -> Made:
    """Comments and other news carry machine dates, the article only a line of words."""
    thread = "".join(
        f'<div class="cm"><time datetime="{LATER}">21.11</time><p>{around.comment()}</p></div>' for _ in range(4)
    )
    body = (
        f'<div class="one"><h1>{story.title}</h1><div class="one__date">{named(story.lang)}</div><div class="one__text">{paragraphs(story.texts())}</div></div><div class="comments">{thread}</div>'
        f'<ul class="related"><li><time datetime="{ANOTHER}">19.11</time><a href="/o">{around.headline()}</a></li></ul>'
    )
    return page(story, menu(around) + body + footer(around)), story.texts()


NEWSROOMS = (
    portal, wire, today_above, updated_first, teaser_lead, promo_lead, empty_marked, imprint_below, consent_above,
    bitrix_detail, ministry, datalife, ucoz, exile, latest_below, stamped,
)  # fmt: skip
