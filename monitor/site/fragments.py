"""Outside text as a page may show it: cleaned, cut to a length and escaped. Only this module turns it into markup.

Control characters, direction marks and what HTML forbids are removed; other right-to-left text is isolated by
`dir="auto"` in the templates.
"""

import re
from datetime import datetime
from typing import Final, NamedTuple

from markupsafe import Markup

from monitor.models.site import Quote
from monitor.site.texts import Texts
from monitor.text.telegram_html import line, line_pieces, web_address
from monitor.text.urls import without_credentials

HEADLINE: Final = 300  # UTF-16 units, as in a post
SENTENCE: Final = 600
NAME: Final = 120

_NONCHARACTERS: Final = re.compile(
    "[\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)) + "]"
)
_EDIT: Final = re.compile(
    r"(?P<headline>Заголовок: )?"
    r"(?:было «(?P<was>.*?)», стало «(?P<is>.*)»|добавлено «(?P<added>.*)»|убрано «(?P<removed>.*)»)"
)


class Edited(NamedTuple):
    """A line of the changes that a look found: either `note`, or the words before and after (one may be "")."""

    note: str = ""
    before: str = ""
    after: str = ""
    headline: bool = False


def clean_line(outside: str, units: int = HEADLINE) -> str:
    """Return outside text as one clean line, not yet escaped (templates do that)."""
    return line(_NONCHARACTERS.sub("", outside), units)


def mark_quote(quote: Quote, units: int = SENTENCE) -> Markup:
    """Return a quote as markup in which the words that met a rule are marked."""
    pieces = line_pieces(quote.text, sorted(quote.marks), units)
    return Markup("").join(
        Markup("<mark>%s</mark>") % piece if is_marked else piece
        for piece, is_marked in ((_NONCHARACTERS.sub("", piece), is_marked) for piece, is_marked in pieces)
    )


def moment(say: Texts, at: datetime) -> Markup:
    """Return an instant as a `time` element, readable for people and programs."""
    return Markup('<time datetime="%s">%s</time>') % (iso(say, at), say.moment(at))


def iso(say: Texts, at: datetime) -> str:
    """Return an instant in ISO 8601 with the zone's offset, to the minute."""
    return say.local(at).isoformat(timespec="minutes")


def web(url: str) -> str:
    """Return the address without user name and password; "" if it is not a web address."""
    return without_credentials(web_address(_NONCHARACTERS.sub("", url)))


def edits(said: str) -> tuple[Edited, ...]:
    """Parse the lines that `describe` in evidence/comparison.py makes; any other line becomes a note."""
    return tuple(_edit(text) for text in map(str.strip, said.split("\n")) if text)


def _edit(said: str) -> Edited:
    edit = _EDIT.fullmatch(said)
    if not edit:
        return Edited(note=clean_line(said, SENTENCE))
    before, after = edit["was"] or edit["removed"] or "", edit["is"] or edit["added"] or ""
    return Edited(
        before=clean_line(before, SENTENCE), after=clean_line(after, SENTENCE), headline=bool(edit["headline"])
    )
