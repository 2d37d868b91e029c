"""What comes from outside, as a page may show it: cleaned, bounded, escaped. Nothing else makes markup of it.

Control characters, direction marks and what HTML forbids are gone; what is left of other directions is isolated by
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
    """One line of what a look found. Either `note`, or the words before and after, one of which may be ""."""

    note: str = ""
    before: str = ""
    after: str = ""
    headline: bool = False


def shown(outside: str, units: int = HEADLINE) -> str:
    """Outside text as one clean line, still to be escaped (which templates do)."""
    return line(_NONCHARACTERS.sub("", outside), units)


def marked(quote: Quote, units: int = SENTENCE) -> Markup:
    """A quote with the words that met a rule marked."""
    pieces = line_pieces(quote.text, sorted(quote.marks), units)
    return Markup("").join(
        Markup("<mark>%s</mark>") % piece if is_marked else piece
        for piece, is_marked in ((_NONCHARACTERS.sub("", piece), is_marked) for piece, is_marked in pieces)
    )


def moment(say: Texts, at: datetime) -> Markup:
    """An instant as a reader and a program read it."""
    return Markup('<time datetime="%s">%s</time>') % (iso(say, at), say.moment(at))


def iso(say: Texts, at: datetime) -> str:
    """An instant as a program reads it, by the clocks of the zone."""
    return say.local(at).isoformat(timespec="minutes")


def web(url: str) -> str:
    """The address if a browser may be sent there, without name and password; else ""."""
    return without_credentials(web_address(_NONCHARACTERS.sub("", url)))


def edits(said: str) -> tuple[Edited, ...]:
    """What `told` in evidence/comparison.py says, line by line, as values; any other text as notes."""
    return tuple(_edit(text) for text in map(str.strip, said.split("\n")) if text)


def _edit(said: str) -> Edited:
    edit = _EDIT.fullmatch(said)
    if not edit:
        return Edited(note=shown(said, SENTENCE))
    before, after = edit["was"] or edit["removed"] or "", edit["is"] or edit["added"] or ""
    return Edited(before=shown(before, SENTENCE), after=shown(after, SENTENCE), headline=bool(edit["headline"]))
