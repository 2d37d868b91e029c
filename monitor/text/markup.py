"""HTML → readable text: one line a paragraph, without disclaimers and lines about the outlet.

sources/pages decides which part of a page is the article.
"""

import re
from collections.abc import Collection, Iterable
from html import unescape
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor.text import unicode

_MOST_TAGS = 20_000  # with more, a page is an attack on the parser; the article comes before
_LONGEST_TAG = 8_000  # characters
_PARAGRAPH_BREAK = re.compile(r"\n[ \t\r]*\n")

# The only markup that most summaries have. Attributes must be plain, so that the end of a tag is certain.
_PLAIN_VALUE = r"(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'=<>`]++)"
_PLAIN_REST = rf"(?:\s++[^\s\"'<>/=]++(?:={_PLAIN_VALUE}(?=[\s/>]))?+)*+\s*+/?>"
_USUAL_TAG = re.compile(
    r"</?(?:(p|br|div|h[1-6]|li|ul|blockquote|figure|figcaption)|a|img|b|strong|i|em|span|u|font|small|sup)"
    rf"{_PLAIN_REST}"
)
# what looks like a reference and is not closed
_UNCLOSED = re.compile(r"&(?!(?:#[0-9]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});)[#A-Za-z]")

# Names are tried letter by letter: one long alternation would take as long as the parser.
_BLOCK = (
    r"(?:p(?:re)?|div|h(?:[1-6]|eader)|a(?:rticle|side)|blockquote|d[dlt]|f(?:ig(?:ure|caption)|orm|ooter)|li|main|nav|ol"
    r"|section|ul)"
)
_KEPT = rf"(?:{_BLOCK}|a|b(?:ody)|h(?:tml|ead)|iframe|meta|noscript|s(?:cript|tyle)|t(?:itle|ime|extarea))(?![\w:-])"
_EDGE = re.compile(rf"<(?=/?{_BLOCK}(?![\w:-]| control))", re.IGNORECASE)
_CODE = re.compile(r"<!--|<(script|style)\b(?![^<>]*ld\+json)", re.IGNORECASE)
_QUOTED = r"[^<>\"']*+(?:(?:\"[^\"<]*+\"|'[^'<]*+')[^<>\"']*+)*+"  # attributes, one of which may contain a `>`
_WHOLE_TAG = re.compile(rf"/?[a-z]{_QUOTED}>", re.IGNORECASE)
_TAG_NAME = re.compile(r"/?[a-z][a-z0-9]*", re.IGNORECASE)
_OTHER_TAG = re.compile(rf"<(/?)(?!{_KEPT})([a-z][a-z0-9]*)((?:{_QUOTED}|[^<>]*)>)?", re.IGNORECASE)
CELL = "cell"  # the attribute by which a `document` marks cells of tables
_SUBSTITUTES = {  # substitutes for elements that are dropped; most have none
    **dict.fromkeys(
        ("br", "hr", "caption", "tr", "option", "address", "center", "details", "summary", "fieldset"), "\n"
    ),
    **dict.fromkeys(("svg", "button", "select", "template", "dialog", "object", "canvas", "video", "audio"), "nav"),
    **dict.fromkeys(("label", "legend", "menu"), "nav"),
    **dict.fromkeys(("table", "td", "th"), "div"),
}
_DATED = re.compile(
    r"\bitemprop\s*=\s*[\"']?date|\bdatetime\s*=|\bclass\s*=\s*[\"']?[\w -]{0,80}\bpublished\b", re.IGNORECASE
)
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

