"""The names of a page's elements (tags, classes, ids, roles) → what each of them is on the page.

Site makers call the same thing by a few dozen names. These are those names. Names mislead, so none of them is proof:
main_element.py weighs them against the text.
"""

import re
from enum import IntEnum
from functools import lru_cache


class PageRole(IntEnum):
    """What an element is by its names; the larger, the closer around an article's text."""

    LEFTOVER = -1  # menus, comments, shares, other articles, notes about the author
    UNKNOWN = 0
    MAIN = 1  # the main column
    ARTICLE = 2  # one article with its head and foot
    BODY = 3  # the text of one


# Names are compared in lower case, with `-` for `_` and at each border inside a name such as `articleBody`.
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

# Whatever begins so, at any border inside a name: `post-comments`, `relatedArticles`, `c-sharebar`.
_LEFTOVER_STEMS = tuple(
    """
    about-author aboutauthor addthis addtoany adsense adslot advert also-read article-info articleinfo
    author-bio author-box author-card author-info authorbox avatar breadcrumb breaking-news byline caption
    colophon comment consent cookie copyright didomi disqus donat dropdown entry-info feedback hashtag
    hidden-print is-hidden jp-post-flair jp-relatedposts latest-news latest-posts lightbox login masthead
    metabox modal more-articles more-from more-news more-on more-stories most-read mostread navbar navig
    newsletter next-article next-post no-print noprint onesignal onetrust outbrain paginat pingback popular
    popup post-info post-nav postinfo prev-next prev-post previous-post prevnext promo read-also read-more
    readalso readmore recommend related respond screen-reader see-also share sharing sidebar sidenav sign-up
    signup similar skip-link skiplink social sponsor sr-only sticky-bar subscri taboola tagcloud taglist teaser
    timestamp tooltip topbar trackback trending user-info usercentrics visually-hidden widget-area zergnet
    """.split()  # noqa: SIM905 - two hundred names read better without quotes
)
# Only as a whole part of a name: `ad`, `post-tags`, `entry-meta`; not `adventure` or `metal`.
_LEFTOVER_WORDS = frozenset(
    """
    ad adfox ads adv advt also author authors banner banners bio bookmark bookmarks calendar carousel cmp
    commercial complementary contentinfo correction counter credit credits crumbs cta dialog disclaimer facebook
    follow footer gdpr keywords likes menu menus meta mgid nav notification notifications pager partners poll
    postmeta postprofile profile promoted rating ratings register replies reply rss rtb rubric rubrics search
    searchform signature slick stats stories submenu swiper tag tags telegram tgb ticker toc toolbar viber
    visuallyhidden vk votes voting weather whatsapp widget widgets
    """.split()  # noqa: SIM905 - two hundred names read better without quotes
)
# Of these some are the box of the article's own lead: the text tells them apart.
_LEAD_TOO = ("teaser", "promo", "recommend")
# Themes write an article's categories, and what it allows, into the names of what holds it.
_OF_THE_ARTICLE = (
    *("tag-", "category-", "cat-", "format-"),
    *("has-", "with-", "no-", "without-", "page-template", "elementor-"),
)
_POST = re.compile(r"(?:^|\s)(?:h-?entry|type-post|so-panel)(?:\s|$)")

