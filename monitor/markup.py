"""HTML → what a reader reads: text with a line for each paragraph, without notices that are about the outlet.

The only maker of text from markup; selecting the part of a page that is the article is `extraction`'s affair.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor import text

_BLANKS = str.maketrans("\t\n\v\f\r", "     ")
_BLOCK = re.compile(
    r"<(?=/?(?:br|p|div|li|ul|ol|dl|dd|dt|tr|table|h[1-6]|blockquote|section|article|aside|header|footer|nav|main"
    r"|figure|figcaption|hr|pre|form|time)\b)",
    re.IGNORECASE,
)
_PARAGRAPH_BREAK = re.compile(r"\n[ \t\r]*\n")
_UNREAD = ["script", "style", "noscript", "template", "iframe", "svg", "button", "select", "textarea"]

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
    """A parsed page or fragment whose text has a line break at each block's edge; scripts stay readable."""
    return LexborHTMLParser(_BLOCK.sub("\n<", html.translate(_BLANKS)))


def without_unread(tree: LexborHTMLParser) -> LexborHTMLParser:
    """The same document after what no reader sees was taken out of it."""
    tree.strip_tags(_UNREAD)
    return tree


def text_of(node: LexborNode) -> str:
    """The readable text of one node of a `document`."""
    return text.clean(node.text(deep=True))


def plain(html: str) -> str:
    """The readable text of a fragment of HTML, or of plain text: a line for each paragraph.

    In plain text a single line break is a wrapped line, a blank line ends a paragraph.
    """
    if "<" not in html:
        paragraphs = _PARAGRAPH_BREAK.split(html)
        return text.clean("\n".join(paragraph.translate(_BLANKS) for paragraph in paragraphs))
    root = without_unread(document(html)).root
    return text_of(root) if root is not None else ""


def without_notices(readable: str) -> str:
    """The text without the foreign agent's notice and the lines that speak of the outlet, not of the news."""
    cut = _FOREIGN_AGENT.sub(" ", readable)
    return text.clean(_ABOUT_THE_OUTLET.sub("", cut))
