"""HTML → what a reader reads: text with a line for each paragraph, without notices that are about the outlet.

The only maker of text from markup; selecting the part of a page that is the article is `extraction`'s affair.
"""

import re
from collections.abc import Collection, Iterable
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor import text

_MOST_TAGS = 20_000  # beyond this a page is an attack on the parser; the article stands before it
_PARAGRAPH_BREAK = re.compile(r"\n[ \t\r]*\n")

_BLOCKS = (
    "p|div|li|ul|ol|dl|dd|dt|h[1-6]|blockquote|section|article|aside|header|footer|nav|main|figure|figcaption|pre|time"
)
_KEPT = rf"(?:{_BLOCKS}|html|head|body|title|meta|script|style|noscript|iframe|textarea|a)"
_EDGE = re.compile(rf"<(?=/?(?:{_BLOCKS}|br|hr|table|tr|td|th|form|option)\b)", re.IGNORECASE)
_EMPTY_DRAWING = re.compile(r"<svg\b[^<>]*/>", re.IGNORECASE)
_CONTROL = re.compile(r"<(/?)(?:svg|button|select|template|dialog|object|canvas|video|audio)\b", re.IGNORECASE)
_QUOTED = r"(?:[^<>\"']*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+[^<>\"']*+"  # attributes, one of which may hold a `>`
_OTHER_TAG = re.compile(rf"</?(?!{_KEPT}\b)[a-z](?:{_QUOTED}|[^<>]*)>", re.IGNORECASE)
_UNREAD = "script, style, noscript, iframe, textarea, nav, title"

_FORMATTING = re.compile(r"<(/?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE)
_FORMATTING_IN_SELECTOR = re.compile(
    r"(?:^|[\s>+~,(])(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?![\w-])", re.IGNORECASE
)
_HEADLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|center|cite|code|del|div|em|font|h[1-6]|i|ins|li|mark|nobr|noindex|p|q|s|small|span|strike"
    r"|strong|sub|sup|u|ul)(?:\s[^<>]*)?/?>|<(?:br|hr|img|wbr)\b[^<>]*>|</(?:script|style|svg|iframe|table|tt|kbd)>",
    re.IGNORECASE,
)

# The notice that Russian law makes exile outlets print. It names «российским», «иностранным», «юридическим лицом»:
# words of rules, in every article, about nothing in it. It stands on its own line or between two sentences.
_FOREIGN_AGENT = re.compile(
    r"(?:данное|настоящее)\s+сообщение\s*\(материал\)[^\n]{0,300}?"
    r"юридическим\s+лицом,?\s+выполняющим\s+функции\s+иностранного\s+агента[.!]?"
    r"|(?:настоящий|данный)\s+материал\s*\(информация\)[^\n]{0,300}?"
    r"касается\s+деятельности\s+иностранного\s+агента(?:\s*«[^»\n]{0,120}»|(?-i:[^a-zа-яё\n.]{0,160}))[.!]?"
    r"(?:\s*\(?18\s?\+\)?)?",
    re.IGNORECASE,
)
_ABOUT_THE_OUTLET = re.compile(
    r"^[^\w\n«]{0,6}(?:(?:читайте|смотрите|слушайте)(?:\s+(?:также|ещё|еще|нас|по теме|больше|подробнее))\b"
    r"|читать далее|по теме:|подписывайтесь|подпишитесь|присоединяйтесь к (?:нам|нашему)|следите за (?:нами|новостями)"
    r"|(?:если вы )?нашли (?:опечатк|ошибк)|заметили (?:опечатк|ошибк)|выделите (?:её|ее|фрагмент|текст|ошибк)"
    r"|сообщить об ошибке|поделиться(?:\s|$)|материалы по теме|поддержите (?:нас|нашу|работу)"
    r"|сондай-ақ,? оқыңыз|тағы (?:да )?оқыңыз|оқи отырыңыз|(?:біздің )?(?:telegram|whatsapp)[- ]?(?:арна|канал)\w* "
    r"жазылыңыз|біздің \w+ жазылыңыз|қате тапсаңыз|мәтіннен қате)[^\n]{0,240}$",
    re.IGNORECASE | re.MULTILINE,
)