# The disclaimer that Russian law makes exile outlets print. It contains «российским», «иностранным», «юридическим
# лицом»: words of rules, in every article, unrelated to it. It is on its own line or between two sentences.
_FOREIGN_AGENT = re.compile(
    r"(?:данное|настоящее)\s+сообщение\s*\(материал\)[^\n]{0,300}?"
    r"юридическим\s+лицом,?\s+выполняющим\s+функции\s+иностранного\s+агента[.!]?"
    r"|(?:настоящий|данный)\s+материал\s*\(информация\)[^\n]{0,300}?"
    r"касается\s+деятельности\s+иностранного\s+агента(?:\s*«[^»\n]{0,120}»|(?-i:[^a-zа-яё\n.]{0,160}))[.!]?"
    r"(?:\s*\(?18\s?\+\)?)?"
    r"|^(?:настоящий|данный|этот)\s+материал[^\n]{0,60}?(?:произвед|созда|распростран)[^\n]{0,120}?иностранным\s+агентом"
    r"(?:\s*«[^»\n]{0,120}»|(?-i:[^a-zа-яё\n]{0,160}(?![a-zа-яё])))"
    r"|\s{0,8}\((?:[^(),;\n]{0,60}\s)?(?:признан|внес[её]н|включ[её]н|объявлен|считается|является)\w*+[^(),;\n]{0,100}"
    r"(?:иностранн\w++\s+агент|иноагент|нежелательн)\w*+[^(),;\n]{0,80}\)"
    r"|^\*++\s?[^\n]{0,160}(?:признан|внес[её]н|включ[её]н|объявлен)\w*+[^\n]{0,100}"
    r"(?:иностранн\w++\s+агент|иноагент|нежелательн)\w*+[^\n]{0,120}$",
    re.IGNORECASE | re.MULTILINE,
)
_AGENT = ("агент", "нежелательн")  # one of these is in every disclaimer
_TO_THE_READER = (
    r"(?:читайте|смотрите|слушайте)(?:\s+(?:также|ещё|еще|нас|по теме|больше|подробнее))\b|читать далее|по теме:"
    r"|подписывайтесь|подпишитесь|подписаться на (?:наш|канал|новости|рассылку)|присоединяйтесь к (?:нам|нашему)"
    r"|следите за (?:нами|новостями)|оставайтесь с нами|хотите (?:быть в курсе|первыми)|материалы по теме"
    r"|мы (?:теперь )?в (?:telegram|телеграм|соцсетях|google|яндекс|vk|whatsapp)"
    r"|наш (?:telegram|телеграм|whatsapp)[- ]?канал\b"
    r"|(?:ещё )?больше (?:новостей|интересного|материалов) (?:—|-|–|в|на)\b|есть новость\?|прислать новость"
    r"|(?:если вы )?нашли (?:опечатк|ошибк)|заметили (?:опечатк|ошибк)|выделите (?:её|ее|фрагмент|текст|ошибк)"
    r"|сообщить об ошибке|поделиться(?:\s|$)|поддержите (?:нас|нашу|работу)"
    r"|сондай-ақ,? оқыңыз|тағы (?:да )?оқыңыз|оқи отырыңыз|біздің \w+ жазылыңыз|қате тапсаңыз|мәтіннен қате"
    r"|(?:read|see) also\s*:|read (?:more|next)\s*:|related(?: \w+)?\s*:|follow us on"
    r"|(?:subscribe to|sign up (?:for|to)) (?:our|the)\b|lesen sie (?:auch|mehr|hier)\b|auch interessant\s*:"
    r"|mehr zum thema\s*:|abonnieren sie"
)
_SUBSCRIBE = re.compile(
    r"^[^\n]{0,60}(?:арна|канал|парақша|telegram|instagram|whatsapp)[^\n]{0,40}жазылыңыз[^\n]{0,240}$",
    re.IGNORECASE | re.MULTILINE,
)
# Only a source of at most two words: more words report what a source says.
_CREDITS = (
    r"(?:фото|фотографии?|фотосурет|сурет|photo|foto|image|bild|иллюстрация|инфографика|коллаж"
    r"|скриншот)(?: \w+)?\s*[:©/]"
    r"[^\n]{0,120}"
    r"|фото (?:с сайта|из (?:архива|открытых)|пресс-службы|автора)[^\n]{0,120}"
    r"|(?:источник|дереккөз|дерек көзі|quelle|source)(?: фото)?\s*:\s*\S{1,60}(?: \S{1,30})?"
)
_ABOUT_THE_OUTLET = re.compile(
    rf"^[^\w\n«]{{0,6}}(?:(?:{_TO_THE_READER})[^\n]{{0,240}}|{_CREDITS})$", re.IGNORECASE | re.MULTILINE
)


def document(html: str, *, edged: bool = True) -> LexborHTMLParser:
    """Parse a page or fragment so that its text has a line break at each block's edge; if not `edged`, only where a
    dropped element made one (`br`, rows).

    Only elements that shape an article are parsed: a few kilobytes of crossed formatting tags, or a deep nest of
    anything, would cost the parser gigabytes or minutes. Controls and drawings become `nav`, tables and their cells
    `div` (old pages use them for layout). An inline element with a machine-readable date leaves a `meta`.
    """
    slim = _on_one_line(_without_swollen(_without_code(html)))
    shaped = _OTHER_TAG.sub(_translated, slim)
    return LexborHTMLParser(_within_cap(_EDGE.sub("\n<", shaped) if edged else shaped))


def _is_dated(attributes: str) -> bool:
    small = attributes.lower()
    # the quick test decides most
    return ("date" in small or "published" in small) and _DATED.search(attributes) is not None


def _translated(tag: re.Match[str]) -> str:
    slash, name, rest = tag.groups()
    if rest is None:
        return f"&lt;{slash}{name}"  # never closed, so no tag, whatever the parser would make of it
    substitute = _SUBSTITUTES.get(name.lower(), "")
    if not substitute and not slash and _is_dated(rest):
        return f"<meta {rest}"
    if substitute == "nav":
        return "" if rest.endswith("/>") else f"<{slash}nav control>"  # no edge: a drawing may be inside a sentence
    if substitute == "div":
        return f"<{slash}div {'' if name.lower() == 'table' else CELL}{rest}"
    return substitute