_WHOSE = (
    r"(?:amp|article|blog|blogpost|doc|document|entry|event|interview|longread|material|news|post|press|press-?release"
    r"|publication|reader|recipe|report|review|single|story|topic)s?"
)
_WHAT = (
    r"(?:body|bodycopy|bodytext|content|contents|copy|entry|full|full-?text|html|inner-?content|main-?content|paragraphs?"
    r"|story|text)"
)
_BODY = re.compile(
    rf"(?:^|-){_WHOSE}-*(?:the-)?{_WHAT}(?:$|-)|(?:^|--)(?:body|text)$|^(?:available-?content|b-?text|body-?copy|body-?text"
    r"|c-article-content|content-+text|content-?article|content-?text|detail-?text|e-content|entry|field-+name-body|full-?text"
    r"|gh-content|item-?full-?text|js-mediator-article|markdown-?body|message-?body|metered-?content|mw-parser-output"
    r"|news-?detail|post-?entry|post-?message|postbody|prose|rich-?text|rte|section-?content|shortcode-?content|story-?text"
    r"|td-?content|text-?body|text-?content|the-?content|theme-?content|wsw|wysiwyg)$"
)
_ARTICLE = re.compile(
    r"^(?:(?:article|post|story|entry)-?(?:block|container|holder|inner|main|page|view|wrap|wrapper)?"
    r"|news-?(?:article|full|inner|item|one|page|single|view)|blog-?post|content-?item|detail|full-?story|h-?entry|item-?content"
    r"|item-?page|item-?text|longread|material|node|node-+content|page-?article|post-?single|publication|single|single-?post"
    r"|type-?post)$"
)
_MAIN = re.compile(
    r"^(?:block-?content|center|centre|center-?column|col-?main|content|content-?area|content-?body|content-?container"
    r"|content-?inner|content-?main|content-?wrapper|contents|dle-?content|inhalt|left-?col(?:umn)?|main|main-?col(?:umn)?"
    r"|main-?content|maincol|page|page-?body|page-?content|primary|site-?content|site-?main|work-?area|wrapper-?content)$"
)
_TAGS = {
    "article": PageRole.ARTICLE,
    "main": PageRole.MAIN,
    "aside": PageRole.LEFTOVER,
    "footer": PageRole.LEFTOVER,
    "form": PageRole.LEFTOVER,
    "figcaption": PageRole.LEFTOVER,
}
_HOLDERS = frozenset({"div", "section", "article", "main", "td"})
_MAY_BE_LEFT = (_HOLDERS - {"main"}) | {
    *("aside", "blockquote", "dl", "figcaption", "figure", "footer", "form", "header", "li", "ol", "p", "ul"),
    *("h2", "h3", "h4", "h5", "h6"),
}


@lru_cache(maxsize=4_096)  # the names of a site's pages are the same from page to page
def role(tag: str, names: str) -> PageRole:
    """What an element is, by its tag and its names, joined by blanks as `Outline.names` has them."""
    if tag == "p":
        names = names.replace("teaser", "lead")  # as a paragraph it is the article's own
    roles = {_role_of(_CAMEL.sub("-", name).lower().replace("_", "-")) for name in names.split()}
    roles.add(_TAGS.get(tag, PageRole.UNKNOWN))
    best = max(roles) if tag in _HOLDERS else PageRole.UNKNOWN
    is_left = PageRole.LEFTOVER in roles and best is not PageRole.BODY and tag in _MAY_BE_LEFT
    return PageRole.LEFTOVER if is_left and not _POST.search(names) else max(best, PageRole.UNKNOWN)


def may_be_lead(names: str) -> bool:
    """Whether sites give such names to the box of an article's lead as well as to those of other articles."""
    return any(word in names.lower() for word in _LEAD_TOO)


@lru_cache(maxsize=8_192)  # and sites share most of them
def _role_of(name: str) -> PageRole:
    if not name.startswith(_OF_THE_ARTICLE) and _is_leftover(name):
        return PageRole.LEFTOVER
    signs = ((_BODY, PageRole.BODY), (_ARTICLE, PageRole.ARTICLE), (_MAIN, PageRole.MAIN))
    return next((role for pattern, role in signs if pattern.search(name)), PageRole.UNKNOWN)


def _is_leftover(name: str) -> bool:
    if name == "hidden":  # but not `hidden-xs`: that is shown on every screen but one
        return True
    while name:
        if name.startswith(_LEFTOVER_STEMS):
            return True
        word, _, name = name.partition("-")
        if word in _LEFTOVER_WORDS:
            return True
    return False