def document(html: str) -> LexborHTMLParser:
    """A parsed page or fragment whose text has a line break at each block's edge.

    Only elements that shape an article are parsed: a few kilobytes of crossed formatting tags, or a deep nest of
    anything, would cost the parser gigabytes or minutes. Controls and drawings become `nav`.
    """
    edged = _EDGE.sub("\n<", _on_one_line(html))
    shaped = _OTHER_TAG.sub("", _CONTROL.sub(r"<\1nav", _EMPTY_DRAWING.sub("", edged)))
    return LexborHTMLParser(_within_cap(shaped))


def _on_one_line(source: str) -> str:
    """Line breaks of the source mean nothing to a reader. (`translate` would take as long as the parser.)"""
    return source.replace("\r", " ").replace("\n", " ").replace("\t", " ")


def _within_cap(html: str) -> str:
    if html.count("<") <= _MOST_TAGS:
        return html
    surplus = next(islice(re.finditer("<", html), _MOST_TAGS, None))
    return html[: surplus.start()]


def drop(nodes: Iterable[LexborNode]) -> None:
    """Takes nodes out of their document. One that stands inside another goes with it: freeing it twice is fatal."""
    chosen = {node.mem_id: node for node in nodes}
    known: dict[int, bool] = {}  # whether a node stands inside a chosen one
    for node in [node for node in chosen.values() if not _is_inside(node, chosen.keys(), known)]:
        node.decompose()


def _is_inside(node: LexborNode, chosen: Collection[int], known: dict[int, bool]) -> bool:
    path: list[int] = []
    above = node.parent
    while above is not None and above.mem_id not in known and above.mem_id not in chosen:
        path.append(above.mem_id)
        above = above.parent
    inside = above is not None and (above.mem_id in chosen or known[above.mem_id])
    known.update(dict.fromkeys(path, inside))
    return inside


def drop_unread(tree: LexborHTMLParser) -> None:
    """Takes out what no reader reads as text: scripts, styles, menus, controls."""
    drop(tree.css(_UNREAD))


def text_of(node: LexborNode) -> str:
    """The readable text of one node of a `document`."""
    return text.clean(node.text(deep=True))


def plain(html: str) -> str:
    """The readable text of a fragment of HTML, or of plain text: a line for each paragraph.

    In plain text a single line break is a wrapped line, a blank line ends a paragraph.
    """
    if "<" not in html:
        paragraphs = _PARAGRAPH_BREAK.split(html)
        return text.clean("\n".join(_on_one_line(paragraph) for paragraph in paragraphs))
    tree = document(html)
    drop_unread(tree)
    return text_of(tree.root) if tree.root is not None else ""


def headline(html: str) -> str:
    """The readable text of a title, which feeds write as text, as HTML, and as HTML escaped once too often.

    A tag nobody would use in a headline («История тега <blink>») is a part of the text.
    """
    written = html
    for _ in range(3):
        undone = plain(written) if _HEADLINE_TAG.search(written) else text.clean(written)
        if undone == written:
            break
        written = undone
    return " ".join(written.split())


def is_selector(css: str) -> bool:
    """Whether a CSS selector is one we can look up; selectors of tags that `skeleton` renames are not."""
    try:
        LexborHTMLParser("<p>").css(css)
    except SelectolaxError:
        return False
    return not _FORMATTING_IN_SELECTOR.search(css)


def skeleton(html: str) -> LexborHTMLParser:
    """A parsed page whose elements are all there for selectors, with a line break at each block's edge.

    Formatting tags (b, i, em, strong …) become `span`: crossed ones cost the parser gigabytes.
    """
    edged = _EDGE.sub("\n<", _on_one_line(html))
    return LexborHTMLParser(_within_cap(_FORMATTING.sub(r"<\1span", edged)))


def without_notices(readable: str) -> str:
    """The text without the foreign agent's notice and the lines that speak of the outlet, not of the news."""
    cut = _FOREIGN_AGENT.sub(" ", readable) if "(" in readable else readable
    cut = _ABOUT_THE_OUTLET.sub("", cut)
    return readable if cut == readable else text.clean(cut)