def _without_code(html: str) -> str:
    """Drop comments, styles and scripts (but linked data): most of a page, and unread."""
    kept: list[str] = []
    done = 0
    for opening in _CODE.finditer(html):
        if opening.start() < done:
            continue
        end = "-->" if opening[0] == "<!--" else f"</{opening[1]}"
        closing = html.find(end, opening.end() - 2)
        if closing < 0:
            break
        kept.append(html[done : opening.start()])
        done = closing + (3 if end == "-->" else 0)
    return "".join(kept) + html[done:]


def _without_swollen(html: str) -> str:
    """Drop the attributes of overlong tags, which the parser compares pairwise."""
    first, *rest = html.split("<")
    if max(map(len, rest), default=0) <= _LONGEST_TAG:
        return html
    return "<".join([first, *(_slim(part) if len(part) > _LONGEST_TAG else part for part in rest)])


def _slim(part: str) -> str:
    """Slim the part between one `<` and the next."""
    name, tag = _TAG_NAME.match(part), _WHOLE_TAG.match(part)
    end = tag.end() if tag else part.rfind(">") + 1 or len(part)
    return part if end <= _LONGEST_TAG or not name else f"{name[0]}>{part[end:]}"


def _on_one_line(source: str) -> str:
    """Replace line breaks and tabs, which mean nothing in HTML, by blanks. (`translate` would be as slow as the
    parser.)
    """
    return source.replace("\r", " ").replace("\n", " ").replace("\t", " ")


def _within_cap(html: str) -> str:
    if html.count("<") <= _MOST_TAGS:
        return html
    surplus = next(islice(re.finditer("<", html), _MOST_TAGS, None))
    return html[: surplus.start()]


def drop(nodes: Iterable[LexborNode]) -> None:
    """Remove nodes from their document. A node inside another is removed with it: freeing it twice would crash."""
    for node in outermost_nodes(nodes):
        node.decompose()


def outermost_nodes(nodes: Iterable[LexborNode]) -> list[LexborNode]:
    """Return the nodes that are inside no other of these, each once."""
    chosen = {node.mem_id: node for node in nodes}
    known: dict[int, bool] = {}  # whether a node is inside a chosen one
    return [node for node in chosen.values() if not _is_inside(node, chosen.keys(), known)]


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
    """Remove what is not read as text: scripts, styles, menus, controls."""
    drop(tree.css(_UNREAD))


def text_of(node: LexborNode) -> str:
    """Return the readable text of a node of a `document`."""
    return unicode.clean(node.text(deep=True))


def plain(html: str) -> str:
    """Return the readable text of a fragment of HTML, or of plain text: one line a paragraph.

    In plain text a single line break is a wrapped line, and a blank line ends a paragraph.
    """
    if "<" not in html:
        paragraphs = _PARAGRAPH_BREAK.split(html)
        return unicode.clean("\n".join(_on_one_line(paragraph) for paragraph in paragraphs))
    quick = _plain_of_few_tags(html)
    return _parsed(html) if quick is None else quick


def _plain_of_few_tags(html: str) -> str | None:
    """Return what the parser would, without it, for a fragment with only the most usual tags; None for any other."""
    text = _USUAL_TAG.sub(lambda tag: "\n" if tag[1] else "", _on_one_line(html))
    if "<" in text or "\0" in text or html.count("<") > _MOST_TAGS:
        return None
    if "&" not in text:
        return unicode.clean(text)
    return None if _UNCLOSED.search(text) else unicode.clean(unescape(text))


def _parsed(html: str) -> str:
    tree = document(html)
    drop_unread(tree)
    return text_of(tree.root) if tree.root is not None else ""


def headline(html: str) -> str:
    """Return the readable text of a title, which feeds write as text, as HTML, or as HTML escaped once too often.

    A tag that nobody would use in a headline («История тега <blink>») is part of the text.
    """
    written = html
    for _ in range(3):
        undone = plain(written) if _HEADLINE_TAG.search(written) else unicode.clean(written)
        if undone == written:
            break
        written = undone
    return " ".join(written.split())


def is_selector(css: str) -> bool:
    """Whether the CSS selector is valid and does not use tags that `skeleton` renames."""
    try:
        LexborHTMLParser("<p>").css(css)
    except SelectolaxError:
        return False
    return not _FORMATTING_IN_SELECTOR.search(css)


def skeleton(html: str) -> LexborHTMLParser:
    """Parse a page with all elements that selectors may need, and a line break at each block's edge.

    Formatting tags (b, i, em, strong …) become `span`, because crossed ones cost the parser gigabytes.
    """
    edged = _EDGE.sub("\n<", _on_one_line(html))
    return LexborHTMLParser(_within_cap(_FORMATTING.sub(r"<\1span", edged)))


def without_disclaimers(readable: str) -> str:
    """Drop the foreign agent's disclaimer, and lines about the outlet."""
    lowered = readable.lower()
    cut = _FOREIGN_AGENT.sub(" ", readable) if any(word in lowered for word in _AGENT) else readable
    cut = _ABOUT_THE_OUTLET.sub("", cut)
    cut = _SUBSCRIBE.sub("", cut) if "жазылыңыз" in lowered else cut
    return readable if cut == readable else unicode.clean(cut)
