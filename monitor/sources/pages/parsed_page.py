"""A page with what was made of it, as its text and its date are read from all of that together."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from monitor.sources.pages.content import Prose
from monitor.sources.pages.metadata import Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPage:
    """The address and the source of a page, its tree, what its linked data say, its title, and its prose."""

    url: str
    html: str
    tree: LexborHTMLParser
    stated: Stated
    title: str
    prose: Prose | None  # None: not even a body
